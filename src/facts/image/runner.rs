//! Labels of the runners of Gitea and Forgejo, which say in which image a job runs:
//! `ubuntu-latest:docker://node:20-bookworm`.

use super::{At, Image, Place};
use crate::model::Part;

/// What stands between a label and its image.
const SCHEME: &str = ":docker://";

/// What the names of variables end with that hold labels: `GITEA_RUNNER_LABELS`.
pub(super) const VARIABLE: &str = "RUNNER_LABELS";

/// Whether a text holds such labels.
pub(super) fn names_images(text: &str) -> bool {
    text.contains(SCHEME)
}

/// What a message calls a label.
pub(super) fn names_label(label: &str) -> String {
    format!("the runners' label `{label}` names")
}

/// The labels of a text, with commas or blanks between them, and where the references of their images
/// stand in it.
pub(super) fn labels(text: &str) -> impl Iterator<Item = (&str, Part)> {
    let words = text.split([',', ' ', '\n', '"', '\'']);
    words.filter_map(|word| {
        let (before, reference) = word.split_once(SCHEME)?;
        let part = Part {
            start: reference.as_ptr() as usize - text.as_ptr() as usize,
            length: reference.len(),
        };
        Some((before.rsplit('=').next().unwrap_or(before), part))
    })
}

/// The images of some labels with commas between them, whose text stands at a place.
pub(super) fn of_labels(labels: &str, at: &At) -> Vec<Image> {
    let image = |(label, part): (&str, Part)| {
        let start = at.part.map_or(0, |whole| whole.start) + part.start;
        let place = At {
            path: at.path.clone(),
            part: Some(Part { start, ..part }),
        };
        let reference = labels[part.range()].to_owned();
        Image::new(place, Place::Config, names_label(label), reference)
    };
    self::labels(labels).map(image).collect()
}
