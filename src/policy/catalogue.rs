//! The Azure services that the bundled data tells of, and what takes their place.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::Data;

/// An Azure service.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Service {
    /// The service's name.
    pub name: String,
    /// What it does, in a few words.
    pub function: String,
    /// What takes its place, the first choice first.
    pub counterparts: Vec<Counterpart>,
    /// How much work the move is: `S`, `M` or `L`.
    pub effort: String,
    /// What to do, in one sentence.
    pub hint: String,
}

/// What takes a service's place.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Counterpart {
    /// The product's name.
    pub product: String,
    /// Whether the target platform provides it.
    pub platform: bool,
}

/// All services by id.
///
/// # Errors
///
/// When what a user laid over the catalogue does not fit it.
pub fn services(data: &Data) -> Result<BTreeMap<String, Service>, serde_json::Error> {
    data.table("azure.services")
}
