# METADATA
# title: Variable of an Azure SDK or service
# description: |
#   The variable is one that libraries and runtimes of Azure read by its name, so the program in the
#   container logs in to Azure or uses a service of it, even if the value comes from elsewhere.
# custom:
#   id: azure-environment
#   severity: medium
#   precision: high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   controls:
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#   remediation: Find out which service the program uses it for, move that service, then remove the variable.
#   references:
#     - https://learn.microsoft.com/dotnet/api/azure.identity.environmentcredential
package landfall.rules.azure.azure_environment

import data.landfall.lib.azure

deny contains azure.violation(sign, "is read by") if {
	some sign in input.landfall.azure
	sign.topic == "environment"
}
