package landfall.rules.images.image_registry_test

import data.landfall.rules.images.image_registry as rule

_path := ["spec", "containers", 0, "image"]

_pod(more) := {"apiVersion": "v1", "kind": "Pod", "landfall": {"image_strangers": [object.union(
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
		"targets": {},
	},
	more,
)]}}

_untrusted := {"trust": "untrusted", "advice": "; push it to `h/p/r`", "targets": {"push_to": "h/p/r"}}

_message := "container `web` runs `r` from `docker.io`, which is no trusted registry; push it to `h/p/r`"

test_denies_what_is_not_trusted if {
	found := {"path": _path, "message": _message, "severity": "medium", "properties": {"image": "docker.io/library/r", "push_to": "h/p/r"}}
	rule.deny == {found} with input as _pod(_untrusted)
	rule.deny == {found} with input as _pod(object.union(_untrusted, {"trust": "admitted"}))
}

test_denies_what_its_form_tells_with_less_severity if {
	rule.deny == {{"path": _path, "message": _message, "severity": "low", "properties": {"image": "docker.io/library/r", "push_to": "h/p/r"}}}
		with input as _pod(object.union(_untrusted, {"known_field": false}))
}

test_allows_what_is_trusted_or_not_known if {
	rule.deny == set() with input as _pod({})
	rule.deny == set() with input as _pod({"trust": "refused"})
	rule.deny == set() with input as _pod({"trust": "unknown"})
}

test_allows_what_has_no_images if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "Pod", "landfall": {}}
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ConfigMap"}
}
