# METADATA
# title: Connection string of an Azure service
# description: |
#   The string opens an Azure service. If its key stands in it, whoever reads the file has the service
#   and the data behind it, and goes on having it after the move until the key is changed.
# custom:
#   id: azure-connection-string
#   severity: high
#   precision: very-high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   controls:
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#     - iso-27001-2022/5.17
#     - cwe/798
#   remediation: Replace the service by its counterpart; change the key now and keep the new one in a Secret.
#   references:
#     - https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage
package landfall.rules.azure.azure_connection_string

import data.landfall.lib.azure

deny contains object.union(azure.violation(sign, "opens"), {"severity": _severity(sign)}) if {
	some sign in input.landfall.azure
	sign.topic == "connection-string"
}

# A key in a file is known to whoever reads the file.
_severity(sign) := {true: "high", false: azure.severities[sign.effect]}[object.get(sign, "has_key", false)]
