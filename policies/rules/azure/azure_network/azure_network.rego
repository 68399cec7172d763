# METADATA
# title: Network setting that only Azure understands
# description: |
#   The annotation, class or object steers a load balancer, gateway, DNS zone or private link of Azure.
#   Elsewhere an annotation is ignored, and a class without its controller gets no traffic at all.
# custom:
#   id: azure-network
#   severity: high
#   precision: high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   controls:
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#     - iso-27001-2022/8.20
#   remediation: Use the ingress class of the target, and state what the setting was for in its terms.
#   references:
#     - https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/
#     - https://azure.github.io/application-gateway-kubernetes-ingress/annotations/
package landfall.rules.azure.azure_network

import data.landfall.lib.azure

deny contains azure.violation(sign, "steers") if {
	some sign in input.landfall.azure
	sign.topic == "network"
}
