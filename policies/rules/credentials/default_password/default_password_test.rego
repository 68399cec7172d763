package landfall.rules.credentials.default_password_test

import data.landfall.lib.violation
import data.landfall.rules.credentials.default_password

_credential := {
	"path": ["spec", "containers", 0, "env", 0, "value"],
	"key": "POSTGRES_PASSWORD",
	"kind": "environment",
	"verdict": "default",
	"product": "PostgreSQL",
	"length": 8,
}

_with(change) := {"landfall": {"credentials": [object.union(_credential, change)]}}

test_denies_a_known_default if {
	message := "`POSTGRES_PASSWORD` holds a known default password of PostgreSQL (8 characters)"
	expected := {violation.in_text(_credential, message)}
	default_password.deny == expected with input as _with({})
}

test_denies_a_weak_password_in_a_url if {
	change := {"verdict": "weak", "kind": "url", "key": "amqp", "part": {"start": 12, "length": 5}, "length": 5}
	message := "the URL of scheme `amqp` holds a password that is easily guessed (5 characters)"
	expected := {violation.in_text(object.union(_credential, change), message)}
	default_password.deny == expected with input as _with(change)
}

test_allows_a_literal_which_is_another_rule if {
	default_password.deny == set() with input as _with({"verdict": "literal"})
}

test_allows_what_holds_no_credential if {
	default_password.deny == set() with input as {"kind": "Pod", "landfall": {"credentials": []}}
	default_password.deny == set() with input as {"kind": "Pod", "landfall": {}}
	default_password.deny == set() with input as {"kind": "Pod"}
}
