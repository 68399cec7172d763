# METADATA
# title: Image from a registry that is not trusted
# description: |
#   The image does not come from the organisation's own registry, so nobody scanned it there, and
#   whoever controls the other registry can change or remove it. Compliant Kubernetes warns of
#   images that are not from its Harbor, or refuses them; it compares what is written, so images with
#   the pull policy `Never`, which are brought to the nodes in another way, are told as well.
# custom:
#   id: image-registry
#   severity: medium
#   precision: very-high
#   family: images
#   applies_to: images
#   needs: [landfall.image_strangers]
#   yields_to: [image-invalid, image-registry-prefix]
#   controls:
#     - iso-27001-2022/8.7
#     - iso-27001-2022/5.21
#     - gdpr/32
#     - nis2/21-2-d
#     - bsi/sys-1-6-a6
#     - bsi/sys-1-6-a12
#     - nist-800-171/3.4.8
#     - nist-800-171/3.4.9
#     - cis-kubernetes/5.5.1
#     - hipaa/164-308-a-5-ii-b
#     - nsa-cisa/building-secure-container-images
#   remediation: Push the image to the organisation's Harbor, `harbor.<domain>/<project>/<name>:<tag>`, or pull it through a proxy-cache project there, and name it from there.
#   references:
#     - https://elastisys.io/welkin/user-guide/safeguards/enforce-trusted-registries/
#     - https://goharbor.io/docs/latest/administration/configure-proxy-cache/
package landfall.rules.images.image_registry

import data.landfall.lib.violation

# What only its form tells may be no image.
_severity := {true: "medium", false: "low"}

deny contains object.union(violation.in_text(image, message), more) if {
	some image in input.landfall.image_strangers
	image.trust in {"untrusted", "admitted"}
	message := sprintf(
		"%s `%s` from `%s`, which is no trusted registry%s",
		[image.subject, image.reference, image.registry, image.advice],
	)
	properties := object.union({"image": image.name}, image.targets)
	more := {"severity": _severity[image.known_field], "properties": properties}
}
