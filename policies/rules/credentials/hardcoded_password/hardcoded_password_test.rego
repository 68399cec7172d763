package landfall.rules.credentials.hardcoded_password_test

import data.landfall.lib.credential
import data.landfall.rules.credentials.hardcoded_password

_credential := {
	"path": ["spec", "containers", 0, "env", 0, "value"],
	"key": "DB_PASSWORD",
	"kind": "environment",
	"verdict": "literal",
	"length": 8,
	"same": [],
}

_with(change) := {"landfall": {"credentials": [object.union(_credential, change)]}}

test_denies_what_the_fact_tells if {
	expected := {credential.violation(_credential, "`DB_PASSWORD` holds a literal credential (8 characters)")}
	hardcoded_password.deny == expected with input as _with({})
}

test_allows_other_verdicts_which_are_other_rules if {
	hardcoded_password.deny == set() with input as _with({"verdict": "weak"})
}

test_allows_what_holds_no_credential if {
	hardcoded_password.deny == set() with input as {"kind": "Pod", "landfall": {"credentials": []}}
	hardcoded_password.deny == set() with input as {"kind": "Pod", "landfall": {}}
	hardcoded_password.deny == set() with input as {"kind": "Pod"}
}
