//! Names that tell of Azure: labels, annotations, kinds, classes, drivers, variables. A name is
//! looked up exactly, then by the longest beginning that a table knows.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

use super::sign::{Certainty, Effect};
use crate::model::{Data, Node, Resource};

/// The service of a name, and what that means where it differs from the usual.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Row {
    pub(super) service: String,
    pub(super) effect: Option<Effect>,
    pub(super) certainty: Option<Certainty>,
}

/// The service of names with a beginning.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Prefix {
    prefix: String,
    #[serde(flatten)]
    row: Row,
}

/// Names by themselves and by their beginning.
#[derive(Debug, Default)]
pub(super) struct Names {
    exact: HashMap<String, Row>,
    prefixes: Vec<Prefix>,
}

impl Names {
    fn new(exact: HashMap<String, Row>, prefixes: Vec<Prefix>) -> Self {
        Self { exact, prefixes }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Row> {
        self.exact.get(name).or_else(|| self.by_prefix(name))
    }

    /// Whether the name itself is in the table.
    pub(super) fn is_exact(&self, name: &str) -> bool {
        self.exact.contains_key(name)
    }

    /// Whether the table knows the name, exactly or by its beginning.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether a text holds a name of the table.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.exact.keys().any(|name| text.contains(name.as_str()))
    }

    fn by_prefix(&self, name: &str) -> Option<&Row> {
        let fitting = self
            .prefixes
            .iter()
            .filter(|row| name.starts_with(row.prefix.as_str()) && name.len() > row.prefix.len());
        fitting
            .max_by_key(|row| row.prefix.len())
            .map(|row| &row.row)
    }
}

/// The kinds of an API group.
#[derive(Clone, Debug, Deserialize)]
struct KindRow {
    #[serde(default)]
    kinds: Vec<String>,
    /// Whether others share the group, so that only the listed kinds count.
    #[serde(default)]
    only_kinds: bool,
    #[serde(flatten)]
    row: Row,
}

/// Objects of a portable kind that mean Azure by one of their values.
#[derive(Clone, Debug, Deserialize)]
struct KindCondition {
    group: String,
    #[serde(default)]
    kinds: Vec<String>,
    path: String,
    matches: String,
    /// Compiled when first asked. An expression that is none matches nothing.
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
    #[serde(flatten)]
    row: Row,
}

/// Kinds whose service is not that of their group.
#[derive(Clone, Debug, Deserialize)]
struct KindService {
    group: String,
    kinds: Vec<String>,
    #[serde(flatten)]
    row: Row,
}

#[derive(Clone, Debug, Deserialize)]
struct Suffix {
    suffix: String,
    #[serde(flatten)]
    row: Row,
}

/// A name that tells only with one value.
#[derive(Clone, Debug, Deserialize)]
struct ValueRow {
    name: String,
    value: String,
    #[serde(flatten)]
    row: Row,
}

/// All tables of names.
#[derive(Debug)]
pub(super) struct NameTables {
    pub(super) labels: Names,
    pub(super) annotations: Names,
    pub(super) node_labels: Names,
    pub(super) taints: Names,
    pub(super) storage_classes: Names,
    /// Names of classes that tell only beside others.
    pub(super) common_storage_classes: Names,
    pub(super) address_types: Names,
    pub(super) drivers: Names,
    pub(super) volume_types: Names,
    pub(super) ingress_classes: Names,
    pub(super) gateway_classes: Names,
    pub(super) class_controllers: Names,
    pub(super) runtime_classes: Names,
    pub(super) config_maps: Names,
    pub(super) secret_keys: Names,
    pub(super) environment: Names,
    label_values: Vec<ValueRow>,
    node_label_values: Vec<ValueRow>,
    kinds: HashMap<String, KindRow>,
    group_suffixes: Vec<Suffix>,
    kind_conditions: Vec<KindCondition>,
    kind_services: Vec<KindService>,
    name_domains: Vec<Suffix>,
    /// What a region of Azure in a node's label belongs to.
    pub(super) region: Row,
    region_labels: Vec<String>,
    regions: HashSet<String>,
}

impl NameTables {
    /// The bundled tables, with what a user laid over them.
    pub(super) fn new(data: &Data) -> Result<Self, (&'static str, serde_json::Error)> {
        fn rows<T: serde::de::DeserializeOwned>(
            data: &Data,
            table: &'static str,
        ) -> Result<T, (&'static str, serde_json::Error)> {
            data.table(table).map_err(|error| (table, error))
        }
        let exact = |table| Ok(Names::new(rows(data, table)?, Vec::new()));
        let both = |table, prefixes| Ok(Names::new(rows(data, table)?, rows(data, prefixes)?));
        Ok(Self {
            labels: both("azure.labels", "azure.label_prefixes")?,
            annotations: both("azure.annotations", "azure.annotation_prefixes")?,
            node_labels: both("azure.node_labels", "azure.node_label_prefixes")?,
            taints: exact("azure.taints")?,
            storage_classes: both("azure.storage_classes", "azure.storage_class_prefixes")?,
            common_storage_classes: exact("azure.common_storage_classes")?,
            address_types: exact("azure.address_types")?,
            drivers: exact("azure.provisioners")?,
            volume_types: exact("azure.volume_types")?,
            ingress_classes: exact("azure.ingress_classes")?,
            gateway_classes: exact("azure.gateway_classes")?,
            class_controllers: exact("azure.class_controllers")?,
            runtime_classes: exact("azure.runtime_classes")?,
            config_maps: exact("azure.config_maps")?,
            secret_keys: exact("azure.secret_keys")?,
            environment: both("azure.environment", "azure.environment_prefixes")?,
            label_values: rows(data, "azure.label_values")?,
            node_label_values: rows(data, "azure.node_label_values")?,
            kinds: rows(data, "azure.kinds")?,
            group_suffixes: rows(data, "azure.group_suffixes")?,
            kind_conditions: rows(data, "azure.kind_conditions")?,
            kind_services: rows(data, "azure.kind_services")?,
            name_domains: rows(data, "azure.name_domains")?,
            region: rows(data, "azure.region")?,
            region_labels: rows(data, "azure.region_labels")?,
            regions: rows(data, "azure.regions")?,
        })
    }

    /// The service of an object's kind, and the value that tells it.
    pub(super) fn kind(&self, resource: &Resource) -> Option<(&Row, Vec<String>)> {
        let (group, kind) = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
        if let Some(row) = self.kind_itself(group, kind) {
            return Some((row, vec!["kind".to_owned()]));
        }
        let is_one_of = |kinds: &[String]| kinds.is_empty() || kinds.iter().any(|one| one == kind);
        self.kind_conditions
            .iter()
            .filter(|row| row.group == group && is_one_of(&row.kinds))
            .find_map(|row| Some((&row.row, row.path(resource.node())?)))
    }

    /// The service of a kind whatever its object holds.
    pub(super) fn kind_itself(&self, group: &str, kind: &str) -> Option<&Row> {
        let row = self.kind_of_group(group, kind)?;
        let is_own = |row: &&KindService| {
            group.starts_with(row.group.as_str())
                && row.kinds.iter().any(|one| kind.starts_with(one.as_str()))
        };
        let own = self.kind_services.iter().find(is_own);
        Some(own.map_or(row, |own| &own.row))
    }

    /// Whether a name in the form of a host is that of a custom resource's definition or group.
    pub(super) fn is_group(&self, name: &str) -> bool {
        let is_known = |name: &str| self.kinds.contains_key(name);
        is_known(name)
            || name
                .split_once('.')
                .is_some_and(|(_, group)| is_known(group))
    }

    fn kind_of_group(&self, group: &str, kind: &str) -> Option<&Row> {
        if let Some(found) = self.kinds.get(group) {
            let is_one = |one: &String| match one.strip_suffix('*') {
                Some(beginning) => kind.starts_with(beginning),
                None => one == kind,
            };
            let is_meant = !found.only_kinds || found.kinds.iter().any(is_one);
            return is_meant.then_some(&found.row);
        }
        let lies_in = |suffix: &str| {
            group
                .strip_suffix(suffix)
                .is_some_and(|rest| rest.ends_with('.'))
        };
        let by_suffix = self
            .group_suffixes
            .iter()
            .filter(|row| lies_in(&row.suffix));
        by_suffix
            .max_by_key(|row| row.suffix.len())
            .map(|row| &row.row)
    }

    pub(super) fn label(&self, name: &str, value: &str) -> Option<&Row> {
        let by_value = self.label_values.iter().find(|row| row.is(name, value));
        by_value
            .map(|row| &row.row)
            .or_else(|| self.labels.get(name))
            .or_else(|| self.annotations.get(name).filter(|_| name.contains('/')))
            .or_else(|| self.by_domain(name))
    }

    pub(super) fn annotation(&self, name: &str) -> Option<&Row> {
        self.annotations.get(name).or_else(|| self.by_domain(name))
    }

    pub(super) fn taint(&self, name: &str) -> Option<&Row> {
        self.taints.get(name).or_else(|| self.by_domain(name))
    }

    /// The row of the domain before a name's slash.
    fn by_domain(&self, name: &str) -> Option<&Row> {
        let (domain, _) = name.split_once('/')?;
        let lies_in = |row: &&Suffix| {
            let rest = domain.strip_suffix(row.suffix.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.name_domains.iter().find(lies_in).map(|row| &row.row)
    }

    /// Whether a label's value is a region of Azure, or a zone of one.
    pub(super) fn is_region(&self, label: &str, value: &str) -> bool {
        let region = value.trim_end_matches(|one: char| one.is_ascii_digit());
        let region = region.strip_suffix('-').unwrap_or(value);
        self.region_labels.iter().any(|one| one == label) && self.regions.contains(region)
    }

    pub(super) fn node_label(&self, name: &str, value: Option<&str>) -> Option<&Row> {
        let mut by_value = self.node_label_values.iter();
        let by_value = by_value.find(|row| value.is_some_and(|value| row.is(name, value)));
        by_value
            .map(|row| &row.row)
            .or_else(|| self.node_labels.get(name))
            .or_else(|| self.by_domain(name))
    }
}

impl ValueRow {
    fn is(&self, name: &str, value: &str) -> bool {
        let is_value = match self.value.strip_suffix('*') {
            Some(beginning) => value.starts_with(beginning),
            None => self.value == value,
        };
        self.name == name && is_value
    }
}

impl KindCondition {
    /// The path of the value, if it matches.
    fn path(&self, node: Node<'_>) -> Option<Vec<String>> {
        let keys: Vec<&str> = self.path.split('.').collect();
        let value = node.find(&keys).and_then(Node::as_str)?;
        let compiled = self.compiled.get_or_init(|| Regex::new(&self.matches).ok());
        let is_match = compiled.as_ref().is_some_and(|regex| regex.is_match(value));
        is_match.then(|| keys.into_iter().map(str::to_owned).collect())
    }
}
