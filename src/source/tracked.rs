//! Files that git keeps although a pattern of `.gitignore` matches them: patterns are about files
//! that git does not know yet.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A question to git that is answered while the folder is walked.
pub(super) struct Tracked {
    root: PathBuf,
    git: Option<Child>,
}

impl Tracked {
    /// Asks what git keeps below a folder, if that lies in a repository.
    pub(super) fn ask(root: &Path) -> Self {
        let absolute = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let is_in_repository = absolute
            .ancestors()
            .any(|folder| folder.join(".git").exists());
        Self {
            root: root.to_owned(),
            git: is_in_repository.then(|| spawn(root)).flatten(),
        }
    }

    /// The files that patterns match nevertheless, and the folders on the way to them; none where
    /// git is not installed or refuses.
    pub(super) fn paths(self) -> HashSet<PathBuf> {
        let output = self.git.and_then(|git| git.wait_with_output().ok());
        let listed = output.filter(|output| output.status.success());
        let listed = listed.map(|output| output.stdout).unwrap_or_default();
        let names = listed.split(|byte| *byte == 0).filter_map(path);
        let named = names.filter(|name| !name.as_os_str().is_empty());
        named
            .flat_map(|name| name.ancestors().map(|path| self.root.join(path)))
            .collect()
    }
}

/// The repository may belong to somebody else, as it does in a container: nothing of its
/// configuration is run.
fn spawn(root: &Path) -> Option<Child> {
    Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["-c", "safe.directory=*", "-c", "core.fsmonitor=false"])
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--ignored",
            "--exclude-standard",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a name may be no text")]
fn path(name: &[u8]) -> Option<&Path> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(Path::new(OsStr::from_bytes(name)))
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> Option<&Path> {
    std::str::from_utf8(name)
        .ok()
        .map(|name| Path::new(OsStr::new(name)))
}
