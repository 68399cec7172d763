//! Paths as they are compared, shown, and named in outputs.

use std::path::{Component, Path, PathBuf};

/// The path without `.` and `..`, as far as that can be told without the file system.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if clean.file_name().is_some() => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

/// A path as it is shown, and as outputs name it: relative to the working directory if it lies
/// below.
pub(crate) fn names(path: &Path) -> (String, String) {
    let base = std::env::current_dir().unwrap_or_default();
    let absolute = normalized(&base.join(path));
    let below = absolute.strip_prefix(&base).map(Path::to_path_buf);
    (
        shown(&normalized(path)),
        slashed(&below.unwrap_or(absolute)),
    )
}

/// A path as it is shown, and as outputs name it, where a file of the same scan goes by `display` and `uri`: relative
/// to the folder that the user named, if it lies below that as the file does.
pub(crate) fn names_beside(path: &Path, display: &str, uri: &str) -> (String, String) {
    let here = std::env::current_dir().unwrap_or_default();
    let named = match uri {
        "" | "." => Some(Path::new(display)),
        uri => display.strip_suffix(uri).map(Path::new),
    };
    let below = named.and_then(|named| {
        let absolute = normalized(&here.join(path));
        let below = absolute.strip_prefix(normalized(&here.join(named))).ok()?;
        let whole = normalized(&named.join(below));
        Some((shown(&whole), slashed(below)))
    });
    below.unwrap_or_else(|| names(path))
}

/// A path as it is shown: without a leading `./`, with `/`.
pub(crate) fn shown(path: &Path) -> String {
    let text = slashed(path.strip_prefix("./").unwrap_or(path));
    if text.is_empty() {
        ".".to_owned()
    } else {
        text
    }
}

pub(super) fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_a_file_goes_by_the_same_folder() {
        for (path, display, uri, expected) in [
            (
                "/a/b/web",
                "/a/b/apps/x.yaml",
                "apps/x.yaml",
                ("/a/b/web", "web"),
            ),
            ("/a/b", "/a/b/apps/x.yaml", "apps/x.yaml", ("/a/b", "")),
            ("/a/b/web/env", "/a/b/web", "", ("/a/b/web/env", "env")),
            ("/a/c", "/a/b/x.yaml", "x.yaml", ("/a/c", "/a/c")),
            (
                "shop/web",
                "shop/x.yaml",
                "shop/x.yaml",
                ("shop/web", "shop/web"),
            ),
            ("web", ".", "", ("web", "web")),
        ] {
            let (shown, address) = names_beside(Path::new(path), display, uri);
            assert_eq!((shown.as_str(), address.as_str()), expected, "{path}");
        }
        let here = std::env::current_dir().unwrap().join("shop/web");
        let told = names_beside(&here, "shop/x.yaml", "shop/x.yaml");
        assert_eq!(told, ("shop/web".to_owned(), "shop/web".to_owned()));
    }
}
