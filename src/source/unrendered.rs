//! Templates of charts as nothing rendered them: what stands in them literally.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::chart::is_template;
use super::collect::{ChartFolder, Found, Request, collect};
use super::{file, handed_text};
use crate::model::{Resource, Role};

/// The objects in the templates of a chart that nothing renders, as far as they stand there literally,
/// and the texts that these read.
pub(crate) fn templates(chart: &ChartFolder) -> Vec<Resource> {
    with_handed_texts(read_templates(chart, |_| true))
}

/// The same of a chart of which only a part is rendered: of templates that were left out, by their paths for
/// people, and of branches that no rendering reaches.
pub(crate) fn templates_of_part(chart: &ChartFolder, left_out: &[Arc<str>]) -> Vec<Resource> {
    let mut found = read_templates(chart, |_| true);
    let is_left_out = |one: &Resource| left_out.contains(&one.artifact.display);
    found.retain(|one| one.role == Role::Outline || is_left_out(one));
    with_handed_texts(found)
}

fn with_handed_texts(mut found: Vec<Resource>) -> Vec<Resource> {
    let texts = handed_text::resources(&found);
    found.extend(texts);
    found
}

fn read_templates(chart: &ChartFolder, is_wanted: impl Fn(&Path) -> bool) -> Vec<Resource> {
    let request = Request {
        paths: vec![chart.path.clone()],
        honour_ignore_files: true,
        reads_templates: true,
    };
    let mut files = collect(&request).files;
    let is_own = |found: &Found| {
        let path = found.path.as_deref();
        path.is_some_and(|path| is_template(path) && is_wanted(path))
    };
    files.retain(is_own);
    for found in &mut files {
        if let Some(path) = &found.path {
            (found.display, found.uri) = chart.names(path);
        }
    }
    let read = files.par_iter().map(file::read);
    read.flat_map_iter(|read| read.resources).collect()
}

/// What the templates of a rendered chart say literally of images, whatever its renderings reach.
#[must_use]
pub(crate) fn literal_images(chart: &ChartFolder) -> Vec<Resource> {
    let mut found = read_templates(chart, |path| {
        let text = std::fs::read_to_string(path);
        text.is_ok_and(|text| text.lines().any(names_image))
    });
    found.retain(|resource| resource.role == Role::Outline);
    for resource in &mut found {
        resource.role = Role::Unreached;
    }
    found
}

/// The releases of other charts that a chart's templates hold without actions, as an application of applications
/// does. A packed chart hands on nothing of this repository.
pub(crate) fn literal_releases(chart: &ChartFolder) -> Vec<Resource> {
    if !chart.path.is_dir() {
        return Vec::new();
    }
    let names_release = |line: &str| {
        let kind = line.strip_prefix("kind:").map(str::trim);
        matches!(kind, Some("Application" | "HelmRelease"))
    };
    let mut found = read_templates(chart, |path| {
        let text = std::fs::read_to_string(path);
        text.is_ok_and(|text| text.lines().any(names_release))
    });
    found.retain(|resource| resource.role == Role::Template);
    found
}

/// Whether a line of a template holds an image that does not begin with an action, or of which an action prints no
/// more than the registry.
fn names_image(line: &str) -> bool {
    let field = line.trim_start().trim_start_matches("- ");
    let value = field.strip_prefix("image:").map(str::trim);
    let value = value.map(|value| value.trim_start_matches(['"', '\'']));
    value.is_some_and(|value| match value.split_once("}}") {
        Some((action, path)) if action.starts_with("{{") => {
            path.contains('/') && !path.contains([':', '{'])
        }
        _ => !value.is_empty(),
    })
}

#[cfg(test)]
mod tests {
    use super::names_image;

    #[test]
    fn a_line_names_an_image_by_what_no_action_prints() {
        for image in ["web:1", "{{ .host }}/shop/web", "'{{ .host }}shop/web'"] {
            assert!(names_image(&format!("- image: {image}")), "{image}");
        }
        for image in [
            "",
            "{{ .image }}",
            "{{ .host }}/web:{{ .tag }}",
            "{{ .a }}/{{ .b }}",
        ] {
            assert!(!names_image(&format!("image: {image}")), "{image}");
        }
    }
}
