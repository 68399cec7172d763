# METADATA
# title: Endpoint of production in another environment
# description: |
#   What runs for development or tests reads and changes production data here, without the
#   reviews and limits that production has. A test that empties a table empties the real one.
# custom:
#   id: cross-environment-endpoint
#   severity: high
#   precision: medium
#   family: credentials
#   applies_to: any
#   needs: [landfall.crossings]
#   controls:
#     - cwe/668
#     - iso-27001-2022/8.22
#     - iso-27001-2022/8.3
#     - gdpr/32
#     - nis2/21-2-e
#     - nist-800-171/3.13.1
#     - cis-kubernetes/5.7.1
#   remediation: >-
#     Name an endpoint of the same environment, and let NetworkPolicies keep the environments
#     apart.
#   references:
#     - https://cwe.mitre.org/data/definitions/668.html
#     - https://kubernetes.io/docs/concepts/security/multi-tenancy/
package landfall.rules.credentials.cross_environment_endpoint

import data.landfall.lib.violation

deny contains violation.with_related(found, related) if {
	some crossing in input.landfall.crossings
	crossing.what == "endpoint"
	message := sprintf("%s uses `%s`, an endpoint of production", [crossing.environment, crossing.name])
	found := violation.in_text(crossing, message)
	related := [link |
		some owner in crossing.owners
		link := object.union(owner, {"message": "production has it here"})
	]
}
