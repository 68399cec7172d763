package landfall.rules.credentials.weak_password_test

import data.landfall.lib.credential
import data.landfall.rules.credentials.weak_password

_credential := {
	"path": ["spec", "containers", 0, "env", 0, "value"],
	"key": "DB_PASSWORD",
	"kind": "environment",
	"verdict": "weak",
	"length": 8,
	"same": [],
}

_with(change) := {"landfall": {"credentials": [object.union(_credential, change)]}}

test_denies_what_the_fact_tells if {
	expected := {credential.violation(_credential, "`DB_PASSWORD` holds a password that is easily guessed (8 characters)")}
	weak_password.deny == expected with input as _with({})
}

test_denies_a_weak_password_in_a_url if {
	change := {"kind": "url", "key": "amqp", "part": {"start": 12, "length": 8}}
	message := "the URL of scheme `amqp` holds a password that is easily guessed (8 characters)"
	expected := {credential.violation(object.union(_credential, change), message)}
	weak_password.deny == expected with input as _with(change)
}

test_allows_other_verdicts_which_are_other_rules if {
	weak_password.deny == set() with input as _with({"verdict": "default"})
}

test_allows_what_holds_no_credential if {
	weak_password.deny == set() with input as {"kind": "Pod", "landfall": {"credentials": []}}
	weak_password.deny == set() with input as {"kind": "Pod", "landfall": {}}
	weak_password.deny == set() with input as {"kind": "Pod"}
}
