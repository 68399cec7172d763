# METADATA
# title: NetworkPolicy allows everything
# description: |
#   A rule without peers and ports, the block of all addresses and the selector of every namespace
#   cancel what the policy is there for: in that direction the selected pods talk to everyone, and
#   no other policy can take that back, since policies only add to each other.
# custom:
#   id: network-policy-allows-all
#   severity: medium
#   precision: high
#   family: network
#   applies_to: [NetworkPolicy, CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy, GlobalNetworkPolicy, Template]
#   needs: [landfall.network_open]
#   controls:
#     - iso-27001-2022/8.20
#     - iso-27001-2022/8.22
#     - gdpr/32
#     - nis2/21-2-e
#     - bsi/app-4-4-a7
#     - nist-800-171/3.13.6
#     - cis-kubernetes/5.3.2
#     - nsa-cisa/network-policies
#   remediation: Name the peers and ports that the pods need, and drop the rule that means everyone.
#   references:
#     - https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
package landfall.rules.network.network_policy_allows_all

import data.landfall.lib.violation

deny contains violation.linked(open.path, message, open.links) if {
	some open in input.landfall.network_open
	message := sprintf("this allows %s with %s on every port", [open.direction, open.what])
}
