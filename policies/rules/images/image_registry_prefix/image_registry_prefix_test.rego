package landfall.rules.images.image_registry_prefix_test

import data.landfall.rules.images.image_registry_prefix as rule

_path := ["spec", "containers", 0, "image"]

_pod(more) := {"apiVersion": "v1", "kind": "Pod", "landfall": {"image_prefixes": [object.union(
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

test_denies_what_only_the_platform_admits if {
	message := "container `web` runs `r`: the platform's prefix admits it, though `docker.io` is no trusted registry"
	rule.deny == {{"path": _path, "message": message}} with input as _pod({"trust": "admitted"})
}

test_denies_what_only_the_platform_refuses if {
	message := "container `web` runs `r`, which is trusted as `docker.io/library/r`, but the platform compares what is written and refuses it"
	rule.deny == {{"path": _path, "message": message, "severity": "low"}} with input as _pod({"trust": "refused"})
}

test_allows_what_both_say if {
	rule.deny == set() with input as _pod({})
	rule.deny == set() with input as _pod({"trust": "untrusted"})
	rule.deny == set() with input as _pod({"trust": "unknown"})
}

test_allows_what_has_no_images if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "Pod", "landfall": {}}
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ConfigMap"}
}
