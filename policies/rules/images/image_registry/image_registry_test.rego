package landfall.rules.images.image_registry_test

import data.landfall.rules.images.image_registry as rule

_pod(registry, name) := {"apiVersion": "v1", "kind": "Pod", "landfall": {"images": [{
	"path": ["spec", "containers", 0, "image"],
	"container": "container `web`",
	"reference": "r",
	"registry": registry,
	"name": name,
	"valid": true,
}]}}

_found(registry) := {{
	"path": ["spec", "containers", 0, "image"],
	"message": sprintf("container `web` runs `r` from `%s`, which is no trusted registry", [registry]),
}}

test_denies_docker_hub if {
	rule.deny == _found("docker.io") with input as _pod("docker.io", "docker.io/library/nginx")
	rule.deny == _found("docker.io") with input as _pod("docker.io", "docker.io/harbor/app")
}

test_denies_what_only_begins_with_harbor if {
	rule.deny == _found("harbors.example.com") with input as _pod("harbors.example.com", "harbors.example.com/app")
	rule.deny == _found("my.harbor.example.com") with input as _pod("my.harbor.example.com", "my.harbor.example.com/app")
}

test_allows_harbor_while_nothing_is_configured if {
	rule.deny == set() with input as _pod("harbor.example.com", "harbor.example.com/p/app")
	rule.deny == set() with input as _pod("harbor:5000", "harbor:5000/app")
}

_configured := {"registries": ["harbor.example.com", "quay.io/jetstack/", "Registry.Example.com:5000"]}

test_denies_look_alikes_of_a_configured_registry if {
	rule.deny == _found("harbor.example.com.evil.io") with data.settings as _configured
		with input as _pod("harbor.example.com.evil.io", "harbor.example.com.evil.io/p/app")
	rule.deny == _found("harbor.other.com") with data.settings as _configured
		with input as _pod("harbor.other.com", "harbor.other.com/p/app")
	rule.deny == _found("harbor.example.com:5000") with data.settings as _configured
		with input as _pod("harbor.example.com:5000", "harbor.example.com:5000/p/app")
	rule.deny == _found("quay.io") with data.settings as _configured
		with input as _pod("quay.io", "quay.io/jetstack-evil/app")
}

test_allows_configured_registries if {
	rule.deny == set() with data.settings as _configured with input as _pod("harbor.example.com", "harbor.example.com/p/app")
	rule.deny == set() with data.settings as _configured with input as _pod("quay.io", "quay.io/jetstack/controller")
	rule.deny == set() with data.settings as _configured
		with input as _pod("registry.example.com:5000", "registry.example.com:5000/app")
}

test_allows_a_single_repository if {
	rule.deny == set() with data.settings.registries as ["docker.io/library/nginx"]
		with input as _pod("docker.io", "docker.io/library/nginx")
	rule.deny == _found("docker.io") with data.settings.registries as ["docker.io/library/nginx"]
		with input as _pod("docker.io", "docker.io/library/nginx-evil")
}

test_allows_what_has_no_images if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "Pod", "landfall": {}}
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ConfigMap"}
}
