//! Into which cluster a deployer puts objects.

use crate::model::Node;

/// The name and the addresses of the cluster in which Argo CD runs.
const HERE: [&str; 4] = [
    "in-cluster",
    "https://kubernetes.default",
    "https://kubernetes.default.svc",
    "https://kubernetes.default.svc.cluster.local",
];

/// Where a deployer puts objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Destination {
    /// Where the deployer is itself.
    Here,
    /// The cluster of an address.
    Server(String),
    /// The cluster that Argo CD calls so.
    Name(String),
    /// The cluster of a kubeconfig.
    Config(String),
    /// Nobody knows.
    #[default]
    Unknown,
}

impl Destination {
    /// Of the `spec` of an Application.
    pub(super) fn of_application(spec: Node<'_>) -> Self {
        let text = |key| spec.find(&["destination", key]).and_then(Node::as_str);
        let server = text("server").map(|server| server.trim_end_matches('/'));
        let server = server.map(|server| server.strip_suffix(":443").unwrap_or(server));
        match (server, text("name")) {
            (Some(said), None) | (None, Some(said)) if is_open(said) => Self::Unknown,
            (Some(said), None) | (None, Some(said)) if HERE.contains(&said) => Self::Here,
            (Some(server), None) => Self::Server(server.to_ascii_lowercase()),
            (None, Some(name)) => Self::Name(name.to_owned()),
            (None, None) | (Some(_), Some(_)) => Self::Unknown,
        }
    }

    /// Of the `spec` of a Kustomization.
    pub(super) fn of_kustomization(spec: Node<'_>) -> Self {
        let Some(config) = spec.get("kubeConfig") else {
            return Self::Here;
        };
        let name = config.find(&["secretRef", "name"]).and_then(Node::as_str);
        let name = name.filter(|name| !is_open(name));
        name.map_or(Self::Unknown, |name| Self::Config(name.to_owned()))
    }
}

/// Whether a placeholder stands for a value, or for some of it.
fn is_open(value: &str) -> bool {
    value.is_empty() || value.contains(['$', '{', '<', '%'])
}
