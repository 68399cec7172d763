package landfall.lib.violation_test

import data.landfall.lib.violation

test_at_holds_path_and_message if {
	violation.at(["spec", 0], "m") == {"path": ["spec", 0], "message": "m"}
}

test_in_text_takes_the_facts_part if {
	fact := {"path": ["a"], "part": {"start": 0, "length": 3}, "host": "x.y"}
	violation.in_text(fact, "m") == {"path": ["a"], "part": {"start": 0, "length": 3}, "message": "m"}
}

test_in_text_without_part_means_the_value if {
	violation.in_text({"path": ["a"]}, "m") == {"path": ["a"], "message": "m"}
}

test_with_properties_adds_them if {
	found := violation.with_properties(violation.at(["a"], "m"), {"service": "key-vault"})
	found == {"path": ["a"], "message": "m", "properties": {"service": "key-vault"}}
}

test_with_severity_adds_it if {
	violation.with_severity(violation.at(["a"], "m"), "low") == {"path": ["a"], "message": "m", "severity": "low"}
}

test_with_related_adds_places if {
	related := [{"resource": 3, "path": ["spec"], "message": "the policy"}]
	violation.with_related(violation.at(["a"], "m"), related) == {"path": ["a"], "message": "m", "related": related}
}

test_linked_holds_them_at_once if {
	related := [{"resource": 3, "path": ["spec"], "message": "the policy"}]
	violation.linked(["a"], "m", related) == violation.with_related(violation.at(["a"], "m"), related)
}
