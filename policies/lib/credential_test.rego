package landfall.lib.credential_test

import data.landfall.lib.credential

test_a_key_is_quoted if {
	credential.label({"kind": "environment", "key": "DB_PASSWORD"}) == "`DB_PASSWORD`"
}

test_a_url_is_told_by_its_scheme if {
	credential.label({"kind": "url", "key": "amqp"}) == "the URL of scheme `amqp`"
}
