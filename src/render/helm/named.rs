//! Values that an action names outright: where nothing else tells which value came out, its name and
//! its text do.

use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;

use super::atom::Atom;
use super::chart::{Chart, ChartFile};
use super::reference::{Reference, references};
use super::single::Single;
use super::trace::Tracer;
use super::values::{Layer, printed, supply};
use crate::model::{Artifact, Node, Supply};
use crate::source::value_span;

impl Tracer<'_> {
    /// The value that an action names outright, where it prints just that.
    pub(super) fn named_supply(&self, atom: &Atom<'_>, own: &Range<usize>) -> Option<Arc<Supply>> {
        let text = self.output[own.clone()].trim();
        let text = text.trim_matches(['"', '\'']);
        let folder = &atom.actions.last()?.folder;
        for writer in &atom.actions {
            let inner = writer.text();
            if inner.contains("include") || inner.contains("template") {
                return None;
            }
            let variables = self.variables.get(&writer.artifact.display);
            let behind = variables
                .into_iter()
                .flat_map(|variables| variables.behind(inner));
            let named = references(inner).into_iter().chain(behind.cloned());
            let only = self.only_named(folder, inner, named, text);
            if only.is_some() {
                return only;
            }
        }
        None
    }

    /// The one value that an action in a file of a chart names, where it printed just that: `tpl` has filled it in.
    pub(super) fn named_in_file(
        &self,
        file: &Artifact,
        action: &str,
        text: &str,
    ) -> Option<Arc<Supply>> {
        let is_it = |one: &&ChartFile| std::ptr::eq(&*one.artifact, file);
        let own = self.chart.files.iter().find(is_it)?;
        let folder = &self.chart.unit_of(&own.path)?.folder;
        self.only_named(folder, action, references(action).into_iter(), text)
    }

    /// The one of the values that an action names which has a text.
    fn only_named(
        &self,
        folder: &str,
        inner: &str,
        named: impl Iterator<Item = Reference>,
        text: &str,
    ) -> Option<Arc<Supply>> {
        let mut matching: Vec<Supply> = Vec::new();
        for reference in named.filter(|found| found.is_rooted) {
            if let Some(set) = self.set_at(folder, &reference.keys) {
                if set.value == text {
                    matching.push((*set.supply).clone());
                }
                continue;
            }
            let Some((layer, node)) = self.resolve(folder, &reference.keys) else {
                continue;
            };
            let Some(value) = printed(node) else {
                continue;
            };
            let is_cased = inner.contains("upper") || inner.contains("lower");
            let is_same = value == text
                || (is_cased && value.eq_ignore_ascii_case(text))
                || (inner.contains("b64enc") && {
                    base64::engine::general_purpose::STANDARD.encode(&value) == text
                });
            let known = matching
                .iter()
                .any(|known| known.key == reference.keys.join("."));
            if is_same && !known {
                let span = value_span(&layer.artifact.text, node);
                matching.push(supply(layer, reference.keys.join("."), span));
            }
        }
        let only = matching.pop().filter(|_| matching.is_empty());
        only.map(Arc::new)
    }

    /// The single value that is set for a key in the chart of a folder.
    fn set_at(&self, folder: &str, keys: &[String]) -> Option<&Single> {
        let paths = self.chart.paths(folder, keys);
        let is_it = |set: &&Single| paths.iter().any(|(_, path)| path.join(".") == set.key);
        self.set.iter().rev().find(is_it)
    }

    /// The value of a key in the chart of a folder, from the layer that wins.
    fn resolve(&self, folder: &str, keys: &[String]) -> Option<(&Layer, Node<'_>)> {
        let paths = self.chart.paths(folder, keys);
        let is_set = |path: &[String]| {
            self.set
                .iter()
                .any(|set| path.join(".").starts_with(&set.key))
        };
        if keys.is_empty() || paths.iter().any(|(_, path)| is_set(path)) {
            return None;
        }
        self.layers.iter().rev().find_map(|layer| {
            let path = paths.iter().find(|(folder, _)| *folder == layer.folder);
            let (_, path) = path?;
            let found = path
                .iter()
                .try_fold(layer.node()?, |node, key| node.get(key))?;
            Some((layer, found))
        })
    }
}

impl Chart {
    /// How the key of a chart is written in the values of the charts around it, by their folder, those of the
    /// whole chart last.
    pub(super) fn paths(&self, folder: &str, keys: &[String]) -> Vec<(String, Vec<String>)> {
        let mut paths = vec![(folder.to_owned(), keys.to_vec())];
        let mut at = folder.to_owned();
        let mut path = keys.to_vec();
        while let Some(unit) = self.units.iter().find(|unit| unit.folder == at) {
            let name = &unit.about.name;
            let above = at.trim_end_matches('/').rsplit_once("charts/");
            let Some((above, _)) = above.filter(|_| !at.is_empty()) else {
                break;
            };
            let parent = self.units.iter().find(|unit| unit.folder == above);
            let alias = parent.and_then(|parent| {
                let dependencies = parent.about.dependencies.iter();
                dependencies
                    .filter(|dependency| dependency.name == *name)
                    .map(|found| found.key())
                    .next()
            });
            if path.first().is_none_or(|key| key != "global") {
                path.insert(0, alias.unwrap_or(name).to_owned());
            }
            paths.push((above.to_owned(), path.clone()));
            at = above.to_owned();
        }
        paths
    }
}
