# METADATA
# title: Default or easily guessed password
# description: |
#   A password that a product ships, that its examples spread or that stands on every list of
#   common passwords is the first that an attacker tries. Whoever reaches the port has the
#   account.
# custom:
#   id: default-password
#   severity: high
#   precision: high
#   family: credentials
#   applies_to: any
#   needs: [landfall.credentials]
#   controls:
#     - cwe/1392
#     - cwe/521
#     - iso-27001-2022/5.17
#     - gdpr/32
#     - nis2/21-2-j
#     - nist-800-171/3.5.7
#   remediation: >-
#     Generate a random password, keep it in a Secret that is not committed in clear, and refer to
#     it with `secretKeyRef`.
#   references:
#     - https://cwe.mitre.org/data/definitions/1392.html
#     - https://kubernetes.io/docs/concepts/configuration/secret/
package landfall.rules.credentials.default_password

import data.landfall.lib.violation

# A credential inside a URL is known by the URL's scheme, any other by its key.
_prefix := {"url": "the URL of scheme "}

deny contains violation.in_text(credential, message) if {
	some credential in input.landfall.credentials
	credential.verdict == "default"
	message := sprintf("%s`%s` holds a known default password of %s (%d characters)", [
		object.get(_prefix, credential.kind, ""),
		credential.key,
		credential.product,
		credential.length,
	])
}

deny contains violation.in_text(credential, message) if {
	some credential in input.landfall.credentials
	credential.verdict == "weak"
	message := sprintf("%s`%s` holds a password that is easily guessed (%d characters)", [
		object.get(_prefix, credential.kind, ""),
		credential.key,
		credential.length,
	])
}
