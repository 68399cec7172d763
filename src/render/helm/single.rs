//! Values that are set one by one, as options of helm and parameters of a release set them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Place, Supply};

/// A value that is set by itself.
#[derive(Debug)]
pub(super) struct Single {
    /// Its key.
    pub key: String,
    /// The value as it is written.
    pub value: String,
    /// The supply that a finding tells.
    pub supply: Arc<Supply>,
}

impl Single {
    /// What an option sets, `auth.password=x`; `places` says which keys a file has.
    pub(super) fn of(option: &str, places: &BTreeMap<String, Place>) -> Option<Self> {
        let (key, value) = option.split_once('=')?;
        Some(Self {
            key: key.to_owned(),
            value: value.to_owned(),
            supply: Arc::new(supply(key, places)),
        })
    }
}

/// The supply of a single value: an option's key, or that of a file.
fn supply(key: &str, places: &BTreeMap<String, Place>) -> Supply {
    match places.get(key) {
        Some(place) => Supply {
            key: key.to_owned(),
            place: Some(place.clone()),
        },
        None => Supply {
            key: format!("--set {key}"),
            place: None,
        },
    }
}
