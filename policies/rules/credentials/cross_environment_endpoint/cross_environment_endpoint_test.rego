package landfall.rules.credentials.cross_environment_endpoint_test

import data.landfall.lib.violation
import data.landfall.rules.credentials.cross_environment_endpoint

_crossing := {
	"path": ["spec", "containers", 0, "env", 0, "value"],
	"environment": "development",
	"what": "endpoint",
	"name": "db.prod.example.com",
	"length": null,
	"owners": [{"resource": 3, "path": ["data", "URL"]}],
}

_with(change) := {"landfall": {"crossings": [object.union(_crossing, change)]}}

test_denies_and_links_what_production_has if {
	found := violation.in_text(_crossing, "development uses `db.prod.example.com`, an endpoint of production")
	link := {"resource": 3, "path": ["data", "URL"], "message": "production has it here"}
	cross_environment_endpoint.deny == {violation.with_related(found, [link])} with input as _with({})
}

test_denies_what_production_was_not_scanned_for if {
	found := violation.in_text(_crossing, "development uses `db.prod.example.com`, an endpoint of production")
	expected := {violation.with_related(found, [])}
	cross_environment_endpoint.deny == expected with input as _with({"owners": []})
}

test_allows_other_crossings_which_are_another_rule if {
	cross_environment_endpoint.deny == set() with input as _with({"what": "other"})
}

test_allows_what_crosses_nothing if {
	cross_environment_endpoint.deny == set() with input as {"kind": "Pod", "landfall": {"crossings": []}}
	cross_environment_endpoint.deny == set() with input as {"kind": "Pod", "landfall": {}}
	cross_environment_endpoint.deny == set() with input as {"kind": "Pod"}
}
