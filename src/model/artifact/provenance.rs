//! Where the characters of a rendered text come from: each piece of it with its place in a source.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{Rendering, Span};
use super::Artifact;

/// Some characters of a source.
#[derive(Clone, Debug)]
pub struct Place {
    /// The source.
    pub artifact: Arc<Artifact>,
    /// Its characters.
    pub span: Span,
    /// Whether this is the nearest place known instead of the exact one.
    pub approximate: bool,
}

/// What gave a value to a rendered text besides the source that wrote it: a key of a values
/// file, an option of the command line.
#[derive(Clone, Debug)]
pub struct Supply {
    /// The key as a person would write it, such as `image.tag` or `--set image.tag`.
    pub key: String,
    /// Where it stands; `None` for what stands in no file.
    pub place: Option<Place>,
}

/// How characters of a rendered text relate to those of their source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The source has the same characters, one for one.
    Verbatim,
    /// The source stands for the characters as a whole, as an action of a template does.
    Whole,
    /// The source has the same value, written in another way, such as encoded or within quotes.
    Rewritten,
}

/// Where some characters of a rendered text come from.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The characters of the rendered text.
    pub span: Span,
    /// What wrote them: a template's line, a base, a patch.
    pub written: Place,
    /// Whether `written` has the same characters.
    pub fit: Fit,
    /// What supplied their value.
    pub supply: Option<Arc<Supply>>,
}

/// Where a rendered text comes from.
#[derive(Debug)]
pub struct Provenance {
    /// The rendering it belongs to.
    pub rendering: Arc<Rendering>,
    /// What is known of its characters: in order, none overlapping another.
    pieces: Vec<Piece>,
    /// The items of lists whose source is known, by where they begin.
    items: BTreeMap<u32, Place>,
    /// What the objects are called in their sources, by where they begin.
    objects: BTreeMap<u32, SourceName>,
    /// Characters that the tool made up, in order: they are others at each run.
    made_up: Vec<Span>,
}

/// What an object is called where it is written, before a tool changed that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceName {
    /// The namespace, where the source names one.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

/// Where a finding's characters come from.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What wrote them.
    pub written: Place,
    /// What supplied the value, the first of several first.
    pub supplies: Vec<Arc<Supply>>,
}

impl Provenance {
    /// The provenance of a rendered text from what is known of its characters, in any order. Of
    /// pieces that overlap the one that begins first counts.
    #[must_use]
    pub fn new(rendering: Arc<Rendering>, mut pieces: Vec<Piece>) -> Self {
        pieces.sort_by_key(|piece| (piece.span.start, piece.span.end));
        let mut end = 0;
        pieces.retain(|piece| {
            let is_kept = piece.span.start >= end && piece.span.end > piece.span.start;
            end = if is_kept { piece.span.end } else { end };
            is_kept
        });
        Self {
            rendering,
            pieces,
            items: BTreeMap::new(),
            objects: BTreeMap::new(),
            made_up: Vec::new(),
        }
    }

    /// Where its characters were written, in their order.
    pub fn written(&self) -> impl Iterator<Item = &Place> {
        self.pieces.iter().map(|piece| &piece.written)
    }

    /// Adds which characters the tool made up, in order.
    #[must_use]
    pub fn with_made_up(mut self, made_up: Vec<Span>) -> Self {
        self.made_up = made_up;
        self
    }

    /// Whether the tool made up some of these characters: nobody has written them.
    #[must_use]
    pub fn is_made_up(&self, span: Span) -> bool {
        self.made_up.iter().any(|made_up| made_up.overlaps(span))
    }

    /// Adds what is known of items and objects, each by where it begins in the text.
    #[must_use]
    pub fn with_structure(
        mut self,
        items: BTreeMap<u32, Place>,
        objects: BTreeMap<u32, SourceName>,
    ) -> Self {
        (self.items, self.objects) = (items, objects);
        self
    }

    /// Where the item of a list that begins here was written.
    #[must_use]
    pub fn item(&self, start: u32) -> Option<Trace> {
        let written = self.items.get(&start)?.clone();
        Some(Trace {
            written,
            supplies: Vec::new(),
        })
    }

    /// What the object that begins here is called in its source.
    #[must_use]
    pub fn source_name(&self, start: u32) -> Option<&SourceName> {
        self.objects.get(&start)
    }

    /// Whether the sources are manifests themselves, in which what is not rendered may be secret.
    #[must_use]
    pub fn is_of_manifests(&self) -> bool {
        !self.objects.is_empty()
    }

    /// What wrote and what supplied some characters. Where nothing is known of them, the nearest
    /// known place before them, else after them, as approximate; `None` where nothing is known
    /// at all.
    #[must_use]
    pub fn trace(&self, span: Span) -> Option<Trace> {
        let end = span.end.max(span.start + 1);
        let first = self
            .pieces
            .partition_point(|piece| piece.span.end <= span.start);
        let covered = self.pieces[first..]
            .iter()
            .take_while(|piece| piece.span.start < end);
        let covered: Vec<&Piece> = covered.collect();
        if covered.is_empty() {
            return self.nearest(first);
        }
        let mut supplies: Vec<Arc<Supply>> = Vec::new();
        for supply in covered.iter().filter_map(|piece| piece.supply.as_ref()) {
            if !supplies.iter().any(|known| known.key == supply.key) {
                supplies.push(Arc::clone(supply));
            }
        }
        Some(Trace {
            written: joined(&covered, Span { end, ..span }),
            supplies,
        })
    }

    /// The places of sources whose characters are, one for one or as a value, among some characters of the
    /// text.
    pub fn same_characters(&self, span: Span) -> impl Iterator<Item = Place> + '_ {
        let first = self
            .pieces
            .partition_point(|piece| piece.span.end <= span.start);
        let covered = self.pieces[first..].iter();
        let covered = covered.take_while(move |piece| piece.span.start < span.end);
        covered.flat_map(move |piece| {
            let own = (piece.fit != Fit::Whole).then(|| own_place(piece, span));
            let supplied = piece
                .supply
                .as_ref()
                .and_then(|supply| supply.place.clone());
            own.into_iter().chain(supplied)
        })
    }

    /// A piece of a text that was made of this one, as pieces that say what this text was made of.
    #[must_use]
    pub fn through(&self, piece: &Piece) -> Vec<Piece> {
        let span = piece.written.span;
        let Some(trace) = self.trace(span) else {
            return Vec::new();
        };
        let first = self
            .pieces
            .partition_point(|own| own.span.end <= span.start);
        let own = self.pieces[first..].iter();
        let own = own.take_while(|own| own.span.start < span.end);
        if piece.fit == Fit::Verbatim && !trace.written.approximate {
            let moved = |own: &Piece| {
                let start = own.span.start.max(span.start);
                let end = own.span.end.min(span.end);
                let is_whole = (start, end) == (own.span.start, own.span.end);
                let mut written = own_place(own, Span { start, end });
                written.approximate |= piece.written.approximate;
                Piece {
                    span: Span {
                        start: piece.span.start + (start - span.start),
                        end: piece.span.start + (end - span.start),
                    },
                    written,
                    fit: if is_whole || own.fit == Fit::Verbatim {
                        own.fit
                    } else {
                        Fit::Rewritten
                    },
                    supply: own.supply.clone(),
                }
            };
            return own.map(moved).collect();
        }
        let is_whole = own.clone().all(|own| own.fit == Fit::Whole);
        let mut written = trace.written;
        written.approximate |= piece.written.approximate;
        vec![Piece {
            span: piece.span,
            written,
            fit: if is_whole { Fit::Whole } else { Fit::Rewritten },
            supply: trace.supplies.into_iter().next(),
        }]
    }

    fn nearest(&self, next: usize) -> Option<Trace> {
        let near = next
            .checked_sub(1)
            .and_then(|before| self.pieces.get(before));
        let near = near.or_else(|| self.pieces.get(next))?;
        Some(Trace {
            written: Place {
                approximate: true,
                ..near.written.clone()
            },
            supplies: Vec::new(),
        })
    }
}

/// From the first piece's place to the last one's, as far as they stand on one line of one source.
fn joined(pieces: &[&Piece], span: Span) -> Place {
    let mut whole = own_place(pieces[0], span);
    for piece in &pieces[1..] {
        let next = own_place(piece, span);
        let is_same_source = Arc::ptr_eq(&next.artifact, &whole.artifact);
        let between = Span {
            start: whole.span.end,
            end: next.span.start,
        };
        let is_same_line = between.start <= between.end
            && is_same_source
            && !whole.artifact.text[between.range()].contains('\n');
        if is_same_line {
            whole.span.end = next.span.end;
            whole.approximate |= next.approximate;
        }
    }
    whole
}

/// The characters of a piece's source that stand for what the span covers of the piece.
fn own_place(piece: &Piece, span: Span) -> Place {
    let mut place = piece.written.clone();
    if piece.fit == Fit::Verbatim {
        let before = span.start.saturating_sub(piece.span.start);
        let after = piece.span.end.saturating_sub(span.end);
        let end = place.span.end.saturating_sub(after);
        place.span = Span {
            start: (place.span.start + before).min(end),
            end,
        };
    }
    let is_part = span.start > piece.span.start || span.end < piece.span.end;
    if piece.fit == Fit::Rewritten && is_part {
        // A part of what stands on several lines may stand on any of them.
        place.approximate |= place.artifact.text[place.span.range()].contains('\n');
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(source: &Arc<Artifact>, at: (u32, u32), from: (u32, u32), fit: Fit) -> Piece {
        let span = |(start, end)| Span { start, end };
        Piece {
            span: span(at),
            written: Place {
                artifact: Arc::clone(source),
                span: span(from),
                approximate: false,
            },
            fit,
            supply: None,
        }
    }

    fn traced(pieces: Vec<Piece>, at: (u32, u32)) -> Option<(Span, bool)> {
        let provenance = Provenance::new(Arc::default(), pieces);
        let trace = provenance.trace(Span {
            start: at.0,
            end: at.1,
        });
        trace.map(|trace| (trace.written.span, trace.written.approximate))
    }

    #[test]
    fn a_place_is_exact_where_it_is_known_and_the_nearest_elsewhere() {
        let text = "image: {{ a }}:{{ b }}\nname: x\n";
        let source = Arc::new(Artifact::new("t", "t", text.to_owned()));
        let pieces = || {
            vec![
                piece(&source, (0, 7), (0, 7), Fit::Verbatim),
                piece(&source, (7, 10), (7, 14), Fit::Whole),
                piece(&source, (10, 11), (14, 15), Fit::Verbatim),
                piece(&source, (11, 14), (15, 22), Fit::Whole),
                piece(&source, (20, 26), (23, 29), Fit::Verbatim),
            ]
        };
        let span = |start, end| Span { start, end };
        assert_eq!(traced(pieces(), (0, 5)), Some((span(0, 5), false)));
        assert_eq!(traced(pieces(), (7, 14)), Some((span(7, 22), false)));
        assert_eq!(traced(pieces(), (22, 24)), Some((span(25, 27), false)));
        assert_eq!(traced(pieces(), (15, 18)), Some((span(15, 22), true)));
        assert_eq!(traced(Vec::new(), (0, 1)), None);
    }
}
