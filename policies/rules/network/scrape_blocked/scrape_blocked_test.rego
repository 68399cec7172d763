package landfall.rules.network.scrape_blocked_test

import data.landfall.rules.network.scrape_blocked as rule

_link := {"resource": 3, "path": ["metadata", "name"], "message": "m"}

_fact := {"path": ["spec", "x"], "ports": "TCP 80", "policies": "`a`", "namespaces": "`b`", "links": [_link]}

_input(facts) := {"kind": "X", "landfall": {"network_scrapes": facts}}

test_denies_what_the_fact_says if {
	found := rule.deny with input as _input([_fact])
	found == {{
		"path": ["spec", "x"],
		"message": "this scrapes TCP 80 of pods that are closed by `a` to `b`, where metrics are scraped from",
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
