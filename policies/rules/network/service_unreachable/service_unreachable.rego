# METADATA
# title: NetworkPolicy closes a Service that a workload names
# description: |
#   A workload names a Service in its environment, its arguments, its scripts, or in a ConfigMap or
#   Secret that it reads, and a policy at either end lets nothing through: the connection hangs until it
#   times out. Of a Service that is not among the scanned files this is told, with a lower severity, where its name says
#   the namespace and nothing is let through to any pods there, on any port. So is it where a policy that leaves
#   its namespace to who applies it would let it through. Where several workloads take all variables of a ConfigMap, or are
#   given theirs by one named template of a chart, and one of them may reach the Service, the others are taken not to need it.
#   The lowest severity has a Service that is not among the scanned files and is called on the port of a database, a broker or the
#   like, where all that is let through are ports of HTTP.
# custom:
#   id: service-unreachable
#   severity: high
#   precision: high
#   family: network
#   applies_to: any
#   needs: [landfall.network_services]
#   controls:
#     - nsa-cisa/network-policies
#   remediation: Allow egress from the workload to the pods of the Service, and ingress to these from the workload, on the port of the pods.
#   references:
#     - https://kubernetes.io/docs/concepts/services-networking/network-policies/
package landfall.rules.network.service_unreachable

import data.landfall.lib.violation

deny contains _weighed(violation.with_related(violation.in_text(blocked, message), blocked.links), blocked) if {
	some blocked in input.landfall.network_services
	not blocked.key
	message := sprintf(
		"this names the Service `%s`%s, and NetworkPolicy at %s closes %s of its pods%s%s",
		[blocked.service, _absent(blocked), blocked.end, blocked.ports, _missed(blocked), _unless(blocked)],
	)
}

# What a ConfigMap or Secret holds, workloads read: the message names some, the properties all.
deny contains _weighed(violation.with_properties(found, {"workloads": blocked.workloads}), blocked) if {
	some blocked in input.landfall.network_services
	message := sprintf(
		"`%s` names the Service `%s`%s, and NetworkPolicy closes %s of its pods to %s%s%s",
		[
			blocked.key, blocked.service, _absent(blocked), blocked.ports,
			blocked.readers, _missed(blocked), _unless(blocked),
		],
	)
	found := violation.with_related(violation.in_text(blocked, message), blocked.links)
}

_absent(blocked) := ", which is not among the scanned files" if blocked.is_absent

_absent(blocked) := "" if not blocked.is_absent

_missed(blocked) := object.get(blocked, "missed", "")

_unless(blocked) := object.get(blocked, "unless", "")

_weighed(found, blocked) := violation.with_severity(found, "low") if blocked.is_guessed

_weighed(found, blocked) := violation.with_severity(found, "medium") if {
	not blocked.is_guessed
	_is_doubtful(blocked)
}

_weighed(found, blocked) := found if not _is_doubtful(blocked)

_is_doubtful(blocked) if blocked.is_absent

_is_doubtful(blocked) if _unless(blocked) != ""
