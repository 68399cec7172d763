//! Whether pods are sure to be closed: policies and pods may leave it to who applies them whether they meet in
//! one namespace.

use super::super::{folder, normalized};
use super::{Finder, deployment};
use crate::model::Resource;
use crate::network::{DEFAULT_NAMESPACE, Direction, Match, Policy, said_namespace};

impl Finder<'_> {
    /// Whether a policy that closes the pods of a class is in one namespace with them, as far as files say, or one of the
    /// whole cluster forbids them something, and none that could not be read may open them.
    pub(super) fn is_surely_closed(&self, class: usize, direction: Direction) -> bool {
        let mut closing = self.closing(class, direction);
        let is_closed = closing.any(|policy| {
            let mut pods = self.network.population.pods_of(class);
            // One for the whole cluster meets all.
            policy.namespace.is_none()
                || pods.all(|(_, pods)| {
                    self.may_close(policy, pods.resource) && self.is_at_home(policy, pods.resource)
                })
        });
        let is_denied = || self.denying(class, direction).next().is_some();
        let namespace = self.network.population.classes[class].namespace;
        let namespace = &self.network.namespaces.at(namespace).name;
        (is_closed || is_denied())
            && !self.may_be_opened(class, direction)
            && !self.half_read.contains(namespace.as_str())
    }

    /// Whether pods that leave their namespace open may be put into the one of a policy that lets something
    /// through, since a kustomization that nobody built takes both along.
    fn may_be_opened(&self, class: usize, direction: Direction) -> bool {
        let pods = self.network.population.pods_of(class);
        let pods = pods.map(|(_, pods)| pods.resource);
        let is_left =
            |at: &usize| !self.says_namespace(*at) && self.kustomized.lists(&self.resources[*at]);
        let left: Vec<usize> = pods.filter(is_left).collect();
        let class = &self.network.population.classes[class];
        let mut policies = self.written().filter(|_| !left.is_empty());
        policies.any(|policy| {
            let opens = policy
                .rules(direction)
                .is_some_and(|rules| !rules.is_empty());
            let is_beside = |at: &usize| {
                let [own, other] = [policy.resource, *at].map(|at| &self.resources[at]);
                self.kustomized.takes_both(own, other)
            };
            opens
                && policy.namespace != Some(class.namespace)
                && self.says_namespace(policy.resource)
                && class.is_behind(&policy.pods) == Match::Yes
                && left.iter().any(is_beside)
        })
    }

    /// Whether a policy is about an object, where it asks for no labels and no one says the namespace.
    pub(super) fn is_at_home(&self, policy: &Policy, other: usize) -> bool {
        let [own, other] = [policy.resource, other].map(|at| &self.resources[at]);
        let is_free = policy.pods.selects_all()
            && said_namespace(own).is_none()
            && own.artifact.provenance.is_none();
        !is_free || self.homes.are_shared(own, other)
    }

    /// Whether objects that seem to be in one namespace are: where they leave it to who applies them,
    /// they have to be applied together.
    pub(super) fn is_together(&self, one: usize, other: usize) -> bool {
        match (self.says_namespace(one), self.says_namespace(other)) {
            (false, false) => {
                let [one, other] = [one, other].map(|at| &self.resources[at]);
                deployment(one) == deployment(other)
                    || is_beside(one, other)
                    || is_beside(other, one)
            }
            (true, true) => true,
            // Who applies both as they are, in a context that names none, puts both into the default one.
            (is_said, _) => {
                let said = if is_said { one } else { other };
                let [one, other] = [one, other].map(|at| &self.resources[at]);
                let is_built = one.artifact.provenance.is_some();
                self.is_default(said)
                    && deployment(one) == deployment(other)
                    && (is_built || self.homes.are_shared(one, other))
            }
        }
    }

    /// Whether they may be: of two objects that seem to be in the default namespace one names it.
    pub(super) fn may_be_together(&self, one: usize, other: usize) -> bool {
        self.is_together(one, other) || [one, other].iter().any(|at| self.is_default(*at))
    }

    /// Whether a policy and pods may be together. One for a whole namespace is not there for pods of another part of the
    /// files that name none: they may go anywhere.
    fn may_close(&self, policy: &Policy, other: usize) -> bool {
        match policy.pods.asked() {
            Some(_) => self.may_be_together(policy.resource, other),
            None => self.is_together(policy.resource, other),
        }
    }

    /// What to say of pods that are closed only as far as what names no namespace is in the default one, which a policy
    /// that closes them names, or they do.
    pub(super) fn if_default(&self, class: usize, direction: Direction) -> Option<String> {
        let pods = || self.network.population.pods_of(class);
        let is_sure = |policy: &Policy| {
            policy.namespace.is_none()
                || pods().all(|(_, pods)| self.is_together(policy.resource, pods.resource))
        };
        let mut closing = self.closing(class, direction).peekable();
        let first = closing.peek()?.name.clone();
        let is_denied = || self.denying(class, direction).next().is_some();
        let is_sure = closing.any(is_sure) || is_denied();
        (!is_sure).then(|| match self.says_namespaces(class) {
            true => format!("; `{first}` names no namespace, and is taken to be in `{DEFAULT_NAMESPACE}`, which its pods name"),
            false => format!("; the pods name no namespace, and are taken to be in `{DEFAULT_NAMESPACE}`, which `{first}` names"),
        })
    }

    /// Whether an object names the namespace that others are put into which name none.
    fn is_default(&self, resource: usize) -> bool {
        said_namespace(&self.resources[resource]) == Some(DEFAULT_NAMESPACE)
    }
}

/// Whether a file stands in the folder of the kustomization that an object was built from: who applies the
/// folder's files as they are applies both.
fn is_beside(written: &Resource, built: &Resource) -> bool {
    let provenance = built.artifact.provenance.as_ref();
    let root = provenance.filter(|provenance| provenance.is_of_manifests());
    written.artifact.provenance.is_none()
        && root.is_some_and(|one| {
            normalized(&one.rendering.root) == normalized(folder(&written.artifact.display))
        })
}
