package landfall.rules.azure.azure_library_test

import data.landfall.rules.azure.azure_library as rule

_services := {"key-vault": {"name": "Azure Key Vault", "counterparts": [{"product": "OpenBao"}]}}

_package(fact) := {
	"apiVersion": "landfall/v1",
	"kind": "Package",
	"metadata": {"name": "@azure/keyvault-secrets"},
	"spec": {"ecosystem": "npm", "version": "^4.0.0", "scope": "dependencies"},
	"landfall": fact,
}

_found(role) := {
	"path": ["metadata", "name"],
	"message": sprintf("`@azure/keyvault-secrets` %s: Azure Key Vault; on Compliant Kubernetes: OpenBao", [role]),
	"properties": {"service": "key-vault"},
}

test_denies_a_service_library if {
	rule.deny == {_found("is a client library")} with data.azure.services as _services
		with input as _package({"package": {"service": "key-vault", "part": "sdk"}})
}

test_denies_other_parts_as_what_they_are if {
	rule.deny == {_found("is a shared part of the Azure SDK")} with data.azure.services as _services
		with input as _package({"package": {"service": "key-vault", "part": "core"}})
	rule.deny == {_found("manages resources in Azure")} with data.azure.services as _services
		with input as _package({"package": {"service": "key-vault", "part": "management"}})
	rule.deny == {_found("is a library")} with data.azure.services as _services
		with input as _package({"package": {"service": "key-vault", "part": "new"}})
}

test_allows_other_packages if {
	rule.deny == set() with input as _package({})
}

test_allows_what_has_no_fact if {
	rule.deny == set() with input as {"kind": "Package"}
}
