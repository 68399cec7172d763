# METADATA
# title: Private key in a manifest
# description: |
#   Whoever reads the file, its copies or its history can take the identity that the key proves:
#   impersonate a server, sign tokens or images, log in. A key that was committed once stays
#   compromised, also after it is removed.
# custom:
#   id: private-key
#   severity: critical
#   precision: very-high
#   family: credentials
#   applies_to: any
#   needs: [landfall.credentials]
#   yields_to: [azure-connection-string]
#   controls:
#     - cwe/321
#     - cwe/798
#     - iso-27001-2022/5.17
#     - iso-27001-2022/8.24
#     - gdpr/32
#     - nis2/21-2-h
#     - nist-800-171/3.5.10
#     - bsi/app-4-4-a8
#     - nsa-cisa/secrets
#   remediation: >-
#     Make a new key pair and revoke the old one; let cert-manager or a secret store hand out
#     the key, or commit it encrypted only.
#   references:
#     - https://cwe.mitre.org/data/definitions/321.html
#     - https://cert-manager.io/docs/usage/certificate/
package landfall.rules.credentials.private_key

import data.landfall.lib.credential

deny contains credential.violation(found, message) if {
	some found in input.landfall.credentials
	found.verdict == "private-key"
	message := sprintf("%s holds a private key (%d characters)", [credential.label(found), found.length])
}
