# METADATA
# title: Storage that only Azure provides
# description: |
#   The storage class, provisioner or volume type exists on AKS only. On another cluster the
#   claim stays unbound and the pod does not start; data on the old volume has to be copied.
# custom:
#   id: azure-storage
#   severity: high
#   precision: high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   controls:
#     - iso-27001-2022/5.23
#     - iso-27001-2022/5.30
#     - nis2/21-2-c
#     - nis2/21-2-d
#     - bsi/sys-1-6-a19
#     - hipaa/164-308-a-7-ii-e
#   remediation: Use a storage class of the target cluster, and plan how the data gets there.
#   references:
#     - https://learn.microsoft.com/azure/aks/concepts-storage
#     - https://elastisys.io/welkin/user-guide/kubernetes-api/
package landfall.rules.azure.azure_storage

import data.landfall.lib.azure

deny contains azure.violation(sign, "belongs to") if {
	some sign in input.landfall.azure
	sign.topic == "storage"
}
