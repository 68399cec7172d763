package landfall.rules.credentials.default_password_test

import data.landfall.lib.credential
import data.landfall.rules.credentials.default_password

_credential := {
	"path": ["spec", "containers", 0, "env", 0, "value"],
	"key": "DB_PASSWORD",
	"kind": "environment",
	"verdict": "default",
	"length": 8,
	"same": [],
	"product": "PostgreSQL",
	"user": "postgres",
}

_with(change) := {"landfall": {"credentials": [object.union(_credential, change)]}}

test_denies_what_the_fact_tells if {
	expected := {credential.violation(_credential, "`DB_PASSWORD` holds 8 characters that are the default of the account `postgres` of PostgreSQL")}
	default_password.deny == expected with input as _with({})
}

test_denies_a_default_of_no_account if {
	change := {"user": null, "kind": "url", "key": "redis", "product": "Redis", "part": {"start": 8, "length": 8}}
	message := "the URL of scheme `redis` holds 8 characters that are the default of Redis"
	expected := {credential.violation(object.union(_credential, change), message)}
	default_password.deny == expected with input as _with(change)
}

test_allows_other_verdicts_which_are_other_rules if {
	default_password.deny == set() with input as _with({"verdict": "weak"})
}

test_allows_what_holds_no_credential if {
	default_password.deny == set() with input as {"kind": "Pod", "landfall": {"credentials": []}}
	default_password.deny == set() with input as {"kind": "Pod", "landfall": {}}
	default_password.deny == set() with input as {"kind": "Pod"}
}
