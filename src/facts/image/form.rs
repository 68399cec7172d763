//! What tells by its form alone that a text stands for an image: hosts of registries, versions, and what looks like
//! an image and is none. What a key says belongs to `key`.

use super::ground::Owner;
use super::placeholder::holds_placeholder;
use super::reference::Reference;
use super::runner;

/// Hosts whose images have a path of two components at least: one alone is what some begin with.
pub(super) const GROUPED_HOSTS: [&str; 6] = [
    "quay.io",
    "ghcr.io",
    "gcr.io",
    "nvcr.io",
    "registry.gitlab.com",
    "public.ecr.aws",
];

/// More hosts of registries that everybody pulls from.
pub(super) const PUBLIC_HOSTS: [&str; 6] = [
    "docker.io",
    "k8s.gcr.io",
    "lscr.io",
    "mcr.microsoft.com",
    "registry.k8s.io",
    "us-docker.pkg.dev",
];

/// Names to which Istio's charts add a hub, which they know where the values give none.
const BELOW_HUB: [&str; 4] = ["pilot", "proxyv2", "ztunnel", "install-cni"];

/// Names that stand for images of containers even where nothing but the key says image.
pub(super) const WELL_KNOWN: [&str; 12] = [
    "alpine",
    "busybox",
    "haproxy",
    "httpd",
    "mariadb",
    "memcached",
    "mongo",
    "mysql",
    "nginx",
    "postgres",
    "rabbitmq",
    "redis",
];

/// Ends of file names that are pictures or disks.
const FILES: [&str; 24] = [
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".bmp", ".avif", ".tiff", ".qcow2",
    ".img", ".iso", ".raw", ".vmdk", ".vhd", ".vhdx", ".ova", ".xz", ".gz", ".zip", ".tar", ".bin",
    ".html",
];

/// Words in the host of a registry, where nothing but the host tells that a name is an image.
const REGISTRY_WORDS: [&str; 18] = [
    "registry",
    "harbor",
    "docker",
    "ghcr.io",
    "gcr.io",
    "icr.io",
    "lscr.io",
    "cgr.dev",
    "quay",
    "ecr",
    "azurecr",
    "mcr.microsoft.com",
    "pkg.dev",
    "jfrog",
    "artifactory",
    "nexus",
    "gitlab",
    "k8s.io",
];

/// Whether a text names a path and no host, as a variable may hold one to which its program adds a version.
pub(super) fn is_path(text: &str) -> bool {
    const OF_PICTURES: [&str; 6] = ["assets", "images", "img", "media", "public", "static"];
    let first = text.split('/').next().unwrap_or_default();
    text.contains('/')
        && Reference::parse(text).is_valid()
        && !OF_PICTURES.contains(&first)
        && !is_file(text)
        && !is_cloud_image(text)
}

/// Whether a text names a registry, which may be left to be filled in, a path and a version.
pub(super) fn is_in_full(text: &str) -> bool {
    let is_filled_in = || {
        let parts = text.split_once('/');
        parts.is_some_and(|(host, path)| holds_placeholder(host) && is_listed(path))
    };
    (is_listed(text) && Reference::names_registry(text)) || is_filled_in()
}

/// Whether a string under such a key names an image of a registry.
pub(super) fn is_named(text: &str, key: &str, has_evidence: bool, owner: Owner) -> bool {
    let reference = Reference::parse(text);
    if reference.is_placeholder || is_file(text) || is_cloud_image(text) {
        return false;
    }
    if !reference.is_valid() || is_group(&reference) {
        return false;
    }
    let is_exact = key == "image";
    if reference.is_versioned() {
        return true;
    }
    let names_registry = Reference::names_registry(text);
    match owner {
        _ if names_registry && is_registry_host(&reference.registry) => true,
        _ if has_evidence && is_exact => true,
        Owner::Values if has_evidence && key == "imageName" => text.contains('/'),
        Owner::Values => is_exact && text.contains('/') || WELL_KNOWN.contains(&text),
        Owner::CustomResource => false,
    }
}

/// A reference that a chart or a tool is to fill in. Where the key says more than image, a path and a
/// version have to show it.
pub(super) fn is_placeholder_image(text: &str, key: &str) -> bool {
    let is_shown = match key {
        "image" => text.contains(['/', ':']),
        _ => text
            .rsplit_once('/')
            .is_some_and(|(_, name)| name.contains(':') && !is_prose(name)),
    };
    is_shown && holds_placeholder(text) && !text.contains("://") && !is_file(text)
}

/// Whether a text is an image by its own form alone: a path and a version.
pub(super) fn is_listed(text: &str) -> bool {
    let reference = Reference::parse(text);
    reference.is_valid() && reference.is_versioned() && text.contains('/') && !is_file(text)
}

pub(super) fn is_repository(name: &str) -> bool {
    !name.contains("://")
        && !name.starts_with("git@")
        && !name.ends_with(".git")
        && !is_prose(name)
        && !is_file(name)
}

/// Whether a reference names a known image of Docker Hub, to which no chart adds its own version.
pub(super) fn is_well_known(text: &str) -> bool {
    let reference = Reference::parse(text);
    let name = reference.name.strip_prefix("docker.io/library/");
    name.is_some_and(|name| WELL_KNOWN.contains(&name))
}

/// Whether a bare name is one of Docker Hub's own that nobody gives to a program of theirs.
pub(super) fn is_official(text: &str) -> bool {
    const NAMES: [&str; 12] = [
        "debian",
        "docker",
        "eclipse-temurin",
        "elasticsearch",
        "golang",
        "influxdb",
        "kibana",
        "node",
        "openjdk",
        "python",
        "traefik",
        "ubuntu",
    ];
    text.split(':')
        .next()
        .is_some_and(|name| NAMES.contains(&name))
}

/// Whether a text is a known image of Docker Hub behind that host: `docker.io/busybox`.
pub(super) fn is_hosted_well_known(text: &str) -> bool {
    Reference::names_registry(text) && is_well_known(text)
}

/// Whether blanks stand in a text, save in the actions of a template.
fn is_prose(text: &str) -> bool {
    text.contains(char::is_whitespace) && !text.contains("{{")
}

/// Whether a text is the name of a picture's or a disk's file.
pub(super) fn is_file(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    FILES.iter().any(|end| path.ends_with(end)) || text.starts_with(['/', '.'])
}

/// Images of virtual machines, by the paths that clouds give them; a registry's host leads elsewhere.
fn is_cloud_image(text: &str) -> bool {
    let (first, _) = text.split_once('/').unwrap_or((text, ""));
    let is_host = first.contains(['.', ':']);
    let is_path = text.contains("/images/") || text.contains("-cloud/");
    text.starts_with("projects/") || (is_path && !is_host)
}

/// Whether a chart of Istio puts the name of a hub before an image.
pub(super) fn is_below_hub(text: &str) -> bool {
    let name = text.split(':').next().unwrap_or_default();
    BELOW_HUB.contains(&name)
}

/// Whether a reference names what a registry keeps images below, and none of them.
pub(super) fn is_group(reference: &Reference) -> bool {
    let bare = reference.name.strip_prefix("docker.io/library/");
    if bare.is_some_and(|name| name.contains('.') && is_registry_host(name)) {
        return true;
    }
    let host = reference.registry.as_str();
    let path = reference.name.strip_prefix(host).unwrap_or_default();
    let is_huawei = host.starts_with("swr.") && host.ends_with(".myhuaweicloud.com");
    (is_huawei || GROUPED_HOSTS.contains(&host))
        && path.matches('/').count() == 1
        && !reference.is_placeholder
}

/// Whether a text is a host with a path of two components at least, so that it names more than what
/// a registry keeps images below.
pub(super) fn is_below_group(text: &str) -> bool {
    Reference::names_registry(text) && text.matches('/').count() > 1
}

/// Whether a text may hold a document that names images.
pub(super) fn may_name_images(text: &str) -> bool {
    let is_json = || text.trim_start().starts_with(['[', '{']) && !text.starts_with("{{");
    (text.contains('\n') && runner::names_images(text))
        || (text.contains('\n') || is_json())
            && ["mage", "epository"]
                .iter()
                .flat_map(|word| text.match_indices(word))
                .any(|(at, word)| is_end_of_key(&text[at + word.len()..]))
}

/// Whether what a key ends with stands before such a text: `image:`, `"imageName" :`, `image = `,
/// `image='`.
fn is_end_of_key(rest: &str) -> bool {
    let rest = rest.strip_prefix("Name").unwrap_or(rest);
    let quote = rest.starts_with(['"', '\'']);
    let next = rest[usize::from(quote)..].trim_start_matches([' ', '\t']);
    let is_assigned = || {
        ["= ", "=\"", "='"]
            .iter()
            .any(|sign| next.starts_with(sign))
    };
    next.starts_with(':') || (!quote && is_assigned())
}

/// Whether a text names a path in a host that is a registry by its name.
pub(super) fn is_hosted(text: &str) -> bool {
    Reference::names_registry(text) && is_registry_host(&Reference::parse(text).registry)
}

/// Whether a text names a path in a public registry.
pub(super) fn is_public_registry(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    host.len() < text.len() && (GROUPED_HOSTS.contains(&host) || PUBLIC_HOSTS.contains(&host))
}

/// Whether a host says by its name that it is a registry.
pub(super) fn is_registry_host(host: &str) -> bool {
    host.contains(':')
        || host.starts_with("cr.")
        || REGISTRY_WORDS.iter().any(|word| host.contains(word))
}

/// Whether a text is the host of a registry, perhaps with a path.
pub(super) fn is_registry(text: &str) -> bool {
    let below = format!("{}/x", text.trim_end_matches('/'));
    Reference::names_registry(&below)
        && Reference::parse(&below).is_valid()
        && !holds_placeholder(text)
}

/// Whether a text names an image. Where what holds it says so for certain, a path is enough;
/// elsewhere a version or a registry has to show it.
pub(super) fn is_image(text: &str, is_certain: bool) -> bool {
    let reference = Reference::parse(text);
    if reference.is_placeholder {
        return is_version_left(text, &reference);
    }
    if !reference.is_valid() || is_file(text) {
        return false;
    }
    reference.is_versioned()
        || (Reference::names_registry(text) && is_registry_host(&reference.registry))
        || (is_certain && text.contains('/'))
}

/// Whether registry and repository are there, and only the version is to be filled in.
fn is_version_left(text: &str, reference: &Reference) -> bool {
    Reference::names_registry(text)
        && is_registry_host(&reference.registry)
        && reference.tag.as_deref().is_some_and(holds_placeholder)
        && !holds_placeholder(&reference.name)
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_of_clouds_are_told_from_paths_of_registries() {
        for text in [
            "projects/a/global/images/b",
            "debian-cloud/debian-12",
            "a/images/b",
        ] {
            assert!(is_cloud_image(text), "{text}");
        }
        for text in [
            "mcr.example.com/a/images/b:1",
            "host:5000/my-cloud/b",
            "shop/web:1",
        ] {
            assert!(!is_cloud_image(text), "{text}");
        }
    }
}
