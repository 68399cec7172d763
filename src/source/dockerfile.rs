//! Dockerfiles to trees: base images with the defaults of their arguments, copied images, command
//! lines. The one file that knows their parser.

mod argument;
mod content;

use std::borrow::Cow;

use parse_dockerfile::{
    Command, Flag, HealthcheckArguments, HereDoc, Instruction, UnescapedString, parse_iter,
};

use self::content::{Content, Line, Piece};
use super::document::Broken;
use crate::model::{Span, Tree};

/// `kind` of a Dockerfile as rules see it.
pub(super) const KIND: &str = "Dockerfile";

/// Ends of names that only look like those of Dockerfiles.
const OTHER_ENDS: [&str; 8] = [
    ".dockerignore",
    ".md",
    ".txt",
    ".sh",
    ".yaml",
    ".yml",
    ".json",
    ".py",
];

/// Whether a file of this name is a Dockerfile.
pub(super) fn is_dockerfile(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_named = |stem: &str| {
        lower == stem
            || lower
                .strip_prefix(stem)
                .is_some_and(|rest| rest.starts_with('.'))
            || lower
                .strip_suffix(stem)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    (is_named("dockerfile") || is_named("containerfile"))
        && !OTHER_ENDS.iter().any(|end| lower.ends_with(end))
}

/// The tree of a Dockerfile up to where it breaks, if it does. What is wrong is told in words that
/// quote nothing.
pub(super) fn read(text: &str) -> (Option<Tree>, Option<Broken>) {
    let mut content = Content::default();
    let mut broken = None;
    if text.trim().is_empty() {
        return (None, None);
    }
    match parse_iter(&without_empty_lists(text)) {
        Ok(instructions) => {
            for instruction in instructions {
                match instruction {
                    Ok(instruction) => content.add(text, &instruction),
                    Err(error) => broken = Some(broken_at(text, error.line(), error.column())),
                }
            }
        }
        Err(error) => broken = Some(broken_at(text, error.line(), error.column())),
    }
    let end = text.len();
    if !content.has_stage && broken.is_none() {
        let reason = "the Dockerfile has no `FROM`".to_owned();
        broken = Some(Broken { offset: 0, reason });
    }
    (content.tree(Span::new(0, end)).ok(), broken)
}

/// `CMD []` and `ENTRYPOINT []` take back what a base image says. The parser refuses them; a word
/// of the same length stands in their place.
fn without_empty_lists(text: &str) -> Cow<'_, str> {
    if !text.contains("[]") {
        return Cow::Borrowed(text);
    }
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_empty = matches!(words.as_slice(), [instruction, "[]"]
            if ["cmd", "entrypoint"].contains(&&*instruction.to_ascii_lowercase()));
        match is_empty {
            true => line.replace("[]", "::"),
            false => line.to_owned(),
        }
    };
    Cow::Owned(text.split_inclusive('\n').map(line).collect())
}

/// What is broken at a place, of which the parser counts lines and columns from 1.
fn broken_at(text: &str, line: usize, column: usize) -> Broken {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let rest = text.get(start..).unwrap_or_default();
    let inside = rest
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(0, |(at, _)| at);
    Broken {
        offset: (start + inside).min(text.len()),
        reason: "no instruction of a Dockerfile is complete here".to_owned(),
    }
}

impl Content {
    fn add(&mut self, text: &str, instruction: &Instruction<'_>) {
        match instruction {
            Instruction::From(from) => {
                let image = self.arguments.resolved(&from.image.value);
                self.has_stage = true;
                if image != "scratch" && !self.stages.contains(&image.to_lowercase()) {
                    let place = from.image.span.clone();
                    self.bases.push(Piece { text: image, place });
                }
                self.stages
                    .extend(from.as_.as_ref().map(|(_, name)| name.value.to_lowercase()));
            }
            Instruction::Arg(argument) => {
                self.arguments.add(&argument.arguments.value);
                self.env.push(raw(text, &argument.arguments));
            }
            Instruction::Env(env) => self.env.push(raw(text, &env.arguments)),
            Instruction::Copy(copy) => self.copied_from(&copy.options),
            Instruction::Run(run) => {
                let runs_here_docs = runs_here_docs(&run.arguments);
                if run.here_docs.is_empty() || !runs_here_docs {
                    self.line(&run.arguments);
                }
                let scripts = run.here_docs.iter().filter(|_| runs_here_docs);
                self.lines.extend(scripts.map(|one| here_doc(text, one)));
            }
            Instruction::Cmd(cmd) => self.line(&cmd.arguments),
            Instruction::Entrypoint(entrypoint) => self.line(&entrypoint.arguments),
            Instruction::Healthcheck(check) => {
                if let HealthcheckArguments::Cmd { arguments, .. } = &check.arguments {
                    self.line(arguments);
                }
            }
            Instruction::Onbuild(later) => self.add(text, &later.instruction),
            _ => {}
        }
    }

    /// `COPY --from=IMAGE`, unless it names a stage, by name or by number.
    fn copied_from(&mut self, options: &[Flag<'_>]) {
        let sources = options.iter().filter(|flag| flag.name.value == "from");
        for value in sources.filter_map(|flag| flag.value.as_ref()) {
            let image = self.arguments.resolved(&value.value);
            let is_number = image.bytes().all(|byte| byte.is_ascii_digit());
            if !is_number && !self.stages.contains(&image.to_lowercase()) {
                let place = value.span.clone();
                self.copied.push(Piece { text: image, place });
            }
        }
    }

    fn line(&mut self, command: &Command<'_>) {
        match command {
            Command::Shell(shell) => self.lines.push(Line::Shell(Piece {
                text: shell.value.to_owned(),
                place: shell.span.clone(),
            })),
            Command::Exec(words) => {
                let piece = |word: &UnescapedString<'_>| Piece {
                    text: word.value.to_string(),
                    place: word.span.clone(),
                };
                self.lines
                    .push(Line::Exec(words.value.iter().map(piece).collect()));
            }
            _ => {}
        }
    }
}

/// As written, so that a part of it stands where the text has it.
fn raw(text: &str, written: &UnescapedString<'_>) -> Piece {
    Piece {
        text: text
            .get(written.span.clone())
            .unwrap_or_default()
            .to_owned(),
        place: written.span.clone(),
    }
}

fn here_doc(text: &str, document: &HereDoc<'_>) -> Line {
    Line::Shell(Piece {
        text: text
            .get(document.span.clone())
            .unwrap_or_default()
            .to_owned(),
        place: document.span.clone(),
    })
}

/// Whether a command line leaves it to its here-documents what is run: it is nothing but their
/// mark, or a shell with one.
fn runs_here_docs(command: &Command<'_>) -> bool {
    const SHELLS: [&str; 3] = ["sh", "bash", "zsh"];
    let Command::Shell(shell) = command else {
        return false;
    };
    let first = shell.value.split_whitespace().next().unwrap_or_default();
    let name = first.rsplit('/').next().unwrap_or(first);
    first.is_empty() || first.starts_with("<<") || SHELLS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "# syntax=docker/dockerfile:1\n# größe: FROM mcr.microsoft.com/azure-cli\nARG TAG=4\nARG BASE=mcr.microsoft.com/azure-functions/python:${TAG}\nFROM ${BASE} AS Build\nRUN apt-get update && \\\n    # a comment\n    az login --identity\nRUN [\"az\", \"version\"]\nRUN <<EOF\naz acr login\nEOF\nENV A=https://shop.vault.azure.net\nFROM build\nCOPY --from=0 /a /a\nCOPY --from=shop.azurecr.io/tools:1 /b /b\nFROM scratch\nCMD az version\n";

    fn marked(keys: &[&str]) -> Vec<(String, String)> {
        let (tree, broken) = read(SHOP);
        assert!(broken.is_none());
        let tree = tree.expect("is small");
        let list = tree
            .root()
            .and_then(|root| root.find(keys))
            .expect("is there");
        let mut found = Vec::new();
        list.visit_scalars(&mut |_, node| {
            let written = &SHOP[node.span().range()];
            found.push((
                node.as_str().unwrap_or_default().to_owned(),
                written.to_owned(),
            ));
        });
        found
    }

    #[test]
    fn images_are_resolved_and_stages_are_none() {
        let expected = (
            "mcr.microsoft.com/azure-functions/python:4".to_owned(),
            "${BASE}".to_owned(),
        );
        assert_eq!(marked(&["spec", "stages"]), [expected]);
        let copied = "shop.azurecr.io/tools:1".to_owned();
        assert_eq!(marked(&["spec", "copies"]), [(copied.clone(), copied)]);
    }

    #[test]
    fn command_lines_stand_where_they_are_written() {
        let lines = marked(&["spec", "run"]);
        let texts: Vec<&str> = lines.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts.len(), 5, "{texts:?}");
        assert!(texts[0].contains("az login --identity"));
        assert_eq!(texts[1..3], ["az", "version"]);
        assert!(texts[3].contains("az acr login") && texts[4] == "az version");
        for (text, written) in &lines {
            assert!(written.trim_matches('"') == text, "{written:?} {text:?}");
        }
    }

    #[test]
    fn names_are_told() {
        for name in [
            "Dockerfile",
            "Dockerfile.dev",
            "api.Dockerfile",
            "Containerfile",
            "dockerfile",
        ] {
            assert!(is_dockerfile(name), "{name}");
        }
        for name in [
            "Dockerfile.dockerignore",
            "Dockerfile.md",
            "MyDockerfile",
            "docker-compose.yaml",
        ] {
            assert!(!is_dockerfile(name), "{name}");
        }
    }

    #[test]
    fn what_takes_back_the_base_is_no_fault() {
        for text in ["FROM scratch\nENTRYPOINT []\nCMD  []\r\n", "", " \n"] {
            assert!(read(text).1.is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_broken_says_where_and_the_rest_is_read() {
        for (text, offset, images) in [
            ("FROM a\nFOO b\nRUN c\n", 7, 1),
            ("# ä\n", 0, 0),
            ("FROM a\nRUN <<EOF\nb\n", 17, 1),
        ] {
            let (tree, broken) = read(text);
            let broken = broken.expect("is broken");
            assert!(text.is_char_boundary(broken.offset));
            let line = |offset: usize| text[..offset].matches('\n').count();
            assert!(
                line(broken.offset).abs_diff(line(offset)) <= 1,
                "{text}: {}",
                broken.offset
            );
            let tree = tree.expect("is small");
            let stages = tree.root().and_then(|root| root.find(&["spec", "stages"]));
            assert_eq!(
                stages.map_or(0, |list| list.items().count()),
                images,
                "{text}"
            );
        }
    }
}
