# What the catalogue says of an Azure service, in words for a message.
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
