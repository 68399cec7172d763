# METADATA
# title: Image on which two tests of trusted registries differ
# description: |
#   Compliant Kubernetes compares the beginning of each reference, as it is written, with a list of
#   texts. A host without a slash behind it, such as `harbor.example.com`, also admits
#   `harbor.example.com.evil.io`; and an image that is trusted under its full name is refused where
#   it is written in a shorter way or with capitals.
# custom:
#   id: image-registry-prefix
#   severity: high
#   precision: very-high
#   family: images
#   applies_to: images
#   needs: [landfall.image_prefixes]
#   yields_to: [image-invalid]
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
#   remediation: End each prefix of the platform with a slash, and write references in full and in lower case.
#   references:
#     - https://elastisys.io/welkin/user-guide/safeguards/enforce-trusted-registries/
package landfall.rules.images.image_registry_prefix

import data.landfall.lib.violation

deny contains violation.in_text(image, message) if {
	some image in input.landfall.image_prefixes
	image.trust == "admitted"
	message := sprintf(
		"%s `%s`: the platform's prefix admits it, though `%s` is no trusted registry%s",
		[image.subject, image.reference, image.registry, image.advice],
	)
}

deny contains violation.with_severity(violation.in_text(image, message), "low") if {
	some image in input.landfall.image_prefixes
	image.trust == "refused"
	message := sprintf(
		"%s `%s`, which is trusted as `%s`, but the platform compares what is written and refuses it",
		[image.subject, image.reference, image.name],
	)
}
