# METADATA
# title: Easily guessed password
# description: |
#   A password that stands on every list of common passwords, that is the name of its user or
#   product, a keyboard row or a few digits is guessed within seconds. It protects nothing that
#   anyone can reach. So is one that asks to be changed, `changeme` or `CHANGE_THIS_IN_PRODUCTION`,
#   also where it says what is to be used instead, `CHANGE-ME-USE-AWS-SECRETS-MANAGER`: programs
#   start with it as it stands, so that it stays, and everyone tries it. What only says what belongs
#   in its place, `REPLACE_ME`, `YOUR_DB_PASSWORD`, `CHANGEME_DB_PASSWORD`,
#   `CHANGEME_openssl_rand_hex_32`, is a gap that somebody has to fill, and is not told.
# custom:
#   id: weak-password
#   severity: high
#   precision: high
#   family: credentials
#   applies_to: any
#   needs: [landfall.credentials]
#   yields_to: [azure-connection-string]
#   controls:
#     - cwe/521
#     - iso-27001-2022/5.17
#     - gdpr/32
#     - nis2/21-2-j
#     - nist-800-171/3.5.7
#     - hipaa/164-308-a-5-ii-d
#   remediation: >-
#     Generate a random password, keep it in a Secret that is not committed in clear, and refer
#     to it with `secretKeyRef`.
#   references:
#     - https://cwe.mitre.org/data/definitions/521.html
#     - https://pages.nist.gov/800-63-4/sp800-63b.html
package landfall.rules.credentials.weak_password

import data.landfall.lib.credential

deny contains credential.violation(found, message) if {
	some found in input.landfall.credentials
	found.verdict == "weak"
	message := sprintf("%s holds a password that is easily guessed (%d characters)", [credential.label(found), found.length])
}
