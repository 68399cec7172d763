package landfall.rules.network.network_policy_missing_test

import data.landfall.rules.network.network_policy_missing as rule

_deployment := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
}

_exposed(missing) := object.union(
	_deployment,
	{"landfall": {"isolation": [{
		"path": ["spec", "template"],
		"name": ["metadata", "name"],
		"missing": missing,
		"links": [],
	}]}},
)

test_denies_pods_open_in_both_directions if {
	rule.deny == {{
		"path": ["metadata", "name"],
		"message": "no NetworkPolicy among the scanned files selects these pods for ingress and egress",
		"related": [],
	}} with input as _exposed(["ingress", "egress"])
}

test_says_where if {
	fact := {"path": ["a"], "name": ["metadata", "name"], "missing": ["egress"], "links": [], "where": " in `dev`"}
	found := rule.deny with input as object.union(_deployment, {"landfall": {"isolation": [fact]}})
	found == {{
		"path": ["metadata", "name"],
		"message": "no NetworkPolicy among the scanned files selects these pods for egress in `dev`",
		"related": [],
	}}
}

test_says_what_may_close_one_direction if {
	fact := {
		"path": ["a"],
		"name": ["metadata", "name"],
		"missing": ["ingress", "egress"],
		"links": [],
		"but": "; for ingress, they may meet `deny`",
	}
	found := rule.deny with input as object.union(_deployment, {"landfall": {"isolation": [fact]}})
	found == {{
		"path": ["metadata", "name"],
		"message": "no NetworkPolicy among the scanned files selects these pods for ingress and egress; for ingress, they may meet `deny`",
		"related": [],
	}}
}

test_says_what_could_not_be_rendered if {
	fact := {
		"path": ["a"],
		"name": ["metadata", "name"],
		"missing": ["egress"],
		"links": [],
		"unless": "what `policy.yaml` makes may select them",
		"is_guessed": true,
	}
	found := rule.deny with input as object.union(_deployment, {"landfall": {"isolation": [fact]}})
	[one.severity | some one in found] == ["low"]
}

test_denies_pods_open_in_one_direction if {
	rule.deny == {{
		"path": ["metadata", "name"],
		"message": "no NetworkPolicy among the scanned files selects these pods for egress",
		"related": [],
	}} with input as _exposed(["egress"])
}

test_denies_once_for_equal_templates if {
	count(rule.deny) == 1 with input as object.union(_deployment, {"landfall": {"isolation": [
		{"path": ["a"], "name": ["metadata", "name"], "missing": ["egress"], "links": []},
		{"path": ["b"], "name": ["metadata", "name"], "missing": ["egress"], "links": []},
	]}})
}

test_allows_isolated_pods if {
	rule.deny == set() with input as object.union(_deployment, {"landfall": {"isolation": []}})
}

test_allows_what_has_no_fact if {
	rule.deny == set() with input as _deployment
}

test_says_that_other_policies_close_the_pods if {
	rule.deny == {{
		"path": ["metadata", "name"],
		"message": "policies of Calico or Cilium close these pods for egress, and no NetworkPolicy selects them, which is what the platform looks for",
		"related": [],
		"severity": "low",
	}} with input as object.union(
		_deployment,
		{"landfall": {"isolation_elsewhere": [{
			"path": ["spec", "template"],
			"name": ["metadata", "name"],
			"missing": ["egress"],
			"is_sure": true,
			"links": [],
		}]}},
	)
}

test_denies_more_severely_what_is_not_evaluated if {
	fact := {
		"path": ["spec", "template"],
		"name": ["metadata", "name"],
		"missing": ["egress"],
		"is_sure": false,
		"links": [],
	}
	some found in rule.deny with input as object.union(_deployment, {"landfall": {"isolation_elsewhere": [fact]}})
	found.severity == "medium"
	startswith(found.message, "policies of Calico or Cilium that are not evaluated may close these pods for egress")
}

test_says_where_and_unless_what if {
	fact := {
		"path": ["a"],
		"name": ["metadata", "name"],
		"missing": ["egress"],
		"links": [],
		"where": " in `dev`",
		"unless": "they may meet `deny`",
	}
	found := rule.deny with input as object.union(_deployment, {"landfall": {"isolation": [fact]}})
	found == {{
		"path": ["metadata", "name"],
		"message": "no NetworkPolicy among the scanned files selects these pods for egress in `dev`; they may meet `deny`",
		"related": [],
		"severity": "medium",
	}}
}
