//! The ways from kustomizations to the files that they take along, and what is said on them.

use std::collections::{BTreeSet, HashMap};

use super::kustomization::{Change, Kustomization};

/// What becomes of a file.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// The namespaces it gets, one on each way that it takes; `None` is the one it names itself.
    pub(super) namespaces: BTreeSet<Option<String>>,
    /// Those it gets where somebody applies a kustomization that others take along.
    pub(super) spare: BTreeSet<Option<String>>,
    /// The kustomizations that take it along, by their position.
    pub(super) takers: BTreeSet<usize>,
    pub(super) change: Change,
}

/// The positions of kustomizations by their folders.
pub(super) fn by_folder<'k>(all: &'k [Kustomization<'_>]) -> HashMap<&'k str, usize> {
    let folders = all.iter().enumerate();
    folders.map(|(at, one)| (one.folder.as_str(), at)).collect()
}

/// What becomes of each file that some kustomizations take along.
pub(super) fn walk(all: &[Kustomization<'_>]) -> HashMap<String, Listed> {
    let mut reader = Reader {
        by_folder: by_folder(all),
        all,
        files: HashMap::new(),
    };
    let used: BTreeSet<&String> = all.iter().flat_map(|one| &one.uses).collect();
    for (position, one) in all.iter().enumerate() {
        let way = Way {
            is_spare: used.contains(&one.folder),
            ..Way::default()
        };
        reader.follow(position, &way, &mut Vec::new());
    }
    reader.settle();
    reader.files
}

/// What was said on the way to a file, from where it begins.
#[derive(Clone, Default)]
struct Way<'a> {
    namespace: Option<&'a str>,
    change: Change,
    is_spare: bool,
}

struct Reader<'a> {
    by_folder: HashMap<&'a str, usize>,
    all: &'a [Kustomization<'a>],
    files: HashMap<String, Listed>,
}

impl<'a> Reader<'a> {
    /// Follows a kustomization to all files; the outermost namespace counts.
    fn follow(&mut self, position: usize, way: &Way<'a>, above: &mut Vec<usize>) {
        if above.contains(&position) {
            return;
        }
        let all = self.all;
        let one = &all[position];
        let mut change = one.change.clone();
        change.add(&way.change);
        for path in &one.components {
            match self.by_folder.get(path.as_str()) {
                Some(component) => change.add(&all[*component].change),
                None => change.is_unknown = true,
            }
        }
        let way = Way {
            namespace: way.namespace.or(one.namespace),
            change,
            is_spare: way.is_spare,
        };
        above.push(position);
        for path in &one.uses {
            if let Some(inner) = self.by_folder.get(path.as_str()).copied() {
                self.follow(inner, &way, above);
            } else {
                let listed = self.files.entry(path.clone()).or_default();
                listed.takers.extend(above.iter().copied());
                let namespace = way.namespace.map(str::to_owned);
                if way.is_spare {
                    listed.spare.insert(namespace);
                } else {
                    listed.namespaces.insert(namespace);
                }
                listed.change.add(&way.change);
            }
        }
        above.pop();
    }

    /// What is taken along counts for itself where several overlays put it elsewhere, or none does.
    fn settle(&mut self) {
        for listed in self.files.values_mut() {
            if listed.namespaces.is_empty() {
                listed.namespaces = std::mem::take(&mut listed.spare);
            } else if listed.namespaces.len() == 1 {
                listed.spare.clear();
            }
        }
    }
}
