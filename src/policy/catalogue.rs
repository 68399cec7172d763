//! The Azure services that the bundled data tells of: what takes their place, and by which
//! signals they are found.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::model::Data;

/// An Azure service.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The service's name.
    pub name: String,
    /// The group it belongs to, such as `database`.
    pub category: String,
    /// What it does, in a few words.
    pub function: String,
    /// What takes its place, the first choice first.
    pub counterparts: Vec<Counterpart>,
    /// How much work the move is.
    pub effort: Effort,
    /// What to do, in one sentence.
    pub hint: String,
    /// Whether personal data usually passes through it.
    pub personal_data: bool,
    /// How well what recognises it is confirmed.
    pub from: Origin,
}

/// What takes a service's place.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Counterpart {
    /// The product's name.
    pub product: String,
    /// Whether the target platform provides it.
    pub platform: bool,
    /// What changes for whoever uses it.
    pub compatibility: Compatibility,
}

/// How much of what speaks to a service has to change for its counterpart.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Compatibility {
    /// Address and login.
    DropIn,
    /// Manifests and settings.
    Configuration,
    /// The program.
    Code,
    /// Everything: nothing carries over.
    None,
}

impl Compatibility {
    /// The name, as the catalogue has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DropIn => "drop-in",
            Self::Configuration => "configuration",
            Self::Code => "code",
            Self::None => "none",
        }
    }
}

/// How much work a move is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Effort {
    /// Hours to days.
    S,
    /// Days to weeks.
    M,
    /// Weeks to months.
    L,
}

impl Effort {
    /// The letter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::M => "M",
            Self::L => "L",
        }
    }

    /// How long it takes, in words.
    #[must_use]
    pub fn duration(self) -> &'static str {
        match self {
            Self::S => "hours to days",
            Self::M => "days to weeks",
            Self::L => "weeks to months",
        }
    }
}

/// Where facts are from.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The vendor's documentation.
    Docs,
    /// Source code and public manifests.
    Code,
    /// Some from documentation or code, some not looked up.
    Partly,
    /// Not looked up.
    Memory,
}

impl Origin {
    /// What it means, in words.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Docs => "the vendor's documentation",
            Self::Code => "source code and public manifests",
            Self::Partly => "documentation and code, some from memory",
            Self::Memory => "memory, not looked up",
        }
    }
}

/// All services by id.
///
/// # Errors
///
/// When what a user laid over the catalogue does not fit it.
pub fn services(data: &Data) -> Result<BTreeMap<String, Service>, serde_json::Error> {
    data.table("azure.services")
}

/// The tables of signals below `azure` that hold services by name, and what each is about.
const TABLES: [(&str, &str); 34] = [
    ("hosts", "hosts"),
    ("shapes", "connection strings"),
    ("packages", "packages"),
    ("kinds", "API groups"),
    ("group_suffixes", "API groups"),
    ("kind_services", "kinds"),
    ("kind_conditions", "API groups"),
    ("labels", "labels"),
    ("label_prefixes", "labels"),
    ("label_values", "labels"),
    ("annotations", "annotations"),
    ("annotation_prefixes", "annotations"),
    ("node_labels", "node labels"),
    ("node_label_prefixes", "node labels"),
    ("node_label_values", "node labels"),
    ("taints", "taints"),
    ("storage_classes", "storage classes"),
    ("storage_class_prefixes", "storage classes"),
    ("provisioners", "drivers"),
    ("volume_types", "volume types"),
    ("ingress_classes", "ingress classes"),
    ("class_controllers", "ingress controllers"),
    ("gateway_classes", "gateway classes"),
    ("runtime_classes", "runtime classes"),
    ("config_maps", "ConfigMaps"),
    ("secret_keys", "keys of Secrets"),
    ("environment", "variables"),
    ("environment_prefixes", "variables"),
    ("images", "images"),
    ("resource_types", "resource types"),
    ("settings", "settings"),
    ("markers", "words"),
    ("commands", "commands"),
    ("actions", "pipelines"),
];

/// The signals by which each service is found: by service, then by kind of signal, each name in
/// the order of its table.
///
/// # Errors
///
/// When what a user laid over a table does not fit it.
pub fn signals(data: &Data) -> Result<Signals, serde_json::Error> {
    let mut signals = Signals::new();
    for (table, about) in TABLES {
        let rows: Value = data.table(&format!("azure.{table}"))?;
        let rows = if table == "commands" {
            with_tools(&rows)
        } else {
            rows
        };
        collect(&rows, "", about, &mut signals);
    }
    Ok(signals)
}

/// Subcommands as people type them, behind their tools: `az mysql`.
fn with_tools(tools: &Value) -> Value {
    let entries = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let typed = |(tool, commands): (String, Value)| {
        let commands = entries(&commands).into_iter();
        commands.map(move |(command, row)| (format!("{tool} {command}").trim().to_owned(), row))
    };
    Value::Object(entries(tools).into_iter().flat_map(typed).collect())
}

/// Names by service and kind of signal.
pub type Signals = BTreeMap<String, BTreeMap<&'static str, Vec<String>>>;

/// Adds the rows of a table, a mapping by name or a list, also by a group such as an ecosystem.
fn collect(table: &Value, key: &str, about: &'static str, signals: &mut Signals) {
    let service = table.get("service").and_then(Value::as_str);
    if let Some(service) = service {
        let of_service = signals.entry(service.to_owned()).or_default();
        let names = of_service.entry(about).or_default();
        names.extend(row_names(table, key));
        return;
    }
    match table {
        Value::Object(entries) => entries
            .iter()
            .for_each(|(key, row)| collect(row, key, about, signals)),
        Value::Array(rows) => rows
            .iter()
            .for_each(|row| collect(row, key, about, signals)),
        _ => {}
    }
}

/// What a row is about, as people would write it.
fn row_names(row: &Value, key: &str) -> Vec<String> {
    let text = |field: &str| row.get(field).and_then(Value::as_str);
    let list = |field: &str| -> Vec<&str> {
        let items = row.get(field).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    };
    let of = |group: &str, kinds: &[&str]| match kinds {
        [] => vec![group.to_owned()],
        kinds => kinds.iter().map(|kind| format!("{kind}.{group}")).collect(),
    };
    if let Some(suffix) = text("suffix") {
        let is_exact = row.get("exact").and_then(Value::as_bool) == Some(true);
        return vec![format!("{}{suffix}", if is_exact { "" } else { "*." })];
    }
    if !list("names").is_empty() {
        return list("names")
            .iter()
            .map(|name| format!("{key}: {name}"))
            .collect();
    }
    if let Some(segment) = text("segment") {
        return vec![format!("{key}: *.{segment}*")];
    }
    if let Some(prefix) = text("prefix") {
        return vec![format!("{prefix}*")];
    }
    if let Some(group) = text("group") {
        return of(group, &list("kinds"));
    }
    if let Some(word) = text("text") {
        return vec![word.to_owned()];
    }
    match (text("key"), text("name"), text("id")) {
        (Some(setting), ..) if list("values").is_empty() => vec![setting.to_owned()],
        (Some(setting), ..) => vec![format!("{setting}: {}", list("values").join(", "))],
        (_, Some(name), _) => vec![format!("{name}={}", text("value").unwrap_or_default())],
        (_, _, Some(id)) => vec![id.to_owned()],
        (None, None, None) => of(key, &list("kinds")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Bundle;

    /// Rows of the white paper's table that no file shows: intrusion detection has no counterpart
    /// at Azure, and a cluster's machines stand in no manifest.
    #[test]
    fn every_service_is_told_in_full_and_found_by_a_signal() {
        let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
        let services = services(bundle.data()).expect("the catalogue fits its schema");
        let signals = signals(bundle.data()).expect("the tables are right");
        assert!(services.len() >= 90, "{}", services.len());
        for (id, service) in &services {
            for text in [
                &service.name,
                &service.function,
                &service.hint,
                &service.category,
            ] {
                assert!(!text.trim().is_empty(), "{id}");
            }
            assert!(signals.contains_key(id), "{id} has no signal");
        }
        assert_eq!(signals["mysql"]["commands"], ["az mysql"]);
        assert!(signals["storage-account"]["commands"].contains(&"azcopy".to_owned()));
        for id in signals.keys() {
            assert!(
                services.contains_key(id),
                "a signal names the unknown service {id}"
            );
        }
    }

    #[test]
    fn the_white_papers_table_is_complete() {
        let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
        let services = services(bundle.data()).expect("the catalogue fits its schema");
        for (id, product) in [
            ("aks", "Compliant Kubernetes"),
            ("virtual-machines", "Safespring Compute"),
            ("blob-storage", "Safespring Storage (S3)"),
            ("mysql", "MariaDB Galera with ProxySQL"),
            ("mariadb", "MariaDB Galera with ProxySQL"),
            ("postgresql", "PostgreSQL"),
            ("service-bus", "RabbitMQ"),
            ("monitor", "Prometheus with Grafana"),
            ("log-analytics", "OpenSearch"),
            ("container-registry", "Harbor"),
            ("entra-id", "Dex"),
            ("ad-domain-services", "OpenLDAP"),
            ("key-vault", "HashiCorp Vault"),
            ("cosmos-table", "TiKV"),
            ("functions", "OpenFaaS"),
            ("service-fabric-mesh", "Linkerd"),
            ("virtual-network", "Calico"),
            ("azure-devops", "Jenkins"),
        ] {
            let service = services.get(id).unwrap_or_else(|| panic!("{id}"));
            let products = service.counterparts.iter().map(|one| one.product.as_str());
            assert!(
                products.clone().any(|one| one == product),
                "{id}: {product}"
            );
        }
    }
}
