package landfall.lib.credential_test

import data.landfall.lib.credential

test_a_key_is_quoted if {
	credential.label({"kind": "environment", "key": "DB_PASSWORD"}) == "`DB_PASSWORD`"
}

test_a_url_is_told_by_its_scheme if {
	credential.label({"kind": "url", "key": "amqp"}) == "the URL of scheme `amqp`"
}

test_equal_values_have_a_number if {
	found := credential.violation({"path": ["a"], "same": [3]}, "m")
	found == {"path": ["a"], "message": "m", "properties": {"same_value": 3}}
}

test_other_values_have_none if {
	credential.violation({"path": ["a"], "same": []}, "m") == {"path": ["a"], "message": "m", "properties": {}}
}
