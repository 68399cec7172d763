# METADATA
# title: NetworkPolicy closes pods to the scraper of metrics
# description: |
#   A monitor names pods whose metrics are to be scraped, or annotations ask for it by which a scanned
#   configuration of Prometheus finds them, and a policy closes them to the namespace of the scraper: the
#   metrics are missing, and alerts that hang on them never fire.
# custom:
#   id: scrape-blocked
#   severity: medium
#   precision: high
#   family: network
#   applies_to: [ServiceMonitor, PodMonitor, VMServiceScrape, VMPodScrape, Service, Deployment, StatefulSet, DaemonSet, Pod, Template]
#   needs: [landfall.network_scrapes]
#   controls:
#     - nsa-cisa/network-policies
#   remediation: Allow ingress from the namespace of Prometheus, by `namespaceSelector`, on the port of the metrics.
#   references:
#     - https://kubernetes.io/docs/concepts/services-networking/network-policies/
package landfall.rules.network.scrape_blocked

import data.landfall.lib.violation

deny contains violation.linked(target.path, message, target.links) if {
	some target in input.landfall.network_scrapes
	message := sprintf(
		"this scrapes %s of pods that are closed by %s to %s, where metrics are scraped from%s%s",
		[target.ports, target.policies, target.namespaces, object.get(target, "missed", ""), object.get(target, "unless", "")],
	)
}
