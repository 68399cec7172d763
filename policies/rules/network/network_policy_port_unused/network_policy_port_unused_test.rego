package landfall.rules.network.network_policy_port_unused_test

import data.landfall.rules.network.network_policy_port_unused as rule

_link := {"resource": 3, "path": ["metadata", "name"], "message": "m"}

_fact := {"path": ["spec", "ingress", 0, "ports", 0, "port"], "direction": "ingress", "reason": "no container", "links": [_link]}

_input(facts) := {"kind": "X", "landfall": {"network_ports": facts}}

test_denies_what_the_fact_says if {
	found := rule.deny with input as _input([_fact])
	found == {{
		"path": ["spec", "ingress", 0, "ports", 0, "port"],
		"message": "this port allows no ingress: no container",
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
