//! Image references as distribution's grammar reads them and as containerd and the kubelet
//! normalise them: `name[:tag][@digest]`.
//!
//! Own code: the crates that parse references fill in `latest` where no tag is written, which is
//! what we look for, or leave out the normalisation; and none tells what is wrong with a reference
//! in words for its author. The table of the tests holds distribution's own cases.

use super::placeholder::{holds_placeholder, is_built};

/// The registry of references that name none.
pub(super) const DEFAULT_REGISTRY: &str = "docker.io";
/// Its older name.
const LEGACY_DEFAULT_REGISTRY: &str = "index.docker.io";
/// Where the default registry keeps images of one component.
const OFFICIAL: &str = "library";
/// The longest repository, and the longest tag, that a registry takes.
const REPOSITORY_LIMIT: usize = 255;
const TAG_LIMIT: usize = 128;

/// How the hosts of registries end that a cloud names, whatever its customer calls theirs.
const CLOUDS: [&str; 5] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".azurecr.io",
    ".gcr.io",
    "-docker.pkg.dev",
];

/// An image reference in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The registry's host and port in lower case; `docker.io` where none is named.
    pub(crate) registry: String,
    /// Registry and repository: `docker.io/library/nginx`.
    pub(crate) name: String,
    /// The tag, if one is written.
    pub(crate) tag: Option<String>,
    /// The digest with its algorithm, if one is written.
    pub(crate) digest: Option<String>,
    /// Why a container runtime refuses the reference, if it does. The fields above hold what can
    /// be told then.
    pub(crate) problem: Option<&'static str>,
    /// Whether something in it is to be filled in before it is a reference.
    pub(crate) is_placeholder: bool,
    /// Whether the registry is certain: not so if a placeholder may bring one.
    pub(crate) is_registry_known: bool,
}

impl Reference {
    /// Reads a reference.
    pub(crate) fn parse(reference: &str) -> Self {
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
        let is_official = registry == DEFAULT_REGISTRY && !path.contains('/');
        let repository = if is_official {
            format!("{OFFICIAL}/{path}")
        } else {
            path.to_owned()
        };
        let is_placeholder = holds_placeholder(trimmed);
        let parts = Parts {
            written: reference,
            trimmed,
            domain,
            path,
            repository: &repository,
            tag,
            digest,
        };
        Self {
            problem: parts.problem(),
            is_registry_known: !is_placeholder
                || (is_literal_registry(domain, trimmed) && !addresses_reader(trimmed)),
            is_placeholder,
            name: format!("{registry}/{repository}"),
            registry,
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        }
    }

    /// Whether a container runtime accepts the reference.
    pub(crate) fn is_valid(&self) -> bool {
        self.problem.is_none()
    }

    /// Whether it says which version it means, by tag or by digest.
    pub(crate) fn is_versioned(&self) -> bool {
        self.tag.is_some() || self.digest.is_some()
    }

    /// Whether the text that it was read from names a registry.
    pub(crate) fn names_registry(reference: &str) -> bool {
        let tagged = reference.split('@').next().unwrap_or_default();
        split_domain(split_tag(tagged).0).0.is_some()
    }
}

/// How a host ends that names a registry of a cloud.
pub(super) fn end_of_cloud(host: &str) -> Option<&'static str> {
    CLOUDS.into_iter().find(|end| host.ends_with(end))
}

/// With a placeholder in it, a reference's registry is certain if the host holds none, or if what
/// comes first is no placeholder and no host.
fn is_literal_registry(domain: Option<&str>, reference: &str) -> bool {
    match domain {
        _ if is_built(reference) => false,
        Some(domain) => !holds_placeholder(domain),
        None => reference
            .split_once('/')
            .is_some_and(|(first, _)| !holds_placeholder(first)),
    }
}

/// `<your-username>`: an example of which the reader is to make a reference, registry and all.
fn addresses_reader(reference: &str) -> bool {
    let mut words = reference.split(|letter: char| !letter.is_ascii_alphabetic());
    words.any(|word| word.eq_ignore_ascii_case("your"))
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

/// A reference cut into its parts, to be judged.
struct Parts<'a> {
    written: &'a str,
    trimmed: &'a str,
    domain: Option<&'a str>,
    path: &'a str,
    repository: &'a str,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

impl Parts<'_> {
    fn problem(&self) -> Option<&'static str> {
        let has_upper = self.path.bytes().any(|byte| byte.is_ascii_uppercase());
        let problems = [
            (
                self.trimmed.is_empty() || self.path.is_empty(),
                "it names no repository",
            ),
            (
                self.trimmed.contains("://"),
                "a scheme such as `https://` does not belong into a reference",
            ),
            (
                self.trimmed != self.written,
                "blanks stand before or behind it",
            ),
            (
                self.trimmed.contains(char::is_whitespace),
                "blanks stand in it",
            ),
            (
                self.digest.is_none() && ends_with_digest(self.trimmed),
                "a digest stands behind `@`, not behind `:`",
            ),
            (
                has_tag(self.path) && self.domain.is_none_or(is_domain),
                "it has more than one tag",
            ),
            (
                self.domain.is_some_and(|domain| !is_domain(domain)),
                "its registry is no host name",
            ),
            (
                self.domain.is_none() && is_identifier(self.path),
                "64 hexadecimal digits are an image's id, not its name",
            ),
            (has_upper, "its repository has upper-case letters"),
            (
                !self.path.split('/').all(is_component),
                "its repository has characters that a name may not have there",
            ),
            (
                self.repository.len() > REPOSITORY_LIMIT,
                "its repository has more than 255 characters",
            ),
            (
                self.tag.is_some_and(|tag| !is_tag(tag)),
                "its tag is none: letters, digits, `_`, `.` and `-`, up to 128, none of the last two first",
            ),
            (
                self.digest.is_some_and(|digest| !is_digest(digest)),
                "its digest is none: `sha256:` and 64 hexadecimal digits in lower case",
            ),
        ];
        let found = problems.into_iter().find(|(is_found, _)| *is_found);
        found.map(|(_, problem)| problem)
    }
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (domain, None),
    };
    let is_number = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    port.is_none_or(is_number) && (is_ipv6(host) || host.split('.').all(is_label))
}

/// The grammar asks for digits and colons in brackets, no more.
fn is_ipv6(host: &str) -> bool {
    let inner = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let is_inner = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
    inner.is_some_and(|inner| !inner.is_empty() && inner.bytes().all(is_inner))
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
    let is_separator =
        |run: &str| matches!(run, "." | "_" | "__") || run.bytes().all(|byte| byte == b'-');
    let ends_well = |end: Option<u8>| end.is_some_and(is_word);
    ends_well(component.bytes().next())
        && ends_well(component.bytes().last())
        && component
            .split(|letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit())
            .filter(|run| !run.is_empty())
            .all(is_separator)
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_inner = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-');
    tag.len() <= TAG_LIMIT && tag.bytes().next().is_some_and(is_word) && tag.bytes().all(is_inner)
}

/// Runtimes know these algorithms and refuse others.
fn is_digest(digest: &str) -> bool {
    let length = match digest.split_once(':') {
        Some(("sha256", _)) => 64,
        Some(("sha384", _)) => 96,
        Some(("sha512", _)) => 128,
        _ => return false,
    };
    let encoded = digest.rsplit(':').next().unwrap_or_default();
    encoded.len() == length && is_hex(encoded)
}

/// Whether what is left of a path without its tag ends with another one.
fn has_tag(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|name| name.contains(':'))
}

/// Whether a digest stands where a tag is expected: `nginx:sha256:…`.
fn ends_with_digest(text: &str) -> bool {
    let digest = text.rfind(":sha256:").map(|at| &text[at + 1..]);
    digest.is_some_and(is_digest)
}

/// 64 hexadecimal digits name an image of the local store, not one of a registry.
fn is_identifier(path: &str) -> bool {
    path.len() == 64 && is_hex(path)
}

fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A reference without tag and digest, letter by letter: kustomize compares names as texts.
pub(super) fn bare_name(reference: &str) -> &str {
    let tagged = reference.split('@').next().unwrap_or_default();
    match tagged.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => tagged,
    }
}

#[cfg(test)]
mod tests;
