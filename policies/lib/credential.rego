# What messages say of a credential: its key and how long it is, never the value.
package landfall.lib.credential

# A credential inside a URL is known by the URL's scheme, any other by its key.
_prefix := {"url": "the URL of scheme "}

label(credential) := sprintf("%s`%s`", [object.get(_prefix, credential.kind, ""), credential.key])
