# METADATA
# title: Library of an Azure service
# description: |
#   The program is written against an Azure service. When the service is left behind, the calls
#   of this library have to be rewritten for what takes its place, or for a portable protocol.
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

deny contains violation.with_properties(found, {"service": member.service}) if {
	member = input.landfall.package
	role = object.get(_roles, member.part, "is a library")
	message := sprintf("`%v` %s: %s", [
		object.get(input, ["metadata", "name"], ""),
		role,
		azure.describe(member.service),
	])
	found := violation.at(["metadata", "name"], message)
}
