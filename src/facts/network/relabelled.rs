//! What patches of kustomizations, and of those who deploy folders, do to labels: to which objects, and to which keys.

use std::collections::BTreeSet;

use super::aim::Aim;
use crate::model::{Node, Resource};

/// What one patch does to the labels of objects, or to what selects by them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Relabelled {
    /// What it is laid over; anything where there is none.
    aims: Vec<Aim>,
    /// The keys that it speaks of; any where nobody knows them.
    keys: Option<BTreeSet<String>>,
}

impl Relabelled {
    /// Reads a patch of a list; nothing of one that leaves labels alone. Those in files are found by their entry: of one
    /// that is not there, nobody knows what it does.
    pub(super) fn read<'t>(
        patch: Node<'_>,
        file: &dyn Fn(&str) -> Option<&'t [&'t Resource]>,
    ) -> Vec<Self> {
        let text = |key| patch.string(key);
        let said = text("patch").or(patch.as_str().filter(|patch| patch.contains('\n')));
        // Operations without a target name no object.
        let is_aimed =
            patch.get("target").is_some() || said.is_none_or(|said| said.contains("kind"));
        let open = || Self {
            aims: match is_aimed {
                true => Aim::read(patch, file),
                false => Vec::new(),
            },
            keys: None,
        };
        let entry = text("path").or(patch.as_str());
        match (said, entry.and_then(file)) {
            (Some(said), _) if !speaks_of_labels(said) => Vec::new(),
            (Some(_), _) | (None, None) => vec![open()],
            (None, Some(objects)) => {
                let each = objects.iter().map(|one| Self {
                    keys: keys(one.node()),
                    aims: match patch.get("target") {
                        Some(_) => Aim::read(patch, file),
                        None => vec![Aim::of(one)],
                    },
                });
                each.filter(|one| one.keys.as_ref().is_none_or(|keys| !keys.is_empty()))
                    .collect()
            }
        }
    }

    /// Whether an object, whose name may have become another one, may get a label of one of the keys.
    pub(super) fn may_give(&self, resource: &Resource, keys: &[&str], is_renamed: bool) -> bool {
        let is_met = |aim: &Aim| aim.meets(resource) || is_renamed && aim.is_of_kind(resource);
        let has = |known: &BTreeSet<String>| keys.iter().any(|key| known.contains(*key));
        self.keys.as_ref().is_none_or(has) && (self.aims.is_empty() || self.aims.iter().any(is_met))
    }
}

/// The keys of all labels in a patch; `None` where it says some otherwise than by listing them.
fn keys(patch: Node<'_>) -> Option<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    collect(patch, &mut found).then_some(found)
}

/// Collects the keys of labels, and says whether all of them are listed. What spreads or attracts pods by labels gives
/// them none.
fn collect(node: Node<'_>, found: &mut BTreeSet<String>) -> bool {
    let is_known = node.entries().all(|(key, value)| {
        let key = key.as_str().unwrap_or_default().to_ascii_lowercase();
        match key.as_str() {
            "labelselector" => true,
            "path" | "from" => !value.as_str().is_some_and(speaks_of_labels),
            _ if key.ends_with("labels") && value.is_mapping() => {
                let keys = value.entries().filter_map(|(key, _)| key.as_str());
                found.extend(keys.map(str::to_owned));
                true
            }
            _ if key.ends_with("labels") => false,
            _ => collect(value, found),
        }
    });
    is_known && node.items().all(|item| collect(item, found))
}

/// Whether a text has a word for labels; what selects by them changes none.
pub(super) fn speaks_of_labels(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let mut found = text.match_indices("labels");
    found.any(|(at, word)| {
        let is_selector = text[at + word.len()..].starts_with("elector");
        !is_selector && !is_below_selector(&text, at)
    })
}

/// Whether a place in a text of YAML is in the value of a `labelSelector`: on its line, or in one that is indented less.
fn is_below_selector(text: &str, at: usize) -> bool {
    const SELECTOR: &str = "labelselector:";
    let (above, line) = text[..at].rsplit_once('\n').unwrap_or(("", &text[..at]));
    let depth = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = depth(line);
    let mut above = above.lines().rev().filter(|line| !line.trim().is_empty());
    let around = above.find(|line| depth(line) < own);
    line.contains(SELECTOR) || around.is_some_and(|line| line.trim_end().ends_with(SELECTOR))
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    const POD: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n";

    /// Whether a patch that a kustomization lists may give the Deployment `web` the label `app`.
    fn gives(entry: &str, file: Option<&str>, is_renamed: bool) -> bool {
        let list = read_text(&format!(
            "apiVersion: v1\nkind: A\nmetadata: {{name: a}}\npatches:\n- {entry}\n"
        ));
        let patch = list[0].node().get("patches").expect("is there");
        let objects = file.map(|text| read_text(&format!("{POD}{text}")));
        let objects: Option<Vec<&Resource>> = objects.as_ref().map(|all| all.iter().collect());
        let found: Vec<Relabelled> = patch
            .items()
            .flat_map(|patch| Relabelled::read(patch, &|_| objects.as_deref()))
            .collect();
        let web = read_text(POD).remove(0);
        found
            .iter()
            .any(|one| one.may_give(&web, &["app"], is_renamed))
    }

    #[test]
    fn a_patch_that_is_not_there_is_about_what_it_is_meant_for() {
        for (entry, expected) in [
            ("path: a.yaml", true),
            ("a.yaml", true),
            ("patch: '[{op: add, path: /metadata/labels/app}]'", true),
            (
                "patch: '{kind: Deployment, metadata: {name: web, labels: {}}}'",
                true,
            ),
            (
                "patch: '{kind: Deployment, metadata: {name: api, labels: {}}}'",
                false,
            ),
            (
                "{path: a.yaml, target: {kind: Deployment, name: web}}",
                true,
            ),
            ("{path: a.yaml, target: {kind: Deployment}}", true),
            ("{path: a.yaml, target: {name: 'w.*'}}", true),
            ("{path: a.yaml, target: {labelSelector: a=b}}", true),
            (
                "{path: a.yaml, target: {kind: Deployment, name: api}}",
                false,
            ),
            (
                "{path: a.yaml, target: {kind: StatefulSet, name: web}}",
                false,
            ),
        ] {
            assert_eq!(gives(entry, None, false), expected, "{entry}");
        }
        let api = "{path: a.yaml, target: {kind: Deployment, name: dev-web}}";
        assert!(gives(api, None, true));
    }

    #[test]
    fn a_patch_gives_the_labels_that_it_lists() {
        for (text, expected) in [
            ("spec: {template: {metadata: {labels: {app: a}}}}", true),
            ("spec: {template: {metadata: {labels: {env: a}}}}", false),
            ("spec: {template: {metadata: {labels: null}}}", true),
            ("spec: {selector: {matchLabels: {app: a}}}", true),
            (
                "spec: {template: {spec: {topologySpreadConstraints: [{labelSelector: {matchLabels: {app: a}}}]}}}",
                false,
            ),
            ("spec: {replicas: 2}", false),
        ] {
            assert_eq!(gives("path: a.yaml", Some(text), false), expected, "{text}");
        }
    }

    #[test]
    fn a_text_speaks_of_labels_unless_something_only_selects_by_them() {
        for (text, expected) in [
            ("metadata:\n  labels:\n    app: a\n", true),
            (
                "- op: add\n  path: /spec/template/metadata/labels/app\n",
                true,
            ),
            ("selector:\n  matchLabels:\n    app: a\n", true),
            ("- labelSelector:\n    matchLabels:\n      app: a\n", false),
            ("- labelSelector: {matchLabels: {app: a}}\n", false),
            (
                "  labelSelector:\n    matchLabels: {app: a}\n  labels: {app: a}\n",
                true,
            ),
            ("replicas: 2\n", false),
        ] {
            assert_eq!(speaks_of_labels(text), expected, "{text}");
        }
    }
}
