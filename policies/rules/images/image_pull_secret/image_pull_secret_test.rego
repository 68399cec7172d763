package landfall.rules.images.image_pull_secret_test

import data.landfall.rules.images.image_pull_secret as rule

_path := ["spec", "containers", 0, "image"]

_pod(more) := {"apiVersion": "v1", "kind": "Pod", "landfall": {"image_secrets": [object.union(
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

test_denies_a_private_image_without_secret if {
	message := "container `web` runs `r` from the project `h/p`, and neither the pod nor its ServiceAccount names `imagePullSecrets`; so does another one"
	facts := {"lacks_secret": "h/p", "others": "; so does another one"}
	rule.deny == {{"path": _path, "message": message}} with input as _pod(facts)
}

test_allows_what_lacks_no_secret if {
	rule.deny == set() with input as _pod({})
}

test_allows_what_has_no_images if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "Pod", "landfall": {}}
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ConfigMap"}
}
