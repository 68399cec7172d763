# METADATA
# title: Pull policy that does not fit the image
# description: |
#   With `Never` a node runs only what somebody put there, and on the platform nobody can. With
#   `IfNotPresent` a tag that moves (those of the setting `disallowed_tags`, a flavour alone such as
#   `alpine`, or none) stays on each node as it was when first pulled there, so nodes run different
#   software. Any other word than the three is refused by the API server.
# custom:
#   id: image-pull-policy
#   severity: medium
#   precision: very-high
#   family: images
#   applies_to: images
#   needs: [landfall.image_policies]
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
#   remediation: Leave the policy out, which pulls `latest` always and a version once, or write `Always` for a tag that moves.
#   references:
#     - https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
package landfall.rules.images.image_pull_policy

import data.landfall.lib.tag
import data.landfall.lib.violation

# What only its form tells may be no image.
_severity := {true: "medium", false: "low"}

deny contains violation.in_text(policy, message) if {
	some image in input.landfall.image_policies
	image.known_field
	policy = image.policy
	not policy.value in {"Always", "IfNotPresent", "Never"}
	message := sprintf("`%s` is no pull policy: Always, IfNotPresent or Never", [policy.value])
}

deny contains violation.with_severity(violation.in_text(image.policy, message), _severity[image.known_field]) if {
	some image in input.landfall.image_policies
	image.policy.value == "Never"
	message := sprintf("%s `%s`, which the node may never pull", [image.subject, image.reference])
}

deny contains violation.with_severity(violation.in_text(image.policy, message), _severity[image.known_field]) if {
	some image in input.landfall.image_policies
	image.policy.value == "IfNotPresent"
	image.certain_tag
	not image.digest
	tag.moves(image)
	message := sprintf("%s `%s`, whose tag moves, and each node keeps what it pulled first", [image.subject, image.reference])
}

deny contains violation.with_severity(violation.in_text(image.policy, message), _severity[image.known_field]) if {
	some image in input.landfall.image_policies
	image.policy.value == "IfNotPresent"
	image.valid
	image.complete
	not image.placeholder
	not image.digest
	not image.tag
	message := sprintf("%s `%s`, which means `latest`, and each node keeps what it pulled first", [image.subject, image.reference])
}
