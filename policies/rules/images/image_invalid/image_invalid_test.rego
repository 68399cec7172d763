package landfall.rules.images.image_invalid_test

import data.landfall.rules.images.image_invalid as rule

_path := ["spec", "containers", 0, "image"]

_pod(more) := {"apiVersion": "v1", "kind": "Pod", "landfall": {"image_problems": [object.union(
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

test_denies_what_has_a_problem if {
	message := "container `web` runs `r`, which is no image reference: blanks stand in it"
	rule.deny == {{"path": _path, "message": message, "severity": "high"}}
		with input as _pod({"valid": false, "problem": "blanks stand in it"})
	rule.deny == {{"path": _path, "message": message, "severity": "low"}}
		with input as _pod({"valid": false, "problem": "blanks stand in it", "known_field": false})
}

test_allows_placeholders_and_what_is_valid if {
	rule.deny == set() with input as _pod({})
	rule.deny == set() with input as _pod({"valid": false, "placeholder": true, "problem": "blanks stand in it"})
}

test_allows_what_has_no_images if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "Pod", "landfall": {}}
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ConfigMap"}
}
