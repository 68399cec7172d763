package landfall.rules.credentials.access_token_test

import data.landfall.lib.credential
import data.landfall.rules.credentials.access_token

_credential := {
	"path": ["spec", "containers", 0, "env", 0, "value"],
	"key": "DB_PASSWORD",
	"kind": "environment",
	"verdict": "access-token",
	"length": 8,
	"same": [],
}

_with(change) := {"landfall": {"credentials": [object.union(_credential, change)]}}

test_denies_what_the_fact_tells if {
	expected := {credential.violation(_credential, "`DB_PASSWORD` holds an access token or cloud key (8 characters)")}
	access_token.deny == expected with input as _with({})
}

test_allows_other_verdicts_which_are_other_rules if {
	access_token.deny == set() with input as _with({"verdict": "literal"})
}

test_allows_what_holds_no_credential if {
	access_token.deny == set() with input as {"kind": "Pod", "landfall": {"credentials": []}}
	access_token.deny == set() with input as {"kind": "Pod", "landfall": {}}
	access_token.deny == set() with input as {"kind": "Pod"}
}
