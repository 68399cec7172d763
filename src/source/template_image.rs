//! What the templates of a chart put together as images: the fields `image` of manifests with actions, read
//! back to the keys of values that these print. Of the language as much as most charts use: keys, `range`,
//! `with`, variables, `printf`, `default` and what changes nothing; of the rest nothing is told.

use super::template::{Action, Kind, Part, Piece, first_string, pieces, stages, words};
use crate::model::{Choice, KeyStep, Printed, TemplateImage};

/// Functions that print their last argument as it is.
const UNCHANGED: [&str; 8] = [
    "quote", "squote", "toString", "trim", "required", "lower", "print", "tpl",
];

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Meaning {
    /// All that a template is given.
    Root,
    /// A value.
    Value(Vec<KeyStep>),
    /// A text that is put together.
    Text(Vec<Printed>),
    Unknown,
}

/// The images that a template puts together.
pub(super) fn images(text: &str) -> Vec<TemplateImage> {
    let is_told = text.contains("image") && text.contains("Values");
    let Some(pieces) = is_told.then(|| pieces(text)).flatten() else {
        return Vec::new();
    };
    let mut reader = Reader {
        text,
        dot: Meaning::Root,
        names: Vec::new(),
        open: Vec::new(),
    };
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        match &piece.part {
            Part::Literal(range) => {
                if let Some((key, start)) = begins_image(&text[range.clone()]) {
                    let image = reader.image(start, &pieces[at + 1..]);
                    let image = image.filter(|image| is_of_container(key, text) || has_sign(image));
                    found.extend(image.map(TemplateImage));
                }
            }
            Part::Action(action) => reader.follow(action),
        }
    }
    found
}

/// Those that are one value as it is, and of which no other image has more around it.
pub(super) fn of_one_value(mut images: Vec<TemplateImage>) -> Vec<TemplateImage> {
    fn only(image: &TemplateImage) -> Option<&Choice> {
        match image.0.as_slice() {
            [Printed::Value(choices)] => match choices.as_slice() {
                [key @ Choice::Key(_)] => Some(key),
                _ => None,
            },
            _ => None,
        }
    }
    let longer = images.iter().filter(|image| only(image).is_none());
    let printed = longer.flat_map(|image| &image.0);
    let taken: Vec<Choice> = printed
        .flat_map(|printed| match printed {
            Printed::Value(choices) => choices.clone(),
            Printed::Text(_) => Vec::new(),
        })
        .collect();
    images.retain(|image| only(image).is_some_and(|key| !taken.contains(key)));
    images
}

/// The key of an image, and what its value begins with, if a text ends in the midst of that.
fn begins_image(literal: &str) -> Option<(&str, &str)> {
    let line = literal.rsplit('\n').next()?.trim_start();
    let line = line.strip_prefix("- ").unwrap_or(line).trim_start();
    let (key, value) = line.split_once(':')?;
    let key = key.trim_matches(['"', '\'']);
    let is_image = key == "image" || key.ends_with("Image");
    is_image.then(|| (key, value.trim_start().trim_start_matches(['"', '\''])))
}

/// Whether a key holds the image of a container: other things than these have images of other kinds.
fn is_of_container(key: &str, text: &str) -> bool {
    key == "image" && text.contains("ontainers:")
}

/// Whether a template puts what only images have between values: a path, or a tag.
fn has_sign(image: &[Printed]) -> bool {
    let is_sign =
        |printed: &Printed| matches!(printed, Printed::Text(text) if text.contains(['/', ':']));
    image.iter().any(is_sign)
}

/// Follows a template from its start on.
struct Reader<'a> {
    text: &'a str,
    dot: Meaning,
    names: Vec<(&'a str, Meaning)>,
    /// Of each open block, what was meant outside of it.
    open: Vec<(Meaning, usize)>,
}

impl<'a> Reader<'a> {
    /// What is printed from the start of a value to the end of its line.
    fn image(&self, start: &str, rest: &[Piece]) -> Option<Vec<Printed>> {
        let mut printed = Vec::new();
        add_text(start, &mut printed);
        for piece in rest {
            match &piece.part {
                Part::Literal(range) => {
                    let literal = &self.text[range.clone()];
                    let line = literal.split(['\r', '\n']).next().unwrap_or_default();
                    let value = line.split(['"', '\'', ' ']).next().unwrap_or_default();
                    add_text(value, &mut printed);
                    if value.len() < literal.len() {
                        return Some(printed);
                    }
                }
                Part::Action(action) if action.kind == Kind::Print => {
                    printed.extend(self.printed(&self.text[action.inner.clone()]));
                }
                Part::Action(_) => return None,
            }
        }
        Some(printed)
    }

    /// What an action means for those behind it.
    fn follow(&mut self, action: &Action) {
        let inner = self.text[action.inner.clone()].trim();
        match action.kind {
            Kind::Scope => {
                self.open.push((self.dot.clone(), self.names.len()));
                self.enter(inner);
            }
            Kind::Condition if inner.starts_with("else") => {}
            Kind::Condition => self.open.push((self.dot.clone(), self.names.len())),
            Kind::Define | Kind::Block => {
                self.open.push((self.dot.clone(), self.names.len()));
                self.dot = Meaning::Root;
            }
            Kind::Else => {
                if let Some((dot, _)) = self.open.last() {
                    self.dot = dot.clone();
                }
            }
            Kind::End => {
                if let Some((dot, names)) = self.open.pop() {
                    self.dot = dot;
                    self.names.truncate(names);
                }
            }
            Kind::Silent => {
                if let Some((name, pipeline)) = inner.split_once(":=") {
                    let meaning = self.meaning(pipeline);
                    self.names.push((name.trim(), meaning));
                } else if let Some((name, _)) = inner.split_once('=') {
                    self.names.push((name.trim(), Meaning::Unknown));
                }
            }
            Kind::Print => {}
        }
    }

    /// What `range` and `with` mean by the dot, and by the names that they give.
    fn enter(&mut self, inner: &'a str) {
        let (word, rest) = inner.split_once(char::is_whitespace).unwrap_or_default();
        let (names, pipeline) = rest.split_once(":=").unwrap_or(("", rest));
        let mut meaning = self.meaning(pipeline);
        if word == "range" {
            meaning = match meaning {
                Meaning::Value(mut path) => {
                    path.push(KeyStep::Each);
                    Meaning::Value(path)
                }
                _ => Meaning::Unknown,
            };
        }
        let mut names = names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let last = names.next_back();
        self.names
            .extend(names.map(|name| (name, Meaning::Unknown)));
        self.names.extend(last.map(|name| (name, meaning.clone())));
        self.dot = meaning;
    }

    fn meaning(&self, pipeline: &str) -> Meaning {
        match self.named(pipeline.trim()) {
            Meaning::Unknown => Meaning::Text(self.printed(pipeline)),
            known => known,
        }
    }

    /// What a name means: `.Values.a.b`, `$.Values.a`, `$x.b`, `(.Values.a).b`.
    fn named(&self, name: &str) -> Meaning {
        let plain = name.replace(['(', ')'], "");
        let is_of_other_chart = plain.contains("Subcharts");
        let is_name = |it: char| it.is_alphanumeric() || matches!(it, '.' | '_' | '$');
        let (head, keys) = plain.split_once('.').unwrap_or((&plain, ""));
        if !plain.starts_with(['.', '$']) || !plain.chars().all(is_name) {
            return Meaning::Unknown;
        }
        let start = match head {
            "" => self.dot.clone(),
            "$" => Meaning::Root,
            _ => {
                let mut names = self.names.iter().rev();
                let known = names.find(|(name, _)| *name == head);
                known.map_or(Meaning::Unknown, |(_, meaning)| meaning.clone())
            }
        };
        let keys = keys.split('.').filter(|key| !key.is_empty());
        keys.fold(start, |around, key| match around {
            Meaning::Value(mut path) => {
                path.push(KeyStep::Key(key.to_owned()));
                Meaning::Value(path)
            }
            // What a named template is given mostly has all values under their name: `.root.Values`.
            _ if key == "Values" && !is_of_other_chart => Meaning::Value(Vec::new()),
            Meaning::Root | Meaning::Text(_) | Meaning::Unknown => Meaning::Unknown,
        })
    }

    /// What a pipeline prints.
    fn printed(&self, pipeline: &str) -> Vec<Printed> {
        let mut printed: Option<Vec<Printed>> = None;
        for stage in stages(pipeline) {
            let words = words(stage);
            printed = Some(match (printed, words.as_slice()) {
                (None, words) => self.stage(words),
                (Some(before), ["default", other]) => or_else(before, self.stage(&[other])),
                (Some(before), [word, ..]) if UNCHANGED.contains(word) => before,
                (Some(_), _) => unknown(),
            });
        }
        printed.unwrap_or_else(unknown)
    }

    fn stage(&self, words: &[&str]) -> Vec<Printed> {
        match words {
            [word] if word.starts_with(['"', '`']) => {
                let text = first_string(word).unwrap_or_default();
                vec![Printed::Value(vec![Choice::Text(text)])]
            }
            [word] => match self.named(word) {
                Meaning::Value(path) => vec![Printed::Value(vec![Choice::Key(path)])],
                Meaning::Text(printed) => printed,
                Meaning::Unknown if word.starts_with('(') && word.ends_with(')') => {
                    self.printed(&word[1..word.len() - 1])
                }
                Meaning::Root | Meaning::Unknown => unknown(),
            },
            ["default", other, value] => or_else(self.stage(&[value]), self.stage(&[other])),
            ["coalesce", first, rest @ ..] => {
                rest.iter().fold(self.stage(&[first]), |before, word| {
                    or_else(before, self.stage(&[word]))
                })
            }
            ["printf", format, arguments @ ..] => self.formatted(format, arguments),
            ["tpl", value, _] => self.stage(&[value]),
            [
                "required" | "quote" | "toString" | "print" | "trim",
                ..,
                value,
            ] => self.stage(&[value]),
            _ => unknown(),
        }
    }

    /// `printf "%s/%s:%s" …`.
    fn formatted(&self, format: &str, arguments: &[&str]) -> Vec<Printed> {
        let Some(format) = first_string(format) else {
            return unknown();
        };
        let texts: Vec<&str> = format
            .split("%s")
            .flat_map(|text| text.split("%v"))
            .collect();
        if texts.len() != arguments.len() + 1 {
            return unknown();
        }
        let mut printed = Vec::new();
        for (at, text) in texts.into_iter().enumerate() {
            add_text(text, &mut printed);
            if let Some(argument) = arguments.get(at) {
                printed.extend(self.stage(&[argument]));
            }
        }
        printed
    }
}

fn unknown() -> Vec<Printed> {
    vec![Printed::Value(Vec::new())]
}

fn add_text(text: &str, printed: &mut Vec<Printed>) {
    if !text.is_empty() {
        printed.push(Printed::Text(text.to_owned()));
    }
}

/// One value, or another where that is not given.
fn or_else(value: Vec<Printed>, other: Vec<Printed>) -> Vec<Printed> {
    match (value.as_slice(), other.as_slice()) {
        ([Printed::Value(first)], [Printed::Value(second)]) => {
            vec![Printed::Value([first.as_slice(), second].concat())]
        }
        _ => unknown(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a[].b` for keys, quotes around texts, `?` for what is unknown, `|` between choices.
    fn shown(text: &str) -> Vec<String> {
        let step = |step: &KeyStep| match step {
            KeyStep::Key(key) => format!(".{key}"),
            KeyStep::Each => "[]".to_owned(),
        };
        let choice = |choice: &Choice| match choice {
            Choice::Text(text) => format!("{text:?}"),
            Choice::Key(path) => path.iter().map(step).collect(),
        };
        let printed = |printed: &Printed| match printed {
            Printed::Text(text) => text.clone(),
            Printed::Value(choices) if choices.is_empty() => "?".to_owned(),
            Printed::Value(choices) => {
                let choices: Vec<String> = choices.iter().map(choice).collect();
                format!("<{}>", choices.join("|"))
            }
        };
        let found = images(text).into_iter();
        found
            .map(|image| image.0.iter().map(printed).collect())
            .collect()
    }

    #[test]
    fn keys_are_told_through_scopes_and_variables() {
        let text = "\
initContainers:
{{- $root := . }}
{{- range .Values.services }}
{{- $tag := index $root.Values.tags .name | default $root.Values.global.tag }}
  - name: x
    image: {{ $root.Values.global.host }}/{{ .image }}:{{ $tag }}
{{- end }}
{{- range $name, $job := .Values.jobs }}
  - image: \"{{ $job.image }}:{{ .tag | default $.Chart.AppVersion }}\" # runs
{{- end }}
{{- with .Values.db }}
    image: '{{ .image }}'
{{- else }}
    image: {{ .Values.spare }}
{{- end }}
    image: {{ .Values.web.image | quote }}
";
        assert_eq!(
            shown(text),
            [
                "<.global.host>/<.services[].image>:<.global.tag>",
                "<.jobs[].image>:<.jobs[].tag>",
                "<.db.image>",
                "<.spare>",
                "<.web.image>",
            ]
        );
    }

    #[test]
    fn values_keep_their_name_in_what_a_named_template_is_given() {
        let text = "\
containers:
{{- define \"shop.node\" }}
  - image: {{ .root.Values.docker.web }}
{{- $all := index . 0 }}
  - image: {{ $all.Values.docker.job }}
  - image: {{ .Subcharts.db.Values.image }}
  - image: {{ .root.docker.Chart }}
{{- end }}
";
        assert_eq!(shown(text), ["<.docker.web>", "<.docker.job>", "?", "?"]);
    }

    #[test]
    fn one_value_is_alone_where_nothing_adds_to_it() {
        let text = "\
containers:
image: {{ .Values.web }}
image: {{ .Values.job }}
image: {{ .Values.job }}:{{ .Values.tag }}
image: {{ .Values.side | default .Values.web }}
image: {{ .Values.api | quote }}
";
        let alone = of_one_value(images(text));
        assert_eq!(alone, images("containers:\nimage: {{ .Values.api }}\n"));
    }

    #[test]
    fn what_has_images_of_other_kinds_needs_a_tag() {
        let text = "\
kind: Machine
image: {{ .Values.machine }}
  \"image\": \"{{ .Values.web.image }}:{{ .Values.web.tag }}\",
  sideImage: {{ .Values.side.image }}:1
  backImage: {{ .Values.picture }}
";
        assert_eq!(shown(text), ["<.web.image>:<.web.tag>", "<.side.image>:1"]);
        assert!(shown("images: {{ .Values.all }}:x").is_empty());
    }

    #[test]
    fn texts_are_put_together_and_what_is_not_understood_stays_open() {
        let text = "\
containers:
image: {{ printf \"%s/%s:%v\" .Values.host (default \"web\" .Values.name) .Values.tag }}
image: {{ include \"web.image\" . }}
image: {{ if .Values.host }}{{ .Values.host }}/{{ end }}web
image: {{ .Values.image | replace \"a\" \"b\" }}
imagePullPolicy: {{ .Values.policy }}
image: {{ required \"give one\" (.Values.api).image }}
image: {{ .Chart.Name }}:{{ .Values.tag }}
";
        assert_eq!(
            shown(text),
            [
                "<.host>/<.name|\"web\">:<.tag>",
                "?",
                "?",
                "<.api.image>",
                "?:<.tag>",
            ]
        );
    }
}
