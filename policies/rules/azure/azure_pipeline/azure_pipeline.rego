# METADATA
# title: Pipeline of Azure DevOps, or step that works on Azure
# description: |
#   A pipeline of Azure DevOps runs nowhere else, and its tasks, like GitHub's `azure/…` actions,
#   log in to Azure and deliver to its services. Delivery has to be set up anew for the target, with
#   a ServiceAccount of its own for each pipeline.
# custom:
#   id: azure-pipeline
#   severity: medium
#   precision: very-high
#   family: azure
#   applies_to: [AzurePipeline, GitHubWorkflow]
#   needs: [landfall.build]
#   controls:
#     - iso-27001-2022/5.9
#     - iso-27001-2022/5.21
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#     - nist-800-171/3.4.1
#   remediation: Deliver with a pipeline of the new forge or with Argo CD, to Harbor and the new cluster.
#   references:
#     - https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/
#     - https://learn.microsoft.com/azure/developer/github/github-actions
package landfall.rules.azure.azure_pipeline

import data.landfall.lib.azure
import data.landfall.lib.violation

deny contains violation.with_properties(found, properties) if {
	some tie in input.landfall.build
	tie.signal in ["pipeline", "pipeline-task"]
	found := violation.at(tie.path, _message(tie))
	properties := {
		"service": tie.service,
		"signal": tie.signal,
		"certainty": "depends",
	}
}

_message(tie) := sprintf("the pipeline runs on nothing but %s", [azure.describe(tie.service)]) if {
	tie.signal == "pipeline"
}

_message(tie) := sprintf("the step `%s` works on %s", [tie.name, azure.describe(tie.service)]) if {
	tie.signal == "pipeline-task"
}
