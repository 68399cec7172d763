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
