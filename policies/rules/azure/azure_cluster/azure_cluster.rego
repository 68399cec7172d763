# METADATA
# title: Feature of Azure Kubernetes Service
# description: |
#   The setting names node pools, virtual nodes or other features of AKS. Pods that ask for a label no
#   node of the target has stay pending; tolerations and annotations are ignored.
# custom:
#   id: azure-cluster
#   severity: high
#   precision: high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   controls:
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#   remediation: Select nodes by labels of the target, or leave the choice to the scheduler.
#   references:
#     - https://learn.microsoft.com/azure/aks/use-labels
package landfall.rules.azure.azure_cluster

import data.landfall.lib.azure

deny contains azure.violation(sign, "belongs to") if {
	some sign in input.landfall.azure
	sign.topic == "cluster"
}
