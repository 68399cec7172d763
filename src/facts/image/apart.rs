//! Tags of rendered references that another line of their source gave than the name: what is said of the tag
//! stands there.

use std::ops::Range;
use std::sync::Arc;

use super::{At, Image};
use crate::model::{Part, Resource, Span};

/// Notes where the tags stand that did not come with the names.
pub(super) fn mark_tags(resource: &Resource, found: &mut [Image]) {
    if resource.artifact.provenance.is_none() {
        return;
    }
    let whole = |image: &&mut Image| image.tag_at.is_none() && image.at.part.is_none();
    for image in found.iter_mut().filter(whole) {
        image.tag_at = tag_apart(resource, image);
    }
}

fn tag_apart(resource: &Resource, image: &Image) -> Option<At> {
    let provenance = resource.artifact.provenance.as_ref()?;
    let tag = tag(image)?;
    let span = resource.at(&image.at.path)?.span();
    let raw = resource.artifact.text.get(span.range())?;
    let start = span.start as usize + raw.find(&image.text)?;
    let traced = |range: Range<usize>| {
        let span = Span::new(start + range.start, start + range.end);
        provenance.trace(span)
    };
    let own = traced(tag.clone())?;
    // Where a setting changes the tag of a name that stands in the object, both are told there.
    let all = traced(0..image.text.len()).filter(|all| all.supplies.is_empty())?;
    let name = all.written;
    let is_of_other = !Arc::ptr_eq(&own.written.artifact, &name.artifact);
    let (own_span, name_span) = (own.written.span, name.span);
    let is_beside = own_span.start >= name_span.end || own_span.end <= name_span.start;
    let is_exact = own.supplies.is_empty() && !own.written.approximate;
    (is_exact && (is_of_other || is_beside)).then(|| At {
        path: image.at.path.clone(),
        part: Some(Part {
            start: tag.start,
            length: tag.len(),
        }),
    })
}

/// The characters of the tag in a reference.
fn tag(image: &Image) -> Option<Range<usize>> {
    let tag = image.reference.tag.as_deref()?;
    let tagged = image.text.split('@').next().unwrap_or_default();
    let start = tagged.strip_suffix(tag)?.len();
    Some(start..start + tag.len())
}
