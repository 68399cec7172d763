//! Labels of pods, and policies, in texts that could not be read as objects: templates, and files with errors.

use std::collections::BTreeSet;
use std::sync::Arc;

use kube::core::Expression;

use super::Finder;
use crate::model::{Artifact, Node, Resource, Role};
use crate::network::{Pods, Policy, Selector, asked_values, is_open, is_policy, label_key};
use crate::shell::holds_commands;

/// What stands around a word: quotation marks, also those of a text within a text.
const QUOTES: [char; 4] = ['"', '\'', '`', '\\'];

impl Finder<'_> {
    /// Whether the pods of a selector may stand in a text that could not be read or is not there, or are made by a
    /// script.
    pub(super) fn may_be_unread(&self, selector: &Selector) -> bool {
        let unread = self
            .unread
            .iter()
            .filter(|one| !holds_commands(&one.uri, &one.text));
        let mut texts = unread.map(|artifact| artifact.text.as_str());
        texts.any(|text| may_have_labels(text, selector))
            || self.scripts.may_make(selector)
            || self.kustomized.lacking().may_hold(selector)
    }

    /// Whether a policy may select pods of its own chart that are not among the objects, since the template that makes
    /// them could not be rendered.
    pub(super) fn may_select_unrendered(&self, policy: &Policy) -> bool {
        let own = &self.resources[policy.resource].artifact.provenance;
        let Some(rendering) = own.as_ref().map(|own| &own.rendering) else {
            return false;
        };
        let home = format!("{}/", rendering.root);
        let has_pods = |one: &Artifact| {
            one.display.starts_with(&home) && words(&one.text, "containers").next().is_some()
        };
        let mut templates = self.resources.iter().filter(|one| {
            matches!(one.role, Role::Outline | Role::Template) && one.artifact.provenance.is_none()
        });
        rendering.is_part && templates.any(|one| has_pods(&one.artifact))
    }
}

impl Finder<'_> {
    /// A NetworkPolicy that may select pods of its chart, of a template that could not be rendered: its object as it
    /// stands there.
    pub(super) fn unrendered_policy(&self, pods: &Pods) -> Option<usize> {
        let own = self.resources[pods.resource].artifact.provenance.as_ref();
        let left = own.map(|own| &own.rendering.left_out)?;
        if left.is_empty() {
            return None;
        }
        let labels = &self.network.population.classes[pods.class].labels;
        let may_select = |one: &Resource| {
            let asked = one.node().find(&["spec", "podSelector", "matchLabels"]);
            let mut asked = asked.into_iter().flat_map(Node::entries);
            asked.all(|(key, value)| {
                let said = key.as_str().zip(value.as_str());
                let said = said.filter(|(key, value)| !is_open(key) && !is_open(value));
                said.is_none_or(|(key, value)| labels.get(key).is_some_and(|own| own == value))
            })
        };
        self.resources.iter().position(|one| {
            is_outline_of_policy(one) && left.contains(&one.artifact.display) && may_select(one)
        })
    }
}

/// Whether a template that could not be rendered makes a policy.
pub(super) fn has_unrendered_policy(resources: &[Resource]) -> bool {
    let mut policies = resources
        .iter()
        .filter(|one| is_outline_of_policy(one))
        .peekable();
    if policies.peek().is_none() {
        return false;
    }
    let left = resources.iter().filter_map(|one| {
        let provenance = one.artifact.provenance.as_ref()?;
        Some(&provenance.rendering.left_out)
    });
    let left: BTreeSet<&Arc<str>> = left.flatten().collect();
    policies.any(|one| left.contains(&one.artifact.display))
}

fn is_outline_of_policy(resource: &Resource) -> bool {
    resource.role == Role::Outline
        && resource.gvk.group == "networking.k8s.io"
        && resource.gvk.kind == "NetworkPolicy"
}

/// The namespaces that are named where a policy could not be read, in a file with errors: nobody knows what it allows
/// there. What a template makes is known by its renderings.
pub(super) fn namespaces_of_unread_policies<'u>(
    objects: &[Resource],
    unread: &'u [Arc<Artifact>],
) -> BTreeSet<&'u str> {
    let is_read = |file: &Artifact| {
        let own = objects.iter().filter(|one| one.artifact.uri == file.uri);
        let read = own.filter(|one| is_policy(one)).count();
        words(&file.text, "NetworkPolicy").count() <= read
    };
    let broken = unread.iter().filter(|one| {
        one.text.contains("NetworkPolicy")
            && !one.text.contains("{{")
            && !holds_commands(&one.uri, &one.text)
            && !is_read(one)
    });
    let said = broken.flat_map(|one| words(&one.text, "namespace"));
    said.filter_map(value_behind).collect()
}

/// Whether a text may give pods all labels that a selector asks for.
fn may_have_labels(text: &str, selector: &Selector) -> bool {
    let asked = selector.requirements();
    // Most texts have not even the words.
    let has_words = asked.iter().all(|one| {
        let mut values = asked_values(one).into_iter().peekable();
        text.contains(label_key(one))
            && (values.peek().is_none() || values.any(|value| text.contains(value)))
    });
    has_words && {
        let plain = without_actions(text);
        asked.iter().all(|one| may_have_label(text, &plain, one))
    }
}

/// Whether a text, which was also taken without its actions, gives a label that is asked for: on one line,
/// or with an action in the place of a value that the text has somewhere.
fn may_have_label(text: &str, plain: &str, asked: &Expression) -> bool {
    let values = asked_values(asked);
    let mut given = words(text, label_key(asked)).filter_map(value_behind);
    given.any(|given| {
        values.is_empty()
            || values.contains(&given)
            || is_open(given)
                && values
                    .iter()
                    .any(|value| words(plain, value).next().is_some())
    })
}

/// What stands behind each place at which a text has a word as a whole.
fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = &'t str> {
    let is_part = |letter: char| letter.is_alphanumeric() || "-_./".contains(letter);
    text.match_indices(word).filter_map(move |(at, _)| {
        let rest = &text[at + word.len()..];
        let is_whole = !text[..at].ends_with(is_part) && !rest.starts_with(is_part);
        (is_whole && !word.is_empty()).then_some(rest)
    })
}

/// The value behind a key, on its line: of an action, its beginning.
fn value_behind(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches(QUOTES).trim_start_matches(' ');
    let value = rest.strip_prefix([':', '='])?.trim_start_matches(' ');
    let value = value.trim_start_matches(QUOTES);
    let is_end = |letter: char| letter.is_whitespace() || letter == ',' || QUOTES.contains(&letter);
    let value = &value[..value.find(is_end).unwrap_or(value.len())];
    let value = if value.starts_with('{') || value.contains(['$', '<']) {
        value
    } else {
        value.trim_end_matches(['}', ']'])
    };
    Some(value).filter(|value| !value.is_empty())
}

/// A text with each `{{ … }}` left out but for the texts in quotation marks, which may be values.
fn without_actions(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let (action, behind) = behind.split_once("}}").unwrap_or((behind, ""));
        found.push_str(before);
        let quoted = action.split('"').skip(1).step_by(2);
        quoted.for_each(|text| found.extend([" ", text, " "]));
        found.push(' ');
        rest = behind;
    }
    found.push_str(rest);
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn may_have(text: &str, labels: &[(&str, &str)]) -> bool {
        let labels = labels.iter();
        let labels: BTreeMap<String, String> = labels
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        may_have_labels(text, &Selector::of(&labels))
    }

    #[test]
    fn a_label_stands_on_one_line_or_has_an_action_as_value() {
        for (text, expected) in [
            ("labels:\n  app: redis\n", true),
            ("labels: {app: redis}", true),
            ("labels: {tier: data, 'app': 'redis'}", true),
            ("{\"labels\": {\"app\":\"redis\"}}", true),
            (r#""{\"labels\": {\"app\": \"redis\"}}""#, true),
            ("kubectl run x -l app=redis,tier=data", true),
            ("labels:\n  app: {{ .Values.name }}\nname: redis\n", true),
            (
                "{{ $name := \"redis\" }}\nlabels:\n  app: {{ $name }}\n",
                true,
            ),
            ("{% for name in ['redis'] %}\n  app: \"{{ name }}\"\n", true),
            ("labels:\n  app: ${name}\nimage: redis:7\n", true),
            (
                "labels:\n  app: web\nvalue: {{ .Values.redis.host }}\n",
                false,
            ),
            (
                "labels:\n  app: {{ .Values.app }}\nvalue: {{ .Values.redis.host }}\n",
                false,
            ),
            (
                "labels:\n  app: {{ .Values.app }}\nname: redis-data\n",
                false,
            ),
            ("labels:\n  app: web\nimage: redis:7\n", false),
            ("labels:\n  app: redis-data\n", false),
            ("labels:\n  my-app: redis\n", false),
            ("labels:\n  app.kubernetes.io/name: redis\n", false),
            ("labels: {app: web}\nredis: app\n", false),
        ] {
            assert_eq!(may_have(text, &[("app", "redis")]), expected, "{text}");
        }
    }

    #[test]
    fn all_labels_that_are_asked_for_have_to_be_there() {
        let text = "labels: {app: redis, tier: {{ .Values.tier }}}\nname: data\n";
        assert!(may_have(text, &[("app", "redis"), ("tier", "data")]));
        assert!(!may_have(text, &[("app", "redis"), ("tier", "web")]));
        assert!(!may_have(text, &[("app", "redis"), ("zone", "data")]));
    }
}
