# METADATA
# title: No NetworkPolicy selects the pods
# description: |
#   Pods that no NetworkPolicy selects for a direction of traffic accept from, or send to,
#   everything in that direction: whoever takes over one pod reaches the others, and data can
#   leave to any address. Compliant Kubernetes warns of such workloads. Where policies
#   of Calico or Cilium close the pods, or may, since they are not evaluated, that is said, with a lower severity: the
#   platform looks for NetworkPolicies alone. So is it where pods or policies leave their namespace to who applies them,
#   and would meet in one, and where the kustomization that makes the pods leaves the policy out. Where a template of the chart that makes a
#   policy could not be rendered, and the policy may be for the pods, that is said, with a low severity. Of
#   a policy that asks for the labels of pods whose namespace is left open it is taken that it is
#   there for them, and nothing is said.
# custom:
#   id: network-policy-missing
#   severity: high
#   precision: high
#   family: network
#   applies_to: workloads
#   needs: [landfall.isolation, landfall.isolation_elsewhere]
#   controls:
#     - iso-27001-2022/8.20
#     - iso-27001-2022/8.22
#     - gdpr/32
#     - nis2/21-2-e
#     - bsi/app-4-4-a7
#     - nist-800-171/3.13.6
#     - cis-kubernetes/5.3.2
#     - nsa-cisa/network-policies
#   remediation: Add NetworkPolicies to the namespace that select the pods for ingress and for egress and allow only what they need.
#   references:
#     - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#     - https://elastisys.io/welkin/user-guide/safeguards/enforce-networkpolicies/
package landfall.rules.network.network_policy_missing

import data.landfall.lib.violation

deny contains violation.linked(exposed.name, _open(exposed), exposed.links) if {
	some exposed in input.landfall.isolation
	not exposed.unless
}

deny contains violation.with_severity(found, _severity(exposed)) if {
	some exposed in input.landfall.isolation
	unless = exposed.unless
	message := sprintf("%s; %s", [_open(exposed), unless])
	found := violation.linked(exposed.name, message, exposed.links)
}

deny contains violation.with_severity(found, "medium") if {
	some exposed in input.landfall.isolation_elsewhere
	not exposed.is_sure
	message := sprintf(
		"policies of Calico or Cilium that are not evaluated may close these pods for %s, and no NetworkPolicy selects them",
		[concat(" and ", exposed.missing)],
	)
	found := violation.linked(exposed.name, message, exposed.links)
}

deny contains violation.with_severity(found, "low") if {
	some exposed in input.landfall.isolation_elsewhere
	exposed.is_sure
	message := sprintf(
		"policies of Calico or Cilium close these pods for %s, and no NetworkPolicy selects them, which is what the platform looks for",
		[concat(" and ", exposed.missing)],
	)
	found := violation.linked(exposed.name, message, exposed.links)
}

_severity(exposed) := "low" if exposed.is_guessed

_severity(exposed) := "medium" if not exposed.is_guessed

_open(exposed) := sprintf(
	"no NetworkPolicy among the scanned files selects these pods for %s%s%s",
	[concat(" and ", exposed.missing), object.get(exposed, "where", ""), object.get(exposed, "but", "")],
)
