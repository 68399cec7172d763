package landfall.rules.credentials.private_key_test

import data.landfall.lib.credential
import data.landfall.rules.credentials.private_key

_credential := {
	"path": ["spec", "containers", 0, "env", 0, "value"],
	"key": "DB_PASSWORD",
	"kind": "environment",
	"verdict": "private-key",
	"length": 8,
	"same": [],
}

_with(change) := {"landfall": {"credentials": [object.union(_credential, change)]}}

test_denies_what_the_fact_tells if {
	expected := {credential.violation(_credential, "`DB_PASSWORD` holds a private key (8 characters)")}
	private_key.deny == expected with input as _with({})
}

test_allows_other_verdicts_which_are_other_rules if {
	private_key.deny == set() with input as _with({"verdict": "literal"})
}

test_allows_what_holds_no_credential if {
	private_key.deny == set() with input as {"kind": "Pod", "landfall": {"credentials": []}}
	private_key.deny == set() with input as {"kind": "Pod", "landfall": {}}
	private_key.deny == set() with input as {"kind": "Pod"}
}
