package landfall.rules.images.image_tag_test

import data.landfall.rules.images.image_tag as rule

_path := ["spec", "containers", 0, "image"]

_pod(more) := {"apiVersion": "v1", "kind": "Pod", "landfall": {"images": [object.union(
	{
		"path": ["spec", "containers", 0, "image"],
		"container": "container `web`",
		"reference": "r",
		"registry": "docker.io",
		"name": "docker.io/library/r",
		"valid": true,
	},
	more,
)]}}

test_denies_no_tag if {
	rule.deny == {{"path": _path, "message": "container `web` runs `r` without a tag, which means `latest`"}} with input as _pod({})
}

_latest := "container `web` runs `r`, and the tag `latest` names no version"

test_denies_latest if {
	rule.deny == {{"path": _path, "message": _latest}} with input as _pod({"tag": "latest"})
	rule.deny == {{"path": _path, "message": _latest}} with input as _pod({"tag": "latest", "valid": false})
}

test_denies_configured_tags if {
	rule.deny == {{
		"path": _path,
		"message": "container `web` runs `r`, and the tag `dev` names no version",
	}} with data.settings.disallowed_tags as ["dev"] with input as _pod({"tag": "dev"})
}

test_allows_versions_and_digests if {
	rule.deny == set() with input as _pod({"tag": "1.2"})
	rule.deny == set() with input as _pod({"tag": "latest-1"})
	rule.deny == set() with input as _pod({"digest": "sha256:0"})
	rule.deny == set() with input as _pod({"tag": "latest", "digest": "sha256:0"})
}

test_allows_a_placeholder_without_a_tag if {
	rule.deny == set() with input as _pod({"valid": false})
}

test_allows_what_has_no_images if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "Pod", "landfall": {}}
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ConfigMap"}
}
