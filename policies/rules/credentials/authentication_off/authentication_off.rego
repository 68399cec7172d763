# METADATA
# title: Authentication switched off
# description: |
#   The setting lets everyone in who reaches the port: no password is asked for, or an anonymous
#   user gets a role. In a cluster that is every pod that no NetworkPolicy holds back.
# custom:
#   id: authentication-off
#   severity: high
#   precision: high
#   family: credentials
#   applies_to: any
#   needs: [landfall.credentials]
#   controls:
#     - cwe/306
#     - cwe/1188
#     - iso-27001-2022/5.15
#     - iso-27001-2022/8.5
#     - gdpr/32
#     - nis2/21-2-i
#     - nist-800-171/3.5.2
#     - hipaa/164-312-d
#     - nsa-cisa/authentication-and-authorization
#   remediation: >-
#     Remove the setting, or set it so that a login is asked for, and give the clients their
#     credentials by `secretKeyRef`.
#   references:
#     - https://cwe.mitre.org/data/definitions/306.html
#     - https://kubernetes.io/docs/concepts/configuration/secret/
package landfall.rules.credentials.authentication_off

import data.landfall.lib.credential

# Of a switch that many programs have, nobody knows whose it is.
_let_in(found) := "everyone who reaches it is let in" if found.product == "authentication"

_let_in(found) := found.product if contains(found.product, " lets in ")

_let_in(found) := sprintf("%s lets everyone in", [found.product]) if {
	found.product != "authentication"
	not contains(found.product, " lets in ")
}

deny contains credential.violation(found, message) if {
	some found in input.landfall.credentials
	found.verdict == "off"
	message := sprintf("%s switches authentication off: %s", [credential.label(found), _let_in(found)])
}
