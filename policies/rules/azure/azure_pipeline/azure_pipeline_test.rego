package landfall.rules.azure.azure_pipeline_test

import data.landfall.rules.azure.azure_pipeline as rule

_services := {"aks": {"name": "Azure Kubernetes Service", "counterparts": []}}

_build(signal) := {"kind": "AzurePipeline", "landfall": {"build": [{
	"path": ["steps", 0, "task"],
	"signal": signal,
	"name": "KubernetesManifest",
	"service": "aks",
}]}}

_found(signal, message) := {
	"path": ["steps", 0, "task"],
	"message": message,
	"properties": {
		"service": "aks",
		"signal": signal,
		"certainty": "depends",
	},
}

test_denies_a_task if {
	message := "the step `KubernetesManifest` works on Azure Kubernetes Service"
	rule.deny == {_found("pipeline-task", message)} with data.azure.services as _services
		with input as _build("pipeline-task")
}

test_denies_the_pipeline if {
	message := "the pipeline runs on nothing but Azure Kubernetes Service"
	rule.deny == {_found("pipeline", message)} with data.azure.services as _services
		with input as _build("pipeline")
}

test_allows_images if {
	rule.deny == set() with input as _build("base-image")
}
