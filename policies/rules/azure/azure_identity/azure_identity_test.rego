package landfall.rules.azure.azure_identity_test

import data.landfall.rules.azure.azure_identity as rule

_services := {id: {"name": id, "counterparts": []} | some id in ["entra-id", "workload-identity"]}

_found(path, subject) := {
	"path": path,
	"message": sprintf("%s asks for workload-identity", [subject]),
	"properties": {"service": "workload-identity"},
}

_client := "azure.workload.identity/client-id"

_use := "azure.workload.identity/use"

test_denies_annotation_of_a_service_account if {
	expected := _found(["metadata", "annotations", _client], sprintf("annotation `%s`", [_client]))
	rule.deny == {expected} with data.azure.services as _services
		with input as {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"annotations": {_client: "x"}}}
}

test_denies_label_of_a_template if {
	expected := _found(["spec", "template", "metadata", "labels", _use], sprintf("label `%s`", [_use]))
	rule.deny == {expected} with data.azure.services as _services with input as {
		"apiVersion": "apps/v1",
		"kind": "Deployment",
		"metadata": {"name": "web"},
		"spec": {"template": {"metadata": {"labels": {_use: "true"}}, "spec": {"containers": []}}},
	}
}

test_denies_label_of_a_pod_once if {
	rule.deny == {_found(["metadata", "labels", "aadpodidbinding"], "label `aadpodidbinding`")} with data.azure.services as _services
		with input as {"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"aadpodidbinding": "x"}}, "spec": {}}
}

test_denies_unknown_annotation_by_prefix if {
	name := "azure.workload.identity/new"
	rule.deny == {_found(["metadata", "annotations", name], sprintf("annotation `%s`", [name]))} with data.azure.services as _services
		with input as {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"annotations": {name: "x"}}}
}

test_denies_kinds if {
	rule.deny == {_found(["kind"], "kind `AzureIdentity`")} with data.azure.services as _services
		with input as {"apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentity"}
	rule.deny == {_found(["kind"], "kind `UserAssignedIdentity`")} with data.azure.services as _services
		with input as {"apiVersion": "managedidentity.azure.com/v1api20230131", "kind": "UserAssignedIdentity"}
}

test_allows_other_names if {
	rule.deny == set() with input as {
		"apiVersion": "v1",
		"kind": "ServiceAccount",
		"metadata": {"labels": {"app": "azure-identity"}, "annotations": {"eks.amazonaws.com/role-arn": "x"}},
	}
}

test_allows_other_azure_names if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "Service", "metadata": {"labels": {"kubernetes.azure.com/managed": "x"}}}
}

test_allows_absent_metadata if {
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ServiceAccount"}
	rule.deny == set() with input as {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"labels": null}}
}

test_allows_foreign_kinds if {
	rule.deny == set() with input as {"apiVersion": "aadpodidentity.k8s.io/v1", "kind": "Other"}
	rule.deny == set() with input as {"apiVersion": "example.com/v1", "kind": "AzureIdentity"}
}
