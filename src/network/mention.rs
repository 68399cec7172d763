//! Services that a workload names: in its environment, its command line and the ConfigMaps and
//! Secrets it reads.

mod command;
mod connection;
mod entry;
mod file;
mod local;
mod meaning;
mod paired;
mod printed;
mod purpose;
mod reader;
mod taken;
#[cfg(test)]
mod tests;
mod told;
mod variables;

use std::collections::HashMap;

use self::entry::Kind;
use self::reader::Reader;
use super::Network;
use super::field::present;
use super::namespace::namespace_of;
use super::port::PortName;
use super::service::Services;
use super::settings::Settings;
use super::workflow::spec_of;
use crate::model::{Part, Resource, ValuePath};

/// A place where a workload names a Service.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    /// Where in the workload: the name itself, or what refers to the object that holds it.
    pub(crate) path: ValuePath,
    /// What holds the name in the workload's stead.
    pub(crate) holder: Option<Holder>,
    /// The characters of the string that are meant: of the holder's, if there is one.
    pub(crate) part: Part,
    /// How many lines of the string are before them.
    pub(crate) line: usize,
    /// The positions of the Service's nearest definitions among all; none if it is not among them.
    pub(crate) services: Vec<usize>,
    /// The Service, where it is not among all and its name says the namespace.
    pub(crate) absent: Option<Absent>,
    /// The port that is named with it.
    pub(crate) port: Option<PortName>,
    /// The workload of which one pod is named: `db` of `db-0.db.shop.svc`.
    pub(crate) member_of: Option<String>,
}

/// A Service that is not among the objects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Absent {
    pub(crate) namespace: String,
    pub(crate) name: String,
}

/// An entry of a ConfigMap or Secret.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    /// The position of the object.
    pub(crate) resource: usize,
    /// Where in it the text stands.
    pub(crate) path: ValuePath,
    /// Its key.
    pub(crate) key: String,
    /// Whether it is a Secret.
    pub(crate) is_secret: bool,
    /// Whether the text is encoded: none of its characters stand there.
    pub(crate) is_encoded: bool,
    /// Whether the workload takes all entries into its environment, and does not say that it uses
    /// this one.
    pub(crate) is_taken_along: bool,
}

/// Reads mentions; ConfigMaps and Secrets are found by namespace and name.
pub(crate) struct Mentions<'a> {
    resources: &'a [Resource],
    services: &'a Services,
    network: &'a Network,
    settings: &'a Settings,
    holders: HashMap<(Kind, &'a str, &'a str), Vec<usize>>,
}

impl<'a> Mentions<'a> {
    /// For these objects.
    pub(crate) fn new(
        resources: &'a [Resource],
        network: &'a Network,
        services: &'a Services,
        settings: &'a Settings,
    ) -> Self {
        let mut holders: HashMap<_, Vec<usize>> = HashMap::new();
        for (position, resource) in resources.iter().enumerate() {
            if let Some(kind) = Kind::of(resource) {
                let key = (
                    kind,
                    namespace_of(resource),
                    resource.identity.name.as_str(),
                );
                holders.entry(key).or_default().push(position);
            }
        }
        Self {
            resources,
            services,
            network,
            settings,
            holders,
        }
    }

    /// What the pods of a template name, in the order of the text.
    pub(crate) fn of(&self, resource: &Resource, template: &ValuePath) -> Vec<Mention> {
        let Some(node) = resource.at(template) else {
            return Vec::new();
        };
        match present(node, "spec") {
            Some(spec) => Reader::of(self, resource).read(spec, &template.clone().key("spec")),
            None if is_step(resource, template) => Reader::of(self, resource).read(node, template),
            None => Vec::new(),
        }
    }
}

/// Whether a template is a step of a workflow, which holds its containers itself. Into which namespaces one for the
/// whole cluster goes is not known.
fn is_step(resource: &Resource, template: &ValuePath) -> bool {
    resource.gvk.kind != "ClusterWorkflowTemplate" && spec_of(resource, template).is_some()
}
