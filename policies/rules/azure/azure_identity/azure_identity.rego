# METADATA
# title: Identity that Azure gives to pods
# description: |
#   The pod gets its token from Microsoft Entra ID, through Workload Identity or Pod Identity.
#   On another cluster nothing hands out such a token: every call to what it protects fails.
# custom:
#   id: azure-identity
#   severity: high
#   precision: very-high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   controls:
#     - iso-27001-2022/5.15
#     - iso-27001-2022/5.19
#     - iso-27001-2022/5.23
#     - gdpr/28
#     - nis2/21-2-d
#     - nis2/21-2-i
#     - bsi/app-4-4-a9
#     - nist-800-171/3.1.20
#   remediation: Move what the token is for, then delete the binding to the Azure identity.
#   references:
#     - https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
#     - https://learn.microsoft.com/azure/aks/workload-identity-overview
package landfall.rules.azure.azure_identity

import data.landfall.lib.azure

deny contains azure.violation(sign, "asks for") if {
	some sign in input.landfall.azure
	sign.topic == "identity"
}
