# METADATA
# title: Address of an Azure service
# description: |
#   The resource names a host of an Azure service. After the move the workload still depends on
#   Azure: it stops when the subscription does, and data keeps flowing to a provider that is
#   subject to the law of a third country.
# custom:
#   id: azure-endpoint
#   severity: high
#   precision: very-high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   controls:
#     - iso-27001-2022/5.19
#     - iso-27001-2022/5.23
#     - iso-27001-2022/5.34
#     - gdpr/28
#     - gdpr/44
#     - nis2/21-2-d
#     - nist-800-171/3.1.20
#     - hipaa/164-308-b-1
#   remediation: Move to the service that takes its place and put that service's address here.
#   references:
#     - https://www.safespring.com/en/whitepaper/migrate-from-azure/
#     - https://learn.microsoft.com/azure/security/fundamentals/azure-domains
package landfall.rules.azure.azure_endpoint

import data.landfall.lib.azure

deny contains azure.violation(sign, "belongs to") if {
	some sign in input.landfall.azure
	sign.topic == "endpoint"
}
