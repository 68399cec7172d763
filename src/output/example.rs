//! Made-up reports, for the tests of formats.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use crate::model::{
    AppliesTo, Excerpt, FileCounts, Finding, Identity, Location, Notice, Precision, Region,
    RelatedLocation, Rendered, Rendering, Report, ResourceCounts, Rule, ServiceUse, Severity, Step,
    Summary, Supplied, ValuePath,
};

/// A report that has something in every field.
pub(crate) fn full() -> Report {
    let rules = [
        rule("default-password", Severity::Critical),
        rule("image-tag", Severity::Low),
    ];
    let [password, tag] = rules.map(Arc::new);
    Report {
        findings: vec![linked(&password), plain(&tag)],
        rules: vec![password, tag],
        warnings: vec![Notice {
            rule: None,
            ..failure("a key stands twice in its mapping")
        }],
        services: vec![service()],
        controls: [
            ("cwe/798", "Use of Hard-coded Credentials"),
            ("gdpr/32", "Security"),
        ]
        .map(|(id, title)| (id.to_owned(), title.to_owned()))
        .into(),
        ..failed()
    }
}

/// A report of a scan that could not check anything.
pub(crate) fn failed() -> Report {
    let nowhere = Notice {
        uri: None,
        display: None,
        region: None,
        ..failure("no rule can run")
    };
    Report {
        rules: vec![Arc::new(rule("image-tag", Severity::Medium))],
        failures: vec![failure("a mapping ends too early"), nowhere],
        summary: Summary {
            files: FileCounts {
                read: 9,
                manifests: 4,
                dependency_files: 2,
                values: 0,
                build_files: 1,
                scripts: 1,
                not_manifests: 1,
                failed: 2,
            },
            resources: ResourceCounts {
                objects: 8,
                workloads: 3,
                patches: 1,
                owned: 1,
                packages: 40,
            },
            renderings: vec![Rendering {
                root: "charts/web".to_owned(),
                name: "production".to_owned(),
                tool: "helm v3.21.1".to_owned(),
                arguments: vec!["template".to_owned(), "web".to_owned()],
                objects: 3,
                ..Rendering::default()
            }],
            charts_not_rendered: vec!["charts/shop".to_owned()],
            kustomizations: vec!["overlays/kustomization.yaml".to_owned()],
            links_not_followed: vec!["link".to_owned()],
            tests_not_read: Vec::new(),
        },
        ..Report::default()
    }
}

fn rule(id: &str, severity: Severity) -> Rule {
    Rule {
        id: id.to_owned(),
        title: "Password is the product's default".to_owned(),
        description: "Whoever knows the product knows the password.\n".to_owned(),
        severity,
        precision: Precision::VeryHigh,
        family: "credentials".to_owned(),
        applies_to: AppliesTo::Any,
        needs: Vec::new(),
        controls: vec!["gdpr/32".to_owned(), "cwe/798".to_owned()],
        remediation: "Generate a password, and refer to its Secret.".to_owned(),
        references: vec!["https://cwe.mitre.org/data/definitions/798.html".to_owned()],
        formerly: vec![format!("old-{id}")],
        yields_to: Vec::new(),
        is_enabled: true,
        is_bundled: true,
        package: "landfall.rules.credentials.default_password".to_owned(),
    }
}

fn linked(rule: &Arc<Rule>) -> Finding {
    let related = RelatedLocation {
        message: "the user [admin]".to_owned(),
        location: location("values.yaml", false),
    };
    Finding {
        rule: Arc::clone(rule),
        severity: rule.severity,
        message: "the password of `{0}` is the product's default".to_owned(),
        location: location("dev stage/Straße #1 100%.yaml", true),
        related: vec![related],
        rendered: Some(Box::new(rendered())),
        resource: Identity {
            api_version: "apps/v1".to_owned(),
            kind: "Deployment".to_owned(),
            namespace: Some("shop".to_owned()),
            name: "web".to_owned(),
            origin: Some("shop/templates/web.yaml".to_owned()),
        },
        path: ValuePath(vec![Step::Key("env".to_owned()), Step::Index(0)]).key("value"),
        fingerprint: "0123456789abcdef0123456789abcdef".to_owned(),
        line_hash: "a7f2ff13bc495cf2:1".to_owned(),
        properties: [("service", json!("key-vault")), ("tags", json!({"own": 1}))]
            .map(|(key, value)| (key.to_owned(), value))
            .into(),
        excerpt: excerpt(),
    }
}

fn plain(rule: &Arc<Rule>) -> Finding {
    Finding {
        message: "image `web` has no [tag](x)".to_owned(),
        location: location("a:b.yaml", false),
        related: Vec::new(),
        rendered: None,
        resource: Identity {
            namespace: None,
            origin: None,
            ..linked(rule).resource
        },
        path: ValuePath::default(),
        fingerprint: "f".repeat(32),
        line_hash: String::new(),
        properties: BTreeMap::new(),
        ..linked(rule)
    }
}

fn rendered() -> Rendered {
    Rendered {
        root: "charts/web".to_owned(),
        renderings: vec!["default".to_owned(), "production".to_owned()],
        common: String::new(),
        namespace: None,
        given: Vec::new(),
        location: location("charts/web/rendered/default.yaml", false),
        excerpt: excerpt(),
        supplied: vec![
            Supplied {
                key: "auth.password".to_owned(),
                location: Some(location("charts/web/values.yaml", false)),
                excerpt: Some(excerpt()),
            },
            Supplied {
                key: "--set auth.password".to_owned(),
                location: None,
                excerpt: None,
            },
        ],
    }
}

fn excerpt() -> Excerpt {
    Excerpt {
        first_line: 2,
        lines: "value: *****".to_owned(),
        marked: (7, 12),
        region_text: "*****".to_owned(),
    }
}

fn location(uri: &str, approximate: bool) -> Location {
    let region = Region {
        line: 2,
        column: 8,
        end_line: 2,
        end_column: 13,
    };
    Location {
        display: uri.into(),
        uri: uri.into(),
        region,
        approximate,
    }
}

fn failure(reason: &str) -> Notice {
    let Location {
        display,
        uri,
        region,
        ..
    } = location("ünder.yaml", false);
    Notice {
        display: Some(display),
        uri: Some(uri),
        region: Some(region),
        rule: Some("image-tag".to_owned()),
        resource: Some("Deployment shop/web".to_owned()),
        reason: reason.to_owned(),
        help: Some("mend the syntax".to_owned()),
    }
}

fn service() -> ServiceUse {
    ServiceUse {
        id: "key-vault".to_owned(),
        name: "Azure Key Vault".to_owned(),
        counterparts: vec!["OpenBao".to_owned()],
        effort: "M".to_owned(),
        findings: 1,
        files: 1,
    }
}
