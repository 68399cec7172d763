//! What runs images on hosts outside of the cluster, or before there is one, in texts that objects hold: modules of
//! Ansible for Docker and Podman, services of Docker Compose, and what Talos makes its nodes of.

use crate::model::Node;

/// What the names of Ansible's modules begin with that run containers on a host, in full and as older playbooks
/// have them.
const MODULES: [&str; 6] = [
    "community.docker.",
    "community.general.docker_",
    "containers.podman.",
    "docker_compose",
    "docker_container",
    "podman_container",
];

/// Keys of a service that tell Docker how to run it, and that no container of Kubernetes has.
const OF_DOCKER: [&str; 5] = [
    "container_name",
    "depends_on",
    "env_file",
    "network_mode",
    "restart",
];

/// Whether what stands at a key runs on a host.
pub(super) fn runs_on_host(key: &str, value: Node<'_>) -> bool {
    let is_module = || MODULES.iter().any(|start| key.starts_with(start));
    value.is_mapping()
        && (is_module() || (key == "services" && is_of_compose(value)) || is_of_talos(key, value))
}

/// Whether a map is one of the two that Talos makes a node of: a machine with its kubelet, or a cluster with what its
/// control plane runs, which no registry within the cluster can hold.
fn is_of_talos(key: &str, value: Node<'_>) -> bool {
    const OF_MACHINES: [&str; 2] = ["install", "kubelet"];
    const OF_CLUSTERS: [&str; 5] = ["apiServer", "discovery", "etcd", "proxy", "scheduler"];
    let has = |keys: &[&str]| {
        let maps = keys.iter().filter_map(|key| value.get(key));
        maps.into_iter().any(Node::is_mapping)
    };
    match key {
        "machine" => has(&OF_MACHINES),
        "cluster" => value.find(&["controlPlane", "endpoint"]).is_some() && has(&OF_CLUSTERS),
        _ => false,
    }
}

/// Whether a map holds services of Docker Compose: each has an image or is built, and one is run as only Docker
/// does.
fn is_of_compose(services: Node<'_>) -> bool {
    let has = |service: Node<'_>, keys: &[&str]| keys.iter().any(|key| service.get(key).is_some());
    let all = || services.entries().map(|(_, service)| service);
    all().all(|service| has(service, &["image", "build"]))
        && all().any(|service| has(service, &OF_DOCKER))
}
