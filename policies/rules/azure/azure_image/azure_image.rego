# METADATA
# title: Image from a registry of Azure or an agent of its services
# description: |
#   Images in an Azure Container Registry are pulled with the identity of AKS nodes, which no other
#   cluster has. Agents and runtimes of Azure services have nothing to do without the service. What comes from Microsoft's public registry is told for information: it runs anywhere.
# custom:
#   id: azure-image
#   severity: high
#   precision: high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   yields_to: [azure-build-image]
#   controls:
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#   remediation: Copy the image to Harbor and pull it from there; drop agents together with their service.
#   references:
#     - https://learn.microsoft.com/azure/aks/cluster-container-registry-integration
#     - https://elastisys.io/welkin/user-guide/registry/
package landfall.rules.azure.azure_image

import data.landfall.lib.azure

deny contains azure.violation(sign, "comes from") if {
	some sign in input.landfall.azure
	sign.topic == "image"
}
