# METADATA
# title: NetworkPolicy closes pods to the ingress controller
# description: |
#   An Ingress or Gateway route, or an annotation or kind of a controller's own, leads to pods that a policy
#   closes to the namespace of what answers for it, so that every request from outside ends in an error. Where a
#   policy that leaves its namespace to who applies it would let them in, that is said, with a lower severity.
# custom:
#   id: ingress-controller-blocked
#   severity: high
#   precision: high
#   family: network
#   applies_to: [Ingress, HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, UDPRoute, Route, IngressRoute, IngressRouteTCP, IngressRouteUDP, HTTPProxy, VirtualService, Middleware, TraefikService, Mapping, TCPMapping, TCPIngress, UDPIngress, Template]
#   needs: [landfall.network_routes]
#   controls:
#     - nsa-cisa/network-policies
#   remediation: Allow ingress from the namespace of the ingress controller, by `namespaceSelector`, on the port of the pods.
#   references:
#     - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#     - https://elastisys.io/welkin/user-guide/network-model/
package landfall.rules.network.ingress_controller_blocked

import data.landfall.lib.violation

deny contains _weighed(violation.linked(route.path, message, route.links), route) if {
	some route in input.landfall.network_routes
	not route.is_anywhere
	message := sprintf(
		"this routes to %s of pods that are closed by %s to %s, where the ingress controller runs%s%s",
		[route.ports, route.policies, route.namespaces, object.get(route, "missed", ""), _unless(route)],
	)
}

deny contains _weighed(violation.linked(route.path, message, route.links), route) if {
	some route in input.landfall.network_routes
	route.is_anywhere
	not route.is_outside
	message := sprintf(
		"this routes to %s of pods that are closed by %s to everything outside their namespace%s%s",
		[route.ports, route.policies, object.get(route, "missed", ""), _unless(route)],
	)
}

deny contains _weighed(violation.linked(route.path, message, route.links), route) if {
	some route in input.landfall.network_routes
	route.is_outside
	message := sprintf(
		"this routes to %s of pods that are closed by %s to its load balancer or proxy, which is in no namespace%s",
		[route.ports, route.policies, _unless(route)],
	)
}

_unless(fact) := object.get(fact, "unless", "")

_weighed(found, fact) := violation.with_severity(found, "medium") if _unless(fact) != ""

_weighed(found, fact) := found if _unless(fact) == ""
