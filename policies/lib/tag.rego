# What the tags of images say: an image of the facts `images` and `image_policies` has its `tag` and
# `tag_words`, where it has a tag at all.
package landfall.lib.tag

# Forms in which images are built: alone, each is the newest one of its form.
_forms := {"alpine", "cli", "dind", "fpm", "slim", "vnext"}

# Whether a tag is another image tomorrow.
moves(image) if {
	some word in image.tag_words
	word in data.settings.disallowed_tags
}

moves(image) if lower(image.tag) in _forms
