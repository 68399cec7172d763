//! Which of a chart's own values no template of it names: what `helm create` left behind.

use std::collections::HashSet;
use std::path::Path;

use walkdir::WalkDir;

use crate::model::Node;

/// What templates name values by.
const VALUES: &str = ".Values";

/// What a chart has that takes values which no template of its own names.
const USERS: [&str; 2] = ["charts", "requirements.yaml"];

/// The keys of a chart's own values that no template of it names; none where something may use values
/// without their name: another chart, or a template that hands on all of them.
pub(super) fn keys(file: &Path, root: Node<'_>) -> Vec<String> {
    let chart = file.parent().filter(|_| file.ends_with("values.yaml"));
    let Some(texts) = chart.and_then(templates) else {
        return Vec::new();
    };
    // Values may name others, for templates that read them as one.
    let texts = texts.iter().map(String::as_str).chain([root.text()]);
    let named: Option<Vec<HashSet<&str>>> = texts.map(names).collect();
    let Some(named) = named.filter(|named| named.len() > 1) else {
        return Vec::new();
    };
    let keys = root.entries().filter_map(|(key, _)| key.as_str());
    let is_idle = |key: &&str| named.iter().all(|names| !names.contains(key));
    keys.filter(is_idle).map(str::to_owned).collect()
}

/// The texts of a chart that nothing but its own templates gives values to; `None` for others.
fn templates(chart: &Path) -> Option<Vec<String>> {
    let about = std::fs::read_to_string(chart.join("Chart.yaml")).ok()?;
    let is_user = |line: &str| line.starts_with("dependencies:") || line.contains("library");
    if about.lines().any(is_user) || USERS.iter().any(|name| chart.join(name).exists()) {
        return None;
    }
    let files = WalkDir::new(chart.join("templates")).into_iter().flatten();
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| std::fs::read_to_string(entry.path()).ok())
        .collect()
}

/// The keys of values that a template names; `None` where it uses them without a name, or reads files
/// that may.
fn names(text: &str) -> Option<HashSet<&str>> {
    if text.contains(".Files") {
        return None;
    }
    let mut named = HashSet::new();
    for (_, rest) in text
        .match_indices(VALUES)
        .map(|(at, _)| text.split_at(at + VALUES.len()))
    {
        let key = rest.strip_prefix('.').unwrap_or_default();
        let end = key.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_'));
        let key = &key[..end.unwrap_or(key.len())];
        if key.is_empty() {
            return None;
        }
        named.insert(key);
    }
    Some(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_templates_name_is_told_from_what_they_hand_on() {
        let named = names("{{ .Values.image.tag }}{{ $.Values.web_x | quote }}");
        assert_eq!(named, Some(HashSet::from(["image", "web_x"])));
        for text in [
            "{{ toYaml .Values }}",
            "{{ index .Values \"image\" }}",
            "{{ .Files.Get \"x\" }}",
        ] {
            assert_eq!(names(text), None, "{text}");
        }
    }

    #[test]
    fn values_that_other_values_name_are_of_use() {
        let folder = tempfile::tempdir().unwrap();
        let chart = folder.path();
        std::fs::create_dir(chart.join("templates")).unwrap();
        std::fs::write(chart.join("Chart.yaml"), "name: web\n").unwrap();
        let template = "{{ tpl .Values.shown . }}";
        std::fs::write(chart.join("templates/web.yaml"), template).unwrap();
        let values = "shown: '{{ .Values.image }}'\nimage: a\nspare: b\n";
        let stream = super::super::document::read_yaml(values);
        let root = stream.documents[0].tree.root().unwrap();
        assert_eq!(keys(&chart.join("values.yaml"), root), ["spare"]);
    }
}
