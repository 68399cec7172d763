//! What the templates of a chart make of its own values: which of these none of them names, what
//! `helm create` left behind, and what they put together as images.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use walkdir::WalkDir;

use super::template_image;
use super::tried::is_of_unit_test;
use super::value_name::{names_alone, values_named};
use crate::model::{Node, TemplateImage};

/// What a chart has that takes values which no template of its own names.
const USERS: [&str; 2] = ["charts", "requirements.yaml"];

/// The templates of a chart, to which a values file belongs.
pub(super) struct Templates {
    texts: Vec<String>,
    /// Whether the values are those that the chart comes with.
    are_own: bool,
    /// Whether nothing but these gets values.
    are_alone: bool,
    /// Whether the values are those of a test.
    are_tested: bool,
}

impl Templates {
    /// Those beside values; none for files that lie elsewhere.
    pub(super) fn of(file: &Path) -> Self {
        let chart = file.parent();
        let texts = chart.and_then(texts).unwrap_or_default();
        let are_own = file.ends_with("values.yaml");
        Self {
            are_own,
            are_alone: are_own
                && !texts.is_empty()
                && chart.is_some_and(is_alone)
                && !include_others(&texts),
            are_tested: is_of_unit_test(file),
            texts,
        }
    }

    /// The images that they put together; for values that are no chart's own, those of one value alone,
    /// since the rest may stand in the chart's.
    pub(super) fn images(&self) -> Vec<TemplateImage> {
        let texts = self.texts.iter();
        let images: Vec<TemplateImage> = texts
            .flat_map(|text| template_image::images(text))
            .collect();
        match self.are_own {
            true => images,
            false => template_image::of_one_value(images),
        }
    }

    /// The values that they use as nothing but the name of a Secret or of an entry in one, with the keys around
    /// them before dots.
    pub(super) fn names_alone(&self) -> Vec<String> {
        names_alone(&self.texts)
    }

    /// The outermost keys of values that none of them names, those within others behind dots; none where
    /// something may use values without their name: another chart, or a template that hands on all of them.
    pub(super) fn idle_keys(&self, root: Node<'_>) -> Vec<String> {
        let keys = root.entries().filter_map(|(key, _)| key.as_str());
        match (self.are_tested, self.are_alone) {
            (true, _) => keys.map(str::to_owned).collect(),
            (false, true) => idle_keys(&self.texts, root),
            (false, false) => Vec::new(),
        }
    }
}

fn idle_keys(texts: &[String], root: Node<'_>) -> Vec<String> {
    // Values may name others, for templates that read them as one; so may files.
    let hold = |word: &str| texts.iter().any(|text| text.contains(word));
    if hold(".Files") && hold("tpl") {
        return Vec::new();
    }
    let texts = texts.iter().map(String::as_str).chain([root.text()]);
    let named: Option<Vec<HashSet<&str>>> = texts.map(values_named).collect();
    let Some(named) = named.filter(|named| named.len() > 1) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    add_idle(root, "", &named.into_iter().flatten().collect(), &mut found);
    found
}

/// Adds the keys of a map that no name leads to: what is named as a whole is used with all that it holds.
fn add_idle(node: Node<'_>, around: &str, named: &BTreeSet<&str>, found: &mut Vec<String>) {
    for (key, value) in node.entries() {
        let Some(key) = key.as_str() else { continue };
        let path = format!("{around}{key}");
        if named.contains(path.as_str()) {
            continue;
        }
        let inner = format!("{path}.");
        let mut behind = named.range(inner.as_str()..);
        match behind.next().is_some_and(|name| name.starts_with(&inner)) {
            true => add_idle(value, &inner, named, found),
            false => found.push(path),
        }
    }
}

/// Whether nothing but a chart's own templates gets its values.
fn is_alone(chart: &Path) -> bool {
    let about = std::fs::read_to_string(chart.join("Chart.yaml")).unwrap_or_default();
    let is_library = |line: &str| line.starts_with("type:") && line.contains("library");
    let is_user = |line: &str| line.starts_with("dependencies:") || is_library(line);
    !about.lines().any(is_user) && !USERS.iter().any(|name| chart.join(name).exists())
}

/// Whether templates include named ones that none of them defines: those of a chart around them, which
/// get their values.
fn include_others(texts: &[String]) -> bool {
    let all = |words: [&'static str; 2]| -> HashSet<&str> {
        let named = texts.iter().flat_map(|text| names_behind(text, words));
        named.collect()
    };
    let empty: HashSet<&str> = texts.iter().flat_map(|text| defined_empty(text)).collect();
    let defined = &all(["define", "block"]) - &empty;
    !all(["include", "template"]).is_subset(&defined)
}

/// The names of templates that are defined with nothing in them: something else fills them in.
fn defined_empty(text: &str) -> impl Iterator<Item = &str> {
    names_behind(text, ["define", "block"]).filter(|name| {
        let start = name.as_ptr() as usize - text.as_ptr() as usize;
        let behind = text[start..].split_once("}}").map_or("", |(_, rest)| rest);
        let next = behind.trim_start().strip_prefix("{{");
        next.is_some_and(|next| next.trim_start_matches(['-', ' ']).starts_with("end"))
    })
}

/// The names in quotes that stand right behind some words of a template.
fn names_behind<'a>(text: &'a str, words: [&'static str; 2]) -> impl Iterator<Item = &'a str> {
    let behind = move |word: &'static str| {
        let rests = text
            .match_indices(word)
            .map(move |(at, _)| text[at + word.len()..].trim_start());
        rests.filter_map(|rest| rest.strip_prefix('"')?.split('"').next())
    };
    words.into_iter().flat_map(behind)
}

/// The texts of a chart's templates; `None` for what is no chart.
fn texts(chart: &Path) -> Option<Vec<String>> {
    if !chart.join("Chart.yaml").exists() {
        return None;
    }
    let files = WalkDir::new(chart.join("templates")).into_iter().flatten();
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| std::fs::read_to_string(entry.path()).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let file = chart.join("values.yaml");
        assert_eq!(Templates::of(&file).idle_keys(root), ["spare"]);
        std::fs::write(chart.join("requirements.yaml"), "").unwrap();
        assert!(Templates::of(&file).idle_keys(root).is_empty());
    }

    #[test]
    fn what_is_named_as_a_whole_is_used_with_all_that_it_holds() {
        let template =
            "{{ .Values.image.tag }}{{ with .Values.web }}{{ .port }}{{ end }}".to_owned();
        let values =
            "image: {tag: a, pullPolicy: b, a: {b: c}}\nweb: {port: 1, host: x}\nweb2: {}\n";
        let stream = super::super::document::read_yaml(values);
        let root = stream.documents[0].tree.root().unwrap();
        let idle = idle_keys(&[template], root);
        assert_eq!(idle, ["image.pullPolicy", "image.a", "web2"]);
        let reads = |text: &str| idle_keys(&[format!("{{{{ .Values.web }}}}{text}")], root);
        assert_eq!(reads("{{ .Files.Get \"x\" }}"), ["image", "web2"]);
        assert!(reads("{{ tpl (.Files.Get \"x\") . }}").is_empty());
    }

    #[test]
    fn a_comment_on_libraries_makes_no_chart_one() {
        let folder = tempfile::tempdir().unwrap();
        let about = |text: &str| {
            std::fs::write(folder.path().join("Chart.yaml"), text).unwrap();
            is_alone(folder.path())
        };
        let comment = "# either an 'application' or a 'library' chart.\n";
        assert!(about(&format!("{comment}type: application\n")));
        assert!(!about(&format!("{comment}type: library\n")));
    }

    #[test]
    fn named_templates_of_a_chart_around_use_values() {
        let folder = tempfile::tempdir().unwrap();
        let chart = folder.path();
        std::fs::create_dir(chart.join("templates")).unwrap();
        std::fs::write(chart.join("Chart.yaml"), "name: web\n").unwrap();
        let values = super::super::document::read_yaml("image: a\nport: 80\n");
        let root = values.documents[0].tree.root().unwrap();
        let idle = |include: &str| {
            let own = "{{ define \"web.name\" }}{{ .Values.port }}{{ end }}\n";
            let template = chart.join("templates/web.yaml");
            std::fs::write(template, format!("{own}{include}")).unwrap();
            Templates::of(&chart.join("values.yaml")).idle_keys(root)
        };
        assert!(idle("{{ include \"shop.deployment\" . }}").is_empty());
        assert!(idle("{{- template  \"shop.deployment\" . -}}").is_empty());
        assert_eq!(idle("{{ include \"web.name\" . }}"), ["image"]);
        let empty = "{{- define \"web.image\" -}}\n{{- end -}}\n{{ include \"web.image\" . }}";
        assert!(idle(empty).is_empty());
        let path = "{{ include (print $.Template.BasePath \"/web.yaml\") . }}";
        assert_eq!(idle(path), ["image"]);
    }

    #[test]
    fn values_of_unit_tests_are_of_no_use() {
        let folder = tempfile::tempdir().unwrap();
        let tests = folder.path().join("tests");
        std::fs::create_dir_all(tests.join("values")).unwrap();
        let values = super::super::document::read_yaml("image: a\n");
        let root = values.documents[0].tree.root().unwrap();
        let file = tests.join("values/full-values.yaml");
        let idle = || Templates::of(&file).idle_keys(root);
        std::fs::write(folder.path().join("Chart.yaml"), "name: web\n").unwrap();
        assert!(idle().is_empty());
        std::fs::write(tests.join("web_test.yaml"), "suite: web\n").unwrap();
        assert_eq!(idle(), ["image"]);
    }
}
