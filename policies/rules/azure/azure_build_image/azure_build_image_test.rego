package landfall.rules.azure.azure_build_image_test

import data.landfall.rules.azure.azure_build_image as rule

_services := {"functions": {"name": "Azure Functions", "counterparts": []}}

_build(signal) := {"kind": "Dockerfile", "landfall": {"build": [{
	"path": ["spec", "stages", 0, "image"],
	"signal": signal,
	"name": "mcr.microsoft.com/azure-functions/node",
	"service": "functions",
}]}}

test_denies_an_image_of_azure if {
	rule.deny == {{
		"path": ["spec", "stages", 0, "image"],
		"message": "the image `mcr.microsoft.com/azure-functions/node` belongs to Azure Functions",
		"properties": {
			"service": "functions",
			"signal": "base-image",
			"certainty": "depends",
		},
	}} with data.azure.services as _services
		with input as _build("base-image")
}

test_allows_other_ties if {
	rule.deny == set() with input as _build("pipeline")
}

test_allows_what_has_no_fact if {
	rule.deny == set() with input as {"kind": "Dockerfile"}
}
