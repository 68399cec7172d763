# METADATA
# title: Peer of a NetworkPolicy matches no pods
# description: |
#   A peer whose selectors fit no pod allows nothing. What was meant to be allowed is closed, or the
#   rule is left over from a workload that is gone and opens the way for whoever takes its labels.
# custom:
#   id: network-policy-peer-matches-nothing
#   severity: low
#   precision: high
#   family: network
#   applies_to: [NetworkPolicy, CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy, GlobalNetworkPolicy, Template]
#   needs: [landfall.network_peers]
#   controls:
#     - iso-27001-2022/8.20
#     - iso-27001-2022/8.22
#     - bsi/app-4-4-a7
#     - nsa-cisa/network-policies
#   remediation: Correct the labels of the peer, give it the `namespaceSelector` it lacks, or delete it.
#   references:
#     - https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
package landfall.rules.network.network_policy_peer_matches_nothing

import data.landfall.lib.violation

deny contains violation.linked(peer.path, message, peer.links) if {
	some peer in input.landfall.network_peers
	message := sprintf("this peer allows no %s: %s", [peer.direction, peer.reason])
}
