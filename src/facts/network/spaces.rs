//! Namespaces that the commands of scripts make and label.

use std::collections::BTreeSet;

use super::command::option;
use super::picked::is_like;
use super::variable::{possible, resolved};

/// Words by which commands mean namespaces.
const NOUNS: [&str; 3] = ["namespace", "namespaces", "ns"];
/// Options that say which namespaces are meant, in the place of their names.
const CHOOSING: [&str; 4] = ["--all", "--field-selector", "--selector", "-l"];

/// Namespaces that commands make, which have no labels but their name's.
#[derive(Debug, Default)]
pub(super) struct Spaces {
    made: BTreeSet<String>,
    /// Those that helm makes, to which it gives the label `name` (helm's `pkg/action/install.go`).
    made_by_helm: BTreeSet<String>,
    labelled: Vec<Labelled>,
}

/// Namespaces that a command gives labels.
#[derive(Debug)]
struct Labelled {
    /// Their names; a `*` stands for anything.
    names: Vec<String>,
    /// The keys of the labels; any where nobody knows them.
    keys: Option<BTreeSet<String>>,
}

impl Spaces {
    /// Adds what a command does with a namespace.
    pub(super) fn add(&mut self, words: &[&str], text: &str) {
        for (at, verb) in words.iter().enumerate() {
            let meant = || meant(&words[at + 1..]);
            match *verb {
                "create" => {
                    let named = meant().and_then(|words| words.into_iter().find(is_free));
                    let name = named.and_then(|name| resolved(name, text));
                    self.made.extend(name);
                }
                "label" => {
                    let given = meant().map(|words| Labelled::by_label(&words, text));
                    self.labelled.extend(given);
                }
                "patch" => {
                    let given = meant().map(|words| Labelled::by_patch(&words, text));
                    self.labelled.extend(given);
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

    /// Whether one may be given a label of a key.
    pub(super) fn may_label(&self, key: &str, namespace: &str) -> bool {
        self.labelled.iter().any(|one| one.may_give(key, namespace))
    }

    /// Whether one is made, and not given a label of a key.
    pub(super) fn are_without(&self, key: &str, namespace: &str) -> bool {
        let is_of_helm = self.made_by_helm.contains(namespace);
        (self.made.contains(namespace) || is_of_helm)
            && !(is_of_helm && key == "name")
            && !self.may_label(key, namespace)
    }
}

impl Labelled {
    /// By `kubectl label ns shop team=a`, of which the words behind `ns` are given: names first, then labels.
    fn by_label(words: &[&str], text: &str) -> Self {
        let is_pair = |word: &&str| is_pair(word);
        let start = words.iter().position(is_pair);
        let (named, given) = words.split_at(start.unwrap_or(words.len()));
        // Behind the labels another command may stand.
        let given = given.iter().filter(|word| !word.starts_with('-'));
        let given = given.take_while(|word| is_pair(word) || word.contains('$'));
        let given = given.filter(|word| !is_removed(word));
        let keys = given.map(|word| key(word)).collect();
        Self {
            names: names(named.iter().copied(), words, text),
            keys: start.and(keys),
        }
    }

    /// By `kubectl patch ns shop -p '…'`: one that is there as a whole and has no word for labels gives none.
    fn by_patch(words: &[&str], text: &str) -> Self {
        let is_patch = |word: &&str| word.starts_with("-p") || word.starts_with("--patch");
        let start = words.iter().position(is_patch).unwrap_or(words.len());
        let patch = words[start..].concat();
        let count = |one: char| patch.matches(one).count();
        let is_whole = patch.contains(['{', '[']) && count('{') == count('}');
        let is_apart = is_whole && !patch.contains("labels") && !patch.contains('$');
        Self {
            names: names(words.iter().copied().take(1), words, text),
            keys: is_apart.then(BTreeSet::new),
        }
    }

    fn may_give(&self, key: &str, namespace: &str) -> bool {
        let mut names = self.names.iter();
        self.keys.as_ref().is_none_or(|keys| keys.contains(key))
            && names.any(|name| is_like(name, namespace))
    }
}

/// The words of a command behind a verb and the word for namespaces, with the name that is one word with that:
/// `ns/shop`.
fn meant<'w>(words: &[&'w str]) -> Option<Vec<&'w str>> {
    let at = words.iter().position(is_free)?;
    let (noun, name) = words[at].split_once('/').unwrap_or((words[at], ""));
    let name = Some(name).filter(|name| !name.is_empty());
    let ends = |word: &&&str| matches!(**word, "&&" | "||" | "|");
    let rest = words[at + 1..].iter().take_while(|word| !ends(word));
    let options = words[..at].iter();
    NOUNS.contains(&noun).then(|| {
        let own = name.into_iter().chain(rest.copied());
        own.chain(options.copied()).collect()
    })
}

/// The names among some words; any where an option chooses, or there is none.
fn names<'w>(named: impl Iterator<Item = &'w str>, all: &[&str], text: &str) -> Vec<String> {
    let is_choosing = all.iter().any(|word| {
        let name = word.split('=').next().unwrap_or_default();
        CHOOSING.contains(&name)
    });
    let found = named.filter(is_free).flat_map(|word| possible(word, text));
    let found: Vec<String> = found.filter(|_| !is_choosing).collect();
    match found.is_empty() {
        true => vec!["*".to_owned()],
        false => found,
    }
}

fn is_free(word: &&str) -> bool {
    !word.starts_with('-')
}

/// Whether a word gives a label, or takes one away: `team=a`, `team-`.
fn is_pair(word: &str) -> bool {
    !word.starts_with('-') && (word.contains('=') || is_removed(word))
}

fn is_removed(word: &str) -> bool {
    word.ends_with('-') && !word.contains('=')
}

/// The key of a label that a word gives, unless a variable stands for it.
fn key(word: &str) -> Option<String> {
    let is_of_key = |one: char| one.is_ascii_alphanumeric() || "-_./".contains(one);
    let (key, _) = word.split_once('=')?;
    key.chars().all(is_of_key).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::command::unquoted;
    use super::super::matrix::as_variables;
    use super::*;

    fn read(text: &str) -> Spaces {
        let text = as_variables(text);
        let mut found = Spaces::default();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().map(unquoted).collect();
            found.add(&words, &text);
        }
        found
    }

    #[test]
    fn namespaces_that_are_made_have_no_labels_unless_some_are_given() {
        let create =
            "kubectl create namespace shop --dry-run=client -o yaml | kubectl apply -f -\n";
        for (text, expected) in [
            ("", true),
            ("kubectl label namespace other a=b", true),
            ("kubectl label --overwrite ns shop a=b", true),
            ("kubectl label namespace shop a=b", true),
            ("kubectl label namespace shop name=shop", false),
            ("kubectl label --overwrite ns shop name=shop", false),
            ("kubectl label ns/shop name=shop", false),
            ("kubectl label ns shop name-", true),
            ("kubectl label ns shop $LABELS", false),
            ("kubectl label ns shop a=b $LABELS", false),
            ("kubectl label ns shop \"$KEY=b\"", false),
            ("kubectl label ns $NAME name=shop", false),
            ("kubectl label ns $NAME a=b", true),
            ("NAME=other\nkubectl label ns $NAME name=shop", true),
            ("kubectl label ns e2e-$N name=shop", true),
            ("kubectl label ns sh${N} name=shop", false),
            ("kubectl label ns e2e-${{ matrix.n }} name=shop", true),
            ("kubectl label ns <namespace> name=shop", false),
            ("for n in a b; do kubectl label ns $n name=$n; done", true),
            (
                "for n in a b; do kubectl label ns $n name=$n; done\nfor n in c shop; do :; done",
                false,
            ),
            (
                "for n in a $MORE; do kubectl label ns $n name=$n; done",
                false,
            ),
            ("kubectl label ns --all name=b", false),
            ("kubectl label ns -l a=b name=b", false),
            ("kubectl label ns other shop name=b", false),
            (
                "kubectl label ns other a=b && kubectl label ns shop name=b",
                false,
            ),
            (
                "kubectl patch ns shop -p '{\"metadata\":{\"finalizers\":null}}' --type=merge",
                true,
            ),
            (
                "kubectl patch ns $NAME -p '{\"metadata\": {\"labels\": {\"name\": \"a\"}}}'",
                false,
            ),
            ("kubectl patch ns shop --patch-file a.yaml", false),
            ("kubectl patch ns shop -p \"$PATCH\"", false),
        ] {
            let found = read(&format!("{create}{text}"));
            assert_eq!(found.are_without("name", "shop"), expected, "{text}");
        }
        let by_helm = read("helm install web ./web -n shop --create-namespace");
        assert!(by_helm.are_without("example.com/name", "shop"));
        assert!(!by_helm.are_without("name", "shop"));
        assert!(!read("kubectl get namespace shop").are_without("name", "shop"));
    }
}
