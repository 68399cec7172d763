//! What is told of a chart as a whole.

use crate::model::Notice;
use crate::source::ChartFolder;

/// A notice about a chart: what is the matter, and what to do.
pub(super) fn notice(folder: &ChartFolder, reason: String, help: String) -> Notice {
    Notice {
        display: Some(folder.display.as_str().into()),
        uri: Some(folder.uri.as_str().into()),
        region: None,
        rule: None,
        resource: None,
        reason,
        help: Some(help),
    }
}
