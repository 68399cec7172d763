//! Names of values in a chart's templates: which a template uses, and which of them as nothing but the name of a
//! Secret, or of an entry in one, as far as the lines show in which they are named. What is used in any other way as
//! well is none of these.

use std::collections::{BTreeMap, HashSet};

/// What templates name values by.
const VALUES: &str = ".Values";

/// Keys whose values name a Secret, wherever they stand.
const NAMES: [&str; 3] = ["secretName", "existingSecret", "existingSecretName"];

/// Objects that say where something is taken from, each with the keys in it whose values are names.
const REFERENCES: [(&str, &[&str]); 5] = [
    ("secretKeyRef", &["name", "key"]),
    ("configMapKeyRef", &["name", "key"]),
    ("secretRef", &["name"]),
    ("imagePullSecrets", &["name"]),
    ("remoteRef", &["key", "property"]),
];

/// The values that a template names, each with the keys around it before dots; `None` where it uses them without a name.
pub(super) fn values_named(text: &str) -> Option<HashSet<&str>> {
    let mut named = HashSet::new();
    for (_, rest) in text
        .match_indices(VALUES)
        .map(|(at, _)| text.split_at(at + VALUES.len()))
    {
        let key = rest.strip_prefix('.').unwrap_or_default();
        let end = key.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_' || it == '.'));
        let key = key[..end.unwrap_or(key.len())].trim_end_matches('.');
        if key.is_empty() {
            return None;
        }
        named.insert(key);
    }
    Some(named)
}

/// The values, each with the keys around it before dots, that templates use as such names alone.
pub(super) fn names_alone(texts: &[String]) -> Vec<String> {
    let is_reference = |text: &String| {
        let objects = REFERENCES.iter().map(|(object, _)| object);
        objects.chain(&NAMES).any(|word| text.contains(word))
    };
    if !texts.iter().any(is_reference) {
        return Vec::new();
    }
    // For each value, whether all its uses are such.
    let mut used: BTreeMap<&str, bool> = BTreeMap::new();
    for text in texts {
        let lines: Vec<&str> = text.lines().collect();
        for at in 0..lines.len() {
            let Some(named) = values_named(lines[at]) else {
                return Vec::new();
            };
            add(&named, &lines[..=at], &mut used);
        }
    }
    let others: HashSet<&str> = used.iter().filter(|one| !one.1).map(|one| *one.0).collect();
    let is_in_other = |path: &str| {
        let mut ends = path.match_indices('.').map(|(end, _)| end);
        ends.any(|end| others.contains(&path[..end]))
    };
    let names = used
        .into_iter()
        .filter(|(path, is_name)| *is_name && !is_in_other(path));
    names.map(|(path, _)| path.to_owned()).collect()
}

/// Adds what the last of some lines does with the values that it names.
fn add<'t>(named: &HashSet<&'t str>, lines: &[&'t str], used: &mut BTreeMap<&'t str, bool>) {
    let Some(line) = lines.last().filter(|_| !named.is_empty()) else {
        return;
    };
    for path in named {
        let reference = format!(".Values.{path}");
        for (at, _) in line.match_indices(&reference) {
            let action = line[..at].rfind("{{").unwrap_or(at);
            let verb = line[action..at].trim_start_matches(['{', '-', ' ']);
            // Whether it is there says nothing of what it is.
            if verb.starts_with("if ") || verb.starts_with("else if ") {
                continue;
            }
            let is_name = verb.trim_end_matches(['$', ' ']).is_empty()
                && takes_name(&line[..action], &lines[..lines.len() - 1]);
            let all = used.entry(path).or_insert(true);
            *all = *all && is_name;
        }
    }
}

/// Whether the value that begins behind some text of a line is a name, by its key and the object around.
fn takes_name(before: &str, above: &[&str]) -> bool {
    let head = without_actions(before);
    let head = head.trim_end().trim_end_matches(['"', '\'']).trim_end();
    let Some(head) = head.strip_suffix(':') else {
        return false;
    };
    let key = last_word(head);
    let object = match head.rfind('{') {
        Some(open) => last_word(head[..open].trim_end().trim_end_matches(':')).to_owned(),
        None => around(before, above).to_owned(),
    };
    let mut references = REFERENCES.iter();
    NAMES.contains(&key) || references.any(|(of, keys)| *of == object && keys.contains(&key))
}

/// The key of the object that a line stands in: of the nearest line above that is less indented. A dash stands
/// where its list's key may, and what controls a template anywhere.
fn around<'t>(line: &str, above: &[&'t str]) -> &'t str {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = indent(line);
    let lines = above.iter().rev();
    let mut keys = lines.filter(|line| !line.trim_start().starts_with(['{', '#']));
    let parent = keys.find(|line| !line.trim().is_empty() && indent(line) < own);
    parent.map_or("", |line| last_word(line.trim_end().trim_end_matches(':')))
}

fn last_word(text: &str) -> &str {
    let is_part = |one: char| one.is_ascii_alphanumeric() || one == '_';
    text.rsplit(|one| !is_part(one)).next().unwrap_or_default()
}

/// A text without the actions of a template in it.
fn without_actions(text: &str) -> String {
    let mut parts = text.split("{{");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once("}}").map_or("", |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        names_alone(&[text.to_owned()])
    }

    #[test]
    fn what_templates_name_is_told_from_what_they_hand_on() {
        let named = values_named("{{ .Values.image.tag }}{{ $.Values.web_x | quote }}");
        assert_eq!(named, Some(HashSet::from(["image.tag", "web_x"])));
        for text in ["{{ toYaml .Values }}", "{{ index .Values \"image\" }}"] {
            assert_eq!(values_named(text), None, "{text}");
        }
    }

    #[test]
    fn what_refers_to_secrets_takes_names() {
        let text = "env:\n  - name: A\n    valueFrom:\n      secretKeyRef:\n        name: {{ .Values.shop.secret }}\n        \
                    key: \"{{ $.Values.keys.password | default \"x\" }}\"\n  {{- if .Values.db_password }}\n  \
                    - valueFrom: {secretKeyRef: {name: {{ .Values.db_password }}, key: {{ .Values.password }}}}\n  \
                    {{- end }}\nimagePullSecrets:\n  - name: {{ .Values.pull_token }}\n";
        let names = [
            "db_password",
            "keys.password",
            "password",
            "pull_token",
            "shop.secret",
        ];
        assert_eq!(told(text), names);
    }

    #[test]
    fn what_is_used_in_another_way_is_no_name() {
        for text in [
            "secretName: {{ .Values.a }}\nvalue: {{ .Values.a }}",
            "secretName: {{ .Values.a.b }}\n{{- range .Values.a }}\n{{- end }}",
            "secretName: x\nname: {{ .Values.a }}",
            "secretName: x-{{ .Values.a }}",
            "secretName: {{ printf \"%s\" .Values.a }}",
            "secretName: {{ .Values.a }}\n{{ toYaml .Values }}",
            "secretKeyRef:\n  name: x\n  key: y\nname: {{ .Values.a }}",
            "env:\n- name: {{ .Values.a }}\n  secretRef: {}",
        ] {
            assert!(told(text).is_empty(), "{text}");
        }
    }
}
