# METADATA
# title: NetworkPolicy opens a port on which nothing listens
# description: |
#   A policy is about the ports of pods, not about those of a Service in front of them. A port that no
#   container of the pods declares lets nothing through that was meant to be let through, and a name
#   that no container uses never means a port at all.
# custom:
#   id: network-policy-port-unused
#   severity: low
#   precision: medium
#   family: network
#   applies_to: [NetworkPolicy, CiliumNetworkPolicy, Template]
#   needs: [landfall.network_ports]
#   controls:
#     - iso-27001-2022/8.20
#     - iso-27001-2022/8.22
#     - bsi/app-4-4-a7
#     - nsa-cisa/network-policies
#   remediation: Name the port on which the containers listen, which is the `targetPort` of their Service.
#   references:
#     - https://kubernetes.io/docs/concepts/services-networking/network-policies/
package landfall.rules.network.network_policy_port_unused

import data.landfall.lib.violation

deny contains violation.linked(port.path, message, port.links) if {
	some port in input.landfall.network_ports
	message := sprintf("this port allows no %s: %s", [port.direction, port.reason])
}
