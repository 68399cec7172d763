//! An aligned object to pieces: for every key and scalar of the rendered text the place that wrote
//! it, exact where that is shown, else the nearest one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::align::{Alignment, Contributor, Segment};
use super::mark::{Mark, Role};
use super::sheet::{Link, Spot, scalar_text};
use super::window::Line;
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

    /// The pieces of a scalar; `false` if nothing exact is known of it.
    fn scalar(&mut self, parent: Node<'_>, key: Option<Node<'_>>, value: Node<'_>) -> bool {
        let name = key.and_then(Node::as_str).unwrap_or_default();
        let segments = self.segments(value);
        let source = self.unmarked(parent, key, value);
        match segments {
            [] if self.made(parent, name, value) => true,
            [] => source.is_some_and(|(own, node)| self.same(value, &own, node)),
            [only] if self.covers(value, only) => self.whole(value, only),
            _ => match source.filter(|_| {
                segments
                    .iter()
                    .all(|segment| segment.mark.role == Role::Setting)
            }) {
                Some((own, node)) if name == "image" => self.image(value, &own, node, segments),
                Some((own, node)) => self.renamed(value, &own, node, segments),
                None => self.parts(value, segments),
            },
        }
    }

    fn covers(&self, value: Node<'_>, segment: &Segment<'_>) -> bool {
        let length = value.as_str().map_or(segment.range.end, str::len);
        segment.range == (0..length)
    }

    /// What a source says at this place without a mark, if that stands in the value.
    fn unmarked(
        &self,
        parent: Node<'_>,
        key: Option<Node<'_>>,
        value: Node<'_>,
    ) -> Option<(Contributor, u32)> {
        let direct = self.contributors(value).first();
        if let Some(own) = direct {
            return Some((own.clone(), own.node));
        }
        let text = value.as_str()?;
        let name = key?.as_str()?;
        let stands_in = |own: &&Contributor| {
            let node = own.view.node(own.node).and_then(|node| node.get(name));
            let theirs = node.and_then(Node::as_str).unwrap_or_default();
            let theirs = if name == "image" {
                image_name(theirs)
            } else {
                theirs
            };
            // A setting replaces a namespace as a whole, but puts something before other names.
            let stands = match name {
                "namespace" => text == theirs,
                _ => text.contains(theirs),
            };
            !theirs.is_empty() && stands
        };
        let own = self.contributors(parent).iter().find(stands_in)?;
        let node = own.view.node(own.node)?.get(name)?.id();
        Some((own.clone(), node))
    }

    /// A scalar that stands in its source as it is rendered, or as the kernel of a name.
    fn same(&mut self, value: Node<'_>, own: &Contributor, node: u32) -> bool {
        let Some(theirs) = own.view.node(node) else {
            return false;
        };
        let is_same = value
            .scalar()
            .zip(theirs.scalar())
            .is_some_and(|(own, other)| scalar_text(own) == scalar_text(other));
        let Some(span) = own.view.span(theirs) else {
            return false;
        };
        let spot = Spot::new(&own.view.artifact, span.range());
        // What patches find items by stands in several places, none of which decides alone.
        let is_one_of_several = self.is_in_item(value)
            && (self.contributors(value).len() > 1
                || (own.role == Role::Base && self.alignment.is_finder(value)));
        let text = value.as_str().unwrap_or_default();
        let is_set = self.alignment.unmarked.contains(text);
        let is_paired = self.alignment.paired.contains(&value.id());
        let is_proven = is_paired && !is_one_of_several && !is_set;
        if is_same {
            self.lines(
                value,
                own.view
                    .window(theirs)
                    .as_ref()
                    .map(|window| window.lines()),
                &spot,
                !is_proven,
            );
        } else {
            self.piece(self.rendered_span(value), &spot, !is_proven);
        }
        true
    }

    fn is_in_item(&self, value: Node<'_>) -> bool {
        let mut id = value.id();
        while let Some((above, link)) = self.alignment.rendered.parent(id) {
            if matches!(link, Link::Index(_)) {
                return true;
            }
            id = above;
        }
        false
    }

    /// What a generator decides by being one.
    fn made(&mut self, parent: Node<'_>, name: &str, value: Node<'_>) -> bool {
        let is_root = self.alignment.rendered.parent(parent.id()).is_none();
        let Some(maker) = self.maker.filter(|_| is_root) else {
            return false;
        };
        let Some(kind) = maker
            .kind
            .clone()
            .filter(|_| matches!(name, "kind" | "apiVersion"))
        else {
            return false;
        };
        self.piece(self.rendered_span(value), &kind, name != "kind");
        true
    }

    fn whole(&mut self, value: Node<'_>, segment: &Segment<'_>) -> bool {
        let mark = segment.mark;
        let lines = mark.window.as_ref().filter(|_| segment.is_same);
        self.lines(value, lines.map(|window| window.lines()), &mark.spot, false);
        true
    }

    /// Line by line where both texts have the same lines, else as a whole.
    fn lines(&mut self, value: Node<'_>, theirs: Option<&[Line]>, spot: &Spot, approximate: bool) {
        let ours = self.alignment.rendered.window(value);
        match (ours, theirs) {
            (Some(ours), Some(theirs))
                if ours.lines().len() == theirs.len()
                    && theirs.iter().any(|line| !line.raw.is_empty()) =>
            {
                for (ours, theirs) in ours.lines().iter().zip(theirs) {
                    let spot = Spot::new(&spot.artifact, theirs.raw.clone());
                    self.piece(Span::new(ours.raw.start, ours.raw.end), &spot, approximate);
                }
            }
            _ => self.piece(self.rendered_span(value), spot, approximate),
        }
    }

    /// A name that settings put something before or after: the name's own place counts.
    fn renamed(
        &mut self,
        value: Node<'_>,
        own: &Contributor,
        node: u32,
        segments: &[Segment<'_>],
    ) -> bool {
        let Some(span) = own.view.node(node).and_then(|node| own.view.span(node)) else {
            return self.parts(value, segments);
        };
        let spot = Spot::new(&own.view.artifact, span.range());
        self.push(
            self.rendered_span(value),
            &spot,
            Fit::Rewritten,
            false,
            None,
        );
        true
    }

    /// An image of which settings replace a part: the rest stands where it was written.
    fn image(
        &mut self,
        value: Node<'_>,
        own: &Contributor,
        node: u32,
        segments: &[Segment<'_>],
    ) -> bool {
        let theirs = own.view.node(node);
        let kept = theirs
            .and_then(Node::as_str)
            .map(image_name)
            .unwrap_or_default();
        let is_first = value.as_str().is_some_and(|text| text.starts_with(kept));
        let span = theirs.and_then(|theirs| own.view.span(theirs));
        if let (Some(span), Some(window), true) = (
            span,
            self.alignment.rendered.window(value),
            is_first && !kept.is_empty(),
        ) && let Some(ours) = window.span(0..kept.len())
        {
            let start = span.start as usize;
            let spot = Spot::new(&own.view.artifact, start..start + kept.len());
            let fit = self.fit(ours, &spot);
            let supply = segments.first().map(|segment| supply(segment.mark));
            self.push(ours, &spot, fit, false, supply);
        }
        self.parts(value, segments)
    }

    fn parts(&mut self, value: Node<'_>, segments: &[Segment<'_>]) -> bool {
        let window = self.alignment.rendered.window(value);
        let mut any = false;
        for segment in segments {
            let span = window
                .as_ref()
                .and_then(|window| window.span(segment.range.clone()));
            if let Some(span) = span.filter(|span| span.start < span.end) {
                self.piece(span, &segment.mark.spot, false);
                any = true;
            }
        }
        if !any && let Some(segment) = segments.first() {
            self.piece(self.rendered_span(value), &segment.mark.spot, false);
        }
        true
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

/// A setting as what supplies a part of a value.
fn supply(mark: &Mark) -> Arc<Supply> {
    let leaf = mark.leaf.as_ref();
    let key = leaf.map_or_else(|| mark.original.clone(), |leaf| leaf.view.way(leaf.node));
    Arc::new(Supply {
        key,
        place: Some(Place {
            artifact: Arc::clone(&mark.spot.artifact),
            span: mark.spot.span,
            approximate: false,
        }),
    })
}

/// An image without tag and digest.
fn image_name(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    match image.rfind(':') {
        Some(colon) if !image[colon..].contains('/') => &image[..colon],
        _ => image,
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
