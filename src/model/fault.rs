//! A fault of the program itself, caught where one of many things is done, so that the others are done all the same.
//! Nothing of it is told but where in the program it came up: what a panic says may quote what was scanned.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use super::{Artifact, Notice, Resource};

thread_local! {
    /// Where the last fault of this thread came up.
    static OWN: Cell<Option<String>> = const { Cell::new(None) };
}

/// Where the last fault of any thread came up: what is done in parallel hands its faults on without their places.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// A fault of the program itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where it came up, if anybody watched.
    place: Option<String>,
    /// What it says, if that stands in the program word for word.
    words: Option<&'static str>,
}

/// Remembers where faults come up, and lets none of them print what it says. For the whole process.
pub(crate) fn watch() {
    panic::set_hook(Box::new(|info| {
        let place = place(info);
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(place.clone());
        OWN.set(Some(place));
    }));
}

/// Does some work, unless a fault of the program keeps it from its end. What the work has changed until then is not to be
/// used.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|said| Fault::of(&*said))
}

impl Fault {
    /// What a person is to do about one.
    pub(crate) const HELP: &'static str =
        "this is a fault of landfall: please report it, with a file that shows it";

    fn of(said: &(dyn Any + Send)) -> Self {
        let last = || LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
        Self {
            place: OWN.take().or_else(last),
            words: said.downcast_ref::<&'static str>().copied(),
        }
    }

    /// The failure of a file of which nothing could be told.
    pub(crate) fn of_file(&self, display: &str, uri: &str) -> Notice {
        Notice {
            display: Some(display.into()),
            uri: Some(uri.into()),
            ..self.of_all("cannot be checked")
        }
    }

    /// The failure of a text of which nothing could be told.
    pub(crate) fn of_artifact(&self, artifact: &Artifact) -> Notice {
        self.of_file(&artifact.display, &artifact.uri)
    }

    /// The failure of a resource of which not all could be told.
    pub(crate) fn of_resource(&self, resource: &Resource) -> Notice {
        Notice {
            resource: Some(resource.identity.to_string()),
            ..self.of_artifact(&resource.artifact)
        }
    }

    /// The failure of what is done with all files together: what of them could not be done.
    pub(crate) fn of_all(&self, undone: &str) -> Notice {
        Notice {
            display: None,
            uri: None,
            region: None,
            rule: None,
            resource: None,
            reason: format!("{undone}: {self}"),
            help: Some(Self::HELP.to_owned()),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("internal error")?;
        if let Some(place) = &self.place {
            write!(formatter, " at `{place}`")?;
        }
        self.words
            .map_or(Ok(()), |words| write!(formatter, " ({words})"))
    }
}

/// File, line and column, without where the program was built.
fn place(info: &PanicHookInfo<'_>) -> String {
    let Some(location) = info.location() else {
        return "an unknown place".to_owned();
    };
    let file = location.file().replace('\\', "/");
    let (line, column) = (location.line(), location.column());
    format!("{}:{line}:{column}", within_package(&file))
}

/// The path of a source file from the folder of its package.
fn within_package(file: &str) -> &str {
    let package = file.rfind("/src/").map(|at| &file[..at]);
    let above = package.and_then(|package| package.rfind('/'));
    above.map_or(file, |at| &file[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_ends_its_own_work_and_quotes_nothing_that_was_scanned() {
        assert_eq!(guarded(|| 1), Ok(1));
        let text = "pässword".to_owned();
        let cut = guarded(|| text[..2].len()).expect_err("within a character");
        assert_eq!(cut.words, None, "it would quote the text");
        assert!(!cut.to_string().contains("ssword"), "{cut}");
        let found = || text.find('?').expect("is there");
        let absent = guarded(found).expect_err("is not there");
        assert!(!absent.to_string().contains("ssword"));
        let known = guarded(|| unreachable!())
            .map(|(): ()| ())
            .expect_err("is reached");
        assert!(known.to_string().starts_with("internal error"), "{known}");
    }

    #[test]
    fn the_failure_names_the_file_and_asks_to_report_it() {
        let fault = Fault {
            place: Some("src/facts/mod.rs:1:2".to_owned()),
            words: Some("is there"),
        };
        let notice = fault.of_file("shop/web.yaml", "shop/web.yaml");
        assert_eq!(notice.display.as_deref(), Some("shop/web.yaml"));
        assert_eq!(
            notice.reason,
            "cannot be checked: internal error at `src/facts/mod.rs:1:2` (is there)"
        );
        assert!(notice.help.is_some_and(|help| help.contains("report it")));
    }

    #[test]
    fn a_place_does_not_tell_where_the_program_was_built() {
        for (file, expected) in [
            ("src/scan.rs", "src/scan.rs"),
            ("/home/me/shop/src/scan.rs", "shop/src/scan.rs"),
            (
                "/home/me/.cargo/registry/src/index/regorus-1.0/src/rvm/vm.rs",
                "regorus-1.0/src/rvm/vm.rs",
            ),
        ] {
            assert_eq!(within_package(file), expected);
        }
    }
}
