//! Settings that stand apart in a text, as the object or the values that they make together.

use std::ops::Range;

use crate::model::{Scalar, Span, TooLarge, Tree, TreeBuilder};

/// A value under one key or several, each in its bytes of the text: `auth.password=x`. What begins with a
/// bracket is the position of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) keys: Vec<Range<usize>>,
    pub(super) value: Value,
}

/// A value in its bytes of the text, and what it says where variables fill it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) at: Range<usize>,
    pub(super) filled: Option<String>,
}

impl From<Range<usize>> for Value {
    fn from(at: Range<usize>) -> Self {
        Self { at, filled: None }
    }
}

/// What settings make together, under a field or at the root.
pub(super) fn tree(
    text: &str,
    field: Option<&str>,
    settings: &[Setting],
) -> Result<Tree, TooLarge> {
    let mut builder = TreeBuilder::new(text.len() + 8);
    // What a variable stands for may be written before or behind the others.
    let values = || settings.iter().map(|one| &one.value.at);
    let start = values().map(|value| value.start).min().unwrap_or(0);
    let end = values().map(|value| value.end).max().unwrap_or(0);
    builder.begin_mapping(Span::new(start, start))?;
    if let Some(field) = field {
        builder.key(field, Span::new(start, start))?;
        builder.begin_mapping(Span::new(start, start))?;
    }
    add(&mut builder, text, settings.iter().collect(), 0)?;
    while builder.depth() > 0 {
        builder.end(end);
    }
    Ok(builder.finish().0)
}

/// Words as a list under a field.
pub(super) fn list(text: &str, field: &str, words: &[Range<usize>]) -> Result<Tree, TooLarge> {
    let mut builder = TreeBuilder::new(text.len() + 8);
    // What a variable stands for may be written before or behind the others.
    let start = words.iter().map(|word| word.start).min().unwrap_or(0);
    let end = words.iter().map(|word| word.end).max().unwrap_or(0);
    let here = Span::new(start, start);
    builder.begin_mapping(here)?;
    builder.key(field, here)?;
    builder.begin_sequence(here)?;
    for word in words {
        let written = &text[word.clone()];
        builder.scalar(Scalar::String(written), Span::new(word.start, word.end))?;
    }
    builder.end(end);
    builder.end(end);
    Ok(builder.finish().0)
}

/// The steps of a key: `env[0]` is a list and a position in it.
pub(super) fn steps(text: &str, key: Range<usize>) -> Vec<Range<usize>> {
    let own = &text[key.clone()];
    let name = own.find('[').filter(|at| *at > 0 && own.ends_with(']'));
    let (name, items) = own.split_at(name.unwrap_or(own.len()));
    let mut start = key.start;
    let mut steps = Vec::new();
    for step in std::iter::once(name).chain(items.split_inclusive(']')) {
        steps.push(start..start + step.len());
        start += step.len();
    }
    steps
}

/// Adds settings to the open mapping or list, those under one key together.
fn add(
    builder: &mut TreeBuilder,
    text: &str,
    mut left: Vec<&Setting>,
    depth: usize,
) -> Result<(), TooLarge> {
    while let Some(first) = left.first().copied() {
        let at = first.keys[depth].clone();
        let key = &text[at.clone()];
        let is_own = |one: &&Setting| &text[one.keys[depth].clone()] == key;
        let (own, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(is_own);
        let is_position = |key: &Range<usize>| text[key.clone()].starts_with('[');
        if !is_position(&at) {
            // helm takes a dot that is escaped as a part of a name.
            builder.key(&key.replace("\\.", "."), Span::new(at.start, at.end))?;
        }
        let is_deeper = |one: &&Setting| one.keys.len() > depth + 1;
        let deeper: Vec<&Setting> = own.iter().copied().filter(is_deeper).collect();
        match own.last().filter(|_| deeper.is_empty()) {
            Some(last) => scalar(builder, text, &last.value)?,
            None => {
                let here = Span::new(at.start, at.start);
                let is_list = |one: &&Setting| is_position(&one.keys[depth + 1]);
                // What is a list in one place and a mapping in another, helm refuses.
                let (items, members): (Vec<_>, Vec<_>) = deeper.into_iter().partition(is_list);
                let deeper = if members.is_empty() {
                    builder.begin_sequence(here)?;
                    items
                } else {
                    builder.begin_mapping(here)?;
                    members
                };
                add(builder, text, deeper, depth + 1)?;
                builder.end(at.end);
            }
        }
        left = rest;
    }
    Ok(())
}

/// An object that runs containers, each with its name, where it has one, and its image.
pub(super) fn pod(
    text: &str,
    containers: &[(Option<Range<usize>>, Value)],
) -> Result<Tree, TooLarge> {
    let mut builder = TreeBuilder::new(text.len() + 8);
    // What a variable stands for may be written before or behind the others.
    let starts = || containers.iter().map(|(_, image)| image.at.start);
    let start = starts().min().unwrap_or(0);
    let end = starts().max().unwrap_or(0);
    let here = Span::new(start, start);
    builder.begin_mapping(here)?;
    builder.key("spec", here)?;
    builder.begin_mapping(here)?;
    builder.key("containers", here)?;
    builder.begin_sequence(here)?;
    for (name, image) in containers {
        builder.begin_mapping(Span::new(image.at.start, image.at.start))?;
        if let Some(name) = name {
            builder.key("name", here)?;
            scalar(&mut builder, text, &name.clone().into())?;
        }
        builder.key("image", here)?;
        scalar(&mut builder, text, image)?;
        builder.end(image.at.end);
    }
    while builder.depth() > 0 {
        builder.end(end);
    }
    Ok(builder.finish().0)
}

/// A stream of OpenShift that takes images in.
pub(super) fn stream(text: &str, images: &[Value]) -> Result<Tree, TooLarge> {
    let mut builder = TreeBuilder::new(text.len() + 8);
    let start = images.iter().map(|image| image.at.start).min().unwrap_or(0);
    let end = images.iter().map(|image| image.at.end).max().unwrap_or(0);
    let here = Span::new(start, start);
    builder.begin_mapping(here)?;
    builder.key("kind", here)?;
    builder.scalar(Scalar::String("ImageStream"), here)?;
    builder.key("spec", here)?;
    builder.begin_mapping(here)?;
    builder.key("tags", here)?;
    builder.begin_sequence(here)?;
    for image in images {
        let here = Span::new(image.at.start, image.at.start);
        builder.begin_mapping(here)?;
        builder.key("from", here)?;
        builder.begin_mapping(here)?;
        builder.key("kind", here)?;
        builder.scalar(Scalar::String("DockerImage"), here)?;
        builder.key("name", here)?;
        scalar(&mut builder, text, image)?;
        builder.end(image.at.end);
        builder.end(image.at.end);
    }
    while builder.depth() > 0 {
        builder.end(end);
    }
    Ok(builder.finish().0)
}

fn scalar(builder: &mut TreeBuilder, text: &str, value: &Value) -> Result<(), TooLarge> {
    let span = Span::new(value.at.start, value.at.end);
    let written = || &text[value.at.clone()];
    let scalar = match value.filled.as_deref().unwrap_or_else(written) {
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        text => Scalar::String(text),
    };
    builder.scalar(scalar, span).map(drop)
}
