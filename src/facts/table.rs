//! Tables and settings among the data, and whether what a user laid over them fits.

use serde::de::DeserializeOwned;

use super::azure::Tables;
use super::environment::Settings;
use super::package::PackageTable;
use super::{build, command, credentials, image, package};
use crate::model::{Data, Tree};

/// A bundled table that a user's data no longer fits.
#[derive(Debug)]
pub(crate) struct Misfit {
    /// The table's path below `data`.
    pub(crate) table: &'static str,
    /// What is the matter.
    pub(crate) error: serde_json::Error,
}

/// The packages that the tables know.
pub(super) fn package_table(data: &Data) -> PackageTable {
    PackageTable::new(
        rows(data, "azure.packages"),
        rows(data, "azure.ignored_packages"),
    )
}

/// A bundled table; [`check_tables`] has shown that a user's data fits it.
pub(super) fn rows<T: DeserializeOwned + Default>(data: &Data, path: &str) -> T {
    data.table(path).unwrap_or_default()
}

fn check<T: DeserializeOwned>(table: &'static str, data: &Data) -> Result<(), Misfit> {
    data.table::<T>(table)
        .map(|_| ())
        .map_err(|error| Misfit { table, error })
}

/// Checks what a user laid over the settings and the tables about images.
///
/// # Errors
///
/// For the first that does not fit.
pub(crate) fn check_settings(data: &Data) -> Result<(), Misfit> {
    check::<image::Settings>("settings", data)?;
    check::<Vec<image::FieldRow>>("images.custom_resources", data)?;
    check::<Vec<image::PassedRow>>("images.passed", data)
}

/// The settings of the network; [`check_tables`] has shown that a user's fit.
pub(super) fn network_settings(data: &Data) -> crate::network::Settings {
    rows::<NetworkTable>(data, "settings").network
}

/// What of the settings is about the network.
#[derive(Default, serde::Deserialize)]
struct NetworkTable {
    network: crate::network::Settings,
}

/// Checks all that a user laid over tables and settings.
pub(super) fn check_tables(data: &Data, read: fn(&str) -> Vec<Tree>) -> Result<(), Misfit> {
    Tables::new(data, &[], read).map_err(|(table, error)| Misfit { table, error })?;
    check::<package::Rows>("azure.packages", data)?;
    check::<NetworkTable>("settings", data)?;
    check::<package::Ignored>("azure.ignored_packages", data)?;
    check::<Settings>("settings", data)?;
    check_settings(data)?;
    check::<command::Commands>("azure.commands", data)?;
    check::<command::Cmdlets>("azure.cmdlets", data)?;
    check::<command::Installs>("azure.installs", data)?;
    check::<build::Images>("azure.base_images", data)?;
    check::<build::Tasks>("azure.pipeline_tasks", data)?;
    check::<build::Actions>("azure.actions", data)?;
    let defaults = data.folder::<credentials::Defaults>("credentials");
    defaults.map(|_| ()).map_err(|error| Misfit {
        table: "credentials",
        error,
    })
}
