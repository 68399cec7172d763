package landfall.rules.azure.azure_connection_string_test

import data.landfall.rules.azure.azure_connection_string as rule

_services := {"some-service": {"name": "Some Service", "counterparts": [{"product": "Its Counterpart"}]}}

_sign := {
	"path": ["spec", "x"],
	"part": {"start": 0, "length": 3},
	"signal": "setting",
	"topic": "connection-string",
	"service": "some-service",
	"subject": "setting `x`",
	"effect": "stops",
	"certainty": "depends",
}

test_denies_a_sign_of_its_topic if {
	rule.deny == {{
		"path": ["spec", "x"],
		"part": {"start": 0, "length": 3},
		"message": "setting `x` opens Some Service; on Compliant Kubernetes: Its Counterpart",
		"severity": "high",
		"properties": {"service": "some-service", "signal": "setting", "effect": "stops", "certainty": "depends"},
	}} with data.azure.services as _services
		with input as {"kind": "A", "landfall": {"azure": [_sign]}}
}

test_denies_what_goes_on_or_is_ignored_less_severely if {
	signs := [object.union(_sign, {"effect": "stays"}), object.union(_sign, {"effect": "inert", "path": ["spec", "y"]})]
	found := rule.deny with data.azure.services as _services with input as {"kind": "A", "landfall": {"azure": signs}}
	{one.severity | some one in found} == {"medium", "low"}
}

test_denies_a_key_more_severely if {
	signs := [object.union(_sign, {"effect": "stays", "has_key": true})]
	found := rule.deny with data.azure.services as _services with input as {"kind": "A", "landfall": {"azure": signs}}
	{one.severity | some one in found} == {"high"}
}

test_allows_signs_of_other_topics if {
	rule.deny == set() with data.azure.services as _services
		with input as {"kind": "A", "landfall": {"azure": [object.union(_sign, {"topic": "other"})]}}
}

test_allows_what_has_no_sign if {
	rule.deny == set() with input as {"kind": "A", "landfall": {}}
	rule.deny == set() with input as {"kind": "A"}
}
