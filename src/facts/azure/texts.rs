//! What one string says of Azure. Of things that overlap the one that says most counts: a
//! connection string before an image, an image before a resource's id, that before a host.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Tables;
use super::images::{REGISTRY_SERVICE, is_azure_registry};
use super::sign::{Certainty, Effect, Sign, Signal};
use super::surroundings::is_commented;
use crate::model::{Node, ValuePath};

/// Keys whose values are names in the form of a host: API groups, drivers, finalizers.
const NAME_KEYS: [&str; 18] = [
    "apiVersion",
    "kind",
    "apiGroup",
    "apiGroups",
    "group",
    "groups",
    "groupVersion",
    "resourceNames",
    "topologyKey",
    "finalizers",
    "controller",
    "controllerName",
    "provisioner",
    "driver",
    "attacher",
    "signerName",
    "ingressClassName",
    "$schema",
];

/// What a resource's id holds.
const RESOURCE_GROUPS: &str = "/resourcegroups/";

/// Hosts that stand before ids of resources and say no more than these.
const MANAGEMENT: &str = "resource-manager";

/// Whether the value is a name that only looks like a host: an API group, a driver, a label's or
/// taint's key, an object's or webhook's name. `keys` are those above it and its own.
pub(super) fn is_name(keys: &[&str], parent: Option<Node<'_>>, text: &str) -> bool {
    let Some(key) = keys.last() else { return false };
    let has = |sibling: &str| parent.is_some_and(|parent| parent.get(sibling).is_some());
    let is_name = match *key {
        key if NAME_KEYS.contains(&key) => true,
        "key" => has("operator") || has("effect"),
        "name" => *keys == ["metadata", "name"] || *keys == ["webhooks", "name"],
        _ => false,
    };
    is_name && !text.contains("://")
}

/// The text that a value holds in base64, whatever its line breaks.
pub(super) fn decoded(value: &str) -> Option<String> {
    let compact: String = value.split_whitespace().collect();
    String::from_utf8(STANDARD.decode(compact.as_bytes()).ok()?).ok()
}

impl Tables {
    /// What stands in a string, by place. `keys` are the names that say what it is for;
    /// `is_image` tells that it may be an image of any registry.
    pub(super) fn in_text(
        &self,
        text: &str,
        keys: &[&str],
        is_image: bool,
    ) -> Vec<(Range<usize>, Sign)> {
        let hosts = if self.hosts.may_name_host(text) {
            self.hosts.hosts(text, keys)
        } else {
            Vec::new()
        };
        let mut found: Vec<(Range<usize>, Sign)> = Vec::new();
        for shaped in self.shapes.find(text) {
            let mut inside = hosts
                .iter()
                .filter(|host| covers(&shaped.range, &host.range));
            let service = inside.next().map_or(shaped.service, |host| host.service);
            let subject = if shaped.has_key {
                "connection string with a key in it"
            } else {
                "connection string"
            };
            let sign = Sign {
                has_key: shaped.has_key,
                certainty: shaped.certainty,
                ..sign(
                    Signal::ConnectionString,
                    service,
                    subject.to_owned(),
                    shaped.effect,
                )
            };
            add(&mut found, shaped.range, sign);
        }
        self.add_image(text, is_image, &mut found);
        self.add_markers(text, &mut found);
        self.add_resource_ids(text, &mut found);
        found.retain(|(range, _)| !is_commented(text, range));
        found.retain(|(range, _)| {
            // `abfss://container@account.dfs.core.windows.net` is told by its host.
            let is_scheme = text[range.clone()].ends_with("://");
            let is_of_host = |host: &Range<usize>| {
                let between = text.get(range.end..host.start);
                between.is_some_and(|between| {
                    !between.contains(|one: char| " \t\n\"',;".contains(one))
                })
            };
            !is_scheme || !hosts.iter().any(|host| is_of_host(&host.range))
        });
        let has_id = found
            .iter()
            .any(|(_, sign)| sign.signal == Signal::ResourceId);
        for host in hosts {
            if has_id && host.service == MANAGEMENT {
                continue;
            }
            let is_private = host.name.contains("privatelink.");
            let effect = if is_private {
                Effect::Stops
            } else {
                Effect::Stays
            };
            let subject = format!("host `{}`", host.name);
            let sign = sign(Signal::Endpoint, host.service, subject, effect);
            add(&mut found, host.range, sign);
        }
        found.sort_by_key(|(range, _)| range.start);
        found
    }

    fn add_image(&self, text: &str, is_image: bool, found: &mut Vec<(Range<usize>, Sign)>) {
        let Some(pulled) = self.images.whole(text) else {
            // A name to be filled in may hold blanks: `<acr name>.azurecr.io/web`.
            let is_plain = !text.contains('\n') && !text.contains("://");
            if is_image && is_plain && text.contains(".azurecr.io/") {
                let subject = "image of a registry to be filled in".to_owned();
                let sign = sign(Signal::Image, REGISTRY_SERVICE, subject, Effect::Stops);
                add(found, 0..text.len(), sign);
            }
            return;
        };
        let reference = &text[pulled.range.clone()];
        let has_path = reference.contains('/') || reference.contains(':');
        if !(is_image || (is_azure_registry(reference) && has_path)) {
            return;
        }
        let what = match pulled.certainty {
            Certainty::Hint => "image of Microsoft's public registry",
            Certainty::Depends | Certainty::Probably => "image",
        };
        let subject = format!("{what} `{reference}`");
        let sign = Sign {
            certainty: pulled.certainty,
            ..sign(Signal::Image, pulled.service, subject, pulled.effect)
        };
        add(found, pulled.range, sign);
    }

    /// Words that only Azure has.
    fn add_markers(&self, text: &str, found: &mut Vec<(Range<usize>, Sign)>) {
        for marker in &self.markers {
            let Some(at) = text.find(marker.text.as_str()) else {
                continue;
            };
            let is_word = marker.text.starts_with(char::is_alphanumeric);
            let is_own = !is_word || !text[..at].ends_with(char::is_alphanumeric);
            let subject = format!("`{}`", marker.text);
            let row = &marker.row;
            let effect = row.effect.unwrap_or(Effect::Stays);
            let sign = sign(Signal::Setting, &row.service, subject, effect);
            if is_own {
                add(found, at..at + marker.text.len(), sign);
            }
        }
    }

    fn add_resource_ids(&self, text: &str, found: &mut Vec<(Range<usize>, Sign)>) {
        let lower = text.to_ascii_lowercase();
        if !lower.contains(RESOURCE_GROUPS) {
            return;
        }
        let mut from = 0;
        let mut seen: Vec<&str> = Vec::new();
        while let Some(at) = lower[from..].find("/subscriptions/") {
            let start = from + at;
            let end = lower[start..]
                .find(|one: char| one.is_whitespace() || "\"'`,;|()[]".contains(one))
                .map_or(lower.len(), |length| start + length);
            // An element of XML ends here; names to be filled in stand in angle brackets too.
            let end = lower[start..end]
                .find("</")
                .map_or(end, |length| start + length);
            from = end.max(start + 1);
            let id = &lower[start..end];
            if !id.contains(RESOURCE_GROUPS) || seen.contains(&id) {
                continue;
            }
            if is_commented(text, &(start..end)) {
                continue;
            }
            seen.push(id);
            let (service, kind) = self.service_of_id(id);
            let subject = format!("id of a resource ({kind})");
            add(
                found,
                start..end,
                sign(Signal::ResourceId, service, subject, Effect::Stays),
            );
        }
    }

    /// The service of a resource's id in lower case, and what the resource is.
    fn service_of_id<'i>(&self, id: &'i str) -> (&str, &'i str) {
        let Some((_, provider)) = id.rsplit_once("/providers/") else {
            return (MANAGEMENT, "resource group");
        };
        let end = provider
            .match_indices('/')
            .nth(1)
            .map_or(provider.len(), |(at, _)| at);
        let kind = &provider[..end];
        let name = provider.split('/').next().unwrap_or_default();
        let row = self
            .resource_types
            .get(kind)
            .or_else(|| self.resource_types.get(name));
        (row.map_or(MANAGEMENT, |row| &row.service), kind)
    }
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Adds a sign unless one that says more stands there.
fn add(found: &mut Vec<(Range<usize>, Sign)>, range: Range<usize>, sign: Sign) {
    let overlaps =
        |(other, _): &(Range<usize>, Sign)| other.start < range.end && range.start < other.end;
    if !found.iter().any(overlaps) {
        found.push((range, sign));
    }
}

fn sign(signal: Signal, service: &str, subject: String, effect: Effect) -> Sign {
    Sign {
        path: ValuePath::default(),
        part: None,
        signal,
        service: service.to_owned(),
        subject,
        effect,
        certainty: Certainty::Depends,
        has_key: false,
    }
}
