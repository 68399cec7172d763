package landfall.rules.network.dns_egress_blocked_test

import data.landfall.rules.network.dns_egress_blocked as rule

_link := {"resource": 3, "path": ["metadata", "name"], "message": "m"}

_fact := {"path": ["metadata", "name"], "policies": "`a`", "is_needed": true, "is_told": true, "links": [_link]}

_input(facts) := {"kind": "X", "landfall": {"network_dns": facts}}

test_denies_what_the_fact_says if {
	found := rule.deny with input as _input([_fact])
	found == {{
		"path": ["metadata", "name"],
		"message": "egress is closed by `a`, and nothing allows these pods to ask the cluster's DNS service",
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

test_denies_less_severely_where_nothing_is_needed if {
	fact := object.union(_fact, {"is_needed": false})
	some found in rule.deny with input as _input([fact])
	found.severity == "low"
	endswith(found.message, "DNS service; nothing else is allowed either, which may be meant so")
}

test_denies_with_what_misses_the_service if {
	fact := object.union(_fact, {"missed": "; a peer of `a` misses it"})
	some found in rule.deny with input as _input([fact])
	endswith(found.message, "DNS service; a peer of `a` misses it")
}

test_denies_less_severely_what_is_told_of_no_host if {
	fact := object.union(_fact, {"is_told": false})
	found := rule.deny with input as _input([fact])
	found == {{
		"path": ["metadata", "name"],
		"message": "egress is closed by `a`, and nothing allows these pods to ask the cluster's DNS service; nothing in their template, nor in what it reads, names a host",
		"related": [_link],
		"severity": "low",
	}}
}

test_denies_less_severely_what_is_taken_to_be_in_the_default_namespace if {
	fact := object.union(_fact, {"unless": "; taken so"})
	some found in rule.deny with input as _input([fact])
	found.severity == "low"
	endswith(found.message, "DNS service; taken so")
}
