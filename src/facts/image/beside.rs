//! What stands beside a string that names an image, or all of it but the version: its tag, its version, or the keys
//! that say it is one.

use super::key::{is_image_key, is_of_sources};
use super::written;
use crate::model::Node;

/// Keys beside one that is `image` alone whose value is its tag. KServe has the one that counts where
/// its user names none.
const BARE_TAGS: [&str; 2] = ["tag", "defaultImageVersion"];

/// What a key calls an image without saying that it is the name of one: `webImage` of
/// `webImageRepository`.
fn stem(key: &str) -> &str {
    let ends = [
        "Repository",
        "_repository",
        "-repository",
        "Repo",
        "_repo",
        "-repo",
        "Name",
        "_name",
        "-name",
    ];
    ends.iter()
        .find_map(|end| key.strip_suffix(end))
        .unwrap_or(key)
}

/// Whether a key names an image's repository, so that a tag beside it has to show it; defaults are
/// what names of several images begin with.
pub(super) fn is_repository_key(key: &str) -> bool {
    let stem = stem(key);
    !key.starts_with("default")
        && stem.len() < key.len()
        && key != "imageRepository"
        && is_image_key(stem)
}

/// Whether a key names an image's repository by the tag under the same name beside it: `webRepository` and `webTag`,
/// `worker_repository` and `worker_tag`.
pub(super) fn has_own_tag(around: Node<'_>, key: &str) -> bool {
    const PAIRS: [(&str, &str); 3] = [
        ("Repository", "Tag"),
        ("_repository", "_tag"),
        ("-repository", "-tag"),
    ];
    let mut pairs = PAIRS.iter();
    let stem = pairs.find_map(|(end, tag)| Some((key.strip_suffix(end)?, *tag)));
    // A name that ends with `image` says itself what it is, also of what others begin with.
    let is_free = |stem: &str| !stem.is_empty() && !is_image_key(stem) && !is_of_sources(stem);
    let tag = stem.filter(|(stem, _)| is_free(stem));
    let tag = tag.and_then(|(stem, tag)| around.get(&format!("{stem}{tag}")));
    tag.is_some_and(|tag| tag.scalar().is_some())
}

/// Whether a key of a map is a version, whatever its case.
pub(super) fn has_version(around: Node<'_>) -> bool {
    let mut keys = around.entries().filter_map(|(key, _)| key.as_str());
    keys.any(|key| key.eq_ignore_ascii_case("version"))
}

/// Whether a key of a map says by its end that it is a version, perhaps that of all that it names.
pub(super) fn has_some_version(around: Node<'_>) -> bool {
    let mut keys = around.entries().filter_map(|(key, _)| key.as_str());
    keys.any(|key| key != "apiVersion" && key.to_ascii_lowercase().ends_with("version"))
}

/// Whether a key of a map says by its end that it is a tag or a version, perhaps that of an image
/// beside it.
pub(super) fn speaks_of_version(around: Node<'_>) -> bool {
    let mut keys = around.entries().filter_map(|(key, _)| key.as_str());
    keys.any(|key| {
        let lower = key.to_ascii_lowercase();
        lower.ends_with("tag") || lower.ends_with("version")
    })
}

/// The tag beside a string that names an image: `image` and `tag`, `webImage` and `webImageTag`,
/// `web_image` and `web_image_version`, `webImageRepository` and `webImageTag`, `webImage` and
/// `webTag`, `WEB_IMAGE` and `WEB_VERSION`.
pub(super) fn sibling_tag<'a>(
    around: Node<'a>,
    key: &str,
    source: &'a str,
) -> Option<(String, &'a str, Node<'a>)> {
    let ends = [
        "Tag", "_tag", "-tag", "_TAG", "Version", "_version", "_VERSION",
    ];
    let of = |key: &str| ends.map(|end| format!("{key}{end}"));
    let own = of(key).into_iter().chain(of(stem(key)));
    let bare = BARE_TAGS.iter().filter(|_| key == "image");
    let bare = bare.map(|name| (*name).to_owned());
    let named = ["Image", "_image", "-image", "_IMAGE"];
    let base = named.iter().find_map(|end| key.strip_suffix(end));
    let of_base = base.filter(|base| !base.is_empty()).map(of);
    let of_base = of_base.into_iter().flatten();
    own.chain(bare).chain(of_base).find_map(|name| {
        let node = around.get(&name)?;
        let text = written(node, source).filter(|text| !text.trim().is_empty())?;
        Some((name, text, node))
    })
}
