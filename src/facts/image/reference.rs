//! Image references as distribution's grammar reads them and as containerd and the kubelet
//! normalise them: `name[:tag][@digest]`.
//!
//! Own code: the crates that parse references fill in `latest` where no tag is written, which is
//! what we look for, or leave out the normalisation; and none tells what is wrong with a reference
//! in words for its author. The table of the tests holds distribution's own cases.

/// The registry of references that name none.
const DEFAULT_REGISTRY: &str = "docker.io";
/// Its older name.
const LEGACY_DEFAULT_REGISTRY: &str = "index.docker.io";
/// Where the default registry keeps images of one component.
const OFFICIAL: &str = "library";
/// The longest repository, and the longest tag, that a registry takes.
const REPOSITORY_LIMIT: usize = 255;
const TAG_LIMIT: usize = 128;

/// Where a placeholder begins, and where it ends.
const PLACEHOLDERS: [(&str, &str); 9] = [
    ("${{", "}}"),
    ("{{", "}}"),
    ("${", "}"),
    ("$(", ")"),
    ("#{", "}#"),
    ("((", "))"),
    ("<", ">"),
    ("%", "%"),
    ("{", "}"),
];
/// What begins the name of a program or a task that a build tool puts an image in the place of:
/// import paths, also relative ones, of Go programs, and tasks that a pipeline takes in.
const BUILT: [&str; 4] = ["ko://", "./", "../", "uses:"];
/// Words in capitals that stand for what somebody is to fill in; so does one with an underscore.
const STAND_INS: [&str; 9] = [
    "IMAGE",
    "TAG",
    "VERSION",
    "REGISTRY",
    "PLACEHOLDER",
    "CHANGEME",
    "REPLACEME",
    "TODO",
    "XXX",
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
            is_registry_known: !is_placeholder || is_literal_registry(domain, trimmed),
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

/// Whether a text holds what somebody, or some tool, is to fill in.
pub(crate) fn holds_placeholder(text: &str) -> bool {
    let is_enclosed = |(open, close): &(&str, &str)| {
        let after = text.find(open).map(|at| &text[at + open.len()..]);
        after.is_some_and(|after| after.contains(close))
    };
    PLACEHOLDERS.iter().any(is_enclosed)
        || text.contains('$')
        || is_built(text)
        || text.split(['/', ':', '@']).any(is_stand_in)
}

/// Whether a build tool puts an image in the place of the text.
fn is_built(text: &str) -> bool {
    text.contains('/') && BUILT.iter().any(|start| text.starts_with(start))
}

/// `IMAGE_TAG`, `CHANGEME`, `_tag_`, `image-placeholder` or `xxx` in the place of a name or a
/// version.
fn is_stand_in(word: &str) -> bool {
    let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    let is_shouted = word.bytes().any(|byte| byte.is_ascii_uppercase())
        && word.bytes().all(is_capital)
        && (word.contains('_') || STAND_INS.contains(&word));
    let is_framed = word.len() > 2 && word.starts_with('_') && word.ends_with('_');
    is_shouted
        || is_framed
        || word.ends_with("placeholder")
        || (word.len() > 2 && word.bytes().all(|byte| byte == b'x'))
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

/// 64 hexadecimal digits name an image of the local store, not one of a registry.
fn is_identifier(path: &str) -> bool {
    path.len() == 64 && is_hex(path)
}

fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    /// Distribution's cases of references, normalised: input, name in full, tag, whether a digest.
    #[test]
    fn distributions_references_are_read_as_it_does() {
        let digest = format!("@sha256:{HEX}");
        let long = "a/".repeat(127) + "a:tag-puts-this-over-max";
        let most = format!("example.com/{}:tag", "a".repeat(255));
        let cases: Vec<(String, &str, Option<&str>)> = [
            ("test_com", "docker.io/library/test_com", None),
            ("test.com:tag", "docker.io/library/test.com", Some("tag")),
            ("test.com:5000", "docker.io/library/test.com", Some("5000")),
            ("test.com/repo:tag", "test.com/repo", Some("tag")),
            ("test:5000/repo", "test:5000/repo", None),
            ("test:5000/repo:tag", "test:5000/repo", Some("tag")),
            (
                "lowercase:Uppercase",
                "docker.io/library/lowercase",
                Some("Uppercase"),
            ),
            (
                "sub-dom1.foo.com/bar/baz/quux",
                "sub-dom1.foo.com/bar/baz/quux",
                None,
            ),
            (
                "sub-dom1.foo.com/bar/baz/quux:some-long-tag",
                "sub-dom1.foo.com/bar/baz/quux",
                Some("some-long-tag"),
            ),
            (
                "b.gcr.io/test.example.com/my-app:test.example.com",
                "b.gcr.io/test.example.com/my-app",
                Some("test.example.com"),
            ),
            (
                "xn--n3h.com/myimage:xn--n3h.com",
                "xn--n3h.com/myimage",
                Some("xn--n3h.com"),
            ),
            (
                "foo_bar.com:8080",
                "docker.io/library/foo_bar.com",
                Some("8080"),
            ),
            (
                "foo/foo_bar.com:8080",
                "docker.io/foo/foo_bar.com",
                Some("8080"),
            ),
            ("192.168.1.1", "docker.io/library/192.168.1.1", None),
            (
                "192.168.1.1:5000",
                "docker.io/library/192.168.1.1",
                Some("5000"),
            ),
            ("192.168.1.1/repo", "192.168.1.1/repo", None),
            (
                "192.168.1.1:5000/repo:5050",
                "192.168.1.1:5000/repo",
                Some("5050"),
            ),
            ("[2001:db8::1]/repo", "[2001:db8::1]/repo", None),
            (
                "[2001:db8:1:2:3:4:5:6]/repo:tag",
                "[2001:db8:1:2:3:4:5:6]/repo",
                Some("tag"),
            ),
            ("[2001:db8::]:5000/repo", "[2001:db8::]:5000/repo", None),
            ("[::1]:5000/repo", "[::1]:5000/repo", None),
        ]
        .map(|(input, name, tag)| (input.to_owned(), name, tag))
        .into();
        for (input, name, tag) in cases {
            for suffix in ["", &digest] {
                let input = format!("{input}{suffix}");
                let parsed = Reference::parse(&input);
                assert_eq!(
                    (parsed.name.as_str(), parsed.tag.as_deref()),
                    (name, tag),
                    "{input}"
                );
                assert_eq!(parsed.problem, None, "{input}");
                assert_eq!(
                    parsed.digest.as_deref(),
                    suffix.strip_prefix('@'),
                    "{input}"
                );
            }
        }
        for input in [long, most] {
            assert!(Reference::parse(&input).is_valid(), "{input}");
        }
    }

    #[test]
    fn distributions_names_are_accepted() {
        let bare = "thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev";
        let id = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";
        let hosted = format!("docker.io/{id}");
        for name in [
            "docker/docker",
            "library/debian",
            "debian",
            "localhost/library/debian",
            "localhost/debian",
            "LOCALDOMAIN/library/debian",
            "LOCALDOMAIN/debian",
            "docker.io/docker/docker",
            "docker.io/library/debian",
            "docker.io/debian",
            "index.docker.io/docker/docker",
            "index.docker.io/library/debian",
            "index.docker.io/debian",
            "127.0.0.1:5000/docker/docker",
            "127.0.0.1:5000/library/debian",
            "127.0.0.1:5000/debian",
            "192.168.0.1",
            "192.168.0.1:80",
            "192.168.0.1:8/debian",
            "192.168.0.2:25000/debian",
            bare,
            "[fc00::1]:5000/docker",
            "[fc00::1]:5000/docker/docker",
            "[fc00:1:2:3:4:5:6:7]:5000/library/debian",
            &hosted,
            "Docker/docker",
            "DOCKER/docker",
            "docker-rules/docker",
            "docker---rules/docker",
            "doc/docker",
            "d/docker",
            "jess/t",
            "dock__er/docker",
            "0/1",
            "a:_1",
            "a.b/c:V1.0-rc.1_x",
        ] {
            assert_eq!(Reference::parse(name).problem, None, "{name}");
        }
    }

    #[test]
    fn distributions_errors_are_refused() {
        let id = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";
        let long = format!(
            "{}/docker",
            "this_is_not_a_valid_namespace_as_it_is_long_".repeat(6)
        );
        let longer = format!("domain/{}:tag", "a".repeat(256));
        let digests = [
            format!("@sha256:{HEX}"),
            "repo@sha256:ffffffffffffffffffffffffffffffffff".to_owned(),
            format!("validname@invaliddigest:{HEX}"),
            format!("a@sha256:{}", HEX.to_uppercase()),
            format!("a@SHA 256:{HEX}"),
            format!("a:{}", "t".repeat(129)),
        ];
        let names = [
            "",
            ":justtag",
            "Uppercase:tag",
            "test:5000/Uppercase/lowercase:tag",
            "aa/asdf$$^/aa",
            "[2001:db8::1]",
            "[2001:db8::1]:5000",
            "[2001:db8::1]:tag",
            "[fe80::1%eth0]:5000/repo",
            "[fe80::1%@invalidzone]:5000/repo",
            "https://github.com/docker/docker",
            "docker/Docker",
            "-docker",
            "-docker/docker",
            "-docker.io/docker/docker",
            "docker///docker",
            "docker.io/docker/Docker",
            "docker.io/docker///docker",
            "fc00::1:5000/debian",
            "[2001:db8:3:4::192.0.2.33]:5000/debian",
            id,
            "docker-/docker",
            "-docker-/docker",
            "____/____",
            "_docker/_docker",
            "dock..er/docker",
            "dock_.er/docker",
            "dock-.er/docker",
            "docker/",
            &long,
            &longer,
            "a//b",
            "/a",
            "a:",
            "a:b:c",
            "a:-1",
            "a@latest",
            "a b",
            " nginx",
            "nginx\n",
            "a.b:x/c",
            "a___b",
            "a._b",
            "a-",
            "a.",
            "a/.b",
        ];
        let digests = digests.iter().map(String::as_str);
        for name in names.into_iter().chain(digests) {
            assert!(!Reference::parse(name).is_valid(), "{name}");
        }
    }

    #[test]
    fn the_registry_is_told_in_lower_case() {
        for (reference, registry) in [
            ("nginx", "docker.io"),
            ("index.docker.io/nginx", "docker.io"),
            ("Harbor.Example.com/p/app", "harbor.example.com"),
            ("HARBOR/app", "harbor"),
            ("harbor/app", "docker.io"),
            ("registry:5000/app", "registry:5000"),
        ] {
            assert_eq!(
                Reference::parse(reference).registry,
                registry,
                "{reference}"
            );
        }
        assert_eq!(
            Reference::parse(" nginx:1 ").name,
            "docker.io/library/nginx"
        );
    }

    #[test]
    fn placeholders_leave_certain_what_they_do_not_touch() {
        for (reference, is_known) in [
            ("$(IMAGE)", false),
            ("${REGISTRY}/app:1", false),
            ("${REGISTRY}/shop/app:1", false),
            ("{{ .Values.image }}:{{ .Values.tag }}", false),
            ("${NAME}.azurecr.io/app:1", false),
            ("shop.azurecr.io/app:${TAG}", true),
            ("shop/app:${TAG}", true),
            ("quay.io/$(ORG)/app", true),
            ("<image>", false),
            ("%IMAGE%:1", false),
            ("IMAGE_PLACEHOLDER", false),
            ("#{registry}#/app:1", false),
            ("docker.io/{username}/app", true),
            ("ko://example.com/cmd/app", false),
            ("_image_:_tag_", false),
            ("quay.io/shop/image-placeholder", true),
        ] {
            let parsed = Reference::parse(reference);
            assert!(parsed.is_placeholder, "{reference}");
            assert_eq!(parsed.is_registry_known, is_known, "{reference}");
        }
        for reference in [
            "nginx:1.27",
            "exxon/app:1",
            "Nginx",
            "LOCALDOMAIN/app",
            "todo/app:V1_2",
            "a/b:RC1",
        ] {
            assert!(!Reference::parse(reference).is_placeholder, "{reference}");
        }
    }

    #[test]
    fn the_problem_is_named() {
        let problem = |reference| Reference::parse(reference).problem.unwrap_or_default();
        assert!(problem("docker/Docker").contains("upper-case"));
        assert!(problem("https://a.b/c").contains("scheme"));
        assert!(problem("a b").contains("blanks"));
        assert!(problem("a:b:c").contains("characters"));
        assert!(problem("a@latest").contains("digest"));
    }
}
