# What rules say of a credential: its key and how long it is, never the value.
package landfall.lib.credential

import data.landfall.lib.violation as violations

# A credential inside a URL is known by the URL's scheme, any other by its key.
_prefix := {"url": "the URL of scheme "}

label(credential) := sprintf("%s`%s`", [object.get(_prefix, credential.kind, ""), credential.key])

# Where the same value stands in several places of the scan, `same_value` has one number in all.
violation(credential, message) := violations.with_properties(
	violations.in_text(credential, message),
	{"same_value": number | some number in credential.same},
)
