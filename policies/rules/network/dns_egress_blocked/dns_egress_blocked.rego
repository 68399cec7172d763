# METADATA
# title: NetworkPolicy closes name resolution
# description: |
#   Pods that a policy closes for egress ask no DNS service unless a rule allows it, so that no name
#   resolves, not even those of Services that other rules allow. Where a policy for the pods' labels lists
#   nothing they may send to (`egress: []`), and they name no Service, they are taken to be closed on purpose.
#   Where that hangs on what names no namespace being in the default one, that is said, with a lower severity.
# custom:
#   id: dns-egress-blocked
#   severity: medium
#   precision: high
#   family: network
#   applies_to: workloads
#   needs: [landfall.network_dns]
#   controls:
#     - nsa-cisa/network-policies
#   remediation: Allow egress on UDP and TCP 53 to the pods `k8s-app=kube-dns` in the namespace `kube-system`.
#   references:
#     - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#     - https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
package landfall.rules.network.dns_egress_blocked

import data.landfall.lib.violation

deny contains violation.linked(closed.path, _message(closed), closed.links) if {
	some closed in input.landfall.network_dns
	closed.is_needed
	closed.is_told
	_unless(closed) == ""
}

deny contains violation.with_severity(found, "low") if {
	some closed in input.landfall.network_dns
	closed.is_needed
	closed.is_told
	_unless(closed) != ""
	found := violation.linked(closed.path, _message(closed), closed.links)
}

# Where nothing at all is allowed, and no Service is named, that may be the purpose.
deny contains violation.with_severity(found, "low") if {
	some closed in input.landfall.network_dns
	not closed.is_needed
	closed.is_told
	message := sprintf("%s; nothing else is allowed either, which may be meant so", [_message(closed)])
	found := violation.linked(closed.path, message, closed.links)
}

# A program that is told of no host may ask for none.
deny contains violation.with_severity(found, "low") if {
	some closed in input.landfall.network_dns
	not closed.is_told
	message := sprintf("%s; nothing in their template, nor in what it reads, names a host", [_message(closed)])
	found := violation.linked(closed.path, message, closed.links)
}

_message(closed) := sprintf(
	"egress is closed by %s, and nothing allows these pods to ask the cluster's DNS service%s%s",
	[closed.policies, object.get(closed, "missed", ""), _unless(closed)],
)

_unless(closed) := object.get(closed, "unless", "")
