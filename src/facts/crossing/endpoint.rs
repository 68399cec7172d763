//! Addresses of production's services and databases in resources of other environments.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{Crossing, Owner, Search, What, key_of, to_path};
use crate::facts::environment::Environments;
use crate::facts::host::{Address, addresses};
use crate::model::{Node, Part, Resource, ValuePath, Visited};

/// Domains under which clouds have services of their own.
const CLOUDS: [&str; 8] = [
    ".azure.com",
    ".azure.net",
    ".windows.net",
    ".microsoft.com",
    ".amazonaws.com",
    ".aws.dev",
    ".googleapis.com",
    ".google.com",
];

/// Domains under which a vendor's own hosts have an environment in their names, whoever uses them:
/// `prometheus-prod-01-eu-west-0.grafana.net`.
const VENDORS: [(&str, &str); 1] = [(".grafana.net", "-prod-")];

/// An address in a resource.
struct Use {
    position: usize,
    path: ValuePath,
    part: Part,
    host: String,
    database: Option<String>,
    is_store: bool,
}

impl Search<'_> {
    /// Addresses of production's in resources of other environments.
    pub(super) fn endpoints(&self) -> Vec<(usize, Crossing)> {
        let uses: Vec<Use> = (0..self.resources.len())
            .into_par_iter()
            .filter(|position| self.told[*position].is_some())
            .flat_map_iter(|position| self.uses(position))
            .collect();
        let mut owners: HashMap<&str, &Use> = HashMap::new();
        for one in uses
            .iter()
            .filter(|one| self.is_of_production(one.position))
        {
            owners.entry(one.host.as_str()).or_insert(one);
        }
        let others = uses
            .iter()
            .filter(|one| !self.is_of_production(one.position));
        let crossing = others.filter_map(|one| {
            let owner = owners.get(one.host.as_str());
            let is_shared_store = owner.is_some_and(|owner| one.shares_store(owner))
                && (!is_in_cluster(&one.host) || self.is_service_of_production(&one.host));
            if !self.names_production(&one.host) && !is_shared_store {
                return None;
            }
            if is_in_cluster(&one.host) && self.has_service_of_its_own(one) {
                return None;
            }
            let owner = owner
                .map(|owner| Owner {
                    resource: owner.position,
                    path: owner.path.clone(),
                    part: Some(owner.part),
                })
                .or_else(|| self.service(&one.host));
            let found = Crossing {
                path: one.path.clone(),
                part: Some(one.part),
                environment: self.told[one.position].unwrap_or_default().to_owned(),
                what: What::Endpoint(one.host.clone()),
                owner,
            };
            Some((one.position, found))
        });
        crossing.collect()
    }

    /// Whether the labels of a host tell production and nothing else. Of a cloud's own domain
    /// only the first labels are the customer's.
    pub(super) fn names_production(&self, host: &str) -> bool {
        let is_vendors = |(domain, name): &(&str, &str)| {
            host.strip_suffix(domain)
                .is_some_and(|own| own.contains(name))
        };
        if VENDORS.iter().any(is_vendors) {
            return false;
        }
        let is_of_cloud = CLOUDS.iter().any(|domain| host.ends_with(domain));
        let told = if is_of_cloud { own(host) } else { host };
        self.environments
            .of_name(told)
            .is_some_and(Environments::is_production)
    }

    /// The addresses in a resource that may matter: those that name production, and stores.
    fn uses(&self, position: usize) -> Vec<Use> {
        let resource = &self.resources[position];
        let text = resource.node().text();
        let names = self
            .words
            .as_ref()
            .is_some_and(|words| words.is_match(text));
        let may_share = self.has_production && (text.contains("://") || text.contains('='));
        if !names && !may_share {
            return Vec::new();
        }
        let mut found = Vec::new();
        resource.node().visit_scalars(&mut |path, node| {
            let Some(value) = node.as_str().filter(|_| !is_passed(path)) else {
                return;
            };
            let setting = setting(resource, path);
            if is_about_callers(&setting) {
                return;
            }
            for address in addresses(value, &setting) {
                if is_commented(value, address.host.start)
                    || is_line_about_callers(value, address.host.start)
                    || is_link(value, address.host.start)
                {
                    continue;
                }
                let host = value[address.host.clone()].to_ascii_lowercase();
                if self.names_production(&host) || address.is_store {
                    found.push(of_address(position, path, value, host, &address));
                }
            }
        });
        found
    }

    /// Production's Service behind a name in the cluster, or anything of production's in its namespace.
    fn service(&self, host: &str) -> Option<Owner> {
        let mut labels = host.split('.');
        let (name, namespace) = (labels.next()?, labels.next()?);
        let in_namespace = |resource: &&(usize, &Resource)| {
            resource.1.identity.namespace.as_deref() == Some(namespace)
        };
        let all = self.resources.iter().enumerate();
        let all: Vec<_> = all.filter(|(at, _)| self.is_of_production(*at)).collect();
        let is_service =
            |one: &&(usize, &Resource)| one.1.gvk.kind == "Service" && one.1.identity.name == name;
        let found = all
            .iter()
            .filter(in_namespace)
            .find(is_service)
            .or_else(|| all.iter().find(in_namespace))?;
        Some(Owner {
            resource: found.0,
            path: ["metadata"].into_iter().collect(),
            part: None,
        })
    }
}

impl Search<'_> {
    /// Whether the Service behind a name in the cluster is production's, and no other environment has one of
    /// that name.
    fn is_service_of_production(&self, host: &str) -> bool {
        let mut labels = host.split('.');
        let (name, namespace) = (labels.next().unwrap_or_default(), labels.next());
        let is_it = |one: &Resource| {
            one.gvk.kind == "Service"
                && one.identity.name == name
                && one.identity.namespace.as_deref() == namespace
        };
        let all = self.resources.iter().enumerate();
        let mut services = all.filter(|(_, one)| is_it(one)).peekable();
        services.peek().is_some() && services.all(|(at, _)| self.is_of_production(at))
    }
}

impl Search<'_> {
    /// Whether the environment that uses a name in the cluster deploys the Service itself: then a first label such
    /// as `prod-db` is just a name. A namespace of production's is none of its own.
    fn has_service_of_its_own(&self, used: &Use) -> bool {
        let (name, rest) = used.host.split_once('.').unwrap_or((&used.host, ""));
        let namespace = rest.split('.').next().unwrap_or_default();
        let is_of_other = || self.environments.of_name(namespace).is_some();
        let is_it = |one: &Resource| {
            let is_there = match one.identity.namespace.as_deref() {
                Some(own) => own == namespace,
                None => !is_of_other(),
            };
            one.gvk.kind == "Service" && one.identity.name == name && is_there
        };
        let own = self.told[used.position];
        let mut all = self.resources.iter().enumerate();
        all.any(|(at, one)| {
            (self.told[at] == own && is_it(one))
                || (is_kustomization(one)
                    && !is_of_other()
                    && installs(one, name)
                    && self.environments.of_path(&one.artifact.uri) == own)
        })
    }
}

fn is_kustomization(resource: &Resource) -> bool {
    resource.gvk.kind == "Kustomization" && resource.gvk.group.starts_with("kustomize.config")
}

/// Whether a kustomization installs a chart whose Services are called so: by its release.
fn installs(kustomization: &Resource, service: &str) -> bool {
    let charts = kustomization.node().get("helmCharts");
    let mut names = charts
        .into_iter()
        .flat_map(Node::items)
        .filter_map(|chart| chart.get("releaseName")?.as_str());
    names.any(|release| {
        let rest = service.strip_prefix(release);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// Whether a name is one of a cluster's own, which each cluster resolves for itself.
fn is_in_cluster(host: &str) -> bool {
    host.ends_with(".svc") || host.contains(".svc.")
}

impl Use {
    /// Whether both are one database: the same full host, and no two different databases on it.
    fn shares_store(&self, other: &Self) -> bool {
        let is_full = self.host.matches('.').count() >= 2 || self.host.contains(".svc");
        let differ =
            matches!((&self.database, &other.database), (Some(one), Some(two)) if one != two);
        self.is_store && other.is_store && is_full && !differ
    }
}

fn of_address(
    position: usize,
    path: &[Visited<'_>],
    value: &str,
    host: String,
    address: &Address,
) -> Use {
    Use {
        position,
        path: to_path(path),
        part: Part {
            start: address.host.start,
            length: address.host.len(),
        },
        host,
        database: address
            .database
            .clone()
            .map(|range| value[range].to_owned()),
        is_store: address.is_store,
    }
}

/// The labels of a cloud's host that its customer chose: the first, and the next one where the
/// first counts or says the role, as of Kafka's brokers and of caches.
fn own(host: &str) -> &str {
    const ROLES: [&str; 6] = ["master", "primary", "replica", "reader", "clustercfg", "b"];
    let (first, rest) = host.split_once('.').unwrap_or((host, ""));
    let role = first.trim_end_matches(|one: char| one.is_ascii_digit() || one == '-');
    if ROLES.contains(&role) {
        rest.split('.').next().unwrap_or(rest)
    } else {
        first
    }
}

/// Whether a byte of a file's text stands in a line that is a comment.
fn is_commented(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].trim_start();
    text.trim_end().contains('\n') && (line.starts_with(['#', ';']) || line.starts_with("// "))
}

/// Whether a setting says who may call, or where somebody may go on to: nothing there is used.
/// `CORS_ALLOWED_ORIGINS`, `REDIRECT_URIS`.
fn is_about_callers(setting: &str) -> bool {
    const WORDS: [&str; 8] = [
        "cors",
        "csrf",
        "csp",
        "origins",
        "redirect",
        "redirects",
        "ancestors",
        "referer",
    ];
    let setting = setting.to_ascii_lowercase();
    setting
        .split(|one: char| !one.is_ascii_alphanumeric())
        .any(|word| WORDS.contains(&word))
}

/// Whether a byte of a text stands in a directive of a server that says what it is called, or who may call.
fn is_line_about_callers(text: &str, at: usize) -> bool {
    const MARKS: [&str; 6] = [
        "external-url",
        "external_url",
        "server_name",
        "ServerName",
        "Access-Control-Allow-Origin",
        "frame-ancestors",
    ];
    let start = text[..at].rfind(['\n', ';']).map_or(0, |end| end + 1);
    let before = &text[start..at];
    MARKS.iter().any(|mark| before.contains(mark))
}

/// Whether a value is the address of the cluster into which Argo CD deploys: `destination.server`.
fn is_cluster(path: &[Visited<'_>]) -> bool {
    matches!(path, [.., destination, server]
        if key_of(Some(destination)) == Some("destination") && key_of(Some(server)) == Some("server"))
}

/// Whether a host of a text belongs to a link that a person may follow: `<https://host/path|label>` as chats write it,
/// `[label](https://host/path)`.
fn is_link(text: &str, at: usize) -> bool {
    let is_of_scheme = |one: char| one.is_ascii_alphanumeric() || "+-.".contains(one);
    let Some(before) = text[..at].strip_suffix("://") else {
        return false;
    };
    let before = before.trim_end_matches(is_of_scheme);
    let ends = |one: char| one.is_whitespace() || "|<>".contains(one);
    let is_labelled = || text[at..].split(ends).next().map(|url| at + url.len());
    before.ends_with("](")
        || before.ends_with('<') && is_labelled().is_some_and(|end| text[end..].starts_with('|'))
}

/// The name of the setting that a value stands under: its key, or the `name` beside `value`.
fn setting(resource: &Resource, path: &[Visited<'_>]) -> String {
    let own = path.iter().rev().find_map(|step| key_of(Some(step)));
    if own == Some("value") {
        let parent = to_path(&path[..path.len() - 1]);
        let name = resource
            .at(&parent)
            .and_then(|pair| pair.get("name")?.as_str());
        return name.unwrap_or("value").to_owned();
    }
    own.unwrap_or_default().to_owned()
}

/// Values that name things without using them: images, labels, what the object is called, the cluster into which Argo CD
/// deploys.
fn is_passed(path: &[Visited<'_>]) -> bool {
    const KEYS: [&str; 10] = [
        "image",
        "labels",
        "matchLabels",
        "annotations",
        "apiVersion",
        "kind",
        "namespace",
        "name",
        "dnsNames",
        "description",
    ];
    let mut keys = path.iter().filter_map(|step| key_of(Some(step)));
    keys.any(|key| KEYS.contains(&key)) || is_cluster(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_a_label_for_people() {
        let is_one = |text: &str| is_link(text, text.find("shop.prod").expect("is there"));
        for text in [
            "see <https://shop.prod.example.com/a|the page> 🚚",
            "see [the page](https://shop.prod.example.com/a)",
        ] {
            assert!(is_one(text), "{text}");
        }
        for text in [
            "<https://shop.prod.example.com/a>",
            "<url>https://shop.prod.example.com/a</url>",
            "curl https://shop.prod.example.com/a|jq",
            "(https://shop.prod.example.com/a)",
            "shop.prod.example.com",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }
}
