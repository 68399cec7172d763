package landfall.rules.credentials.hardcoded_password_test

import data.landfall.lib.violation
import data.landfall.rules.credentials.hardcoded_password

_credential := {
	"path": ["data", "app.env"],
	"part": {"start": 12, "length": 9},
	"key": "DB_PASSWORD",
	"kind": "config",
	"verdict": "literal",
	"length": 9,
}

_with(change) := {"landfall": {"credentials": [object.union(_credential, change)]}}

test_denies_a_literal if {
	message := "`DB_PASSWORD` holds a literal credential (9 characters)"
	expected := {violation.in_text(_credential, message)}
	hardcoded_password.deny == expected with input as _with({})
}

test_denies_a_private_key_and_a_url if {
	key := {"kind": "private-key", "key": "tls.key", "length": 900}
	url := {"kind": "url", "key": "https"}
	of_the_key := {violation.in_text(
		object.union(_credential, key),
		"`tls.key` holds a literal private key (900 characters)",
	)}
	hardcoded_password.deny == of_the_key with input as _with(key)
	of_the_url := {violation.in_text(
		object.union(_credential, url),
		"the URL of scheme `https` holds a literal credential (9 characters)",
	)}
	hardcoded_password.deny == of_the_url with input as _with(url)
}

test_allows_defaults_which_are_another_rule if {
	hardcoded_password.deny == set() with input as _with({"verdict": "weak"})
	hardcoded_password.deny == set() with input as _with({"verdict": "default", "product": "Redis"})
}

test_allows_what_holds_no_credential if {
	hardcoded_password.deny == set() with input as {"kind": "Pod", "landfall": {"credentials": []}}
	hardcoded_password.deny == set() with input as {"kind": "Pod", "landfall": {}}
	hardcoded_password.deny == set() with input as {"kind": "Pod"}
}
