//! What helm is given to render, and what tells its content from that of all others.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use walkdir::{DirEntry, WalkDir};

use super::chart::{Chart, ChartFile};
use super::copy::Copy;
use crate::render::cache::Content;

/// A chart of more bytes than this is not worth to be compared.
const LARGEST: u64 = 64 << 20;

/// A chart as helm is given it.
#[derive(Debug)]
pub(super) struct Subject {
    place: Place,
    /// What it holds, once that was asked.
    content: OnceLock<Option<Content>>,
}

#[derive(Debug)]
enum Place {
    /// The user's folder or package, and whether templates may see all of it.
    Own(PathBuf, bool),
    Copy(Copy),
}

impl Subject {
    /// A copy with other texts in place of some of the chart's own, and with some more files: see [`Copy::new`].
    pub(super) fn copied(
        chart: &Chart,
        to: &Path,
        replaced: &dyn Fn(&ChartFile) -> Option<String>,
        more: &[(String, String)],
    ) -> Self {
        Self {
            place: Place::Copy(Copy::new(chart, to, replaced, more)),
            content: OnceLock::new(),
        }
    }

    /// All of it that helm may look at; `None` where that is too much, or cannot be told.
    pub(super) fn content(&self) -> Option<&Content> {
        let content = self.content.get_or_init(|| match &self.place {
            Place::Own(path, is_all) => content(path, *is_all),
            Place::Copy(copy) => Some(copy.content()),
        });
        content.as_ref()
    }

    /// The folder or package to give to helm; else why there is none.
    pub(super) fn path(&self) -> Result<&Path, &str> {
        match &self.place {
            Place::Own(path, _) => Ok(path),
            Place::Copy(copy) => copy.path(),
        }
    }

    /// The user's own folder or package.
    pub(super) fn own(chart: &Chart) -> Self {
        // Templates cannot see what else lies in the folder unless they ask for files.
        let is_all = chart.files.iter().any(ChartFile::uses_files);
        Self {
            place: Place::Own(chart.folder.path.clone(), is_all),
            content: OnceLock::new(),
        }
    }
}

fn content(path: &Path, is_all: bool) -> Option<Content> {
    let is_seen = |entry: &DirEntry| {
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        is_all || entry.depth() != 1 || entry.file_type().is_file() || !is_hidden
    };
    let walk = WalkDir::new(path).follow_links(true).sort_by_file_name();
    let (mut content, mut size) = (Content::default(), 0);
    for entry in walk.into_iter().filter_entry(is_seen) {
        let entry = entry.ok()?;
        if !entry.file_type().is_file() {
            continue;
        }
        size += entry.metadata().ok()?.len();
        if size > LARGEST {
            return None;
        }
        let below = entry.path().strip_prefix(path).ok()?;
        content.add(below.to_string_lossy().as_bytes());
        content.add(&std::fs::read(entry.path()).ok()?);
    }
    Some(content)
}
