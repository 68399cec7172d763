//! What rules may ask of a Dockerfile, and the tree that they see it in.

use std::collections::HashSet;
use std::ops::Range;

use super::KIND;
use super::argument::Arguments;
use crate::model::{BUILD_API_VERSION, Scalar, Span, TooLarge, Tree, TreeBuilder};
use crate::source::document::value_limit;

/// A piece of a Dockerfile: what it says, and where.
pub(super) struct Piece {
    pub(super) text: String,
    /// In bytes of the file.
    pub(super) place: Range<usize>,
}

/// A command line: in the words of a shell, or word by word.
pub(super) enum Line {
    Shell(Piece),
    Exec(Vec<Piece>),
}

/// What rules may ask of a Dockerfile.
#[derive(Default)]
pub(super) struct Content {
    /// The images that stages begin with, but for `scratch` and other stages.
    pub(super) bases: Vec<Piece>,
    /// The images that files are copied from.
    pub(super) copied: Vec<Piece>,
    /// What is run, while the image is made and in it.
    pub(super) lines: Vec<Line>,
    /// What `ENV` and `ARG` say, as it is written.
    pub(super) env: Vec<Piece>,
    /// The arguments so far.
    pub(super) arguments: Arguments,
    /// The names of the stages so far, in lower case.
    pub(super) stages: HashSet<String>,
    /// Whether a stage began.
    pub(super) has_stage: bool,
}

impl Content {
    /// `spec` with `stages` (each an `image`), `copies` (each an `image`), `run` and `env`.
    pub(super) fn tree(&self, whole: Span) -> Result<Tree, TooLarge> {
        let mut builder = TreeBuilder::new(value_limit(whole.end as usize));
        builder.begin_mapping(whole)?;
        let start = Span::new(0, 0);
        for (key, text) in [("apiVersion", BUILD_API_VERSION), ("kind", KIND)] {
            builder.key(key, start)?;
            builder.scalar(Scalar::String(text), start)?;
        }
        builder.key("spec", start)?;
        builder.begin_mapping(whole)?;
        for (key, images) in [("stages", &self.bases), ("copies", &self.copied)] {
            sequence(&mut builder, key, images, |builder, piece| {
                builder.begin_mapping(at(piece))?;
                builder.key("image", at(piece))?;
                string(builder, piece)?;
                builder.end(piece.place.end);
                Ok(())
            })?;
        }
        sequence(
            &mut builder,
            "run",
            &self.lines,
            |builder, line| match line {
                Line::Shell(piece) => string(builder, piece),
                Line::Exec(words) => {
                    let place = words.first().map_or(start, at);
                    builder.begin_sequence(place)?;
                    words.iter().try_for_each(|word| string(builder, word))?;
                    builder.end(words.last().map_or(0, |word| word.place.end));
                    Ok(())
                }
            },
        )?;
        sequence(&mut builder, "env", &self.env, string)?;
        builder.end(whole.end as usize);
        builder.end(whole.end as usize);
        Ok(builder.finish().0)
    }
}

/// A list under a key; none where it would be empty.
fn sequence<T>(
    builder: &mut TreeBuilder,
    key: &str,
    items: &[T],
    add: impl Fn(&mut TreeBuilder, &T) -> Result<(), TooLarge>,
) -> Result<(), TooLarge> {
    if items.is_empty() {
        return Ok(());
    }
    let start = Span::new(0, 0);
    builder.key(key, start)?;
    builder.begin_sequence(start)?;
    items.iter().try_for_each(|item| add(builder, item))?;
    builder.end(0);
    Ok(())
}

fn string(builder: &mut TreeBuilder, piece: &Piece) -> Result<(), TooLarge> {
    builder
        .scalar(Scalar::String(&piece.text), at(piece))
        .map(|_| ())
}

fn at(piece: &Piece) -> Span {
    Span::new(piece.place.start, piece.place.end)
}
