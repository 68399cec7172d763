# METADATA
# title: Image of a private project without a Secret to pull it with
# description: |
#   Projects of Harbor are private unless somebody made them public. Neither the pod nor its
#   ServiceAccount, as far as it was read, names a Secret to pull with, so the node is refused and
#   the pod does not start. On AKS the nodes' own identity did that. Where no pod of the scan has a
#   Secret for a project, it may be public, and only the first pod that pulls from it is told.
# custom:
#   id: image-pull-secret
#   severity: medium
#   precision: medium
#   family: images
#   applies_to: images
#   needs: [landfall.image_secrets]
#   controls:
#     - iso-27001-2022/8.3
#     - iso-27001-2022/5.15
#   remediation: Create a robot account in Harbor, put its token into a Secret of type `kubernetes.io/dockerconfigjson`, and name it under `imagePullSecrets` of the pod or of its ServiceAccount.
#   references:
#     - https://elastisys.io/welkin/user-guide/registry/
#     - https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
package landfall.rules.images.image_pull_secret

import data.landfall.lib.violation

deny contains violation.in_text(image, message) if {
	some image in input.landfall.image_secrets
	project = image.lacks_secret
	message := sprintf(
		"%s `%s` from the project `%s`, and neither the pod nor its ServiceAccount names `imagePullSecrets`%s",
		[image.subject, image.reference, project, image.others],
	)
}
