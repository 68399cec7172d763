# METADATA
# title: Library of an Azure service that comes in with others
# description: |
#   A lock file or a bill of materials lists a library of an Azure service that no manifest beside
#   it asks for. It may be dead weight of a portable library, or the way in which that one reaches
#   Azure. Packages that a manifest asks for are reported there alone.
# custom:
#   id: azure-library-transitive
#   severity: low
#   precision: medium
#   family: azure
#   applies_to: packages
#   needs: [landfall.package]
#   controls:
#     - iso-27001-2022/5.9
#     - iso-27001-2022/5.21
#     - nist-800-171/3.4.1
#   remediation: Find the library that brings it in, and see whether the program uses what it does with Azure.
#   references:
#     - https://azure.github.io/azure-sdk/releases/latest/
package landfall.rules.azure.azure_library_transitive

import data.landfall.lib.azure
import data.landfall.lib.violation

_ways := {
	"constraints": "may come in, a constraints file says its version",
	"indirect": "comes in with other packages",
	"transitive": "comes in with other packages",
}

deny contains violation.with_properties(found, properties) if {
	member = input.landfall.package
	object.get(input, ["spec", "relation"], "direct") == "transitive"
	way := object.get(_ways, object.get(input, ["spec", "scope"], ""), "comes in with other packages")
	message := sprintf("`%v` %s: %s", [
		object.get(input, ["metadata", "name"], ""),
		way,
		azure.describe(member.service),
	])
	found := violation.at(["metadata", "name"], message)
	properties := {
		"service": member.service,
		"signal": "transitive-library",
		"certainty": object.get({"core": "hint"}, member.part, "probably"),
	}
}
