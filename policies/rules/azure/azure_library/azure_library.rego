# METADATA
# title: Library of an Azure service
# description: |
#   The program is written against an Azure service. When the service is left behind, the calls
#   of this library have to be rewritten for what takes its place, or for a portable protocol.
#   Shared parts of the SDK are said once for each file: they go with the libraries that use them.
# custom:
#   id: azure-library
#   severity: medium
#   precision: very-high
#   family: azure
#   applies_to: packages
#   needs: [landfall.package]
#   controls:
#     - iso-27001-2022/5.9
#     - iso-27001-2022/5.21
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#     - nist-800-171/3.4.1
#     - hipaa/164-308-a-7-ii-e
#   remediation: Replace the library with a portable client of the service that takes the place of Azure's.
#   references:
#     - https://azure.github.io/azure-sdk/releases/latest/
package landfall.rules.azure.azure_library

import data.landfall.lib.azure
import data.landfall.lib.violation

_roles := {
	"core": "is a shared part of the Azure SDK",
	"management": "manages resources in Azure",
	"other": "is a library",
	"sdk": "is a client library",
}

# What breaks on the target: a shared part breaks nothing by itself, a library that manages Azure
# has nothing left to manage.
_severities := {
	"core": "low",
	"management": "low",
	"other": "medium",
	"sdk": "medium",
}

deny contains violation.with_related(severe, related) if {
	member = input.landfall.package
	object.get(input, ["spec", "relation"], "direct") == "direct"
	part = member.part
	role = object.get(_roles, part, "is a library")
	replacement := azure.replacement(member.service, object.get(input, ["spec", "ecosystem"], ""))
	message := sprintf("`%v` %s: %s; in code: %s", [
		object.get(input, ["metadata", "name"], ""),
		role,
		azure.describe(member.service),
		replacement,
	])
	properties := {
		"service": member.service,
		"signal": "library",
		"certainty": _certainty(member),
		"replacement": replacement,
	}
	found := violation.with_properties(violation.at(["metadata", "name"], message), properties)
	severe := violation.with_severity(found, object.get(_severities, part, "medium"))
	related := [link |
		some other in object.get(member, "others", [])
		link := {
			"resource": other.resource,
			"path": ["metadata", "name"],
			"message": sprintf("`%s` is another shared part", [other.name]),
		}
	]
}

_certainty(member) := "depends" if {
	member.part in ["sdk", "other", "management"]
	member.exact == true
}

_certainty(member) := "probably" if {
	member.part in ["sdk", "other", "management"]
	member.exact == false
}

_certainty(member) := "hint" if not member.part in ["sdk", "other", "management"]
