package landfall.rules.azure.azure_library_transitive_test

import data.landfall.rules.azure.azure_library_transitive as rule

_services := {"key-vault": {"name": "Azure Key Vault", "counterparts": []}}

_package(part, scope, relation) := {
	"kind": "Package",
	"metadata": {"name": "azure-x"},
	"spec": {"ecosystem": "pypi", "scope": scope, "relation": relation},
	"landfall": {"package": {"service": "key-vault", "part": part, "exact": true}},
}

_found(way, certainty) := {
	"path": ["metadata", "name"],
	"message": sprintf("`azure-x` %s: Azure Key Vault", [way]),
	"properties": {
		"service": "key-vault",
		"signal": "transitive-library",
		"certainty": certainty,
	},
}

test_denies_what_comes_in_with_others if {
	expected := {_found("comes in with other packages", "probably")}
	rule.deny == expected with data.azure.services as _services
		with input as _package("sdk", "transitive", "transitive")
}

test_denies_constraints_and_shared_parts_as_what_they_are if {
	expected := {_found("may come in, a constraints file says its version", "hint")}
	rule.deny == expected with data.azure.services as _services
		with input as _package("core", "constraints", "transitive")
}

test_allows_what_is_asked_for if {
	rule.deny == set() with input as _package("sdk", "dependencies", "direct")
}

test_allows_other_packages if {
	rule.deny == set() with input as {"kind": "Package", "spec": {"relation": "transitive"}, "landfall": {}}
}
