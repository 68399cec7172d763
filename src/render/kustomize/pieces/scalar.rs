//! The pieces of a scalar: whole, line by line, or of the parts that settings put together.

use std::sync::Arc;

use super::super::align::{Contributor, Segment};
use super::super::mark::{Mark, Role, image_name};
use super::super::sheet::{Link, Spot, scalar_text};
use super::super::window::Line;
use super::Pieces;
use crate::model::{Fit, Node, Place, Span, Supply};

impl Pieces<'_> {
    /// The pieces of a scalar; `false` if nothing exact is known of it.
    pub(super) fn scalar(
        &mut self,
        parent: Node<'_>,
        key: Option<Node<'_>>,
        value: Node<'_>,
    ) -> bool {
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
                None if name == "image" => self.parts(value, segments, setting(segments)),
                None => self.parts(value, segments, None),
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
            return self.parts(value, segments, None);
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

    /// An image of which settings replace a part: the name stands where it was written, unless another one that
    /// may begin like it took its place.
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
        let is_kept = value.as_str().is_some_and(|text| image_name(text) == kept);
        let span = theirs.and_then(|theirs| own.view.span(theirs));
        if let (Some(span), Some(window), true) = (
            span,
            self.alignment.rendered.window(value),
            is_kept && !kept.is_empty(),
        ) && let Some(ours) = window.span(0..kept.len())
        {
            let start = span.start as usize;
            let spot = Spot::new(&own.view.artifact, start..start + kept.len());
            let fit = self.fit(ours, &spot);
            self.push(ours, &spot, fit, false, setting(segments));
        }
        self.parts(value, segments, None)
    }

    /// What marks gave; what no setting did may have a supply.
    fn parts(
        &mut self,
        value: Node<'_>,
        segments: &[Segment<'_>],
        supply: Option<Arc<Supply>>,
    ) -> bool {
        let window = self.alignment.rendered.window(value);
        let mut any = false;
        for segment in segments {
            let span = window
                .as_ref()
                .and_then(|window| window.span(segment.range.clone()));
            if let Some(span) = span.filter(|span| span.start < span.end) {
                let spot = &segment.mark.spot;
                let is_set = segment.mark.role == Role::Setting;
                let supply = supply.clone().filter(|_| !is_set);
                self.push(span, spot, self.fit(span, spot), false, supply);
                any = true;
            }
        }
        if !any && let Some(segment) = segments.first() {
            self.piece(self.rendered_span(value), &segment.mark.spot, false);
        }
        true
    }
}

/// The first setting among what gave the parts of a value.
fn setting(segments: &[Segment<'_>]) -> Option<Arc<Supply>> {
    let mut marks = segments.iter().map(|segment| segment.mark);
    marks.find(|mark| mark.role == Role::Setting).map(supply)
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
