//! Folders that a walk passes: those of tools, of packages, and of tests that only a program's own tools run.

use std::path::Path;

use ignore::DirEntry;

use crate::source::chart::is_chart;

/// Hidden folders that tools fill: what lies there is nobody's source.
const TOOL_FOLDERS: [&str; 43] = [
    ".Trash",
    ".angular",
    ".bundle",
    ".cache",
    ".cargo",
    ".dart_tool",
    ".devenv",
    ".direnv",
    ".eggs",
    ".git",
    ".gradle",
    ".hg",
    ".history",
    ".idea",
    ".jj",
    ".kube",
    ".local",
    ".m2",
    ".minikube",
    ".mypy_cache",
    ".next",
    ".nox",
    ".npm",
    ".nuget",
    ".nuxt",
    ".nx",
    ".parcel-cache",
    ".pnp",
    ".pnpm-store",
    ".pub-cache",
    ".pytest_cache",
    ".ruff_cache",
    ".rustup",
    ".svelte-kit",
    ".svn",
    ".terraform",
    ".terragrunt-cache",
    ".tox",
    ".turbo",
    ".venv",
    ".vs",
    ".vscode",
    ".yarn",
];

/// Folders into which package managers put what others wrote.
const PACKAGE_FOLDERS: [&str; 3] = ["bower_components", "node_modules", "site-packages"];

/// Folders in which programs in JavaScript, Go and Rust, and charts, have their tests, with what these read and compare
/// with; Go's own tool leaves out what is called so.
const TEST_FOLDERS: [&str; 9] = [
    "__fixtures__",
    "__mocks__",
    "__snapshot__",
    "__snapshots__",
    "__test__",
    "__tests__",
    "_test",
    "_tests",
    "testdata",
];

/// Where Maven and Gradle look for the sources of tests, in a folder `src`.
const TEST_SOURCES: [&str; 4] = ["integrationTest", "it", "test", "testFixtures"];

/// Folders of tools, of packages and of forms, and the folder of a chart's templates unless these are read.
pub(super) fn is_skipped_folder(entry: &DirEntry, reads_templates: bool) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_of_tool = TOOL_FOLDERS.contains(&&*name);
    entry.file_type().is_some_and(|kind| kind.is_dir())
        && (is_of_tool
            || PACKAGE_FOLDERS.contains(&&*name)
            || is_go_module(&name)
            || is_of_go_modules(entry.path(), &name)
            || is_folder_of_forms(entry.path())
            || (!reads_templates && name == "templates" && is_chart(entry.path().parent())))
}

/// Whether a folder holds what unit tests of a program read, by the name that its tools have for it:
/// `__tests__`, `testdata`, `src/test/resources`.
pub(super) fn is_folder_of_tests(entry: &DirEntry) -> bool {
    let mut names = entry.path().iter().rev().filter_map(|name| name.to_str());
    let is_of_tests = match names.next() {
        // Who names the folder of the tests means what lies in it.
        Some("resources") if entry.depth() > 1 => {
            names
                .next()
                .is_some_and(|name| TEST_SOURCES.contains(&name))
                && names.next() == Some("src")
        }
        name => name.is_some_and(|name| TEST_FOLDERS.contains(&name)),
    };
    is_of_tests && entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// Whether a folder of this name holds a version of a module that Go fetched: `amqp091-go@v1.3.0`.
fn is_go_module(name: &str) -> bool {
    let version = name.rsplit_once("@v").map(|(_, version)| version);
    version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

/// Whether a folder holds what others wrote for a module of Go, by the list of it that Go's tool keeps there.
fn is_of_go_modules(path: &Path, name: &str) -> bool {
    name == "vendor" && path.join("modules.txt").is_file()
}

/// What a forge keeps beside its pipelines: forms of issues and requests.
fn is_folder_of_forms(path: &Path) -> bool {
    let name = |path: Option<&Path>| {
        let name = path.and_then(Path::file_name)?.to_str()?;
        Some(name.to_ascii_lowercase())
    };
    let is_forge = |name: String| [".github", ".gitea", ".forgejo", ".gitlab"].contains(&&*name);
    let is_form = |name: String| name.contains("template");
    name(path.parent()).is_some_and(is_forge) && name(Some(path)).is_some_and(is_form)
}
