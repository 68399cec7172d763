# METADATA
# title: Secret committed with its data
# description: |
#   A Secret in a file holds its data in clear or in base64, which hides nothing. Everyone who
#   reads the repository, its copies or its history has it.
# custom:
#   id: secret-in-manifest
#   severity: medium
#   precision: medium
#   family: credentials
#   applies_to: any
#   needs: [landfall.credentials]
#   yields_to: [azure-connection-string]
#   controls:
#     - cwe/312
#     - cwe/522
#     - iso-27001-2022/5.17
#     - iso-27001-2022/8.12
#     - gdpr/32
#     - nis2/21-2-h
#     - cis-kubernetes/5.4.2
#     - nist-800-171/3.5.10
#     - bsi/app-4-4-a8
#     - nsa-cisa/secrets
#   remediation: >-
#     Leave the data out of the repository: make the Secret with External Secrets, Sealed
#     Secrets or SOPS, and replace what was committed.
#   references:
#     - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
#     - https://external-secrets.io/latest/
package landfall.rules.credentials.secret_in_manifest

import data.landfall.lib.credential

deny contains credential.violation(found, message) if {
	some found in input.landfall.credentials
	found.verdict == "stored"
	message := sprintf("the Secret holds data in clear or in base64, such as `%s` (%d %s); entries in all: %d", [found.key, found.length, found.unit, found.entries])
}
