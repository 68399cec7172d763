# METADATA
# title: Image without a version
# description: |
#   Without a tag, or with one that moves, the same manifest runs other software tomorrow: what
#   was tested is not what runs, nodes run different versions, and a rollback brings nothing back.
#   Tags that move are those of the setting `disallowed_tags`: `latest`, `main`, `dev`, `nightly`,
#   `stable` and their like, also with a flavour (`latest-pg16`, `stable-alpine`, `dev-latest`), and
#   not with a date, a version or a commit. So does a flavour that stands alone, as `alpine` or `dind`
#   does. Compliant Kubernetes refuses workloads with `latest` or without a tag.
# custom:
#   id: image-tag
#   severity: medium
#   precision: very-high
#   family: images
#   applies_to: images
#   needs: [landfall.image_versions]
#   yields_to: [image-invalid]
#   controls:
#     - iso-27001-2022/8.32
#     - iso-27001-2022/8.9
#     - iso-27001-2022/8.19
#     - gdpr/32
#     - nis2/21-2-e
#     - bsi/sys-1-6-a13
#     - bsi/sys-1-6-a14
#     - nist-800-171/3.4.1
#     - nist-800-171/3.4.3
#     - cis-kubernetes/5.5.1
#     - hipaa/164-312-c-1
#     - nsa-cisa/building-secure-container-images
#   remediation: Name the version as tag, or better the digest, of the image that was tested.
#   references:
#     - https://elastisys.io/welkin/user-guide/safeguards/enforce-no-latest-tag/
#     - https://kubernetes.io/docs/concepts/containers/images/#image-names
package landfall.rules.images.image_tag

import data.landfall.lib.tag
import data.landfall.lib.violation

# What only its form tells may be no image.
_severity := {true: "medium", false: "low"}

_denied(image, at, message) := object.union(
	violation.in_text(at, message),
	{"severity": _severity[image.known_field], "properties": {"image": image.name}},
)

deny contains _denied(image, at, message) if {
	some image in input.landfall.image_versions
	image.certain_tag
	not image.digest
	tag.moves(image)
	at := object.get(image, "tag_at", image)
	message := sprintf("%s %s, and the tag `%s` names no version", [image.subject, _shown(image), image.tag])
}

# Of a tag that stands alone, something else adds the name.
_stands_alone(image) if startswith(image.reference, ":")

_stands_alone(image) if startswith(image.reference, "{{ … }}:")

_shown(image) := "an image" if _stands_alone(image)

_shown(image) := sprintf("`%s`", [image.reference]) if not _stands_alone(image)

# A placeholder may stand for a reference with a tag, and a chart may add one.
deny contains _denied(image, image, message) if {
	some image in input.landfall.image_versions
	image.valid
	image.complete
	not image.placeholder
	not image.digest
	not image.tag
	message := sprintf("%s `%s` without a tag, which means `latest`", [image.subject, image.reference])
}
