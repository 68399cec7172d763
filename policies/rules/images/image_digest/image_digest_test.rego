package landfall.rules.images.image_digest_test

import data.landfall.rules.images.image_digest as rule

_path := ["spec", "containers", 0, "image"]

_pod(more) := {"apiVersion": "v1", "kind": "Pod", "landfall": {"images": [object.union(
	{
		"path": ["spec", "containers", 0, "image"],
		"subject": "container `web` runs",
		"reference": "r",
		"registry": "docker.io",
		"name": "docker.io/library/r",
		"valid": true,
		"placeholder": false,
		"certain_tag": true,
		"complete": true,
		"known_field": true,
		"trust": "trusted",
		"advice": "",
	},
	more,
)]}}

test_denies_a_tag_alone if {
	rule.deny == {{"path": _path, "message": "container `web` runs `r` without a digest"}} with input as _pod({"tag": "1.2"})
}

test_allows_a_digest_and_what_is_not_known if {
	rule.deny == set() with input as _pod({"digest": "sha256:0"})
	rule.deny == set() with input as _pod({"certain_tag": false})
	rule.deny == set() with input as _pod({"placeholder": true})
	rule.deny == set() with input as _pod({"valid": false})
}

test_allows_what_has_no_images if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "Pod", "landfall": {}}
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ConfigMap"}
}
