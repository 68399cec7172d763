# What the catalogue says of an Azure service, in words for a message, and the violation of a sign: a
# fact of `input.landfall.azure` with `path`, `part`, `subject`, `service`, `signal`, `effect` and `certainty`.
package landfall.lib.azure

# The service's name and the first three of what takes its place on the target; the id alone for a
# service that the catalogue does not know.
describe(id) := text if {
	service = data.azure.services[id]
	products = [counterpart.product | some counterpart in service.counterparts]
	count(products) > 0
	text := sprintf("%s; on Compliant Kubernetes: %s", [service.name, concat(" / ", array.slice(products, 0, 3))])
}

describe(id) := data.azure.services[id].name if count(data.azure.services[id].counterparts) == 0

describe(id) := sprintf("the Azure service `%s`", [id]) if not data.azure.services[id]

# How much a sign matters: what breaks on the target decides, and a key that stands in the file.
severities := {
	"stops": "high",
	"stays": "medium",
	"inert": "low",
}

# The violation of a sign; `verb` joins its subject and the service: `belongs to`.
violation(sign, verb) := object.union(object.filter(sign, ["path", "part"]), {
	"message": sprintf("%s %s %s", [sign.subject, verb, describe(sign.service)]),
	"severity": severities[sign.effect],
	"properties": object.filter(sign, ["service", "signal", "effect", "certainty"]),
})

# What takes the place of a service's libraries in the code of an ecosystem.
replacement(service, ecosystem) := text if {
	entry := object.get(data.azure.replacements, service, {})
	text := object.get(entry, ecosystem, object.get(entry, "default", "a port to what takes its place"))
}
