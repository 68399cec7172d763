package landfall.rules.images.image_tag_test

import data.landfall.rules.images.image_tag as rule

_properties := {"image": "docker.io/library/r"}

_path := ["spec", "containers", 0, "image"]

_pod(more) := {"apiVersion": "v1", "kind": "Pod", "landfall": {"image_versions": [object.union(
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

test_denies_no_tag if {
	rule.deny == {{
		"path": _path,
		"message": "container `web` runs `r` without a tag, which means `latest`",
		"severity": "medium",
		"properties": _properties,
	}} with input as _pod({})
}

_alone := "container `web` runs an image, and the tag `latest` names no version"

test_denies_latest_alone if {
	found := {"path": _path, "message": _alone, "severity": "medium", "properties": _properties}
	rule.deny == {found} with input as _pod({"reference": ":latest", "tag": "latest", "tag_words": ["latest"]})
}

test_denies_latest_behind_what_is_added if {
	found := {"path": _path, "message": _alone, "severity": "medium", "properties": _properties}
	rule.deny == {found} with input as _pod({"reference": "{{ … }}:latest", "tag": "latest", "tag_words": ["latest"]})
}

_latest := "container `web` runs `r`, and the tag `latest` names no version"

test_denies_latest if {
	found := {"path": _path, "message": _latest, "severity": "medium", "properties": _properties}
	rule.deny == {found} with input as _pod({"tag": "latest", "tag_words": ["latest"]})
	rule.deny == {found} with input as _pod({"tag": "latest", "tag_words": ["latest"], "valid": false, "placeholder": true})
}

test_denies_a_word_beside_a_flavour if {
	found := {"path": _path, "message": _flavoured, "severity": "medium", "properties": _properties}
	rule.deny == {found} with input as _pod({"tag": "latest-arm64", "tag_words": ["latest-arm64", "latest", "arm64"]})
}

_flavoured := "container `web` runs `r`, and the tag `latest-arm64` names no version"

test_denies_latest_where_the_tag_stands if {
	at := {"path": ["image", "tag"], "part": {"start": 3, "length": 6}}
	rule.deny == {object.union(at, {"message": _latest, "severity": "low", "properties": _properties})}
		with input as _pod({"tag": "latest", "tag_words": ["latest"], "tag_at": at, "known_field": false})
}

test_denies_configured_tags if {
	rule.deny == {{
		"path": _path,
		"message": "container `web` runs `r`, and the tag `dev` names no version",
		"severity": "medium",
		"properties": _properties,
	}} with data.settings.disallowed_tags as ["dev"] with input as _pod({"tag": "dev", "tag_words": ["dev"]})
}

test_denies_a_form_alone if {
	rule.deny == {{
		"path": _path,
		"message": "container `web` runs `r`, and the tag `slim` names no version",
		"severity": "medium",
		"properties": _properties,
	}} with input as _pod({"tag": "slim", "tag_words": ["slim"]})
}

test_allows_versions_and_digests if {
	rule.deny == set() with input as _pod({"tag": "1.2-alpine", "tag_words": ["1.2-alpine", "alpine"]})
	rule.deny == set() with input as _pod({"tag": "1.2", "tag_words": ["1.2"]})
	rule.deny == set() with input as _pod({"tag": "latest-1", "tag_words": ["latest-1"]})
	rule.deny == set() with input as _pod({"digest": "sha256:0"})
	rule.deny == set() with input as _pod({"tag": "latest", "tag_words": ["latest"], "digest": "sha256:0"})
}

test_allows_a_version_from_elsewhere if {
	rule.deny == set() with input as _pod({"valid": false, "placeholder": true})
	rule.deny == set() with input as _pod({"complete": false})
	rule.deny == set() with input as _pod({"certain_tag": false, "complete": false, "tag": "latest", "tag_words": ["latest"]})
}

test_allows_what_has_no_images if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "Pod", "landfall": {}}
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ConfigMap"}
}
