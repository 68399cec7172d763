# METADATA
# title: Default password of a product
# description: |
#   A password that a product ships or that its documentation spreads is the first that an
#   attacker tries. Whoever reaches the port has the account.
# custom:
#   id: default-password
#   severity: high
#   precision: high
#   family: credentials
#   applies_to: any
#   needs: [landfall.credentials]
#   yields_to: [azure-connection-string]
#   controls:
#     - cwe/1392
#     - cwe/1393
#     - iso-27001-2022/5.17
#     - gdpr/32
#     - nis2/21-2-j
#     - nist-800-171/3.5.7
#     - hipaa/164-308-a-5-ii-d
#   remediation: >-
#     Generate a random password, set it in the product before it is reachable, keep it in a
#     Secret that is not committed in clear, and refer to it with `secretKeyRef`.
#   references:
#     - https://cwe.mitre.org/data/definitions/1392.html
#     - https://kubernetes.io/docs/concepts/configuration/secret/
package landfall.rules.credentials.default_password

import data.landfall.lib.credential

# Most defaults belong to one account of the product.
_account(found) := sprintf("the account `%s` of %s", [found.user, found.product]) if is_string(found.user)

_account(found) := found.product if not is_string(found.user)

deny contains credential.violation(found, message) if {
	some found in input.landfall.credentials
	found.verdict == "default"
	message := sprintf("%s holds %d characters that are the default of %s", [
		credential.label(found),
		found.length,
		_account(found),
	])
}
