package landfall.lib.tag_test

import data.landfall.lib.tag

_tagged(text) := {"tag": text, "tag_words": [text]}

test_what_is_disallowed_and_a_form_alone_move if {
	tag.moves(_tagged("latest"))
	tag.moves(_tagged("alpine"))
	tag.moves(_tagged("Slim"))
}

test_a_version_and_no_tag_do_not if {
	not tag.moves(_tagged("1.27-alpine"))
	not tag.moves({"reference": "nginx"})
}
