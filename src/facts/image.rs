//! Container images: which ones a workload runs, and what their references mean once they are
//! written in full, as containerd and the distribution project normalise them.
//!
//! Own code, since the crates that parse references fill in `latest` where no tag is written,
//! and the missing tag is what we look for.

use crate::model::{Node, Resource, ValuePath};

/// The registry of references that name none.
const DEFAULT_REGISTRY: &str = "docker.io";
/// Its older name.
const LEGACY_DEFAULT_REGISTRY: &str = "index.docker.io";
/// Where the default registry keeps images of one component.
const OFFICIAL: &str = "library";
/// The longest name, and the longest tag, that a registry takes.
const NAME_LIMIT: usize = 255;
const TAG_LIMIT: usize = 128;

/// The lists of containers in a pod's spec, each with what messages call its entries. The last
/// one exists in Argo's workflows only.
const LISTS: [(&str, &str); 4] = [
    ("initContainers", "init container"),
    ("containers", "container"),
    ("ephemeralContainers", "ephemeral container"),
    ("sidecars", "sidecar"),
];

/// The image of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// Where the reference stands.
    pub(crate) path: ValuePath,
    /// What a message calls the container: container `web`.
    pub(crate) container: String,
    /// The reference as it is written.
    pub(crate) reference: String,
    /// The registry's host and port in lower case; `docker.io` where none is named.
    pub(crate) registry: String,
    /// Registry and repository: `docker.io/library/nginx`.
    pub(crate) name: String,
    /// The tag, if one is written.
    pub(crate) tag: Option<String>,
    /// The digest with its algorithm, if one is written.
    pub(crate) digest: Option<String>,
    /// Whether a container runtime accepts the reference. Of one that it does not, the fields
    /// above hold what can be told.
    pub(crate) valid: bool,
}

/// An image reference in full.
struct Reference<'a> {
    registry: String,
    name: String,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
    valid: bool,
}

/// The images of a resource's containers, in the order of the pod templates and of the lists in
/// them. A container without an image, or with an empty one, has none.
pub(crate) fn images(resource: &Resource) -> Vec<Image> {
    let mut found = Vec::new();
    for path in &resource.pod_templates {
        let Some(template) = resource.at(path) else {
            continue;
        };
        if let Some(spec) = template.get("spec") {
            add_lists(spec, &path.clone().key("spec"), &mut found);
        }
        add_step(template, path, &mut found);
    }
    found
}

fn add_lists(spec: Node<'_>, path: &ValuePath, found: &mut Vec<Image>) {
    for (list, noun) in LISTS {
        let Some(containers) = spec.get(list) else {
            continue;
        };
        for (index, container) in containers.items().enumerate() {
            let label = match container.get("name").and_then(Node::as_str) {
                Some(name) => format!("{noun} `{name}`"),
                None => format!("{noun} {}", index + 1),
            };
            add(
                container,
                || path.clone().key(list).index(index),
                label,
                found,
            );
        }
    }
}

/// A step of an Argo workflow holds its containers directly.
fn add_step(template: Node<'_>, path: &ValuePath, found: &mut Vec<Image>) {
    let name = template
        .get("name")
        .and_then(Node::as_str)
        .unwrap_or_default();
    let mut is_step = false;
    for key in ["container", "script"] {
        if let Some(container) = template.get(key) {
            is_step = true;
            add(
                container,
                || path.clone().key(key),
                format!("step `{name}`"),
                found,
            );
        }
    }
    if let Some(set) = template.get("containerSet") {
        is_step = true;
        add_lists(set, &path.clone().key("containerSet"), found);
    }
    if is_step {
        add_lists(template, path, found);
    }
}

fn add(
    container: Node<'_>,
    path: impl FnOnce() -> ValuePath,
    label: String,
    found: &mut Vec<Image>,
) {
    let reference = container
        .get("image")
        .and_then(Node::as_str)
        .filter(|image| !image.trim().is_empty());
    if let Some(reference) = reference {
        let Reference {
            registry,
            name,
            tag,
            digest,
            valid,
        } = Reference::parse(reference);
        found.push(Image {
            path: path().key("image"),
            container: label,
            reference: reference.to_owned(),
            registry,
            name,
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
            valid,
        });
    }
}

impl<'a> Reference<'a> {
    /// Reads a reference by the grammar of the distribution project: `name[:tag][@digest]`.
    fn parse(reference: &'a str) -> Self {
        let trimmed = reference.trim();
        let (tagged, digest) = match trimmed.split_once('@') {
            Some((tagged, digest)) => (tagged, Some(digest)),
            None => (trimmed, None),
        };
        let (name, tag) = split_tag(tagged);
        let (domain, path) = split_domain(name);
        let registry = match domain {
            None => DEFAULT_REGISTRY.to_owned(),
            Some(domain) if domain.eq_ignore_ascii_case(LEGACY_DEFAULT_REGISTRY) => {
                DEFAULT_REGISTRY.to_owned()
            }
            Some(domain) => domain.to_ascii_lowercase(),
        };
        let official = registry == DEFAULT_REGISTRY && !path.contains('/');
        let repository = if official {
            format!("{OFFICIAL}/{path}")
        } else {
            path.to_owned()
        };
        let is_valid = trimmed == reference
            && name.len() <= NAME_LIMIT
            && domain.is_none_or(is_domain)
            && !(domain.is_none() && is_identifier(path))
            && path.split('/').all(is_component)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest);
        Self {
            name: format!("{registry}/{repository}"),
            registry,
            tag,
            digest,
            valid: is_valid,
        }
    }
}

/// A colon behind the last slash begins the tag; one before it belongs to a port.
fn split_tag(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (text, None),
    }
}

/// The first component is a registry if it cannot be one of a repository, or is `localhost`.
fn split_domain(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((first, rest)) if is_domain_like(first) => (Some(first), rest),
        _ => (None, name),
    }
}

fn is_domain_like(component: &str) -> bool {
    component == "localhost"
        || component.contains(['.', ':'])
        || component.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (domain, None),
    };
    let is_number = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    port.is_none_or(is_number) && (is_ipv6(host) || host.split('.').all(is_label))
}

fn is_ipv6(host: &str) -> bool {
    let inner = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| inner.parse::<std::net::Ipv6Addr>().is_ok())
}

fn is_label(label: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !label.is_empty()
        && label.bytes().all(is_inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Lower-case letters and digits; between them a dot, one or two underscores, or dashes.
fn is_component(component: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut separator = String::new();
    for byte in component.bytes() {
        if is_word(byte) {
            if !matches!(separator.as_str(), "" | "." | "_" | "__")
                && separator.contains(['.', '_'])
            {
                return false;
            }
            separator.clear();
        } else if matches!(byte, b'.' | b'_' | b'-') {
            separator.push(char::from(byte));
        } else {
            return false;
        }
    }
    separator.is_empty() && component.bytes().next().is_some_and(is_word)
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_inner = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-');
    tag.len() <= TAG_LIMIT && tag.bytes().next().is_some_and(is_word) && tag.bytes().all(is_inner)
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, encoded)) = digest.split_once(':') else {
        return false;
    };
    let is_hex = encoded
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let length = match algorithm {
        "sha256" => encoded.len() == 64,
        "sha384" => encoded.len() == 96,
        "sha512" => encoded.len() == 128,
        _ => encoded.len() >= 32,
    };
    let parts = algorithm.split(['+', '.', '_', '-']);
    let is_part = |part: &str| {
        part.bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    is_hex && length && parts.into_iter().all(is_part)
}

/// 64 hexadecimal digits name an image of the local store, not one of a registry.
fn is_identifier(path: &str) -> bool {
    path.len() == 64
        && path
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_text;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn name(reference: &str) -> (String, String, Option<String>) {
        let parsed = Reference::parse(reference);
        assert!(parsed.valid, "{reference}");
        (parsed.registry, parsed.name, parsed.tag.map(str::to_owned))
    }

    #[test]
    fn short_names_are_docker_hubs() {
        for (reference, full) in [
            ("nginx", "docker.io/library/nginx"),
            ("bitnami/redis", "docker.io/bitnami/redis"),
            ("docker.io/nginx", "docker.io/library/nginx"),
            ("index.docker.io/nginx", "docker.io/library/nginx"),
            ("index.docker.io/a/b", "docker.io/a/b"),
            ("docker.io/library/nginx", "docker.io/library/nginx"),
            ("a/b/c", "docker.io/a/b/c"),
            ("harbor/app", "docker.io/harbor/app"),
        ] {
            let (registry, name, tag) = name(reference);
            assert_eq!(
                (registry.as_str(), name.as_str(), tag),
                ("docker.io", full, None),
                "{reference}"
            );
        }
    }

    #[test]
    fn the_first_component_is_a_registry_if_it_looks_like_one() {
        for (reference, registry, full) in [
            (
                "harbor.example.com/p/app",
                "harbor.example.com",
                "harbor.example.com/p/app",
            ),
            (
                "Harbor.Example.com/p/app",
                "harbor.example.com",
                "harbor.example.com/p/app",
            ),
            ("localhost/app", "localhost", "localhost/app"),
            ("registry:5000/app", "registry:5000", "registry:5000/app"),
            ("localhost:5000/a/b", "localhost:5000", "localhost:5000/a/b"),
            (
                "[2001:db8::1]:5000/app",
                "[2001:db8::1]:5000",
                "[2001:db8::1]:5000/app",
            ),
            ("[::1]/app", "[::1]", "[::1]/app"),
            ("10.0.0.1:5000/app", "10.0.0.1:5000", "10.0.0.1:5000/app"),
            ("HARBOR/app", "harbor", "harbor/app"),
            (
                "registry.k8s.io/pause",
                "registry.k8s.io",
                "registry.k8s.io/pause",
            ),
        ] {
            assert_eq!(
                name(reference),
                (registry.to_owned(), full.to_owned(), None),
                "{reference}"
            );
        }
    }

    #[test]
    fn ports_and_tags_are_told_apart() {
        assert_eq!(name("registry:5000/app:1.2").2.as_deref(), Some("1.2"));
        assert_eq!(name("registry:5000/app").2, None);
        assert_eq!(name("nginx:5000").1, "docker.io/library/nginx");
        assert_eq!(name("nginx:5000").2.as_deref(), Some("5000"));
        assert_eq!(name("a.b/c:V1.0-rc.1_x").2.as_deref(), Some("V1.0-rc.1_x"));
    }

    #[test]
    fn digests_stand_with_and_without_a_tag() {
        let reference = format!("harbor.example.com:443/p/app:latest@{DIGEST}");
        let parsed = Reference::parse(&reference);
        assert!(parsed.valid);
        assert_eq!(parsed.tag, Some("latest"));
        assert_eq!(parsed.digest, Some(DIGEST));
        assert_eq!(parsed.name, "harbor.example.com:443/p/app");
        let reference = format!("app@{DIGEST}");
        let parsed = Reference::parse(&reference);
        assert_eq!((parsed.tag, parsed.valid), (None, true));
        assert_eq!(parsed.name, "docker.io/library/app");
    }

    #[test]
    fn what_a_runtime_refuses_is_not_valid() {
        let hex = &DIGEST[7..];
        let long = format!("a/{}", "b".repeat(300));
        for reference in [
            "Nginx",
            "a//b",
            "/a",
            "a/",
            "a/B",
            "a:",
            ":1",
            "a:b:c",
            "a:-1",
            "a@sha256:12",
            "a@latest",
            "a b",
            " nginx",
            "nginx\n",
            "a.b:x/c",
            "-a.b/c",
            "a___b",
            "a._b",
            "a-",
            "a.",
            "a/.b",
            "$(X)/app",
            "{{ .Values.image }}:{{ .Values.tag }}",
            "http://a.b/c",
            hex,
            &long,
            &format!("a:{}", "t".repeat(129)),
            &format!("a@SHA 256:{hex}"),
        ] {
            assert!(!Reference::parse(reference).valid, "{reference}");
        }
        for reference in ["a__b", "a---b", "a.b/c", "a_b", "0/1", "a:_1"] {
            assert!(Reference::parse(reference).valid, "{reference}");
        }
    }

    #[test]
    fn of_an_invalid_reference_is_told_what_can_be() {
        let parsed = Reference::parse("harbor.example.com/P/App:latest");
        assert_eq!(
            (parsed.registry.as_str(), parsed.tag),
            ("harbor.example.com", Some("latest"))
        );
        assert_eq!(
            Reference::parse(" nginx:1 ").name,
            "docker.io/library/nginx"
        );
        assert_eq!(Reference::parse("").name, "docker.io/library/");
    }

    fn labels(text: &str) -> Vec<(String, String, String)> {
        let resources = read_text(text);
        let label = |image: Image| (image.path.to_string(), image.container, image.reference);
        images(&resources[0]).into_iter().map(label).collect()
    }

    #[test]
    fn all_three_kinds_of_containers_are_told() {
        let found = labels(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers: [{name: web, image: a}, {image: b}, {name: none}, {name: empty, image: ''}, {name: number, image: 5}]\n  initContainers: [{name: init, image: c}]\n  ephemeralContainers: [{name: debug, image: d}]\n",
        );
        let shown: Vec<(&str, &str, &str)> = found
            .iter()
            .map(|(path, label, image)| (path.as_str(), label.as_str(), image.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("spec.initContainers[0].image", "init container `init`", "c"),
                ("spec.containers[0].image", "container `web`", "a"),
                ("spec.containers[1].image", "container 2", "b"),
                (
                    "spec.ephemeralContainers[0].image",
                    "ephemeral container `debug`",
                    "d"
                ),
            ]
        );
    }

    #[test]
    fn templates_and_workflow_steps_count() {
        let found = labels(
            "apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: x}]}}}}}\n",
        );
        assert_eq!(
            found[0].0,
            "spec.jobTemplate.spec.template.spec.containers[0].image"
        );
        let found = labels(
            "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {templates: [{name: a, container: {image: x}, sidecars: [{name: s, image: z}]}]}\n",
        );
        assert_eq!(
            found[0],
            (
                "spec.templates[0].container.image".to_owned(),
                "step `a`".to_owned(),
                "x".to_owned()
            )
        );
        assert_eq!(found[1].0, "spec.templates[0].sidecars[0].image");
    }

    #[test]
    fn what_is_no_workload_has_no_images() {
        assert!(labels("apiVersion: v1\nkind: ConfigMap\ndata: {image: nginx}\n").is_empty());
    }
}
