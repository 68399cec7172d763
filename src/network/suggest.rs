//! NetworkPolicies that allow what is needed and nothing else: for each namespace one that closes
//! it and one for name resolution, for each workload one with what it needs and is needed for.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
    NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::Network;
use super::labels::Labels;
use super::namespace::Namespaces;
use super::need::{Client, Needs};
use super::placeholder::ANY_KEY;
use super::ports::{Ports, Protocol};
use super::selector::Selector;
use super::settings::Settings;
use crate::model::{Resource, string_map};

/// Labels that change with every release, by which no policy should select.
const PASSING: [&str; 6] = [
    "app.kubernetes.io/version",
    "controller-revision-hash",
    "helm.sh/chart",
    "helm.sh/revision",
    "pod-template-hash",
    "version",
];

/// A policy that would be enough, and why.
#[derive(Debug)]
pub(crate) struct Suggested {
    /// Why it allows what it allows, in lines.
    pub(crate) reasons: Vec<String>,
    /// The policy.
    pub(crate) policy: NetworkPolicy,
}

/// What is suggested, and what could not be.
#[derive(Debug, Default)]
pub(crate) struct Suggestion {
    /// Policies, by namespace.
    pub(crate) policies: Vec<Suggested>,
    /// What somebody has to decide.
    pub(crate) open: Vec<String>,
}

/// Policies for all workloads among the objects.
pub(crate) fn suggest(
    resources: &[Resource],
    network: &Network,
    settings: &Settings,
) -> Suggestion {
    let needs = Needs::of(resources, network, settings);
    let mut made = Suggestion {
        policies: Vec::new(),
        open: needs.open.clone(),
    };
    let maker = Maker {
        resources,
        network,
        by_class: by_class(&needs),
        needs: &needs,
    };
    let mut namespaces: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, class) in network.population.classes.iter().enumerate() {
        let name = network.namespaces.at(class.namespace).name.as_str();
        namespaces.entry(name).or_default().push(position);
    }
    for (namespace, classes) in namespaces {
        made.policies.push(closing(namespace));
        made.policies.push(name_resolution(namespace, settings));
        let mut names = BTreeSet::new();
        for class in ordered(network, classes) {
            if let Some(suggested) = maker.policy(namespace, class, &mut names) {
                made.policies.push(suggested);
                made.open.extend(maker.doubt(class));
            }
        }
    }
    made
}

fn by_class(needs: &Needs) -> BTreeMap<usize, BTreeSet<(Client, usize)>> {
    let mut found: BTreeMap<usize, BTreeSet<(Client, usize)>> = BTreeMap::new();
    for need in needs.needed.keys() {
        found.entry(need.1).or_default().insert(need.clone());
        if let Client::Pods(class) = need.0 {
            found.entry(class).or_default().insert(need.clone());
        }
    }
    found
}

/// Classes by the name of their first workload.
fn ordered(network: &Network, mut classes: Vec<usize>) -> Vec<usize> {
    let name = |class: &usize| {
        network
            .population
            .pods_of(*class)
            .next()
            .map(|(end, _)| end.name.clone())
    };
    classes.sort_by_cached_key(|class| (name(class), *class));
    classes
}

fn closing(namespace: &str) -> Suggested {
    Suggested {
        reasons: vec![format!(
            "Closes all pods of {namespace}, but for what other policies allow."
        )],
        policy: policy(
            namespace,
            "default-deny",
            LabelSelector::default(),
            None,
            None,
        ),
    }
}

fn name_resolution(namespace: &str, settings: &Settings) -> Suggested {
    let dns = &settings.dns;
    let mut ports = Ports::default();
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        let number = dns.ports.first().copied().unwrap_or(53);
        ports.insert(protocol, number, number);
    }
    let peer = NetworkPolicyPeer {
        namespace_selector: Some(named(&dns.namespace)),
        pod_selector: Some(selector(dns.labels.clone())),
        ip_block: None,
    };
    let rule = NetworkPolicyEgressRule {
        to: Some(vec![peer]),
        ports: Some(written(&ports)),
    };
    Suggested {
        reasons: vec!["Lets every pod resolve names.".to_owned()],
        policy: policy(
            namespace,
            "allow-dns",
            LabelSelector::default(),
            None,
            Some(vec![rule]),
        ),
    }
}

struct Maker<'a> {
    resources: &'a [Resource],
    network: &'a Network,
    needs: &'a Needs,
    /// The needs that a class has, or is there for.
    by_class: BTreeMap<usize, BTreeSet<(Client, usize)>>,
}

impl Maker<'_> {
    /// The policy of a class; none where it needs nothing and nothing needs it.
    fn policy(
        &self,
        namespace: &str,
        class: usize,
        names: &mut BTreeSet<String>,
    ) -> Option<Suggested> {
        let (mut ingress, mut egress) = (BTreeMap::new(), BTreeMap::new());
        let mut reasons = BTreeSet::new();
        for need in self.by_class.get(&class).into_iter().flatten() {
            let ((client, receiving), (ports, why)) = (need, &self.needs.needed[need]);
            if *receiving == class {
                let peers: &mut Vec<Option<NetworkPolicyPeer>> = ingress.entry(ports).or_default();
                peers.push(self.client(client, namespace));
                reasons.extend(why.iter().cloned());
            }
            if *client == Client::Pods(class) {
                let peers: &mut Vec<NetworkPolicyPeer> = egress.entry(ports).or_default();
                peers.push(self.pods(*receiving, namespace));
                reasons.extend(why.iter().cloned());
            }
        }
        if ingress.is_empty() && egress.is_empty() {
            return None;
        }
        let ingress = ingress
            .into_iter()
            .flat_map(|(ports, peers)| ingress_rules(ports, peers));
        let egress = egress
            .into_iter()
            .map(|(ports, to)| NetworkPolicyEgressRule {
                to: Some(to),
                ports: listed(ports),
            });
        let name = self.name(class, names);
        let selector = selector(self.labels(class).0);
        Some(Suggested {
            reasons: reasons.into_iter().collect(),
            policy: policy(
                namespace,
                &name,
                selector,
                Some(ingress.collect()),
                Some(egress.collect()),
            ),
        })
    }

    fn client(&self, client: &Client, namespace: &str) -> Option<NetworkPolicyPeer> {
        match client {
            Client::Pods(class) => Some(self.pods(*class, namespace)),
            Client::Namespace(name) => Some(NetworkPolicyPeer {
                namespace_selector: Some(named(name)),
                ..NetworkPolicyPeer::default()
            }),
            Client::Anyone => None,
        }
    }

    fn pods(&self, class: usize, from: &str) -> NetworkPolicyPeer {
        let own = &self
            .network
            .namespaces
            .at(self.network.population.classes[class].namespace)
            .name;
        NetworkPolicyPeer {
            namespace_selector: (own != from).then(|| named(own)),
            pod_selector: Some(selector(self.labels(class).0)),
            ip_block: None,
        }
    }

    /// The fewest stable labels that select a class and no other workload; where there are none,
    /// those that come closest, and that they select others as well.
    fn labels(&self, class: usize) -> (Labels, bool) {
        let pods = &self.network.population.classes[class];
        let mut stable = pods.labels.clone();
        stable.retain(|key, _| !PASSING.contains(&key.as_str()) && key != ANY_KEY);
        let own = self.network.population.pods_of(class).next();
        let chosen = own.map(|(_, own)| {
            let node = self.resources[own.resource].node();
            let mut labels = string_map(node.find(&["spec", "selector", "matchLabels"]));
            labels.retain(|key, value| stable.get(key) == Some(value));
            labels
        });
        let selects = |labels: &&Labels| {
            let selector = Selector::of(labels);
            let found = self.network.population.behind(pods.namespace, &selector);
            !labels.is_empty() && found.iter().all(|other| self.is_same_end(*other, class))
        };
        let candidates = [chosen.unwrap_or_default(), stable, pods.certain_labels()];
        let found = candidates.iter().find(selects).cloned();
        let [_, stable, _] = candidates;
        found.map_or((stable, false), |labels| (labels, true))
    }

    /// What is not exact about the policy of a class.
    fn doubt(&self, class: usize) -> Option<String> {
        let (labels, is_exact) = self.labels(class);
        let name = self
            .network
            .population
            .pods_of(class)
            .next()
            .map(|(end, _)| &end.name)?;
        let whom = if labels.is_empty() {
            "all pods of the namespace"
        } else {
            "others with the same labels"
        };
        (!is_exact).then(|| {
            format!("{name}: no labels tell its pods from others, and policies for it hold for {whom}; give them some of their own")
        })
    }

    fn is_same_end(&self, one: usize, other: usize) -> bool {
        let ends = &self.network.population.ends_of;
        ends[one].iter().any(|end| ends[other].contains(end))
    }

    /// A name that no other policy of the namespace has.
    fn name(&self, class: usize, names: &mut BTreeSet<String>) -> String {
        let own = self.network.population.pods_of(class).next();
        let base = own.map_or("pods", |(_, own)| {
            self.resources[own.resource].identity.name.as_str()
        });
        let base = format!("allow-{}", base.trim_end_matches('-'));
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let free = std::iter::once(base.clone())
            .chain(numbered)
            .find(|name| !names.contains(name));
        let name = free.unwrap_or(base);
        names.insert(name.clone());
        name
    }
}

/// One rule for named peers, and one for anybody.
fn ingress_rules(
    ports: &Ports,
    peers: Vec<Option<NetworkPolicyPeer>>,
) -> Vec<NetworkPolicyIngressRule> {
    let is_open = peers.iter().any(Option::is_none);
    let from: Vec<NetworkPolicyPeer> = peers.into_iter().flatten().collect();
    let rule = |from| NetworkPolicyIngressRule {
        from,
        ports: listed(ports),
    };
    let named = (!from.is_empty() && !is_open).then(|| rule(Some(from)));
    let open = is_open.then(|| rule(None));
    named.into_iter().chain(open).collect()
}

fn policy(
    namespace: &str,
    name: &str,
    pods: LabelSelector,
    ingress: Option<Vec<NetworkPolicyIngressRule>>,
    egress: Option<Vec<NetworkPolicyEgressRule>>,
) -> NetworkPolicy {
    let closes = ingress.is_none() && egress.is_none();
    let (ingress, egress) = (
        ingress.filter(|rules| !rules.is_empty()),
        egress.filter(|rules| !rules.is_empty()),
    );
    let types = [
        (closes || ingress.is_some(), "Ingress"),
        (closes || egress.is_some(), "Egress"),
    ];
    let types = types
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, name)| name.to_owned());
    NetworkPolicy {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            namespace: Some(namespace.to_owned()),
            ..ObjectMeta::default()
        },
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(pods),
            policy_types: Some(types.collect()),
            ingress,
            egress,
        }),
    }
}

fn named(namespace: &str) -> LabelSelector {
    selector(Namespaces::labels_of(namespace))
}

fn selector(labels: Labels) -> LabelSelector {
    LabelSelector {
        match_labels: Some(labels),
        match_expressions: None,
    }
}

/// The ports of a rule; none where all are meant.
fn listed(ports: &Ports) -> Option<Vec<NetworkPolicyPort>> {
    (!ports.is_all()).then(|| written(ports))
}

fn written(ports: &Ports) -> Vec<NetworkPolicyPort> {
    let port = |(protocol, first, last): (Protocol, u16, u16)| NetworkPolicyPort {
        protocol: Some(protocol.as_str().to_owned()),
        port: Some(IntOrString::Int(i32::from(first))),
        end_port: (first != last).then_some(i32::from(last)),
    };
    ports.ranges().map(port).collect()
}
