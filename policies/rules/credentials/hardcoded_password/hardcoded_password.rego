# METADATA
# title: Hard-coded credential
# description: |
#   A password or key that stands literally in a manifest is known to everyone who reads the
#   repository, its copies, its history and the objects in the cluster, and it cannot be changed
#   without a new version of the manifest.
# custom:
#   id: hardcoded-password
#   severity: high
#   precision: high
#   family: credentials
#   applies_to: any
#   needs: [landfall.credentials]
#   yields_to: [azure-connection-string]
#   controls:
#     - cwe/798
#     - cwe/259
#     - iso-27001-2022/5.17
#     - iso-27001-2022/8.24
#     - gdpr/32
#     - nis2/21-2-h
#     - cis-kubernetes/5.4.1
#     - nist-800-171/3.5.10
#     - bsi/app-4-4-a8
#     - nsa-cisa/secrets
#   remediation: >-
#     Replace the credential by a new one, keep that in a Secret that is not committed in clear,
#     and refer to it with `secretKeyRef`.
#   references:
#     - https://cwe.mitre.org/data/definitions/798.html
#     - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
package landfall.rules.credentials.hardcoded_password

import data.landfall.lib.credential

deny contains credential.violation(found, message) if {
	some found in input.landfall.credentials
	found.verdict == "literal"
	message := sprintf("%s holds a literal credential (%d characters)", [credential.label(found), found.length])
}
