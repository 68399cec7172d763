//! Which renderings of several roots are of one environment, by the words of their names: `production` of a
//! chart, and the kustomization `clusters/production`.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Rendering, Resource};

/// What files of values are called, and who installs a chart: it tells no environment from another one.
const SILENT: [&str; 7] = [
    "application",
    "argocd",
    "default",
    "helmrelease",
    "values",
    "yaml",
    "yml",
];

/// A shorter beginning of a word is not the same word.
const SHORTEST: usize = 3;

/// The words of renderings, by root and name, that tell them from the others of their root.
#[derive(Debug, Default)]
pub(super) struct Kin<'a> {
    words: BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<String>>>,
}

impl<'a> Kin<'a> {
    /// Those of some roots.
    pub(super) fn read<R: Borrow<Resource>>(
        resources: &'a [R],
        is_asked: impl Fn(&str) -> bool,
    ) -> Self {
        let mut found = Self::default();
        for resource in resources.iter().map(Borrow::borrow) {
            let provenance = resource.artifact.provenance.as_ref();
            let rendering = provenance.map(|one| &*one.rendering);
            if let Some(rendering) = rendering.filter(|one| is_asked(&one.root)) {
                let of_root = found.words.entry(&rendering.root).or_default();
                let words = of_root.entry(&rendering.name);
                words.or_insert_with(|| words_of(rendering));
            }
        }
        found.words.values_mut().for_each(leave_shared);
        found
    }

    /// The first of some renderings of a root that has most words of one of another root, and one at least.
    pub(super) fn closest(
        &self,
        (lead_root, lead): (&str, &str),
        root: &str,
        names: &[&'a str],
    ) -> Option<&'a str> {
        let lead = self.words.get(lead_root)?.get(lead)?;
        let words = self.words.get(root)?;
        let shared = |name: &&str| {
            let own = words.get(name).into_iter().flatten();
            own.filter(|word| lead.iter().any(|other| is_same(word, other)))
                .count()
        };
        let most = names.iter().map(shared).max().filter(|most| *most > 0)?;
        names.iter().copied().find(|name| shared(name) == most)
    }
}

/// Takes away the words that all renderings of a root have.
fn leave_shared(renderings: &mut BTreeMap<&str, BTreeSet<String>>) {
    let all = renderings.values().cloned();
    let shared = all.reduce(|one, other| &one & &other).unwrap_or_default();
    for words in renderings.values_mut() {
        words.retain(|word| !shared.contains(word));
    }
}

/// The words of a rendering's name, and of its files of values.
fn words_of(rendering: &Rendering) -> BTreeSet<String> {
    let given = rendering.arguments.windows(2);
    let files = given.filter(|words| matches!(&*words[0], "--values" | "-f"));
    let files = files.map(|words| &*words[1]);
    let of_root: BTreeSet<String> = words(&rendering.root).collect();
    let all = files.chain([&*rendering.name]).flat_map(words);
    all.filter(|word| !of_root.contains(word)).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let words = words.map(str::to_lowercase);
    words.filter(|word| !word.is_empty() && !SILENT.contains(&word.as_str()))
}

/// Whether two words are one, of which one may be shortened: `prod` and `production`.
fn is_same(one: &str, other: &str) -> bool {
    let (short, long) = match one.len() < other.len() {
        true => (one, other),
        false => (other, one),
    };
    short == long || short.len() >= SHORTEST && long.starts_with(short)
}
