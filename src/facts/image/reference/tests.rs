//! References, read as distribution and the runtimes read them.

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
        ("quay.io/shop/app:[[ .Version ]]", true),
        ("%IMAGE%:1", false),
        ("IMAGE_PLACEHOLDER", false),
        ("#{registry}#/app:1", false),
        ("docker.io/{username}/app", true),
        ("ko://example.com/cmd/app", false),
        ("_image_:_tag_", false),
        ("quay.io/shop/image-placeholder", true),
        ("registry.example.com:5000/PROJECT/app:latest", true),
        ("shop/app:1@sha256:resolved", true),
        ("quay.io/<your-username>/app:1", false),
        ("your-registry/app:1", false),
        ("your-registry.example.com/shop/app", false),
        ("quay.io/<org>/app:1", true),
        ("yourcompany/app:1", false),
        ("quay.io/yourorg/app:1", true),
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
        "a/Shop/b",
        "quay.io/your-own/app",
        "yourls/yourls:1",
        "shop/yourname:1",
        "shop/app@sha256:3f2a",
        "shop/app@sha256:abcdef",
    ] {
        assert!(!Reference::parse(reference).is_placeholder, "{reference}");
    }
}

#[test]
fn the_problem_is_named() {
    let problem = |reference: &str| Reference::parse(reference).problem.unwrap_or_default();
    assert!(problem("docker/Docker").contains("upper-case"));
    assert!(problem("https://a.b/c").contains("scheme"));
    assert!(problem("a b").contains("blanks"));
    assert!(problem("a:b:c").contains("more than one tag"));
    assert!(problem("a.b:5000/c:d:e").contains("more than one tag"));
    assert!(problem("a//b").contains("characters"));
    let digest = "0".repeat(64);
    let (wrong, right) = (format!("a:sha256:{digest}"), format!("a:b@sha256:{digest}"));
    assert!(problem(&wrong).contains("behind `@`"));
    assert_eq!(problem(&right), "");
    assert!(problem("a@latest").contains("digest"));
}
