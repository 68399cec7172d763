//! What a user may set about the cluster around the objects.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::labels::Labels;
use super::selector::Selector;

/// The settings under `settings.network`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct Settings {
    /// Whether subnamespaces inherit the NetworkPolicies of the namespaces above them.
    pub(crate) subnamespaces_inherit: bool,
    /// Whether policies select pods on the host network like others; otherwise they are seen under
    /// the address of their node.
    pub(crate) host_network_is_selected: bool,
    /// The cluster's DNS service.
    pub(crate) dns: Dns,
    /// Who answers for Ingresses and Gateways.
    pub(crate) ingress_controllers: Vec<Controller>,
    /// Classes of Gateways by the names of the controllers of their GatewayClasses.
    #[serde(default)]
    pub(crate) gateway_controllers: BTreeMap<String, String>,
    /// The namespaces of what scrapes metrics.
    pub(crate) monitoring_namespaces: Vec<String>,
    /// Labels that only namespaces of the platform bear.
    #[serde(default)]
    pub(crate) platform_labels: Vec<String>,
    /// Groups, all groups of a domain as `*.domain`, and kinds as `group/Kind`, of custom resources for which
    /// no operator makes pods.
    #[serde(default)]
    pub(crate) without_pods: Vec<String>,
    /// Ports that sidecars open, which no container of a manifest declares.
    pub(crate) sidecar_ports: Vec<u16>,
    /// Programs, by the names of their images, that open no port of the pod beside which they run.
    #[serde(default)]
    pub(crate) silent_sidecars: Vec<String>,
    /// Programs, by the names of their images, that call nobody unless they are told to.
    #[serde(default)]
    pub(crate) self_contained: Vec<String>,
    /// Programs and words of a shell that only touch files.
    #[serde(default)]
    pub(crate) local_programs: Vec<String>,
    /// What operators make for custom resources.
    #[serde(default)]
    pub(crate) operators: Vec<Operator>,
    /// Programs that call a host which their command line names.
    #[serde(default)]
    pub(crate) clients: Vec<Client>,
}

impl Settings {
    /// The class of the controller that annotations of a domain are for.
    pub(crate) fn class_of(&self, domain: &str) -> Option<&str> {
        let is_own = |controller: &&Controller| {
            let mut own = controller.annotations.iter();
            own.any(|own| own == domain)
        };
        let controller = self.ingress_controllers.iter().find(is_own)?;
        controller.classes.last().map(String::as_str)
    }

    /// Whether an operator may make pods for custom resources of a kind.
    pub(crate) fn may_have_pods(&self, group: &str, kind: &str) -> bool {
        let mut without = self.without_pods.iter();
        !without.any(|own| match (own.split_once('/'), own.strip_prefix('*')) {
            (Some(own), _) => own == (group, kind),
            (None, Some(domain)) => group.ends_with(domain),
            (None, None) => own == group,
        })
    }

    /// Whether a namespace is one of the platform's or may be anybody's, by its name.
    pub(crate) fn is_shared(&self, name: &str) -> bool {
        let of_controllers = self.ingress_controllers.iter();
        let mut known = of_controllers
            .flat_map(|controller| &controller.namespaces)
            .chain(&self.monitoring_namespaces);
        name == "default"
            || name == self.dns.namespace
            || name.starts_with("kube-")
            || name.ends_with("-system")
            || known.any(|own| own == name)
    }

    /// Whether they say of a class that no pods answer for it.
    pub(crate) fn is_outside(&self, class: &str) -> bool {
        let answers = |controller: &&Controller| controller.classes.iter().any(|own| own == class);
        let mut known = self.ingress_controllers.iter().filter(answers).peekable();
        known.peek().is_some() && known.all(|controller| controller.namespaces.is_empty())
    }

    /// Whether they say what answers for a class.
    pub(crate) fn knows_class(&self, class: &str) -> bool {
        let mut known = self.ingress_controllers.iter();
        known.any(|controller| controller.classes.iter().any(|own| own == class))
    }
}

/// Where the cluster's DNS service runs.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct Dns {
    /// Its namespace.
    pub(crate) namespace: String,
    /// Labels of its pods.
    pub(crate) labels: Labels,
    /// The ports its pods may listen on.
    pub(crate) ports: Vec<u16>,
    /// Where it runs on other platforms.
    #[serde(default)]
    pub(crate) elsewhere: Vec<OtherDns>,
}

impl Dns {
    /// The ports that its pods may listen on in the namespaces that a selector asks for.
    pub(crate) fn ports_of(&self, namespaces: &Selector) -> &[u16] {
        let asked = namespaces.asked().map(|(_, values)| values);
        let is_meant = |other: &&OtherDns| {
            let mut asked = asked.iter().flatten().peekable();
            asked.peek().is_some() && asked.all(|name| *name == other.namespace)
        };
        let other = self.elsewhere.iter().find(is_meant);
        other.map_or(&self.ports, |other| &other.ports)
    }
}

/// A DNS service of a platform.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct OtherDns {
    /// Its namespace.
    pub(crate) namespace: String,
    /// The ports its pods listen on, whatever those of its Service are.
    pub(crate) ports: Vec<u16>,
}

/// A controller that routes traffic from outside to pods.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct Controller {
    /// The classes it answers for; an Ingress or Gateway without a class has the class ``.
    pub(crate) classes: Vec<String>,
    /// Domains of the annotations that are for it alone, from which the class is told where an Ingress
    /// names none.
    #[serde(default)]
    pub(crate) annotations: Vec<String>,
    /// The namespaces it may run in; none for what comes from outside the cluster.
    pub(crate) namespaces: Vec<String>,
}

/// What an operator makes for the custom resources of a kind.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct Operator {
    /// The kind, behind its group: `group/Kind`.
    pub(crate) kind: String,
    /// The names of its Services; `*` stands for the name of the resource.
    #[serde(default)]
    pub(crate) services: Vec<String>,
    /// The ports of its Services, which its pods listen on as well.
    #[serde(default)]
    pub(crate) ports: Vec<u16>,
    /// Labels that it gives its pods; `*` stands for the name of the resource.
    #[serde(default)]
    pub(crate) labels: Labels,
    /// The directions for which it makes a NetworkPolicy for its pods, of which is not known what it lets through.
    #[serde(default)]
    pub(crate) policies: Vec<String>,
}

/// Programs whose command lines name a host in the same way.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct Client {
    /// Their names, each with the subcommand that takes a host, if it is one.
    pub(crate) programs: Vec<String>,
    /// The options that have a host as value.
    #[serde(default)]
    pub(crate) host_options: Vec<String>,
    /// The options that have a port as value.
    #[serde(default)]
    pub(crate) port_options: Vec<String>,
    /// Whether their first word that is no option is a host, and the next its port.
    #[serde(default)]
    pub(crate) is_first: bool,
    /// The port that they call without such an option.
    pub(crate) port: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_groups_and_domains_make_no_pods() {
        let without = ["a.example.com", "b.example.com/Rule", "*.cloud.example.com"];
        let settings = Settings {
            without_pods: without.map(str::to_owned).into(),
            ..Settings::default()
        };
        for (group, kind, expected) in [
            ("a.example.com", "Server", false),
            ("b.example.com", "Rule", false),
            ("b.example.com", "Server", true),
            ("db.cloud.example.com", "Server", false),
            ("cloud.example.com", "Server", true),
            ("c.example.com", "Rule", true),
        ] {
            let may = settings.may_have_pods(group, kind);
            assert_eq!(may, expected, "{group} {kind}");
        }
    }
}
