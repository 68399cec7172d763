package landfall.rules.azure.azure_library_test

import data.landfall.rules.azure.azure_library as rule

_services := {"key-vault": {"name": "Azure Key Vault", "counterparts": [{"product": "OpenBao"}]}}

_replacements := {"key-vault": {"default": "a client of OpenBao", "npm": "`node-vault`"}}

_package(fact, relation) := {
	"apiVersion": "landfall/v1",
	"kind": "Package",
	"metadata": {"name": "@azure/keyvault-secrets"},
	"spec": {"ecosystem": "npm", "version": "^4.0.0", "scope": "dependencies", "relation": relation},
	"landfall": fact,
}

_found(role, severity, certainty, related) := {
	"path": ["metadata", "name"],
	"message": sprintf("`@azure/keyvault-secrets` %s: Azure Key Vault; on Compliant Kubernetes: OpenBao; in code: `node-vault`", [role]),
	"properties": {
		"service": "key-vault",
		"signal": "library",
		"certainty": certainty,
		"replacement": "`node-vault`",
	},
	"severity": severity,
	"related": related,
}

_fact(part, exact) := {"package": {"service": "key-vault", "part": part, "exact": exact}}

test_denies_a_service_library if {
	expected := {_found("is a client library", "medium", "depends", [])}
	rule.deny == expected with data.azure.services as _services
		with data.azure.replacements as _replacements
		with input as _package(_fact("sdk", true), "direct")
}

test_denies_a_library_that_only_its_prefix_tells if {
	expected := {_found("is a library", "medium", "probably", [])}
	rule.deny == expected with data.azure.services as _services
		with data.azure.replacements as _replacements
		with input as _package(_fact("other", false), "direct")
}

test_denies_other_parts_as_what_they_are if {
	expected := {_found("manages resources in Azure", "low", "depends", [])}
	rule.deny == expected with data.azure.services as _services
		with data.azure.replacements as _replacements
		with input as _package(_fact("management", true), "direct")
}

test_denies_the_first_of_several_shared_parts if {
	fact := {"package": {
		"service": "key-vault",
		"part": "core",
		"exact": true,
		"others": [{"resource": 7, "name": "@azure/core-auth"}],
	}}
	related := [{"resource": 7, "path": ["metadata", "name"], "message": "`@azure/core-auth` is another shared part"}]
	expected := {_found("is a shared part of the Azure SDK", "low", "hint", related)}
	rule.deny == expected with data.azure.services as _services
		with data.azure.replacements as _replacements
		with input as _package(fact, "direct")
}

test_allows_what_comes_in_with_others if {
	rule.deny == set() with input as _package(_fact("sdk", true), "transitive")
}

test_allows_other_packages if {
	rule.deny == set() with input as _package({}, "direct")
}

test_allows_what_has_no_fact if {
	rule.deny == set() with input as {"kind": "Package"}
}
