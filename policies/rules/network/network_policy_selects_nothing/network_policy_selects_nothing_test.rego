package landfall.rules.network.network_policy_selects_nothing_test

import data.landfall.rules.network.network_policy_selects_nothing as rule

_link := {"resource": 3, "path": ["metadata", "name"], "message": "m"}

_fact := {"path": ["spec", "podSelector"], "reason": "no pods", "links": [_link]}

_input(facts) := {"kind": "X", "landfall": {"network_idle": facts}}

test_denies_what_the_fact_says if {
	found := rule.deny with input as _input([_fact])
	found == {{
		"path": ["spec", "podSelector"],
		"message": "no pods",
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
