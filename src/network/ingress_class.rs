//! The class that Ingresses without one get: what objects, and scripts beside them, say of the controller that answers
//! for these.

use std::collections::BTreeSet;

use crate::model::{Node, Resource, Role};

/// The controller that k3s brings.
const TRAEFIK: &str = "traefik";
/// The groups of its custom resources.
const TRAEFIK_GROUPS: [&str; 2] = ["traefik.io", "traefik.containo.us"];
/// The namespace into which k3s puts it.
const OF_CLUSTER: &str = "kube-system";
/// What sets a cluster of k3s up.
const K3S: [&str; 3] = ["get.k3s.io", "k3d cluster create", "k3sup install"];
/// What keeps Traefik out of such a cluster.
const WITHOUT: [&str; 2] = ["disable", "no-deploy"];
/// Names of the controller that is taken to be there otherwise.
const USUAL: [&str; 2] = ["ingress-nginx", "nginx-ingress"];

/// What a text says of the controller of Ingresses without a class; what outdoes the others is the greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hint {
    /// Nothing.
    #[default]
    None,
    /// That Traefik may be there: as k3s has it.
    Traefik,
    /// That another one is there, or that Traefik is not.
    Other,
}

impl Hint {
    /// What a script says.
    pub(crate) fn of_script(text: &str) -> Self {
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match () {
            () if has(&USUAL) => Self::Other,
            () if !has(&K3S) => Self::None,
            () if has(&[TRAEFIK]) && has(&WITHOUT) => Self::Other,
            () => Self::Traefik,
        }
    }

    /// What an object says that only a cluster with Traefik has.
    fn of_object(resource: &Resource) -> Self {
        let (group, kind) = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
        let namespace = resource.identity.namespace.as_deref();
        match kind {
            "TLSStore" if TRAEFIK_GROUPS.contains(&group) => Self::Traefik,
            "Middleware" if TRAEFIK_GROUPS.contains(&group) && namespace == Some(OF_CLUSTER) => {
                Self::Traefik
            }
            "Simple" if group == "k3d.io" => match resource.node().text().contains(TRAEFIK) {
                true => Self::Other,
                false => Self::Traefik,
            },
            _ => Self::None,
        }
    }
}

/// The class that Ingresses without one get, where objects say a single one: an IngressClass marked as the default, or the
/// Traefik that k3s brings. Where none says so, Traefik's own objects and scripts that set k3s up do, unless something
/// speaks of the usual controller.
pub(super) fn default_class(resources: &[Resource], scripts: Hint) -> Option<&str> {
    let whole = || resources.iter().filter(|one| one.role == Role::Manifest);
    let told: BTreeSet<&str> = whole().filter_map(said).collect();
    if !told.is_empty() {
        return told.first().copied().filter(|_| told.len() == 1);
    }
    let hint = whole().map(Hint::of_object).max().max(Some(scripts));
    let names_usual = |one: &Resource| {
        let text = one.node().text();
        USUAL.iter().any(|word| text.contains(word))
    };
    (hint == Some(Hint::Traefik) && !whole().any(names_usual)).then_some(TRAEFIK)
}

/// The class that an object says to be the default.
fn said(resource: &Resource) -> Option<&str> {
    let name = resource.identity.name.as_str();
    let is_marked = || {
        let annotations = resource.node().find(&["metadata", "annotations"]);
        let mark =
            annotations.and_then(|all| all.get("ingressclass.kubernetes.io/is-default-class"));
        mark.and_then(Node::as_str) == Some("true")
    };
    match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
        ("networking.k8s.io", "IngressClass") => is_marked().then_some(name),
        ("helm.cattle.io", "HelmChart" | "HelmChartConfig") => (name == TRAEFIK).then_some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    #[test]
    fn scripts_that_set_k3s_up_bring_traefik() {
        for (text, expected) in [
            ("curl -sfL https://get.k3s.io | sh -", Hint::Traefik),
            ("k3d cluster create dev", Hint::Traefik),
            (
                "curl -sfL https://get.k3s.io | sh -s - --disable traefik",
                Hint::Other,
            ),
            (
                "k3d cluster create dev --k3s-arg '--disable=traefik@server:0'",
                Hint::Other,
            ),
            (
                "k3d cluster create dev\nhelm install i ingress-nginx/ingress-nginx",
                Hint::Other,
            ),
            ("kind create cluster", Hint::None),
        ] {
            assert_eq!(Hint::of_script(text), expected, "{text}");
        }
    }

    #[test]
    fn objects_that_a_cluster_with_traefik_has_say_its_class() {
        let store = "apiVersion: traefik.io/v1alpha1\nkind: TLSStore\nmetadata: {name: default}\n";
        let middleware = |namespace: &str| {
            format!(
                "apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {{name: a, namespace: {namespace}}}\n"
            )
        };
        let class = "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: x, annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}}\n";
        let usual = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ingress-nginx}\n";
        for (text, scripts, expected) in [
            (store.to_owned(), Hint::None, Some("traefik")),
            (middleware("kube-system"), Hint::None, Some("traefik")),
            (middleware("shop"), Hint::None, None),
            (middleware("shop"), Hint::Traefik, Some("traefik")),
            (store.to_owned(), Hint::Other, None),
            (format!("{store}{usual}"), Hint::None, None),
            (format!("{store}{class}"), Hint::None, Some("x")),
            (
                "apiVersion: k3d.io/v1alpha5\nkind: Simple\nmetadata: {name: a}\n".to_owned(),
                Hint::None,
                Some("traefik"),
            ),
        ] {
            let resources = read_text(&text);
            assert_eq!(default_class(&resources, scripts), expected, "{text}");
        }
    }
}
