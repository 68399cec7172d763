package landfall.rules.network.policy_order_test

import data.landfall.rules.network.policy_order as rule

_link := {"resource": 3, "path": ["metadata", "name"], "message": "m"}

_fact := {"path": ["metadata", "name"], "policy": "a", "links": [_link]}

_input(facts) := {"kind": "X", "landfall": {"network_order": facts}}

test_denies_what_the_fact_says if {
	found := rule.deny with input as _input([_fact])
	found == {{
		"path": ["metadata", "name"],
		"message": "`a`, which covers these pods, stands further down and is applied later",
		"related": [_link],
	}}
}

test_says_which_file_comes_after if {
	found := rule.deny with input as _input([object.union(_fact, {"file": "b.yaml"})])
	found == {{
		"path": ["metadata", "name"],
		"message": "`a`, which covers these pods, stands in `b.yaml`, which is applied after this file",
		"related": [_link],
	}}
}

test_names_the_others_that_come_too_early if {
	found := rule.deny with input as _input([object.union(_fact, {"others": "`b`"})])
	found == {{
		"path": ["metadata", "name"],
		"message": "`a`, which covers these pods, stands further down and is applied later; so it is with `b`",
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
