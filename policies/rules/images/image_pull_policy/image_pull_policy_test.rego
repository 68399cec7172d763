package landfall.rules.images.image_pull_policy_test

import data.landfall.rules.images.image_pull_policy as rule

_path := ["spec", "containers", 0, "image"]

_pod(more) := {"apiVersion": "v1", "kind": "Pod", "landfall": {"image_policies": [object.union(
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

_policy(value) := {"path": ["spec", "containers", 0, "imagePullPolicy"], "value": value}

_at := ["spec", "containers", 0, "imagePullPolicy"]

test_denies_what_is_no_policy if {
	rule.deny == {{"path": _at, "message": "`always` is no pull policy: Always, IfNotPresent or Never"}}
		with input as _pod({"policy": _policy("always"), "tag": "latest", "tag_words": ["latest"]})
}

test_denies_never if {
	rule.deny == {{"path": _at, "message": "container `web` runs `r`, which the node may never pull", "severity": "medium"}}
		with input as _pod({"policy": _policy("Never"), "digest": "sha256:0"})
}

test_denies_a_moving_tag_that_stays if {
	found := {"path": _at, "message": "container `web` runs `r`, whose tag moves, and each node keeps what it pulled first", "severity": "low"}
	rule.deny == {found} with input as _pod({"policy": _policy("IfNotPresent"), "tag": "latest", "tag_words": ["latest"], "known_field": false})
}

test_denies_a_form_alone_that_stays if {
	count(rule.deny) == 1 with input as _pod({"policy": _policy("IfNotPresent"), "tag": "alpine", "tag_words": ["alpine"]})
}

test_denies_no_tag_that_stays if {
	found := {"path": _at, "message": "container `web` runs `r`, which means `latest`, and each node keeps what it pulled first", "severity": "medium"}
	rule.deny == {found} with input as _pod({"policy": _policy("IfNotPresent")})
}

test_allows_policies_that_fit if {
	rule.deny == set() with input as _pod({"tag": "latest", "tag_words": ["latest"]})
	rule.deny == set() with input as _pod({"policy": _policy("Always"), "tag": "latest", "tag_words": ["latest"]})
	rule.deny == set() with input as _pod({"policy": _policy("IfNotPresent"), "tag": "1.2", "tag_words": ["1.2"]})
	rule.deny == set() with input as _pod({"policy": _policy("IfNotPresent"), "tag": "latest", "tag_words": ["latest"], "digest": "sha256:0"})
	rule.deny == set() with input as _pod({"policy": _policy("IfNotPresent"), "complete": false})
}

test_allows_what_has_no_images if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "Pod", "landfall": {}}
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ConfigMap"}
}
