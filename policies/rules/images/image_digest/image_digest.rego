# METADATA
# title: Image that no digest pins
# description: |
#   A tag can be moved to another image by whoever may push to the registry; a digest names the
#   very image that was tested. Whoever verifies signatures needs digests too.
# custom:
#   id: image-digest
#   severity: low
#   precision: very-high
#   family: images
#   applies_to: images
#   needs: [landfall.images]
#   enabled: false
#   yields_to: [image-invalid, image-tag]
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
#   remediation: Write the digest behind the tag, as in `app:1.2@sha256:…`, and let a tool renew both.
#   references:
#     - https://kubernetes.io/docs/concepts/containers/images/#image-names
package landfall.rules.images.image_digest

import data.landfall.lib.violation

deny contains violation.in_text(image, message) if {
	some image in input.landfall.images
	image.valid
	image.certain_tag
	not image.placeholder
	not image.digest
	message := sprintf("%s `%s` without a digest", [image.subject, image.reference])
}
