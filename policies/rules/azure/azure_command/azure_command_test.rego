package landfall.rules.azure.azure_command_test

import data.landfall.rules.azure.azure_command as rule

_services := {"key-vault": {"name": "Azure Key Vault", "counterparts": []}}

_resource(install) := {"kind": "CronJob", "landfall": {"azure_commands": [{
	"path": ["spec", "command", 0],
	"tool": "az",
	"command": "az keyvault",
	"service": "key-vault",
	"install": install,
}]}}

_found(message, certainty) := {
	"path": ["spec", "command", 0],
	"message": message,
	"properties": {
		"service": "key-vault",
		"signal": "command",
		"certainty": certainty,
	},
}

test_denies_a_command if {
	expected := {_found("`az keyvault` calls Azure Key Vault", "depends")}
	rule.deny == expected with data.azure.services as _services
		with input as _resource(false)
}

test_denies_fetching_a_tool if {
	fetched := object.union(_found("`az keyvault` fetches `az`, a tool of Azure Key Vault", "probably"), {"severity": "low"})
	rule.deny == {fetched} with data.azure.services as _services
		with input as _resource(true)
}

test_allows_what_has_no_fact if {
	rule.deny == set() with input as {"kind": "CronJob"}
}
