package landfall.rules.credentials.secret_in_manifest_test

import data.landfall.lib.credential
import data.landfall.rules.credentials.secret_in_manifest

_credential := {
	"path": ["spec", "containers", 0, "env", 0, "value"],
	"key": "DB_PASSWORD",
	"kind": "environment",
	"verdict": "stored",
	"length": 8,
	"same": [],
	"entries": 2,
	"unit": "characters",
}

_with(change) := {"landfall": {"credentials": [object.union(_credential, change)]}}

test_denies_what_the_fact_tells if {
	expected := {credential.violation(_credential, "the Secret holds data in clear or in base64, such as `DB_PASSWORD` (8 characters); entries in all: 2")}
	secret_in_manifest.deny == expected with input as _with({})
}

test_allows_other_verdicts_which_are_other_rules if {
	secret_in_manifest.deny == set() with input as _with({"verdict": "literal"})
}

test_allows_what_holds_no_credential if {
	secret_in_manifest.deny == set() with input as {"kind": "Pod", "landfall": {"credentials": []}}
	secret_in_manifest.deny == set() with input as {"kind": "Pod", "landfall": {}}
	secret_in_manifest.deny == set() with input as {"kind": "Pod"}
}
