# METADATA
# title: Workload comes before the NetworkPolicy that covers it
# description: |
#   Compliant Kubernetes looks for a NetworkPolicy at the moment a workload is applied, among those that
#   are in the cluster already. In a file that puts the workload first, it warns of a workload
#   without policy, and the pods start before they are closed. What kustomize builds is in an order of
#   its own, of which nothing is said. What covers the pods in another file counts as applied before, unless it
#   stands in the same folder and comes after: where scripts apply both, in their order, else by its name.
#   What comes too late is told once, of the first workload before it, with the others.
#   Of folders of templates, and of those that Argo CD or Flux deploys, nothing is said.
# custom:
#   id: policy-order
#   severity: low
#   precision: high
#   family: network
#   applies_to: workloads
#   needs: [landfall.network_order]
#   controls:
#     - nsa-cisa/network-policies
#   remediation: Put the NetworkPolicy above the workload, or into a file that is applied first.
#   references:
#     - https://elastisys.io/welkin/user-guide/safeguards/enforce-networkpolicies/
package landfall.rules.network.policy_order

import data.landfall.lib.violation

deny contains violation.linked(late.path, message, late.links) if {
	some late in input.landfall.network_order
	not late.file
	message := sprintf(
		"`%s`, which covers these pods, stands further down and is applied later%s",
		[late.policy, _others(late)],
	)
}

deny contains violation.linked(late.path, message, late.links) if {
	some late in input.landfall.network_order
	message := sprintf(
		"`%s`, which covers these pods, stands in `%s`, which is applied after this file%s",
		[late.policy, late.file, _others(late)],
	)
}

# One move mends it for all.
_others(late) := sprintf("; so it is with %s", [late.others]) if late.others

_others(late) := "" if not late.others
