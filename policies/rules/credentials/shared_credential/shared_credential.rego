# METADATA
# title: Credential of production in another environment
# description: |
#   The same credential opens production and another environment, so whoever reads the less
#   protected one has both, and neither can be changed alone. What everyone guesses or a product ships
#   is left to the rules on that.
# custom:
#   id: shared-credential
#   severity: high
#   precision: high
#   family: credentials
#   applies_to: any
#   needs: [landfall.crossings]
#   controls:
#     - cwe/668
#     - cwe/522
#     - iso-27001-2022/5.17
#     - iso-27001-2022/8.22
#     - gdpr/32
#     - nis2/21-2-i
#     - nist-800-171/3.5.10
#     - nsa-cisa/secrets
#   remediation: >-
#     Give each environment a credential of its own, and replace the one of production, which
#     others have seen.
#   references:
#     - https://cwe.mitre.org/data/definitions/668.html
#     - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
package landfall.rules.credentials.shared_credential

import data.landfall.lib.violation

deny contains violation.with_related(found, related) if {
	some crossing in input.landfall.crossings
	crossing.what == "credential"
	message := sprintf("%s and production have the same credential under `%s` (%d characters)", [
		crossing.environment,
		crossing.name,
		crossing.length,
	])
	found := violation.in_text(crossing, message)
	related := [link |
		some owner in crossing.owners
		link := object.union(owner, {"message": "production has the same one here"})
	]
}

deny contains violation.with_related(found, related) if {
	some crossing in input.landfall.crossings
	crossing.what == "stored"
	message := sprintf("%s takes `%s` from the secret store, a credential of production", [
		crossing.environment,
		crossing.name,
	])
	found := violation.in_text(crossing, message)
	related := [link |
		some owner in crossing.owners
		link := object.union(owner, {"message": "production takes it here"})
	]
}
