//! Labels that a kustomization put into the selectors of a policy, and that no pods bear: what is written in the
//! policy's file would fit.

use serde_json::Value;

use super::{Finder, MOST_LINKS, link, listed};
use crate::model::{Node, Resource, ValuePath};
use crate::network::{Match, Policy, Selector, asked_values, label_key};

/// What to say of such labels, and where they come from.
pub(super) type Added = (String, Vec<Value>);

impl Finder<'_> {
    /// The labels that keep a selector, which stands somewhere in a policy, from pods of a namespace that bear all
    /// others.
    pub(super) fn added(
        &self,
        policy: &Policy,
        (at, selector): (&ValuePath, &Selector),
        namespace: usize,
    ) -> Option<Added> {
        let resource = &self.resources[policy.resource];
        let is_added = |key: &str| is_given(resource, &at.clone().key("matchLabels").key(key));
        let asked = selector.requirements().iter().cloned();
        let (added, written): (Vec<_>, Vec<_>) = asked.partition(|one| is_added(label_key(one)));
        let population = &self.network.population;
        let fitting = population.behind(namespace, &Selector::new(written));
        let is_lacking = |one: &Selector| {
            let mut fitting = fitting.iter();
            !fitting.any(|class| one.matches(&population.classes[*class].labels) == Match::Yes)
        };
        let lacking = added.into_iter().map(|one| Selector::new(vec![one]));
        let lacking: Vec<Selector> = lacking.filter(is_lacking).collect();
        let lacking: Vec<(&str, &str)> = lacking.iter().filter_map(label).collect();
        if fitting.is_empty() || lacking.is_empty() {
            return None;
        }
        let names: Vec<String> = lacking
            .iter()
            .map(|(key, value)| format!("{key}: {value}"))
            .collect();
        let names = listed(names.iter().map(String::as_str));
        let links = lacking.iter().take(MOST_LINKS).map(|(key, _)| {
            let place = at.clone().key("matchLabels").key(key);
            link(policy.resource, &place, &format!("adds `{key}`"))
        });
        let said = format!("some have all but {names}, which a kustomization adds to the selector");
        Some((said, links.collect()))
    }
}

/// The label that a selector of one asks for.
fn label(selector: &Selector) -> Option<(&str, &str)> {
    let one = selector.requirements().first()?;
    Some((label_key(one), asked_values(one).first()?))
}

/// Whether a kustomization, and not the file of an object, gave it a value.
pub(super) fn is_given(resource: &Resource, place: &ValuePath) -> bool {
    let provenance = resource.artifact.provenance.as_ref();
    let provenance = provenance.filter(|one| one.is_of_manifests());
    let source = |value: Node<'_>| {
        let trace = provenance?.trace(value.span())?;
        Some(trace.written.artifact.uri.clone())
    };
    let own = resource.node().find(&["metadata", "name"]).and_then(source);
    let given = resource.at(place).and_then(source);
    own.is_some() && given.is_some() && given != own
}
