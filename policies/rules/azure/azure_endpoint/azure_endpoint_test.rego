package landfall.rules.azure.azure_endpoint_test

import data.landfall.rules.azure.azure_endpoint as rule

_services := {"key-vault": {"name": "Azure Key Vault", "counterparts": [{"product": "OpenBao"}]}}

_map(endpoints) := {"apiVersion": "v1", "kind": "ConfigMap", "landfall": {"endpoints": endpoints}}

_message := "`a.vault.azure.net` is Azure Key Vault; on Compliant Kubernetes: OpenBao"

test_denies_a_host_in_a_string if {
	endpoint := {
		"path": ["data", "url"],
		"part": {"start": 8, "length": 17},
		"host": "a.vault.azure.net",
		"service": "key-vault",
	}
	rule.deny == {{
		"path": ["data", "url"],
		"part": {"start": 8, "length": 17},
		"message": _message,
		"properties": {"service": "key-vault"},
	}} with input as _map([endpoint]) with data.azure.services as _services
}

test_denies_a_host_in_an_encoded_value if {
	endpoint := {"path": ["data", "url"], "host": "a.vault.azure.net", "service": "key-vault"}
	rule.deny == {{
		"path": ["data", "url"],
		"message": _message,
		"properties": {"service": "key-vault"},
	}} with input as _map([endpoint]) with data.azure.services as _services
}

test_denies_each_variable if {
	endpoint := {"path": ["a"], "host": "a.vault.azure.net", "service": "key-vault"}
	count(rule.deny) == 2 with input as _map([endpoint, object.union(endpoint, {"path": ["b"]})])
}

test_allows_no_hosts if {
	rule.deny == set() with input as _map([])
}

test_allows_what_has_no_fact if {
	rule.deny == set() with input as {"kind": "Service"}
}
