# METADATA
# title: Secrets that come from Azure Key Vault
# description: |
#   The secret is fetched from Key Vault when the pod starts. Without the vault, its driver or operator
#   and the identity to open it, the pod does not start, or goes on with what was fetched last.
# custom:
#   id: azure-key-vault
#   severity: high
#   precision: very-high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   controls:
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#     - iso-27001-2022/8.24
#   remediation: Move the secrets to OpenBao or sealed Secrets, and have the pod read those.
#   references:
#     - https://learn.microsoft.com/azure/aks/csi-secrets-store-driver
package landfall.rules.azure.azure_key_vault

import data.landfall.lib.azure

deny contains azure.violation(sign, "asks for") if {
	some sign in input.landfall.azure
	sign.topic == "key-vault"
}
