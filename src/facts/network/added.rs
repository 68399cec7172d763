//! Labels that a kustomization put into the selectors of a policy, and that no pods bear: what is written in the
//! policy's file would fit.

use kube::core::Expression;
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
        let (added, written) = self.parted(policy, (at, selector));
        let population = &self.network.population;
        let fitting = population.behind(namespace, &written);
        let is_lacking = |one: &Selector| {
            let mut fitting = fitting.iter();
            !fitting.any(|class| one.matches(&population.classes[*class].labels) == Match::Yes)
        };
        let lacking = added.into_iter().map(|one| Selector::new(vec![one]));
        let lacking: Vec<Selector> = lacking.filter(is_lacking).collect();
        if fitting.is_empty() || lacking.is_empty() {
            return None;
        }
        let (names, links) = told(policy, at, &lacking);
        let said = format!("some have all but {names}, which a kustomization adds to the selector");
        Some((said, links))
    }

    /// Why a peer means no pods of any namespace, whoever else is there: those that it means by what is written, such as
    /// the cluster's DNS service, lack labels that a kustomization puts into its selector.
    pub(super) fn barred(
        &self,
        policy: &Policy,
        (at, namespaces, pods): (&ValuePath, &Selector, &Selector),
    ) -> Option<Added> {
        let (added, written) = self.parted(policy, (at, pods));
        let resource = &self.resources[policy.resource];
        let mut narrowing = self.kustomized.narrowing(resource).peekable();
        if written.selects_all() || added.is_empty() && narrowing.peek().is_none() {
            return None;
        }
        let population = &self.network.population;
        let found = self.network.namespaces.selected(namespaces);
        let behind = |selector: &Selector| {
            let mut found = found.iter();
            found.any(|at| !population.behind(*at, selector).is_empty())
        };
        let is_of_dns = self.is_dns_meant(namespaces, &written);
        // Of others, which are scanned, some may bear what the kustomization gives its own.
        let is_of_others = || {
            let may_be_unknown = |at: &usize| {
                self.may_be_made_elsewhere(pods, *at) || self.may_be_made_later(pods, *at)
            };
            !added.is_empty() && behind(&written) && !found.iter().any(may_be_unknown)
        };
        if !(is_of_dns || is_of_others()) || behind(pods) || self.may_be_unread(pods) {
            return None;
        }
        let whose = match is_of_dns {
            true => "those of the cluster's DNS service",
            false => "those that have the others",
        };
        let lacking: Vec<Selector> = added
            .into_iter()
            .map(|one| Selector::new(vec![one]))
            .collect();
        let (names, by, links) = match self.put_in(policy).filter(|_| lacking.is_empty()) {
            Some(one) => (one.labels, one.by, one.links),
            None => {
                let (names, links) = told(policy, at, &lacking);
                (names, "a kustomization".to_owned(), links)
            }
        };
        let said = format!(
            "no pods have these labels; {whose} lack {names}, which {by} adds to the selector"
        );
        Some((said, links))
    }

    /// Whether selectors of namespaces and pods are about the cluster's DNS service, by its labels.
    fn is_dns_meant(&self, namespaces: &Selector, pods: &Selector) -> bool {
        let dns = &self.settings.dns;
        let namespace = self.network.guest(&dns.namespace);
        !pods.selects_all()
            && pods.matches(&dns.labels) == Match::Yes
            && namespaces.may_match(&namespace.namespace_labels) != Match::No
    }

    /// What a kustomization put into a selector, which stands somewhere in a policy, and what is written.
    fn parted(
        &self,
        policy: &Policy,
        (at, selector): (&ValuePath, &Selector),
    ) -> (Vec<Expression>, Selector) {
        let resource = &self.resources[policy.resource];
        let is_added = |key: &str| is_given(resource, &at.clone().key("matchLabels").key(key));
        let asked = selector.requirements().iter().cloned();
        let (added, written) = asked.partition(|one| is_added(label_key(one)));
        (added, Selector::new(written))
    }
}

/// Labels that a selector lacks pods for, in words, and where they come from.
fn told(policy: &Policy, at: &ValuePath, lacking: &[Selector]) -> Added {
    let lacking: Vec<(&str, &str)> = lacking.iter().filter_map(label).collect();
    let names = lacking.iter().map(|(key, value)| format!("{key}: {value}"));
    let names: Vec<String> = names.collect();
    let links = lacking.iter().take(MOST_LINKS).map(|(key, _)| {
        let place = at.clone().key("matchLabels").key(key);
        link(policy.resource, &place, &format!("adds `{key}`"))
    });
    (listed(names.iter().map(String::as_str)), links.collect())
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
