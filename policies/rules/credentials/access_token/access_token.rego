# METADATA
# title: Access token or cloud key in a manifest
# description: |
#   Its shape tells whose token this is, and it opens that service by itself, from anywhere.
#   Programs search public repositories for such shapes and use what they find within minutes.
# custom:
#   id: access-token
#   severity: critical
#   precision: very-high
#   family: credentials
#   applies_to: any
#   needs: [landfall.credentials]
#   yields_to: [azure-connection-string]
#   controls:
#     - cwe/798
#     - iso-27001-2022/5.17
#     - iso-27001-2022/5.23
#     - gdpr/32
#     - nis2/21-2-h
#     - nist-800-171/3.5.10
#     - bsi/app-4-4-a8
#     - nsa-cisa/secrets
#   remediation: >-
#     Revoke the token at its service, look there for uses that are not yours, and keep a new
#     one in a Secret that is not committed in clear, or use a workload identity instead.
#   references:
#     - https://cwe.mitre.org/data/definitions/798.html
#     - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
package landfall.rules.credentials.access_token

import data.landfall.lib.credential

deny contains credential.violation(found, message) if {
	some found in input.landfall.credentials
	found.verdict == "access-token"
	message := sprintf("%s holds an access token or cloud key (%d characters)", [credential.label(found), found.length])
}
