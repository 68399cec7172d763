//! Scratch folders, gone with whoever holds them. What a run could not take away, because it was
//! stopped, the next one does: such a folder may hold values that are nobody's business.

use std::fs::DirEntry;
use std::io;
use std::path::Path;
use std::sync::Once;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

/// How the folders are called, before the number of the process that holds one.
const PREFIX: &str = "landfall-";
/// A folder that was written to more recently is never taken away: the number of a process that
/// runs elsewhere on the same files means nothing here.
const LEAST_AGE: Duration = Duration::from_secs(600);
/// Where it cannot be told whether a process runs, a folder of this age is nobody's.
const CERTAIN_AGE: Duration = Duration::from_secs(86_400);

/// A new folder that nobody else may read.
pub(super) fn folder() -> io::Result<TempDir> {
    static REAPED: Once = Once::new();
    REAPED.call_once(|| reap(&std::env::temp_dir()));
    let prefix = format!("{PREFIX}{}-", std::process::id());
    tempfile::Builder::new().prefix(&prefix).tempdir()
}

/// Takes away what runs that were stopped have left.
fn reap(folder: &Path) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(is_left) {
        // It belongs to somebody else, or another run has just taken it away.
        let _ = std::fs::remove_dir_all(entry.path());
    }
}

fn is_left(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().into_owned();
    let rest = name.strip_prefix(PREFIX);
    let process = rest.and_then(|rest| rest.split_once('-')?.0.parse::<u32>().ok());
    let Some(process) = process.filter(|_| entry.file_type().is_ok_and(|kind| kind.is_dir()))
    else {
        return false;
    };
    let changed = entry.metadata().and_then(|about| about.modified());
    let age = changed.map_or(Duration::ZERO, |changed| {
        SystemTime::now()
            .duration_since(changed)
            .unwrap_or_default()
    });
    let processes = Path::new("/proc");
    match processes.join("self").exists() {
        true => age > LEAST_AGE && !processes.join(process.to_string()).exists(),
        false => age > CERTAIN_AGE,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_holds_any_more_is_taken_away() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let own = std::process::id();
        let old = SystemTime::now() - LEAST_AGE * 2;
        let is_kept = [
            (format!("landfall-{}-a", u32::MAX), old, false),
            (format!("landfall-{}-b", u32::MAX), SystemTime::now(), true),
            (format!("landfall-{own}-c"), old, true),
            ("landfall-report".to_owned(), old, true),
            (format!("other-{}-d", u32::MAX), old, true),
        ];
        for (name, changed, _) in &is_kept {
            let path = folder.path().join(name);
            std::fs::create_dir(&path).expect("is made");
            let file = std::fs::File::open(&path).expect("is there");
            file.set_modified(*changed).expect("may be set");
        }
        reap(folder.path());
        for (name, _, is_kept) in is_kept {
            assert_eq!(folder.path().join(&name).exists(), is_kept, "{name}");
        }
    }
}
