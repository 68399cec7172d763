package landfall.lib.azure_test

import data.landfall.lib.azure

_services := {
	"key-vault": {"name": "Azure Key Vault", "counterparts": [{"product": "HashiCorp Vault"}, {"product": "OpenBao"}]},
	"lonely": {"name": "Azure Lonely", "counterparts": []},
}

test_tells_name_and_counterparts if {
	azure.describe("key-vault") == "Azure Key Vault; on Compliant Kubernetes: HashiCorp Vault / OpenBao" with data.azure.services as _services
}

test_tells_the_name_of_a_service_without_counterpart if {
	azure.describe("lonely") == "Azure Lonely" with data.azure.services as _services
}

test_tells_the_id_of_an_unknown_service if {
	azure.describe("x") == "the Azure service `x`" with data.azure.services as _services
}

_replacements := {"key-vault": {"default": "a client of OpenBao", "npm": "`node-vault`"}}

test_tells_what_replaces_a_library if {
	azure.replacement("key-vault", "npm") == "`node-vault`" with data.azure.replacements as _replacements
	azure.replacement("key-vault", "go") == "a client of OpenBao" with data.azure.replacements as _replacements
	azure.replacement("x", "go") == "a port to what takes its place" with data.azure.replacements as _replacements
}
