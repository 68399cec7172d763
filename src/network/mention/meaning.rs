//! Which Service a host name means to who names it, by the names that the cluster's DNS resolves:
//! <https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/>.

use super::super::host_name::HostName;
use super::super::port::PortName;
use super::{Absent, Mentions};
use crate::model::Resource;

/// A Service and its port.
pub(super) struct Meant {
    /// The positions of its nearest definitions among all; none if it is not among them.
    pub(super) services: Vec<usize>,
    /// The Service, where it is not among all.
    pub(super) absent: Option<Absent>,
    /// The port that is named with it.
    pub(super) port: Option<PortName>,
}

/// Who names hosts.
pub(super) struct Asker<'a, 'm> {
    pub(super) mentions: &'a Mentions<'m>,
    pub(super) resource: &'a Resource,
    /// The namespace in which its pods are, and short names are looked for.
    pub(super) namespace: Option<usize>,
}

impl Asker<'_, '_> {
    /// What a host name means, if it counts as one; a bare word does only where it is sure to be a host.
    pub(super) fn meant(&self, host: &HostName<'_>, may_be_bare: bool) -> Option<Meant> {
        let known = self.among(host, may_be_bare);
        known.or_else(|| self.not_among(host))
    }

    /// The Service that a host name means, if it counts as one.
    fn among(&self, host: &HostName<'_>, may_be_bare: bool) -> Option<Meant> {
        let (services, is_qualified) = self.services(host.word)?;
        if !(host.is_named || is_qualified || host.is_whole && may_be_bare) {
            return None;
        }
        let has = |number: &u16| {
            let mut known = services.iter().map(|at| &self.mentions.services.all[*at]);
            known.any(|known| known.answers_on(*number, self.mentions.network))
        };
        // A number that is none of its ports is a tag or a time.
        let port = match host.port {
            Some(number) if !has(&number) => return None,
            Some(number) => Some(number),
            None => host.default_port.filter(has),
        };
        if port.is_none() && host.may_be_public() {
            return None;
        }
        Some(Meant {
            services,
            absent: None,
            port: port.map(PortName::Number),
        })
    }

    /// The Service that a host name means, and whether it names the namespace too.
    fn services(&self, word: &str) -> Option<(Vec<usize>, bool)> {
        let labels: Vec<&str> = word.split('.').collect();
        let namespaces = &self.mentions.network.namespaces;
        let known = |name: &str| namespaces.meant(name, self.namespace);
        let (name, namespace, is_qualified) = match labels.as_slice() {
            [name] => (*name, self.namespace?, false),
            [pod, name] if is_ordinal(pod) && self.is_service(name) => {
                (*name, self.namespace?, true)
            }
            [pod, name, namespace] if is_ordinal(pod) => (*name, known(namespace)?, true),
            [name, namespace] => (*name, known(namespace)?, true),
            [name, namespace, "svc", ..] | [_, name, namespace, "svc", ..] => {
                (*name, known(namespace)?, true)
            }
            _ => return None,
        };
        let (all, resources) = (&self.mentions.services, self.mentions.resources);
        let found = all.nearest(resources, self.resource, (namespace, name));
        (!found.is_empty()).then_some((found, is_qualified))
    }

    /// The Service that a host name means which says the namespace, if none of the name is among the objects. Without
    /// the `svc` of the cluster's names, the namespace has to be one that is known.
    fn not_among(&self, host: &HostName<'_>) -> Option<Meant> {
        let mut labels = host.word.split('.');
        let (name, namespace) = (labels.next()?, labels.next()?);
        let is_meant = match labels.next() {
            Some(label) => label == "svc",
            None => {
                let network = self.mentions.network;
                host.is_named && !host.may_be_public() && network.knows(namespace)
            }
        };
        let mut known = self.mentions.services.all.iter();
        let is_absent = is_meant
            && !name.is_empty()
            && !namespace.is_empty()
            && known.all(|service| service.name != name);
        is_absent.then(|| {
            let absent = Absent {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
            };
            let port = host.port.or(host.default_port);
            Meant {
                services: Vec::new(),
                absent: Some(absent),
                port: port.map(PortName::Number),
            }
        })
    }

    /// Whether a Service of the workload's namespace has this name.
    fn is_service(&self, name: &str) -> bool {
        let all = &self.mentions.services;
        let own = self.namespace.map(|namespace| all.named(namespace, name));
        own.is_some_and(|own| !own.is_empty())
    }
}

/// Whether a name ends in an ordinal, as those of a StatefulSet's pods do.
fn is_ordinal(name: &str) -> bool {
    without_ordinal(name).is_some()
}

/// The name of a StatefulSet by that of one of its pods.
fn without_ordinal(name: &str) -> Option<&str> {
    let (name, ordinal) = name.rsplit_once('-')?;
    let is_number = !ordinal.is_empty() && ordinal.bytes().all(|one| one.is_ascii_digit());
    is_number.then_some(name)
}

/// The StatefulSet of which a host name means one pod.
pub(super) fn member_of(word: &str) -> Option<&str> {
    without_ordinal(word.split_once('.')?.0)
}
