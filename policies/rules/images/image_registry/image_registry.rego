# METADATA
# title: Image from a registry that is not trusted
# description: |
#   The image does not come from the organisation's own registry, so nobody scanned it there, and
#   whoever controls the other registry can change or remove it. Compliant Kubernetes warns of
#   images that are not from its Harbor, or refuses them.
# custom:
#   id: image-registry
#   severity: medium
#   precision: very-high
#   family: images
#   applies_to: workloads
#   needs: [landfall.images]
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
#   remediation: Copy the image to the organisation's Harbor, or replicate it there, and name it from there.
#   references:
#     - https://elastisys.io/welkin/user-guide/safeguards/enforce-trusted-registries/
#     - https://goharbor.io/docs/latest/administration/configuring-replication/
package landfall.rules.images.image_registry

import data.landfall.lib.violation

# Prefixes end in a slash, so that a longer host or repository does not pass for a trusted one.
_trusted := [concat("", [trim_right(lower(prefix), "/"), "/"]) | some prefix in data.settings.registries] if {
	count(data.settings.registries) > 0
}

# The first label of the host is `harbor`, with or without more labels or a port.
_trusted := ["harbor.", "harbor:", "harbor/"] if count(data.settings.registries) == 0

deny contains violation.at(image.path, message) if {
	some image in input.landfall.images
	image.valid
	not strings.any_prefix_match(concat("", [image.name, "/"]), _trusted)
	message := sprintf(
		"%s runs `%s` from `%s`, which is no trusted registry",
		[image.container, image.reference, image.registry],
	)
}
