# METADATA
# title: Build starts from an image of Azure
# description: |
#   A Dockerfile or a pipeline starts from, copies from or runs in an image that Azure makes for
#   its own services, or that lies in an Azure registry. The former ties the program to a service's
#   runtime, the latter cannot be pulled once the subscription ends.
# custom:
#   id: azure-build-image
#   severity: medium
#   precision: very-high
#   family: azure
#   applies_to: [AzurePipeline, Dockerfile, GitHubWorkflow, GitLabPipeline]
#   needs: [landfall.build]
#   controls:
#     - iso-27001-2022/5.9
#     - iso-27001-2022/5.21
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#     - nist-800-171/3.4.1
#   remediation: Build on a portable base image, kept in Harbor.
#   references:
#     - https://mcr.microsoft.com/
package landfall.rules.azure.azure_build_image

import data.landfall.lib.azure
import data.landfall.lib.violation

deny contains violation.with_properties(found, properties) if {
	some tie in input.landfall.build
	tie.signal == "base-image"
	message := sprintf("the image `%s` belongs to %s", [tie.name, azure.describe(tie.service)])
	found := violation.at(tie.path, message)
	properties := {
		"service": tie.service,
		"signal": tie.signal,
		"certainty": "depends",
	}
}
