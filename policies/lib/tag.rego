# What the tags of images say: an image of the facts `images` and `image_policies` has its `tag` and
# `tag_words`, where it has a tag at all.
package landfall.lib.tag

# Forms in which images are built: alone, or several of them, each is the newest one of its form.
_forms := {
	"alpine", "cli", "debug", "dind", "distroless", "fpm", "full", "minimal", "nonroot", "rootless",
	"slim", "vnext",
}

# Whether a tag is another image tomorrow.
moves(image) if {
	some word in image.tag_words
	word in data.settings.disallowed_tags
}

moves(image) if {
	words := split(lower(image.tag), "-")

	# Of most tags the first word is a version.
	words[0] in _forms
	count({word | some word in words} - _forms) == 0
}
