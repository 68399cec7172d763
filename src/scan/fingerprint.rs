//! Fingerprints: the same for the same fault in a later version of a file, different for any two
//! findings of one run.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::model::{Finding, Node, Resource, Rule, Step, ValuePath};

/// The fingerprint of a rule's finding at a path: from rule, kind, namespace, name and path, in
/// which items are called by their name where they have one. A rule that was renamed keeps the
/// fingerprints of its first name. What a kustomization, or the name and the namespace of a release, made of
/// names does not count: overlays and releases share what they share.
pub(super) fn of(rule: &Rule, resource: &Resource, path: &ValuePath) -> String {
    let identity = &resource.identity;
    let provenance = resource.artifact.provenance.as_ref();
    let source = provenance.and_then(|known| known.source_name(resource.node().span().start));
    let (namespace, name) = match source {
        Some(source) => (&source.namespace, &source.name),
        None => (&identity.namespace, &identity.name),
    };
    let rendering = provenance.map(|known| &*known.rendering);
    let release = rendering.and_then(|rendering| rendering.release.as_deref());
    let name = release
        .and_then(|release| name.strip_prefix(release))
        .unwrap_or(name);
    let given = rendering.and_then(|rendering| rendering.namespace.as_deref());
    let given = release.map(|_| given.unwrap_or("default"));
    let namespace = namespace.as_deref();
    let namespace = namespace
        .filter(|name| Some(*name) != given)
        .unwrap_or_default();
    let id = rule.formerly.first().unwrap_or(&rule.id);
    let path = stable_path(resource, path);
    hash(&[id, &identity.kind, namespace, name, &path])
}

/// Tells findings of the same fingerprint apart, in the report's order.
pub(super) fn make_unique(findings: &mut [Finding]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = hash(&[&finding.fingerprint, &count.to_string()]);
        }
    }
}

fn hash(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

fn stable_path(resource: &Resource, path: &ValuePath) -> String {
    let mut stable = String::new();
    let mut node = Some(resource.node());
    for step in path.steps() {
        node = node.and_then(|node| node.step(step));
        let name = node
            .and_then(|node| node.get("name"))
            .and_then(Node::as_str);
        // Writing to a string cannot fail.
        let _ = match (step, name) {
            (Step::Key(key), _) => write!(stable, "/{key}"),
            (Step::Index(_), Some(name)) => write!(stable, "/name={name}"),
            (Step::Index(index), None) => write!(stable, "/{index}"),
        };
    }
    stable
}
