//! Policies as they are evaluated: whom they select, and what their rules let through. What the
//! kinds have in common is here; `standard`, `admin`, `calico` and `cilium` read them.

use super::address::Addresses;
use super::port::Port;
use super::ports::{Ports, Protocol};
use super::selector::Selector;
use crate::model::{Resource, ValuePath};

/// The directions of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Direction {
    /// Towards the pods.
    Ingress,
    /// From the pods.
    Egress,
}

impl Direction {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Ingress, Self::Egress];

    /// The name as messages have it; also the key of the rules in a policy.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    /// The key of the peers in a rule of a NetworkPolicy.
    pub(crate) fn peers_key(self) -> &'static str {
        match self {
            Self::Ingress => "from",
            Self::Egress => "to",
        }
    }
}

/// Where NetworkPolicies stand in Calico's order.
const STANDARD_ORDER: f64 = 1000.0;

/// In which order policies are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// Asked first, those of the smallest number before others.
    Admin(i64),
    /// NetworkPolicies, and those of network plugins: whom they select is closed but for what they
    /// allow.
    Network,
    /// Asked where no NetworkPolicy selects the pods.
    Baseline(i64),
}

/// What becomes of what a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// It is allowed.
    Allow,
    /// It is forbidden.
    Deny,
    /// The next tier decides.
    Pass,
}

/// Namespaces that a selector may look into.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scope {
    /// The policy's own.
    Own,
    /// Those that a selector selects; all if it is empty.
    Selected(Selector),
}

/// Whom a rule is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Peer {
    /// Pods that a selector selects.
    Pods { scope: Scope, pods: Selector },
    /// Addresses outside the cluster.
    Addresses(Addresses),
    /// Cilium's own proxy, which answers for Ingresses and Gateways and is no pod.
    Proxy,
    /// What is none of these, such as nodes and domain names: none of what is known.
    Beyond(&'static str),
}

impl Peer {
    /// Whether it is about every pod of the cluster.
    pub(crate) fn is_everyone(&self) -> bool {
        match self {
            Self::Pods {
                scope: Scope::Selected(namespaces),
                pods,
            } => namespaces.selects_all() && pods.selects_all(),
            Self::Pods {
                scope: Scope::Own, ..
            }
            | Self::Addresses(_)
            | Self::Proxy
            | Self::Beyond(_) => false,
        }
    }
}

/// Which ports a rule is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PortRule {
    /// Ports by number.
    Numbers(Ports),
    /// The port that the receiving pod gives a name; of any protocol where none is named.
    Named(Option<Protocol>, String),
}

impl PortRule {
    /// Whether it may mean some of these ports of pods. What a name means is known where these declare it.
    pub(crate) fn may_mean(&self, ports: &Ports, declared: &[Port]) -> bool {
        let (protocol, name) = match self {
            Self::Numbers(numbers) => return numbers.overlaps(ports),
            Self::Named(protocol, name) => (protocol, name),
        };
        let is_named = |port: &&Port| port.is_called(name, *protocol);
        let mut named = declared.iter().filter(is_named).peekable();
        named.peek().is_none() || named.any(|port| ports.contains(port.protocol, port.number))
    }
}

/// Something a policy says, with its place.
#[derive(Clone, Debug)]
pub(crate) struct Placed<T> {
    /// Where in the object.
    pub(crate) path: ValuePath,
    /// What.
    pub(crate) what: T,
}

/// A rule of a policy.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Where in the object.
    pub(crate) path: ValuePath,
    /// What becomes of it.
    pub(crate) action: Action,
    /// Whom it is about; `None` means everyone and every address.
    pub(crate) peers: Option<Vec<Placed<Peer>>>,
    /// Which ports it is about; `None` means all.
    pub(crate) ports: Option<Vec<Placed<PortRule>>>,
}

impl Rule {
    /// Whether it names a port, which may be any one of pods that are not known.
    pub(crate) fn names_ports(&self) -> bool {
        let mut ports = self.ports.iter().flatten();
        ports.any(|port| matches!(port.what, PortRule::Named(..)))
    }
}

/// A policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// The position of its object among all that were read.
    pub(crate) resource: usize,
    /// Its name, as people call it.
    pub(crate) name: String,
    /// When it is asked.
    pub(crate) tier: Tier,
    /// Where it stands in its tier: what comes first decides.
    pub(crate) order: f64,
    /// Whether it is a NetworkPolicy of Kubernetes.
    pub(crate) is_standard: bool,
    /// Whether a subnamespace inherits it.
    pub(crate) is_copy: bool,
    /// The position of its namespace; `None` for a policy of the whole cluster.
    pub(crate) namespace: Option<usize>,
    /// Where it says whom it selects.
    pub(crate) selector: ValuePath,
    /// Whom it selects.
    pub(crate) scope: Scope,
    /// Whom it selects in those namespaces.
    pub(crate) pods: Selector,
    /// Whether it only adds to what others say, by direction: whom it selects is not closed by it.
    pub(crate) only_adds: [bool; 2],
    /// What it says of traffic towards the pods; `None` means nothing at all.
    pub(crate) ingress: Option<Vec<Rule>>,
    /// What it says of traffic from the pods.
    pub(crate) egress: Option<Vec<Rule>>,
}

impl Policy {
    /// A policy of an object that says nothing yet: it is about all pods of no namespace, for neither direction, and
    /// is asked where NetworkPolicies are.
    pub(super) fn of(resource: &Resource, position: usize) -> Self {
        Self {
            resource: position,
            name: resource.identity.name.clone(),
            tier: Tier::Network,
            order: STANDARD_ORDER,
            is_standard: false,
            is_copy: false,
            only_adds: [false; 2],
            namespace: None,
            selector: ValuePath::from_iter(["spec"]),
            scope: Scope::Own,
            pods: Selector::default(),
            ingress: None,
            egress: None,
        }
    }

    /// What it says of a direction; `None` means nothing at all.
    pub(crate) fn rules(&self, direction: Direction) -> Option<&[Rule]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }

    /// Whether whom it selects is closed for a direction, but for what policies allow.
    pub(crate) fn closes(&self, direction: Direction) -> bool {
        self.tier == Tier::Network
            && self.rules(direction).is_some()
            && !self.only_adds[direction as usize]
    }

    /// Its rules of both directions.
    pub(crate) fn all_rules(&self) -> impl Iterator<Item = (Direction, &Rule)> {
        let of = |direction| {
            let rules = self.rules(direction).unwrap_or_default().iter();
            rules.map(move |rule| (direction, rule))
        };
        Direction::ALL.into_iter().flat_map(of)
    }
}

/// A policy as it selects the pods of a class for a direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selecting {
    /// Its position among the policies.
    pub(crate) policy: usize,
    /// Whether it selects all of the pods for sure. Otherwise what it forbids may not be forbidden to
    /// each of them.
    pub(crate) is_sure: bool,
    /// Whether the pods are closed by it.
    pub(crate) closes: bool,
}

/// What is wrong with an object that takes part, or could not be understood of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The position of the object among all that were read.
    pub(crate) resource: usize,
    /// Where in it.
    pub(crate) path: ValuePath,
    /// What.
    pub(crate) reason: String,
    /// What to do.
    pub(crate) help: &'static str,
}

/// Why a policy cannot be read: where, and in which words.
#[derive(Debug)]
pub(super) struct Refused(pub(super) ValuePath, pub(super) String);
