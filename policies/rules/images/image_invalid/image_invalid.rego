# METADATA
# title: Image reference that no runtime accepts
# description: |
#   The reference is not one by the grammar of registries. The API server takes it, and then no pod
#   starts: kubelet reports `InvalidImageName`. What stands for something to be filled in first, such as
#   `<your image>`, `${IMAGE}` or `IMAGE_PLACEHOLDER`, is no error and passed over.
# custom:
#   id: image-invalid
#   severity: high
#   precision: very-high
#   family: images
#   applies_to: images
#   needs: [landfall.image_problems]
#   controls:
#     - iso-27001-2022/8.9
#     - iso-27001-2022/8.32
#     - nist-800-171/3.4.1
#   remediation: Write `host/repository:tag`, the repository in lower case.
#   references:
#     - https://github.com/distribution/reference/blob/main/reference.go
#     - https://kubernetes.io/docs/concepts/containers/images/#image-names
package landfall.rules.images.image_invalid

import data.landfall.lib.violation

# What only its form tells may be no image.
_severity := {true: "high", false: "low"}

# What tools fill in before the manifest is applied is no error.
deny contains violation.with_severity(violation.in_text(image, message), _severity[image.known_field]) if {
	some image in input.landfall.image_problems
	not image.placeholder
	problem = image.problem
	message := sprintf("%s `%s`, which is no image reference: %s", [image.subject, image.reference, problem])
}
