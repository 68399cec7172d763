//! An aligned object to pieces: for every key and scalar of the rendered text the place that wrote
//! it, exact where that is shown, else the nearest one.

mod scalar;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::align::{Alignment, Contributor, Segment};
use super::sheet::{Link, Spot};
use crate::model::{Artifact, Fit, Node, Piece, Place, SourceName, Span, Supply};

/// Where an object as a whole is made, if no document holds it.
#[derive(Clone, Debug)]
pub(super) struct Maker {
    /// The key under which the generator stands: it decides what kind of object comes of it.
    pub kind: Option<Spot>,
    /// The generator's entry.
    pub entry: Spot,
}

/// What is known of a rendered text.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub pieces: Vec<Piece>,
    /// Items of lists, by where they begin.
    pub items: BTreeMap<u32, Place>,
    /// Names of objects in their sources, by where the objects begin.
    pub objects: BTreeMap<u32, SourceName>,
}

/// Makes the pieces of one object.
pub(super) struct Pieces<'a> {
    alignment: &'a Alignment<'a>,
    /// The rendered text, of which the object's document is a part.
    text: &'a str,
    maker: Option<&'a Maker>,
    known: &'a mut Known,
    /// By rendered value: what no mark, but its place shows that it was made of.
    unmarked: HashMap<u32, Contributor>,
}

impl<'a> Pieces<'a> {
    pub(super) fn add_to(
        known: &'a mut Known,
        alignment: &'a Alignment<'a>,
        maker: Option<&'a Maker>,
    ) {
        let mut pieces = Self {
            text: &alignment.rendered.artifact.text,
            alignment,
            maker,
            known,
            unmarked: HashMap::new(),
        };
        if let Some(root) = alignment.rendered.root() {
            let nearest = pieces.whole_object(root);
            pieces.add(root, nearest.as_ref());
        }
    }

    /// The place for what nothing is known of.
    fn whole_object(&self, root: Node<'_>) -> Option<Spot> {
        let first = self.contributors(root).first();
        let document = first.and_then(|own| {
            let node = own.view.node(own.node)?;
            let (key, value) = node.entry("kind").or_else(|| node.entries().next())?;
            let span = own.view.span(value).or_else(|| own.view.span(key))?;
            Some(Spot::new(&own.view.artifact, span.range()))
        });
        document.or_else(|| self.maker.map(|maker| maker.entry.clone()))
    }

    fn contributors(&self, node: Node<'_>) -> &'a [Contributor] {
        self.alignment
            .contributors
            .get(&node.id())
            .map_or(&[], Vec::as_slice)
    }

    fn segments(&self, node: Node<'_>) -> &'a [Segment<'a>] {
        self.alignment
            .segments
            .get(&node.id())
            .map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, node: Node<'_>, nearest: Option<&Spot>) {
        for (key, value) in node.entries() {
            let exact = self.key_place(node, key, value);
            let near = exact.as_ref().map(|(spot, _)| spot).or(nearest).cloned();
            if let Some(spot) = &near {
                let is_exact = exact.as_ref().is_some_and(|(_, is_exact)| *is_exact);
                self.piece(self.rendered_span(key), spot, !is_exact);
            }
            self.value(node, Some(key), value, near.as_ref());
        }
        for (index, item) in node.items().enumerate() {
            let marked = self.contributors(item).first();
            let unmarked = marked
                .is_none()
                .then(|| self.unmarked_item(node, index, item))
                .flatten();
            if let Some(unmarked) = &unmarked {
                self.note(item, unmarked);
            }
            let own = marked.or(unmarked.as_ref()).and_then(item_place);
            if let Some(spot) = own.as_ref().filter(|_| item.is_mapping()) {
                let place = Place {
                    artifact: Arc::clone(&spot.artifact),
                    span: spot.span,
                    approximate: false,
                };
                self.known.items.insert(item.span().start, place);
            }
            let near = own.as_ref().or(nearest).cloned();
            self.value(node, None, item, near.as_ref());
        }
    }

    fn value(
        &mut self,
        parent: Node<'_>,
        key: Option<Node<'_>>,
        value: Node<'_>,
        near: Option<&Spot>,
    ) {
        if value.scalar().is_some() {
            if !self.scalar(parent, key, value)
                && let Some(near) = near
            {
                self.piece(self.rendered_span(value), near, true);
            }
        } else {
            self.add(value, near);
        }
    }

    /// What an item that says nothing by which it is known, such as `{}`, was made of: the same one at its
    /// place in a list of the same length.
    fn unmarked_item(&self, list: Node<'_>, index: usize, item: Node<'_>) -> Option<Contributor> {
        let length = list.items().count();
        let known = self.contributors(list).iter();
        known.chain(self.unmarked.get(&list.id())).find_map(|own| {
            let source = own.view.node(own.node)?;
            let theirs = source.items().nth(index)?;
            let is_same = source.items().count() == length && is_same_shape(item, theirs);
            is_same.then(|| at(own, theirs))
        })
    }

    /// Notes what a value of the same shape, and the values in it, were made of.
    fn note(&mut self, value: Node<'_>, own: &Contributor) {
        let Some(theirs) = own.view.node(own.node) else {
            return;
        };
        self.unmarked.insert(value.id(), own.clone());
        for (key, inner) in value.entries() {
            if let Some(other) = key.as_str().and_then(|key| theirs.get(key)) {
                self.note(inner, &at(own, other));
            }
        }
        for (inner, other) in value.items().zip(theirs.items()) {
            self.note(inner, &at(own, other));
        }
    }

    /// The key's place, and whether that is exact.
    fn key_place(&self, parent: Node<'_>, key: Node<'_>, value: Node<'_>) -> Option<(Spot, bool)> {
        let name = key.as_str().unwrap_or_default();
        for own in self.contributors(value) {
            if let Some(spot) = key_of(own, name) {
                return Some((spot, true));
            }
        }
        for own in self.contributors(parent) {
            let theirs = own.view.node(own.node).and_then(|node| node.entry(name));
            if let Some((theirs, _)) = theirs
                && let Some(span) = own.view.span(theirs)
            {
                return Some((Spot::new(&own.view.artifact, span.range()), true));
            }
        }
        if let [segment] = self.segments(value) {
            let mark = segment.mark;
            let span = mark.key.unwrap_or(mark.spot.span);
            let spot = Spot::new(&mark.spot.artifact, span.range());
            return Some((
                spot,
                mark.key
                    .is_some_and(|key| is_text(&mark.spot.artifact, key, name)),
            ));
        }
        let maker = self
            .maker
            .filter(|_| self.alignment.rendered.parent(parent.id()).is_none())?;
        let kind = maker
            .kind
            .clone()
            .filter(|_| matches!(name, "kind" | "apiVersion"));
        Some((kind.unwrap_or_else(|| maker.entry.clone()), false))
    }

    fn rendered_span(&self, node: Node<'_>) -> Span {
        self.alignment.rendered.span(node).unwrap_or_default()
    }

    fn piece(&mut self, span: Span, spot: &Spot, approximate: bool) {
        let fit = self.fit(span, spot);
        self.push(span, spot, fit, approximate, None);
    }

    fn fit(&self, span: Span, spot: &Spot) -> Fit {
        let same = self.text.get(span.range()) == spot.artifact.text.get(spot.span.range());
        if same { Fit::Verbatim } else { Fit::Rewritten }
    }

    fn push(
        &mut self,
        span: Span,
        spot: &Spot,
        fit: Fit,
        approximate: bool,
        supply: Option<Arc<Supply>>,
    ) {
        self.known.pieces.push(Piece {
            span,
            written: Place {
                artifact: Arc::clone(&spot.artifact),
                span: spot.span,
                approximate,
            },
            fit,
            supply,
        });
    }
}

fn is_text(artifact: &Artifact, span: Span, text: &str) -> bool {
    artifact.text.get(span.range()) == Some(text)
}

/// The key under which a contributor stands, if it has this name.
fn key_of(own: &Contributor, name: &str) -> Option<Spot> {
    let (_, Link::Key(key)) = own.view.parent(own.node)? else {
        return None;
    };
    let key = own
        .view
        .node(key)
        .filter(|key| key.as_str() == Some(name))?;
    let span = own.view.span(key)?;
    Some(Spot::new(&own.view.artifact, span.range()))
}

/// Another value of the same source.
fn at(own: &Contributor, node: Node<'_>) -> Contributor {
    Contributor {
        node: node.id(),
        ..own.clone()
    }
}

/// Whether two values have no scalars, and the same keys.
fn is_same_shape(one: Node<'_>, other: Node<'_>) -> bool {
    let same_entries = || {
        one.entries().count() == other.entries().count()
            && one.entries().all(|(key, value)| {
                let theirs = key.as_str().and_then(|key| other.get(key));
                theirs.is_some_and(|theirs| is_same_shape(value, theirs))
            })
    };
    let same_items = || {
        one.items().count() == other.items().count()
            && one
                .items()
                .zip(other.items())
                .all(|(own, theirs)| is_same_shape(own, theirs))
    };
    one.is_mapping() && other.is_mapping() && same_entries()
        || one.is_sequence() && other.is_sequence() && same_items()
}

/// An item of a list is told by its first entry.
fn item_place(own: &Contributor) -> Option<Spot> {
    let node = own.view.node(own.node)?;
    let Some((key, value)) = node.entries().next() else {
        return Some(Spot::new(&own.view.artifact, own.view.span(node)?.range()));
    };
    let (key, value) = (
        own.view.span(key)?,
        own.view.span(value).filter(|_| value.scalar().is_some()),
    );
    let whole = key.start as usize..value.unwrap_or(key).end as usize;
    let is_line = own
        .view
        .artifact
        .text
        .get(whole.clone())
        .is_some_and(|text| !text.contains('\n'));
    let range = if is_line { whole } else { key.range() };
    Some(Spot::new(&own.view.artifact, range))
}
