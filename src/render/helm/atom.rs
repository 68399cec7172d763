//! Some characters of a rendering and who wrote them: which of the things around them is the one to
//! tell.

use std::ops::Range;
use std::sync::Arc;

use super::align::Printed;
use super::marked::Writer;
use crate::model::{Artifact, Fit, Place, Span};

/// Some characters of one line of a document, as far as it is known who wrote them.
#[derive(Clone, Debug)]
pub(super) struct Atom<'a> {
    pub(super) own: Range<usize>,
    /// The actions around it, the innermost first.
    pub(super) actions: Vec<&'a Writer>,
    /// The literal chunk, and the offset of the atom in its template.
    pub(super) literal: Option<(&'a Writer, usize)>,
}

impl Atom<'_> {
    /// The thing that wrote the line this atom begins.
    pub(super) fn home(&self) -> Option<&Writer> {
        match self.literal {
            Some((writer, _)) => Some(writer),
            None => self.telling_action(),
        }
    }

    /// The innermost action that names a value, else the innermost: what only passes on what it
    /// was given is no place to change anything.
    fn telling_action(&self) -> Option<&Writer> {
        let names_values = |writer: &&&Writer| writer.text().contains(".Values");
        let telling = self.actions.iter().find(names_values);
        telling.or(self.actions.first()).copied()
    }

    /// What to tell as the atom's place: what stands on the line that wrote its line, else what
    /// wrote the atom itself.
    pub(super) fn written(&self, home: Option<&Writer>) -> Option<(Place, Fit, bool)> {
        let is_home = |writer: &Writer| {
            home.is_some_and(|home| {
                home.line == writer.line && Arc::ptr_eq(&home.artifact, &writer.artifact)
            })
        };
        let verbatim = |(writer, offset): (&Writer, usize)| {
            let span = Span::new(offset, offset + self.own.len());
            (place(writer, span), Fit::Verbatim, writer.is_packed)
        };
        let whole = |writer: &Writer| (place(writer, writer.span), Fit::Whole, writer.is_packed);
        if let Some(literal) = self.literal.filter(|(writer, _)| is_home(writer)) {
            return Some(verbatim(literal));
        }
        let at_home = self.actions.iter().find(|writer| is_home(writer));
        at_home
            .map(|writer| whole(writer))
            .or_else(|| self.literal.map(verbatim))
            .or_else(|| self.telling_action().map(whole))
    }
}

fn place(writer: &Writer, span: Span) -> Place {
    Place {
        artifact: Arc::clone(&writer.artifact),
        span,
        approximate: false,
    }
}

/// Tells a thing that writes from all others.
pub(super) fn identity(writer: &Writer) -> (*const Artifact, u32) {
    (Arc::as_ptr(&writer.artifact), writer.span.start)
}

/// An action and those around it, the innermost first.
pub(super) fn around<'a>(
    actions: &[Printed],
    innermost: Option<usize>,
    writers: &'a [Writer],
) -> Vec<&'a Writer> {
    let chain = std::iter::successors(innermost, |index| actions[*index].around);
    chain
        .filter_map(|index| writers.get(actions[index].number as usize))
        .collect()
}
