# METADATA
# title: Command line of an Azure tool
# description: |
#   A command calls one of Azure's tools: `az`, `azcopy`, Azure PowerShell, the tools of Functions.
#   It logs in to Azure and works on a service there, so it fails on the target, or goes on keeping
#   data at Azure.
# custom:
#   id: azure-command
#   severity: medium
#   precision: high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure_commands]
#   controls:
#     - iso-27001-2022/5.9
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#     - nist-800-171/3.1.20
#   remediation: Call the tool of the service that takes its place, or leave the step out.
#   references:
#     - https://learn.microsoft.com/cli/azure/reference-index
package landfall.rules.azure.azure_command

import data.landfall.lib.azure
import data.landfall.lib.violation

deny contains violation.with_properties(found, properties) if {
	some command in input.landfall.azure_commands
	command.install == false
	message := sprintf("`%s` calls %s", [command.command, azure.describe(command.service)])
	found := violation.in_text(command, message)
	properties := {
		"service": command.service,
		"signal": "command",
		"certainty": "depends",
	}
}

# Fetching a tool breaks nothing by itself: what calls it does.
deny contains violation.with_severity(found, "low") if {
	some command in input.landfall.azure_commands
	command.install == true
	message := sprintf("`%s` fetches `%s`, a tool of %s", [
		command.command,
		command.tool,
		azure.describe(command.service),
	])
	found := violation.with_properties(violation.in_text(command, message), {
		"service": command.service,
		"signal": "command",
		"certainty": "probably",
	})
}
