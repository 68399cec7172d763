# METADATA
# title: Identity that Azure gives to pods
# description: |
#   The pod gets its token from Microsoft Entra ID, through Workload Identity or Pod Identity.
#   On another cluster nothing hands out such a token: every call to what it protects fails.
# custom:
#   id: azure-identity
#   severity: high
#   precision: very-high
#   family: azure
#   applies_to: any
#   needs: [azure.workload.identity/, aadpodid, managedidentity.azure, entra.azure.com, azuread.azure.com]
#   controls:
#     - iso-27001-2022/5.15
#     - iso-27001-2022/5.19
#     - iso-27001-2022/5.23
#     - gdpr/28
#     - nis2/21-2-d
#     - nis2/21-2-i
#     - bsi/app-4-4-a9
#     - nist-800-171/3.1.20
#   remediation: Move what the token is for, then delete the binding to the Azure identity.
#   references:
#     - https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
#     - https://learn.microsoft.com/azure/aks/workload-identity-overview
package landfall.rules.azure.azure_identity

import data.landfall.lib.azure
import data.landfall.lib.kubernetes
import data.landfall.lib.violation

deny contains _found(array.concat(path, [list, name]), sprintf("%s `%s`", [noun, name]), service) if {
	some [path, metadata] in _metadata
	some list, noun in {"labels": "label", "annotations": "annotation"}
	some name
	_ = metadata[list][name]
	service = _service(list, sprintf("%v", [name]))
	service in _identity_services
}

deny contains _found(["kind"], sprintf("kind `%s`", [input.kind]), row.service) if {
	is_string(input.apiVersion)
	row = data.azure.kinds[split(input.apiVersion, "/")[0]]
	row.service in _identity_services
	input.kind in object.get(row, "kinds", [input.kind])
}

_identity_services := {"entra-id", "workload-identity"}

# The object's own metadata and those of its pod templates.
_metadata contains [["metadata"], input.metadata]

_metadata contains [array.concat(pod.template_path, ["metadata"]), metadata] if {
	some pod in kubernetes.pods
	metadata = pod.template.metadata
}

_service("labels", name) := data.azure.labels[name].service

_service("labels", name) := service if {
	not data.azure.labels[name]
	service = _prefix_service(data.azure.label_prefixes, name)
}

_service("annotations", name) := data.azure.annotations[name].service

_service("annotations", name) := service if {
	not data.azure.annotations[name]
	service = _prefix_service(data.azure.annotation_prefixes, name)
}

# The longest prefix wins.
_prefix_service(rows, name) := services[max(object.keys(services))] if {
	services = {count(row.prefix): row.service | some row in rows; startswith(name, row.prefix)}
	count(services) > 0
}

_found(path, subject, service) := violation.with_properties(
	violation.at(path, sprintf("%s asks for %s", [subject, azure.describe(service)])),
	{"service": service},
)
