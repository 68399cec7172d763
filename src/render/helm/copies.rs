//! The copies of a chart that serve several of its renderings, each made once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::subject::Subject;
use super::values::{Exclusion, Key};

/// What a copy is made for, and the templates that it is about.
type Part = (&'static str, BTreeSet<String>);

/// A copy of a chart with marks in its templates and its own values.
#[derive(Debug)]
pub(super) struct ValuedCopy {
    /// What helm renders.
    pub(super) subject: Subject,
    /// What the marks of values stand for.
    pub(super) keys: Vec<Key>,
}

/// The copies that were made so far.
#[derive(Debug, Default)]
pub(super) struct Copies {
    valued: Mutex<BTreeMap<Exclusion, Arc<ValuedCopy>>>,
    partial: Mutex<BTreeMap<Part, Arc<Subject>>>,
}

impl Copies {
    /// The copy with marks in values, save those that had better bear none. `make` is told where it may lie.
    pub(super) fn valued(
        &self,
        exclusion: &Exclusion,
        scratch: &Path,
        make: impl FnOnce(&Path) -> Option<ValuedCopy>,
    ) -> Option<Arc<ValuedCopy>> {
        let mut copies = self.valued.lock().ok()?;
        if let Some(copy) = copies.get(exclusion) {
            return Some(Arc::clone(copy));
        }
        let copy = Arc::new(make(&scratch.join(format!("valued-{}", copies.len())))?);
        copies.insert(exclusion.clone(), Arc::clone(&copy));
        Some(copy)
    }

    /// The copy that is made for something, of some templates alone. `make` is told where it may lie.
    pub(super) fn partial(
        &self,
        name: &'static str,
        wanted: &BTreeSet<String>,
        scratch: &Path,
        make: impl FnOnce(&Path) -> Subject,
    ) -> Option<Arc<Subject>> {
        let mut copies = self.partial.lock().ok()?;
        let part = (name, wanted.clone());
        if let Some(copy) = copies.get(&part) {
            return Some(Arc::clone(copy));
        }
        let copy = Arc::new(make(&scratch.join(format!("{name}-{}", copies.len()))));
        copies.insert(part, Arc::clone(&copy));
        Some(copy)
    }
}
