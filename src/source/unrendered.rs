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

/// What the templates of a rendered chart say literally of images and of what is secret, whatever its renderings
/// reach.
#[must_use]
pub(crate) fn unreached(chart: &ChartFolder) -> Vec<Resource> {
    let mut found = read_templates(chart, |path| {
        let text = std::fs::read_to_string(path);
        text.is_ok_and(|text| {
            text.lines()
                .any(|line| names_image(line) || may_name_secret(line))
        })
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

/// Whether a line has a word of what is secret, or a URL's user information, and is more than a key and an action: so
/// that templates without such lines cost no more than a look at them.
fn may_name_secret(line: &str) -> bool {
    const WORDS: [&str; 9] = [
        "pass", "pwd", "secret", "token", "key", "auth", "cred", "login", "@",
    ];
    let line = line.to_ascii_lowercase();
    let value = line.split_once([':', '=']).map(|(_, value)| value.trim());
    let is_literal = value.is_some_and(|value| !value.is_empty() && !value.starts_with("{{"));
    is_literal && WORDS.iter().any(|word| line.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{may_name_secret, names_image};

    #[test]
    fn a_line_may_name_a_secret_where_it_holds_more_than_an_action() {
        for line in ["- name: DB_PASSWORD", "apiToken: x", "url: amqp://a:b@c"] {
            assert!(may_name_secret(line), "{line}");
        }
        for line in [
            "password: {{ .Values.password }}",
            "password:",
            "replicas: 1",
        ] {
            assert!(!may_name_secret(line), "{line}");
        }
    }

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
