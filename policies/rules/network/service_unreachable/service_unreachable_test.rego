package landfall.rules.network.service_unreachable_test

import data.landfall.rules.network.service_unreachable as rule

_link := {"resource": 3, "path": ["metadata", "name"], "message": "m"}

_fact := {"path": ["spec", "x"], "part": {"start": 1, "length": 2}, "service": "shop/db", "ports": "TCP 80", "end": "this end", "links": [_link]}

_input(facts) := {"kind": "X", "landfall": {"network_services": facts}}

test_denies_what_the_fact_says if {
	found := rule.deny with input as _input([_fact])
	found == {{
		"path": ["spec", "x"],
		"part": {"start": 1, "length": 2},
		"message": "this names the Service `shop/db`, and NetworkPolicy at this end closes TCP 80 of its pods",
		"related": [_link],
	}}
}

test_denies_what_workloads_read if {
	held := object.union(_fact, {"key": "DB_HOST", "readers": "`shop/web[Deployment]`", "workloads": ["shop/web[Deployment]"]})
	found := rule.deny with input as _input([held])
	found == {{
		"path": ["spec", "x"],
		"part": {"start": 1, "length": 2},
		"message": "`DB_HOST` names the Service `shop/db`, and NetworkPolicy closes TCP 80 of its pods to `shop/web[Deployment]`",
		"related": [_link],
		"properties": {"workloads": ["shop/web[Deployment]"]},
	}}
}

test_says_that_the_service_is_not_known if {
	found := rule.deny with input as _input([object.union(_fact, {"is_absent": true})])
	found == {{
		"path": ["spec", "x"],
		"part": {"start": 1, "length": 2},
		"message": "this names the Service `shop/db`, which is not among the scanned files, and NetworkPolicy at this end closes TCP 80 of its pods",
		"related": [_link],
		"severity": "medium",
	}}
}

test_says_what_is_only_likely if {
	guessed := {"is_absent": true, "is_guessed": true, "unless": "; only HTTP is open"}
	found := rule.deny with input as _input([object.union(_fact, guessed)])
	[one.severity | some one in found] == ["low"]
}

test_denies_each_place if {
	other := object.union(_fact, {"path": ["spec", "other"]})
	count(rule.deny) == 2 with input as _input([_fact, other])
}

test_allows_no_fact if {
	rule.deny == set() with input as _input([])
	rule.deny == set() with input as {"kind": "X"}
}

test_doubts_what_a_policy_without_a_namespace_would_open if {
	found := rule.deny with input as _input([object.union(_fact, {"unless": "; u"})])
	{[one.severity, endswith(one.message, "; u")] | some one in found} == {["medium", true]}
}
