package landfall.lib.tag_test

import data.landfall.lib.tag

_tagged(text) := {"tag": text, "tag_words": [text]}

test_what_is_disallowed_and_a_form_alone_move if {
	tag.moves(_tagged("latest"))
	tag.moves(_tagged("alpine"))
	tag.moves(_tagged("Slim"))
	tag.moves(_tagged("debug"))
	tag.moves(_tagged("debug-nonroot"))
}

test_a_version_and_no_tag_do_not if {
	not tag.moves(_tagged("1.27-alpine"))
	not tag.moves(_tagged("v1.23.2-debug"))
	not tag.moves(_tagged("nonroot-amd64-3f2c1d0"))
	not tag.moves(_tagged("bookworm-slim"))
	not tag.moves({"reference": "nginx"})
}
