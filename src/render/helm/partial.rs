//! Renderings of some templates alone: what the two renderings of everything have left open, for
//! less than another one of everything.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::chart::ChartFile;
use super::marked::{Extent, Marked, is_note, is_template};
use super::random;
use super::run::{Arguments, Time, end};
use super::subject::Subject;
use super::text::Texts;
use super::trace::{self, MarkedRun};
use super::workshop::Workshop;

impl Workshop<'_> {
    /// A rendering with marks in the templates alone, for documents in which marks in values or in text that
    /// templates look at changed something: of their templates, if there are any.
    pub(super) fn marked_with_care(
        &self,
        wanted: &BTreeSet<String>,
        arguments: &Arguments,
    ) -> Option<MarkedRun<'_>> {
        self.marked_run(
            "careful",
            (&self.careful, Extent::Careful),
            wanted,
            arguments,
        )
    }

    /// A rendering with marks outside of named templates, for documents in which others changed something.
    pub(super) fn marked_outside(
        &self,
        wanted: &BTreeSet<String>,
        arguments: &Arguments,
    ) -> Option<MarkedRun<'_>> {
        self.marked_run(
            "outside",
            (&self.outside, Extent::Outside),
            wanted,
            arguments,
        )
    }

    /// The characters of an output that helm makes anew at each run, as far as documents of some
    /// templates hold them. An output that is `given` is none of this run.
    pub(super) fn made_anew(
        &self,
        output: &str,
        is_given: bool,
        wanted: &BTreeSet<String>,
        arguments: &Arguments,
    ) -> Vec<Range<usize>> {
        if wanted.is_empty() {
            return Vec::new();
        }
        let copy = self.partial_copy("own", wanted, &|_| None, &[]);
        let template = |time| {
            let part = self.helm.template(copy.as_ref()?, arguments, time).ok();
            part.or_else(|| self.helm.template(&self.own, arguments, time).ok())
        };
        let first = || is_given.then(|| template(Time::First));
        let (first, second) = rayon::join(first, || template(Time::Second));
        match (first, second) {
            (Some(Some(first)), Some(second)) => random::differing(output, &first, &second),
            (None, Some(second)) => random::differing(output, output, &second),
            _ => Vec::new(),
        }
    }

    /// A copy in which templates that are not wanted are empty, unless others may use them.
    fn partial_copy(
        &self,
        name: &'static str,
        wanted: &BTreeSet<String>,
        replaced: &dyn Fn(&ChartFile) -> Option<String>,
        more: &[(String, String)],
    ) -> Option<Arc<Subject>> {
        let make = |to: &Path| {
            let names = wanted.iter();
            let files = names.filter_map(|name| trace::template(self.chart, name));
            let paths: BTreeSet<&str> = files.map(|file| file.path.as_str()).collect();
            let is_left_out = |file: &ChartFile| {
                let is_other = is_template(&file.path) && !paths.contains(file.path.as_str());
                is_note(file) || is_other && !is_included(file)
            };
            let replaced = |file: &ChartFile| match is_left_out(file) {
                true => Some(String::new()),
                false => replaced(file),
            };
            Subject::copied(self.chart, to, &replaced, more)
        };
        self.copies.partial(name, wanted, self.scratch, make)
    }

    fn marked_run<'b>(
        &'b self,
        name: &'static str,
        (marked, extent): (&'b OnceLock<Option<Marked>>, Extent),
        wanted: &BTreeSet<String>,
        arguments: &Arguments,
    ) -> Option<MarkedRun<'b>> {
        if wanted.is_empty() {
            return None;
        }
        let make = || self.learned().templates.as_ref()?.marked(extent);
        let marked = marked.get_or_init(make).as_ref()?;
        let replaced = |file: &ChartFile| marked.texts.get(&file.path).cloned();
        let copy = self.partial_copy(name, wanted, &replaced, &[end()])?;
        let texts = self.helm.plain(&copy, arguments).ok()?;
        Some(MarkedRun {
            writers: &marked.writers,
            texts: Texts::new(texts),
        })
    }
}

/// Whether other templates may use one: what it defines, or all of one that prints nothing by itself, under a
/// name that they put together.
fn is_included(file: &ChartFile) -> bool {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    name.starts_with('_') || file.artifact.text.contains("define")
}
