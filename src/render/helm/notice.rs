//! What is told of a chart as a whole.

use crate::model::Notice;
use crate::source::ChartFolder;

/// What tells what a chart is.
const ABOUT: &str = "Chart.yaml";

/// A notice about a chart: what is the matter, and what to do. One in the folder that is scanned has no other name
/// than that of its `Chart.yaml`.
pub(super) fn notice(folder: &ChartFolder, reason: String, help: String) -> Notice {
    let named = |name: &str| match name {
        "" => ABOUT.into(),
        name => name.into(),
    };
    Notice {
        display: Some(named(&folder.display)),
        uri: Some(named(&folder.uri)),
        region: None,
        rule: None,
        resource: None,
        reason,
        help: Some(help),
    }
}
