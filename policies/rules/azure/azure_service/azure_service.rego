# METADATA
# title: Azure service that an operator or product uses
# description: |
#   The object or setting makes an operator, a scaler or a product use a service of Azure. Without the
#   service its controller reports errors, and objects of an absent operator are refused.
# custom:
#   id: azure-service
#   severity: high
#   precision: high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   controls:
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#   remediation: Configure the counterpart of the service, and remove objects of operators that create resources in Azure.
#   references:
#     - https://azure.github.io/azure-service-operator/
#     - https://keda.sh/docs/latest/scalers/
package landfall.rules.azure.azure_service

import data.landfall.lib.azure

deny contains azure.violation(sign, "uses") if {
	some sign in input.landfall.azure
	sign.topic == "service"
}
