//! Images that the templates of a chart put together of its own values: which of these name one, whatever
//! they look like, and which registry and tag the templates put around it.

use std::collections::HashSet;
use std::ops::Range;

use super::ground::Owner;
use super::placeholder::holds_placeholder;
use super::reference::Reference;
use super::{At, Image, written};
use crate::model::{Choice, KeyStep, Node, Printed, Resource, Step, TemplateImage, ValuePath};

/// Adds the images that templates make of a chart's own values, and completes those that are known.
pub(super) fn images(resource: &Resource, found: &mut Vec<Image>) {
    let mut tags = HashSet::new();
    for template in &resource.template_images {
        for made in each(template, resource) {
            let mut image = made.image();
            // A tag of several images is told once.
            if let Some(at) = &image.tag_at {
                let is_alone = |one: &Image| one.at == *at && one.tag_at.as_ref() == Some(at);
                found.retain(|one| !is_alone(one));
                image.is_tag_elsewhere = !tags.insert(at.clone()) && made.has_shared_tag();
            }
            match found.iter_mut().find(|one| made.is_of(one)) {
                Some(known) => made.complete(known, image),
                None => found.push(image),
            }
        }
    }
}

/// An image, put together.
struct Made {
    text: String,
    /// Which values stand where in the text.
    values: Vec<(Range<usize>, ValuePath)>,
    /// Whether the tag is not known.
    is_open: bool,
}

impl Made {
    /// The image, placed at the value that names it, or at its registry where that stands beside the name.
    fn image(&self) -> Image {
        let path = self.registry().unwrap_or(self.name());
        let subject = Owner::Values.subject(path);
        let at = At::whole(path.clone());
        let mut image = Image::new(at, Owner::Values.place(), subject, self.text.clone());
        image.is_known_field = false;
        image.is_complete = !self.is_open;
        image.is_registry_elsewhere = self.tag() == Some(path);
        image.tag_at = self.tag().cloned().map(At::whole);
        image
    }

    fn start_of_name(&self) -> usize {
        self.text.rfind('/').map_or(0, |at| at + 1)
    }

    fn value_at(&self, at: usize) -> Option<&ValuePath> {
        let mut values = self.values.iter();
        values
            .find(|(range, _)| range.contains(&at))
            .map(|(_, path)| path)
    }

    /// The value in which the name ends, or the last before it.
    fn name(&self) -> &ValuePath {
        let start = self.start_of_name();
        let mut before = self
            .values
            .iter()
            .rev()
            .filter(|(range, _)| range.start <= start);
        let nearest = before.next().or(self.values.first());
        nearest
            .map(|(_, path)| path)
            .expect("an image is made of values")
    }

    /// The value of the registry, if it stands in one map with the name.
    fn registry(&self) -> Option<&ValuePath> {
        let around = |path: &ValuePath| path.0.split_last().map(|(_, around)| around.to_vec());
        let first = self.value_at(0)?;
        (around(first) == around(self.name())).then_some(first)
    }

    fn tag(&self) -> Option<&ValuePath> {
        let start = self.start_of_name();
        let colon = self.text[start..].find(':').map(|at| start + at)?;
        let tag = self.value_at(colon + 1)?;
        let is_alone = self
            .values
            .first()
            .is_some_and(|(range, _)| range.start > colon);
        (is_alone || tag != self.name()).then_some(tag)
    }

    /// Whether the tag stands apart from the name, so that others may have it, too.
    fn has_shared_tag(&self) -> bool {
        let around = |path: &ValuePath| {
            path.0
                .len()
                .checked_sub(1)
                .map(|end| path.0[..end].to_vec())
        };
        self.tag()
            .is_some_and(|tag| around(tag) != around(self.name()))
    }

    /// Whether an image that is known by its form is this one.
    fn is_of(&self, known: &Image) -> bool {
        let path = &known.at.path;
        known.at.part.is_none() && (path == self.name() || self.registry() == Some(path))
    }

    /// Says of a known image what the template tells.
    fn complete(&self, known: &mut Image, made: Image) {
        let is_same = known.reference.registry == made.reference.registry;
        if self.is_open && known.reference.is_versioned() && is_same {
            return;
        }
        known.reference = made.reference;
        known.text = made.text;
        known.is_complete |= made.is_complete;
        known.is_tag_elsewhere = made.is_tag_elsewhere;
        known.is_registry_elsewhere = made.is_registry_elsewhere;
        known.tag_at = made.tag_at.or(known.tag_at.take());
    }
}

/// What becomes of an image for each value that a template goes through.
fn each(template: &TemplateImage, resource: &Resource) -> Vec<Made> {
    let is_open = |path: &[KeyStep]| path.contains(&KeyStep::Each);
    let paths = template.0.iter().flat_map(|printed| match printed {
        Printed::Value(choices) => choices.as_slice(),
        Printed::Text(_) => &[],
    });
    let paths: Vec<&[KeyStep]> = paths
        .filter_map(|choice| match choice {
            Choice::Key(path) => Some(path.as_slice()),
            Choice::Text(_) => None,
        })
        .collect();
    let repeated = |path: &[KeyStep]| -> Vec<KeyStep> {
        let end = path.iter().rposition(|step| *step == KeyStep::Each);
        path[..end.map_or(0, |end| end + 1)].to_vec()
    };
    let longest = paths.iter().map(|path| repeated(path)).max_by_key(Vec::len);
    let longest = longest.unwrap_or_default();
    // Values of two ranges that have nothing to do with each other are not told together.
    let fits = |path: &&[KeyStep]| !is_open(path) || longest.starts_with(&repeated(path));
    if !paths.iter().all(fits) {
        return Vec::new();
    }
    let mut bound = Vec::new();
    bind(resource.node(), &longest, &mut Vec::new(), &mut bound);
    let made = bound.iter().map(|steps| made(template, steps, resource));
    made.flatten().collect()
}

/// The steps that a path with `range` stands for, in the order of the values.
fn bind(node: Node<'_>, path: &[KeyStep], steps: &mut Vec<Step>, bound: &mut Vec<Vec<Step>>) {
    let Some((step, rest)) = path.split_first() else {
        bound.push(steps.clone());
        return;
    };
    let next: Vec<(Step, Node<'_>)> = match step {
        KeyStep::Key(key) => node
            .get(key)
            .map(|value| (Step::Key(key.clone()), value))
            .into_iter()
            .collect(),
        KeyStep::Each => {
            let named =
                |(key, value): (Node<'_>, _)| Some((Step::Key(key.as_str()?.to_owned()), value));
            let entries = node
                .entries()
                .filter_map(|(key, value)| named((key, value)));
            let items = node.items().enumerate();
            entries
                .chain(items.map(|(at, item)| (Step::Index(at), item)))
                .collect()
        }
    };
    for (step, value) in next {
        steps.push(step);
        bind(value, rest, steps, bound);
        steps.pop();
    }
}

/// An image with the values of some steps; `None` where what names it, or its registry, is not known.
fn made(template: &TemplateImage, steps: &[Step], resource: &Resource) -> Option<Made> {
    let mut made = Made {
        text: String::new(),
        values: Vec::new(),
        is_open: false,
    };
    for printed in &template.0 {
        let (text, path) = match printed {
            Printed::Text(text) => (text.clone(), None),
            Printed::Value(choices) => {
                let given = choices
                    .iter()
                    .find_map(|choice| given(choice, steps, resource));
                let has_name = made.text.len() > made.start_of_name() + 1;
                match given {
                    Some(given) => given,
                    None if made.text.ends_with([':', '@']) && has_name => {
                        made.text.pop();
                        made.is_open = true;
                        break;
                    }
                    None => return None,
                }
            }
        };
        let start = made.text.len();
        made.text.push_str(&text);
        made.values
            .extend(path.map(|path| (start..made.text.len(), path)));
    }
    let is_name = !made.values.is_empty()
        && !holds_placeholder(&made.text)
        && Reference::parse(&made.text).is_valid();
    is_name.then_some(made)
}

/// What a choice gives, and where that stands in the values.
fn given(
    choice: &Choice,
    steps: &[Step],
    resource: &Resource,
) -> Option<(String, Option<ValuePath>)> {
    let keys = match choice {
        Choice::Text(text) => return Some((text.clone(), None)),
        Choice::Key(keys) => keys,
    };
    let step = |(at, key): (usize, &KeyStep)| match key {
        KeyStep::Key(key) => Some(Step::Key(key.clone())),
        KeyStep::Each => steps.get(at).cloned(),
    };
    let path = keys
        .iter()
        .enumerate()
        .map(step)
        .collect::<Option<_>>()
        .map(ValuePath)?;
    let text = written(resource.at(&path)?, &resource.artifact.text)?;
    (!text.trim().is_empty()).then(|| (text.to_owned(), Some(path)))
}
