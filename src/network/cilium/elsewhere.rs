//! Peers of Cilium's rules that are never pods: what names lead to outside the cluster, groups of a cloud, nodes.

use super::super::field::{items, present};
use super::super::placeholder::is_open;
use super::super::policy::{Direction, Refused};
use crate::model::{Node, ValuePath};

/// The key of peers by domain names.
const NAMES: &str = "toFQDNs";

/// Their keys. A rule that has one of them is about nobody in the cluster.
pub(super) fn keys(direction: Direction) -> &'static [&'static str] {
    match direction {
        Direction::Ingress => &["fromGroups", "fromNodes"],
        Direction::Egress => &[NAMES, "toGroups", "toNodes"],
    }
}

/// Refuses names that a Service of the cluster may have: Cilium lets nothing through to its pods for them, which
/// whoever wrote them did not mean.
pub(super) fn check(rule: Node<'_>, path: &ValuePath, direction: Direction) -> Result<(), Refused> {
    if direction == Direction::Ingress || present(rule, NAMES).is_none() {
        return Ok(());
    }
    for (path, item) in items(rule, NAMES, path) {
        let mut names = item
            .entries()
            .map(|(key, name)| (key.as_str(), name.as_str()));
        let is_outside = |(key, name): (Option<&str>, Option<&str>)| {
            matches!(key, Some("matchName" | "matchPattern")) && name.is_some_and(is_public)
        };
        if !names.all(is_outside) {
            let reason = "this name may be one of the cluster, which is not evaluated";
            return Err(Refused(path, reason.to_owned()));
        }
    }
    Ok(())
}

/// Whether a name, or all that a pattern stands for, is none of the cluster's domain. Who lets every name
/// through means the world, and so does whose whole name a placeholder stands for.
fn is_public(name: &str) -> bool {
    if name == "*"
        || is_open(name)
            && !name.starts_with(|one: char| one.is_ascii_alphanumeric())
            && !name.contains('.')
    {
        return true;
    }
    let labels: Vec<&str> = name.trim_end_matches('.').split('.').collect();
    match labels.as_slice() {
        [.., domain, last] if !labels.contains(&"svc") && !last.contains('*') => {
            *last != "local" || !may_be_cluster(domain)
        }
        _ => false,
    }
}

/// Whether the word before `local` is, or may become, the one of the cluster's domain: other domains that end so are
/// those of a network outside.
fn may_be_cluster(word: &str) -> bool {
    word == "cluster" || word.contains('*') || is_open(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_cluster_are_none_outside() {
        for name in [
            "example.com",
            "*.example.com",
            "a.*.example.com",
            "example.com.",
            "*",
            "${SMTP_DOMAIN}",
            "<registry-host>",
            "smtp.${DOMAIN}",
            "*.database.external.local",
            "nas.local",
            "cluster.external.local",
        ] {
            assert!(is_public(name), "{name}");
        }
        for name in [
            "db",
            "**",
            "db.shop.svc",
            "db.shop.svc.cluster.local",
            "*.local",
            "*.cluster.local",
            "db.${ZONE}.local",
            "db.clu*.local",
            "db.*",
            "db-${ENV}",
            "${DB}.shop.svc",
        ] {
            assert!(!is_public(name), "{name}");
        }
    }
}
