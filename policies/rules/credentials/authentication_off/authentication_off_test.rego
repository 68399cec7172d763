package landfall.rules.credentials.authentication_off_test

import data.landfall.lib.credential
import data.landfall.rules.credentials.authentication_off

_credential := {
	"path": ["spec", "containers", 0, "env", 0, "value"],
	"key": "DB_PASSWORD",
	"kind": "environment",
	"verdict": "off",
	"length": 8,
	"same": [],
	"product": "PostgreSQL",
}

_with(change) := {"landfall": {"credentials": [object.union(_credential, change)]}}

test_denies_what_the_fact_tells if {
	expected := {credential.violation(_credential, "`DB_PASSWORD` switches authentication off: PostgreSQL lets everyone in")}
	authentication_off.deny == expected with input as _with({})
}

test_denies_a_switch_of_any_program if {
	change := {"product": "authentication"}
	found := object.union(_credential, change)
	message := "`DB_PASSWORD` switches authentication off: everyone who reaches it is let in"
	authentication_off.deny == {credential.violation(found, message)} with input as _with(change)
}

test_allows_other_verdicts_which_are_other_rules if {
	authentication_off.deny == set() with input as _with({"verdict": "literal"})
}

test_allows_what_holds_no_credential if {
	authentication_off.deny == set() with input as {"kind": "Pod", "landfall": {"credentials": []}}
	authentication_off.deny == set() with input as {"kind": "Pod", "landfall": {}}
	authentication_off.deny == set() with input as {"kind": "Pod"}
}
