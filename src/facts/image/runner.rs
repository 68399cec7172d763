//! Runners of pipelines: the labels of Gitea's and Forgejo's, which say in which image a job runs
//! (`ubuntu-latest:docker://node:20-bookworm`), and the configuration of GitLab's.

use super::{At, Image, Place};
use crate::model::{Part, ValuePath};

/// What stands between a label and its image.
const SCHEME: &str = ":docker://";

/// What the names of variables end with that hold labels: `GITEA_RUNNER_LABELS`.
pub(super) const VARIABLE: &str = "RUNNER_LABELS";

/// What only the configuration of a runner holds.
const RUNNERS: &str = "[[runners]]";

/// The settings of a runner that name an image.
const RUNNER_IMAGES: [&str; 2] = ["image", "helper_image"];

/// How the sections end of what runs beside each job, of which each names its image.
const RUNNER_SERVICES: &str = ".services]]";

/// Whether a text is the configuration of GitLab's runners.
pub(super) fn is_configuration(text: &str) -> bool {
    text.contains(RUNNERS)
}

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
        let part = Part::within(text, reference);
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

/// Images that the configuration of GitLab's runners names: `image = "alpine:3.20"`.
pub(super) fn of_configuration(text: &str, base: &ValuePath, found: &mut Vec<Image>) {
    let mut is_of_service = false;
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            is_of_service = line.contains(RUNNER_SERVICES);
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        let is_image = |key: &str| RUNNER_IMAGES.contains(&key);
        let quote = value
            .chars()
            .next()
            .filter(|first| matches!(first, '"' | '\''));
        let reference = quote.and_then(|quote| value[1..].split(quote).next());
        let Some(reference) = reference
            .filter(|text| !text.is_empty() && (is_image(key) || is_of_service && key == "name"))
        else {
            continue;
        };
        let at = At {
            path: base.clone(),
            part: Some(Part::within(text, reference)),
        };
        let subject = format!("the runners' setting `{key}` names");
        found.push(Image::new(at, Place::Config, subject, reference.to_owned()));
    }
}
