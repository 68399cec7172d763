//! Namespaces that the commands of scripts make and label.

use std::collections::BTreeSet;

use super::command::option;
use super::variable::resolved;

/// Namespaces that commands make, which have no labels but their name's.
#[derive(Debug, Default)]
pub(super) struct Spaces {
    made: BTreeSet<String>,
    /// Those that helm makes, to which it gives the label `name` (helm's `pkg/action/install.go`).
    made_by_helm: BTreeSet<String>,
    labelled: BTreeSet<String>,
    /// Whether some of them, nobody knows which, are given labels.
    may_be_labelled: bool,
}

impl Spaces {
    /// Adds what a command does with a namespace.
    pub(super) fn add(&mut self, words: &[&str], text: &str) {
        let is_name = |word: &&&str| !word.starts_with('-') && !word.contains('=');
        for (at, pair) in words.windows(2).enumerate() {
            if !matches!(pair[1], "namespace" | "namespaces" | "ns") {
                continue;
            }
            let mut named = words[at + 2..].iter().filter(is_name).peekable();
            match pair[0] {
                "create" => self
                    .made
                    .extend(named.next().and_then(|name| resolved(name, text))),
                "label" | "patch" => {
                    self.may_be_labelled |= named.peek().is_none();
                    for name in named.map(|name| resolved(name, text)) {
                        self.may_be_labelled |= name.is_none();
                        self.labelled.extend(name);
                    }
                }
                _ => {}
            }
        }
        if words.contains(&"--create-namespace") {
            let named = option(words, &["-n", "--namespace"]);
            self.made_by_helm
                .extend(named.and_then(|name| resolved(name, text)));
        }
    }

    /// Whether some may be given labels.
    pub(super) fn may_label(&self, namespace: &str) -> bool {
        self.may_be_labelled || self.labelled.contains(namespace)
    }

    /// Whether one is made, and not given a label of a key.
    pub(super) fn are_without(&self, key: &str, namespace: &str) -> bool {
        let is_of_helm = self.made_by_helm.contains(namespace);
        (self.made.contains(namespace) || is_of_helm)
            && !(is_of_helm && key == "name")
            && !self.may_label(namespace)
    }
}
