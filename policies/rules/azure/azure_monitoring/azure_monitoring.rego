# METADATA
# title: Monitoring that reports to Azure
# description: |
#   Metrics, logs or traces go to Azure, or are collected by its agents. After the move nobody collects
#   them, or data about users keeps flowing out of the new platform.
# custom:
#   id: azure-monitoring
#   severity: high
#   precision: high
#   family: azure
#   applies_to: any
#   needs: [landfall.azure]
#   controls:
#     - iso-27001-2022/5.23
#     - nis2/21-2-d
#     - iso-27001-2022/8.15
#     - iso-27001-2022/8.16
#   remediation: Report to Prometheus, OpenSearch and OpenTelemetry of the target instead.
#   references:
#     - https://learn.microsoft.com/azure/azure-monitor/containers/container-insights-overview
package landfall.rules.azure.azure_monitoring

import data.landfall.lib.azure

deny contains azure.violation(sign, "reports to") if {
	some sign in input.landfall.azure
	sign.topic == "monitoring"
}
