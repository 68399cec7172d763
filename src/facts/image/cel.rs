//! Images in expressions of CEL, with which a policy for admission puts containers into pods.

use super::reference::Reference;
use super::{At, Image, Place};
use crate::model::{Part, Resource, ValuePath, Visited};

/// The field of a container that holds its image.
const FIELD: &str = "image";
/// What encloses a text of several lines, as YAML that `yaml.parse` reads.
const BLOCKS: [&str; 2] = ["'''", "\"\"\""];

/// Whether objects of a kind make or change others with expressions.
pub(super) fn is_maker(group: &str, kind: &str) -> bool {
    match group {
        "admissionregistration.k8s.io" => kind == "MutatingAdmissionPolicy",
        "policies.kyverno.io" => {
            kind.ends_with("MutatingPolicy") || kind.ends_with("GeneratingPolicy")
        }
        _ => false,
    }
}

/// Images that the expressions of a policy name, those of its variables among them.
pub(super) fn images(resource: &Resource, found: &mut Vec<Image>) {
    resource.node().visit_scalars(&mut |path, node| {
        let is_expression =
            matches!(path.last(), Some(Visited::Key(key)) if key.as_str() == Some("expression"));
        let Some(expression) = node.as_str().filter(|_| is_expression) else {
            return;
        };
        for part in literals(expression) {
            let at = At {
                path: ValuePath(path.iter().map(Visited::to_step).collect()),
                part: Some(part),
            };
            let text = expression[part.range()].to_owned();
            let subject = "the expression names".to_owned();
            found.push(Image::new(at, Place::CustomResource, subject, text));
        }
    });
}

/// Where texts stand in an expression that are images: `image: 'quay.io/shop/web:1'`, or a line of YAML in a block.
fn literals(expression: &str) -> Vec<Part> {
    let fields = expression.match_indices(FIELD);
    let is_field = |at: &usize| !expression[..*at].ends_with(is_of_name);
    let ends = fields.map(|(at, _)| at).filter(is_field);
    ends.filter_map(|at| {
        let end = at + FIELD.len();
        literal(expression, end).or_else(|| line(expression, at, end))
    })
    .collect()
}

/// The value of a field that a line of YAML in a block is, without quotes.
fn line(expression: &str, start: usize, end_of_name: usize) -> Option<Part> {
    let is_in_block = BLOCKS
        .iter()
        .any(|quote| expression[..start].matches(quote).count() % 2 == 1);
    let before = expression[..start].rsplit('\n').next()?;
    let is_first = before.trim_start_matches([' ', '\t', '-']).is_empty();
    let line = expression[end_of_name..].lines().next()?;
    let value = line.strip_prefix(':')?;
    let text = value.split(" #").next()?.trim();
    let is_image = is_in_block && is_first && value.starts_with(' ');
    (is_image && Reference::parse(text).is_valid()).then(|| Part::within(expression, text))
}

/// The text in quotes behind the name of a field, unless something is added to it.
fn literal(expression: &str, end_of_name: usize) -> Option<Part> {
    let rest = expression[end_of_name..].trim_start_matches(['"', '\'']);
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (text, behind) = value[1..].split_once(quote)?;
    let is_whole = !behind.trim_start().starts_with('+');
    (is_whole && Reference::parse(text).is_valid()).then(|| Part::within(expression, text))
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(expression: &str) -> Vec<&str> {
        let parts = literals(expression).into_iter();
        parts.map(|part| &expression[part.range()]).collect()
    }

    #[test]
    fn images_stand_in_quotes_or_in_blocks_of_yaml() {
        for expression in [
            "Object{spec: Object.spec{image: \"q.io/a:1\"}}",
            "{'name': 'a', 'image': 'q.io/a:1'}",
            "yaml.parse('''\n  name: a\n  image: q.io/a:1 # b\n''')",
            "yaml.parse(\"\"\"\n- image: \"q.io/a:1\"\n\"\"\")",
        ] {
            assert_eq!(told(expression), ["q.io/a:1"], "{expression}");
        }
    }

    #[test]
    fn what_is_compared_joined_or_said_is_none() {
        for expression in [
            "object.spec.image == 'q.io/a:1'",
            "{image: 'q.io/a:' + variables.tag}",
            "yaml.parse('''\nimage: q.io/a:''' + variables.tag)",
            "yaml.parse('''\nimage: {{ image }}\n''')",
            "'''a''' + b ? image: c",
            "'''\nthe image: q.io/a:1\n'''",
        ] {
            assert!(told(expression).is_empty(), "{expression}");
        }
    }
}
