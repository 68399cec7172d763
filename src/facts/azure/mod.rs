//! What ties a resource to Azure: one sign for each fact, told from tables that are data. The one
//! place that decides which service a host, an image, a name, a kind or a setting belongs to, and
//! which of several signs of one fact counts. What a sign means is left to rules.

mod classes;
mod distinction;
mod hosts;
mod images;
mod names;
mod outline;
mod settings;
mod shapes;
mod sign;
mod surroundings;
mod texts;
mod walk;

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::classes::Classes;
use self::hosts::HostTable;
use self::images::Images;
use self::names::{NameTables, Row};
use self::settings::Settings;
use self::shapes::Shapes;
use self::sign::{Certainty, Effect, Sign, Signal};
use self::walk::Walk;
use super::gate::Topic;
use crate::model::{Data, Resource, Role, Tree};

/// The service of public images that belong to no other one.
const PUBLIC_REGISTRY: &str = "microsoft-artifact-registry";

/// The rows of the table of resource types, by type in lower case.
type ResourceTypes = HashMap<String, Row>;

/// Everything that tells of Azure. Read when the first resource holds a telling word.
pub(crate) struct Tables {
    hosts: HostTable,
    names: NameTables,
    settings: Settings,
    shapes: Shapes,
    images: Images,
    resource_types: ResourceTypes,
    markers: Vec<Marker>,
    classes: Classes,
    /// The effect of a label or annotation, by service; those of others are ignored on the target.
    name_effects: HashMap<String, Effect>,
    /// The subject of a service's signs, by service.
    topics: HashMap<String, String>,
    /// Reads the documents in a string.
    read: fn(&str) -> Vec<Tree>,
    /// Whether the user laid something over the tables, so that words say nothing.
    is_laid_over: bool,
}

/// Whether a resource may say something of Azure: cheap, so that tables are read only when they
/// are needed. `is_named` says whether [`Topic::Azure`] is in its text. A table that a user laid
/// over has to be asked in any case.
pub(crate) fn may_tell(resource: &Resource, is_named: bool) -> bool {
    let encoded = match resource.gvk.kind.as_str() {
        "Secret" => "data",
        "ConfigMap" => "binaryData",
        _ => "",
    };
    let may_tell =
        |value: &str| texts::decoded(value).is_some_and(|text| Topic::Azure.is_in(&text));
    let entries = || {
        resource
            .node()
            .get(encoded)
            .into_iter()
            .flat_map(|node| node.entries())
    };
    is_named || entries().any(|(_, value)| value.as_str().is_some_and(may_tell))
}

/// The subject of services whose category has none.
const OTHER_TOPIC: &str = "service";

impl Tables {
    /// The bundled tables with what a user laid over them, and the classes that the scanned
    /// resources define. `read` gives the documents in a string.
    ///
    /// # Errors
    ///
    /// When a user's data does not fit the table that is named.
    pub(crate) fn new(
        data: &Data,
        resources: &[Resource],
        read: fn(&str) -> Vec<Tree>,
    ) -> Result<Self, (&'static str, serde_json::Error)> {
        fn rows<T: DeserializeOwned>(
            data: &Data,
            table: &'static str,
        ) -> Result<T, (&'static str, serde_json::Error)> {
            data.table(table).map_err(|error| (table, error))
        }
        let hosts = HostTable::new(
            rows(data, "azure.hosts")?,
            rows(data, "azure.ignored")?,
            rows(data, "azure.distinguish")?,
        );
        Ok(Self {
            hosts,
            names: NameTables::new(data)?,
            settings: Settings::new(rows(data, "azure.settings")?),
            shapes: Shapes::new(rows(data, "azure.shapes")?),
            images: Images::new(rows(data, "azure.images")?),
            resource_types: rows(data, "azure.resource_types")?,
            markers: rows(data, "azure.markers")?,
            classes: Classes::new(resources),
            name_effects: rows(data, "azure.name_effects")?,
            topics: topics(rows(data, "azure.services")?, &rows(data, "azure.topics")?),
            read,
            is_laid_over: data.is_laid_over(),
        })
    }

    /// What rules see of a resource's signs, in the order of the object.
    pub(crate) fn signs(&self, resource: &Resource) -> Vec<Value> {
        let topic = |service: &str| {
            let topic = self.topics.get(service).map(String::as_str);
            topic.unwrap_or(OTHER_TOPIC).to_owned()
        };
        let found = self.found(resource);
        found.iter().map(|sign| sign.fact(topic)).collect()
    }

    fn found(&self, resource: &Resource) -> Vec<Sign> {
        if resource.role == Role::Package || resource.gvk.kind == "CustomResourceDefinition" {
            return Vec::new();
        }
        let mut found = Walk::over(self, resource);
        if resource.role == Role::Build {
            // What a build merely starts from runs anywhere.
            found.retain(|sign| sign.service != PUBLIC_REGISTRY);
        }
        found
    }

    /// Whether a text holds a telling word.
    fn is_telling(&self, text: &str) -> bool {
        self.is_laid_over || Topic::Azure.is_in(text)
    }

    /// Whether a variable's value itself says what the variable's name would.
    fn says(&self, text: &str, name: &str) -> bool {
        self.is_telling(text) && !self.in_text(text, &[name], false).is_empty()
    }

    /// The sign of a variable in a text, which only counts with a value.
    fn variable_in_text(&self, name: &str, value: Option<&str>) -> Option<Sign> {
        let value = value.filter(|value| !outline::is_nothing(value))?;
        let row = self
            .names
            .environment
            .get(name)
            .filter(|_| !self.says(value, name))?;
        let is_exact = self.names.environment.is_exact(name);
        let found = walk::sign(
            row,
            Signal::Environment,
            format!("variable `{name}`"),
            Effect::Stays,
        );
        let certainty = match row.certainty {
            None if !is_exact => Certainty::Probably,
            _ => found.certainty,
        };
        Some(Sign { certainty, ..found })
    }

    /// What a label or annotation of a service means where it is ignored.
    fn effect_of_name(&self, service: &str) -> Effect {
        self.name_effects
            .get(service)
            .copied()
            .unwrap_or(Effect::Inert)
    }
}

/// A word in a text that only Azure has.
#[derive(Debug, Deserialize)]
struct Marker {
    text: String,
    #[serde(flatten)]
    row: Row,
}

#[derive(Deserialize)]
struct Category {
    category: String,
}

/// The subject of each service, through its category.
fn topics(
    services: HashMap<String, Category>,
    of_category: &HashMap<String, String>,
) -> HashMap<String, String> {
    let topic = |(id, service): (String, Category)| {
        let topic = of_category.get(&service.category)?;
        Some((id, topic.clone()))
    };
    services.into_iter().filter_map(topic).collect()
}

#[cfg(test)]
mod tests;
