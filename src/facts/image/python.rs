//! Images in programs of Python that objects and values hold: settings of JupyterHub, graphs of Airflow.

use super::form::{is_hosted, is_listed, is_well_known};
use super::key::is_image_key;
use super::reference::Reference;
use super::{At, Image, Place};
use crate::model::{Part, ValuePath};

/// The end of a name that holds an image.
const IMAGE: &str = "image";

/// Whether a text is a program, by a line that only Python has.
pub(super) fn is_program(text: &str) -> bool {
    let is_of_python = |line: &str| {
        (line.starts_with("from ") && line.contains(" import "))
            || line.starts_with("import ")
            || (line.starts_with("def ") && line.ends_with(':'))
            || (line.starts_with("c.") && line.contains(" = "))
    };
    text.lines().map(str::trim).any(is_of_python)
}

/// Adds the images that a program which stands at a path names.
pub(super) fn images(text: &str, base: &ValuePath, found: &mut Vec<Image>) {
    for (name, part) in literals(text) {
        let at = At {
            path: base.clone(),
            part: Some(part),
        };
        let subject = format!("the program's `{name}` names");
        let reference = text[part.range()].to_owned();
        let mut image = Image::new(at, Place::Config, subject, reference);
        image.is_complete = image.reference.is_versioned();
        image.is_known_field = false;
        found.push(image);
    }
}

/// What is assigned to names that end with image, or stands behind such a key, each with the name.
fn literals(text: &str) -> Vec<(&str, Part)> {
    let ends = text.match_indices(IMAGE).map(|(at, _)| at + IMAGE.len());
    let written = ends.filter_map(|end| {
        let name = name_before(text, end)?;
        let value = literal(&text[end..])?;
        let part = Part::within(text, value);
        (is_image_key(name) && is_image(value)).then_some((name, part))
    });
    written.collect()
}

/// The name that ends at an offset, if that is no comment's.
fn name_before(text: &str, end: usize) -> Option<&str> {
    let line = text[..end].rsplit('\n').next()?;
    let is_of_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let name = line.rsplit(|it| !is_of_name(it)).next();
    name.filter(|_| !line.trim_start().starts_with('#'))
}

/// A whole text in quotes behind a name: `= "…"`, `": "…"`. One that something is put into or added to is none.
fn literal(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches(['"', '\'']).trim_start();
    let value = rest
        .strip_prefix(['=', ':'])?
        .trim_start_matches([' ', '(']);
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (text, behind) = value[1..].split_once(quote)?;
    let is_whole = !behind.trim_start().starts_with(['+', '%', '.', '"', '\'']);
    is_whole.then_some(text)
}

/// Whether a text names an image by its form, or with a version one that everybody knows.
fn is_image(text: &str) -> bool {
    let is_versioned = || Reference::parse(text).is_versioned();
    is_listed(text) || is_hosted(text) || (is_well_known(text) && is_versioned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(program: &str) -> Vec<&str> {
        let parts = literals(program).into_iter();
        parts.map(|(_, part)| &program[part.range()]).collect()
    }

    #[test]
    fn what_is_assigned_or_stands_behind_a_key_is_told() {
        for program in [
            "c.KubeSpawner.image = \"q.io/a/b:1\"",
            "run = Operator(task_id='x', image='q.io/a/b:1')",
            "{'kubespawner_override': {'image': 'q.io/a/b:1'}}",
            "default_image = (\"q.io/a/b:1\")",
        ] {
            assert_eq!(told(program), ["q.io/a/b:1"], "{program}");
        }
        assert_eq!(told("image='busybox:1.36'"), ["busybox:1.36"]);
    }

    #[test]
    fn what_is_compared_put_together_or_no_image_is_none() {
        for program in [
            "if image == 'q.io/a/b:1':",
            "image = f'q.io/a/b:{tag}'",
            "image = 'q.io/a/b:' + tag",
            "image = 'q.io/a/b:%s' % tag",
            "image = 'q.io/a/b:{}'.format(tag)",
            "# image = 'q.io/a/b:1'",
            "image = 'static/logo.png'",
            "imagery = 'q.io/a/b:1'",
            "image = 'web'",
        ] {
            assert!(told(program).is_empty(), "{program}");
        }
    }

    #[test]
    fn a_program_is_told_by_its_lines() {
        for text in [
            "import os\n",
            "\n  from a.b import c\n",
            "c.A.b = 1\n",
            "def f(x):\n",
        ] {
            assert!(is_program(text), "{text}");
        }
        for text in ["important: a\n", "from: a\n", "c.a: b\n", "definition:\n"] {
            assert!(!is_program(text), "{text}");
        }
    }
}
