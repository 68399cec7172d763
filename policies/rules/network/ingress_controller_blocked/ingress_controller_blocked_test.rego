package landfall.rules.network.ingress_controller_blocked_test

import data.landfall.rules.network.ingress_controller_blocked as rule

_link := {"resource": 3, "path": ["metadata", "name"], "message": "m"}

_fact := {"path": ["spec", "x"], "ports": "TCP 80", "policies": "`a`", "namespaces": "`b`", "service": "s", "links": [_link]}

_input(facts) := {"kind": "X", "landfall": {"network_routes": facts}}

test_denies_what_the_fact_says if {
	found := rule.deny with input as _input([_fact])
	found == {{
		"path": ["spec", "x"],
		"message": "this routes to TCP 80 of pods that are closed by `a` to `b`, where the ingress controller runs",
		"related": [_link],
	}}
}

test_denies_each_place if {
	other := object.union(_fact, {"path": ["spec", "other"]})
	count(rule.deny) == 2 with input as _input([_fact, other])
}

test_allows_no_fact if {
	rule.deny == set() with input as _input([])
	rule.deny == set() with input as {"kind": "X"}
}

test_denies_what_nobody_outside_reaches if {
	found := rule.deny with input as _input([object.union(_fact, {"is_anywhere": true, "namespaces": ""})])
	{message | some violation in found; message := violation.message} == {"this routes to TCP 80 of pods that are closed by `a` to everything outside their namespace"}
}

test_denies_what_a_load_balancer_outside_does_not_reach if {
	found := rule.deny with input as _input([object.union(_fact, {"is_anywhere": true, "is_outside": true, "namespaces": ""})])
	{message | some violation in found; message := violation.message} == {"this routes to TCP 80 of pods that are closed by `a` to its load balancer or proxy, which is in no namespace"}
}

test_says_why_a_peer_does_not_let_it_in if {
	found := rule.deny with input as _input([object.union(_fact, {"missed": "; m"})])
	{message | some violation in found; message := violation.message} == {"this routes to TCP 80 of pods that are closed by `a` to `b`, where the ingress controller runs; m"}
}

test_doubts_what_a_policy_without_a_namespace_would_open if {
	found := rule.deny with input as _input([object.union(_fact, {"unless": "; u"})])
	{[one.severity, endswith(one.message, "; u")] | some one in found} == {["medium", true]}
}
