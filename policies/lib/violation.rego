# What a rule's `deny` holds: a value path from the resource's root, a message and, where it pays,
# the part of the string that is meant, properties for machines, a severity below the rule's, and
# other places that explain it.
package landfall.lib.violation

at(path, message) := {"path": path, "message": message}

# A fact knows its `path` and, if it is about some characters of a string only, its `part`.
in_text(fact, message) := {"path": fact.path, "part": part, "message": message} if {
	part = fact.part
} else := {"path": fact.path, "message": message}

with_properties(violation, properties) := object.union(violation, {"properties": properties})

with_severity(violation, severity) := object.union(violation, {"severity": severity})

# `related` is an array of `{"resource", "path", "message"}` with a `part` where not the whole value is meant; `resource` is the position
# that a fact hands out.
linked(path, message, related) := {"path": path, "message": message, "related": related}

with_related(violation, related) := object.union(violation, {"related": related})
