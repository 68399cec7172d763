# METADATA
# title: NetworkPolicy selects no pods
# description: |
#   A policy whose selector fits no pod of its namespace protects nothing, mostly for a label that is
#   misspelt or a namespace that is another. The pods it was meant for stay open. Where a Service asks for
#   these labels, its pods may come from elsewhere: that is told with a lower severity.
# custom:
#   id: network-policy-selects-nothing
#   severity: medium
#   precision: high
#   family: network
#   applies_to: [NetworkPolicy, CiliumNetworkPolicy, Template]
#   needs: [landfall.network_idle]
#   controls:
#     - iso-27001-2022/8.20
#     - iso-27001-2022/8.22
#     - bsi/app-4-4-a7
#     - nsa-cisa/network-policies
#   remediation: Correct the labels in `spec.podSelector`, or the namespace of the policy; delete a policy whose pods are gone.
#   references:
#     - https://kubernetes.io/docs/concepts/services-networking/network-policies/
package landfall.rules.network.network_policy_selects_nothing

import data.landfall.lib.violation

deny contains violation.linked(idle.path, idle.reason, idle.links) if {
	some idle in input.landfall.network_idle
	not idle.is_doubtful
}

# A Service asks for these labels: its pods may come from elsewhere.
deny contains violation.with_severity(found, "low") if {
	some idle in input.landfall.network_idle
	idle.is_doubtful
	found := violation.linked(idle.path, idle.reason, idle.links)
}
