package landfall.rules.credentials.shared_credential_test

import data.landfall.lib.violation
import data.landfall.rules.credentials.shared_credential

_crossing := {
	"path": ["spec", "containers", 0, "env", 0, "value"],
	"environment": "development",
	"what": "credential",
	"name": "DB_PASSWORD",
	"length": 9,
	"owners": [{"resource": 3, "path": ["data", "URL"]}],
}

_with(change) := {"landfall": {"crossings": [object.union(_crossing, change)]}}

test_denies_and_links_what_production_has if {
	found := violation.in_text(_crossing, "development and production have the same credential under `DB_PASSWORD` (9 characters)")
	link := {"resource": 3, "path": ["data", "URL"], "message": "production has the same one here"}
	shared_credential.deny == {violation.with_related(found, [link])} with input as _with({})
}

test_denies_a_key_of_production_in_the_store if {
	change := {"what": "stored", "name": "prod/db", "length": null, "owners": []}
	message := "development takes `prod/db` from the secret store, a credential of production"
	found := violation.in_text(object.union(_crossing, change), message)
	shared_credential.deny == {violation.with_related(found, [])} with input as _with(change)
}

test_allows_other_crossings_which_are_another_rule if {
	shared_credential.deny == set() with input as _with({"what": "other"})
}

test_allows_what_crosses_nothing if {
	shared_credential.deny == set() with input as {"kind": "Pod", "landfall": {"crossings": []}}
	shared_credential.deny == set() with input as {"kind": "Pod", "landfall": {}}
	shared_credential.deny == set() with input as {"kind": "Pod"}
}
