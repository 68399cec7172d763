//! The images of a scan: each once, with every place that names it.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::facts::{Image, Images, Reference, check_settings, target_of};
use crate::model::{Identity, Location, Notice, Resource, without_holes};
use crate::policy::{Bundle, PolicyError};
use crate::source::{Sources, location, place, trees};

/// The images that everything scanned names.
#[derive(Debug)]
pub struct Inventory {
    /// By name; what is no reference last.
    pub images: Vec<ImageUse>,
    /// Host and project to push images to.
    pub target: String,
    /// What could not be read.
    pub failures: Vec<Notice>,
    /// Charts of which the values alone were read.
    pub charts_not_rendered: Vec<String>,
}

/// An image with every place that names it.
#[derive(Debug)]
pub struct ImageUse {
    /// Registry, repository, tag and digest in full; of what is no reference, the text.
    pub reference: String,
    /// The registry's host and port.
    pub registry: String,
    /// Registry and repository.
    pub name: String,
    /// The tag, if one is written.
    pub tag: Option<String>,
    /// The digest, if one is written.
    pub digest: Option<String>,
    /// Whether the registry is trusted.
    pub is_trusted: bool,
    /// What keeps it from being copied.
    pub obstacle: Option<Obstacle>,
    /// The name, without tag and digest, under which it is to be pushed; other images have others.
    pub push_to: Option<String>,
    /// Where it is named, by place.
    pub places: Vec<ImagePlace>,
}

/// What keeps an image from being copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// A chart, an operator or a kustomization adds the version.
    VersionElsewhere,
    /// Every kustomization that uses it names another image instead.
    Replaced,
    /// Something in it is to be filled in.
    Placeholder,
    /// No runtime accepts it; the reason.
    Invalid(&'static str),
}

/// A place that names an image.
#[derive(Debug)]
pub struct ImagePlace {
    /// What names it: `container`, `values`, `kustomize`, …
    pub kind: &'static str,
    /// What a message calls that, with a verb.
    pub subject: String,
    /// The reference as it is written there.
    pub written: String,
    /// Where.
    pub location: Location,
    /// In which resource.
    pub resource: Identity,
}

impl ImagePlace {
    /// Whether it is the same place in another reading of its template.
    fn is_same(&self, other: &Self) -> bool {
        let object = |one: &Self| (one.resource.kind.clone(), one.resource.name.clone());
        self.location == other.location
            && self.subject == other.subject
            && object(self) == object(other)
    }
}

/// The images of everything that was read.
///
/// # Errors
///
/// When a user's data does not fit its table.
pub fn images(sources: Sources, bundle: &Bundle) -> Result<Inventory, PolicyError> {
    check_settings(bundle.data())
        .map_err(|misfit| PolicyError::table(misfit.table, &misfit.error))?;
    let images = Images::new(bundle.data(), &sources.resources, trees);
    let found: Vec<(&Resource, Image)> = sources
        .resources
        .par_iter()
        .flat_map_iter(|resource| {
            let own = images.of(resource).into_iter();
            own.map(move |image| (resource, image))
        })
        .collect();
    let mut uses: BTreeMap<(bool, String), ImageUse> = BTreeMap::new();
    for (resource, image) in found {
        let is_reference = image.reference.is_valid() && !image.reference.is_placeholder;
        let full = full(&image);
        let entry = uses.entry((!is_reference, full.clone()));
        let of_image = entry.or_insert_with(|| ImageUse {
            is_trusted: images.trust().is_trusted(&image.reference),
            obstacle: obstacle(&image),
            places: Vec::new(),
            push_to: None,
            reference: full,
            registry: image.reference.registry.clone(),
            name: image.reference.name.clone(),
            tag: image.reference.tag.clone(),
            digest: image.reference.digest.clone(),
        });
        // One place that can be copied from is enough.
        of_image.obstacle = of_image.obstacle.min(obstacle(&image));
        of_image.places.push(place_of(resource, image));
    }
    let mut images_found: Vec<ImageUse> = uses.into_values().collect();
    let target = images.trust().target().to_owned();
    name_targets(&mut images_found, &target);
    for image in &mut images_found {
        image
            .places
            .sort_by(|left, right| left.location.cmp(&right.location));
        // A template is read once for each of its branches, and rendered.
        image.places.dedup_by(|next, known| next.is_same(known));
    }
    let mut failures = sources.failures;
    failures.sort();
    Ok(Inventory {
        images: images_found,
        target,
        failures,
        charts_not_rendered: sources.summary.charts_not_rendered,
    })
}

fn full(image: &Image) -> String {
    let reference = &image.reference;
    if !reference.is_valid() || reference.is_placeholder {
        return without_holes(&image.text).into_owned();
    }
    let part = |mark: &str, text: &Option<String>| {
        text.as_ref()
            .map_or_else(String::new, |text| format!("{mark}{text}"))
    };
    let (tag, digest) = (part(":", &reference.tag), part("@", &reference.digest));
    format!("{}{tag}{digest}", reference.name)
}

fn obstacle(image: &Image) -> Option<Obstacle> {
    let reference = &image.reference;
    match image.problem() {
        _ if image.is_slot() => Some(Obstacle::Replaced),
        _ if reference.is_placeholder => Some(Obstacle::Placeholder),
        Some(problem) => Some(Obstacle::Invalid(problem)),
        None if image.is_replaced => Some(Obstacle::Replaced),
        None if !image.is_complete && !reference.is_versioned() => Some(Obstacle::VersionElsewhere),
        None => None,
    }
}

fn place_of(resource: &Resource, image: Image) -> ImagePlace {
    let placed = place(resource, &image.at.path, image.at.part);
    ImagePlace {
        kind: image.place.as_str(),
        subject: image.subject,
        written: without_holes(&image.text).into_owned(),
        location: location(&resource.artifact, placed),
        resource: resource.identity.clone(),
    }
}

/// Gives each image a name of its own below the target: the last component of its repository,
/// all of it where two images share that, and the registry before it where they share even this.
fn name_targets(images: &mut [ImageUse], target: &str) {
    let is_copied = |image: &ImageUse| {
        !image.is_trusted
            && !matches!(
                image.obstacle,
                Some(Obstacle::Invalid(_) | Obstacle::Placeholder)
            )
    };
    let names = |image: &ImageUse| {
        let reference = Reference::parse(&image.name);
        let whole = target_of(target, &reference, true);
        let host = image.registry.replace([':', '[', ']'], "-");
        let hosted = format!("{target}/{host}{}", &image.name[image.registry.len()..]);
        [target_of(target, &reference, false), whole, hosted]
    };
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for image in images.iter().filter(|image| is_copied(image)) {
        for name in names(image) {
            let sharing = users.entry(name).or_default();
            if !sharing.contains(&image.name) {
                sharing.push(image.name.clone());
            }
        }
    }
    for image in images.iter_mut().filter(|image| is_copied(image)) {
        let own = names(image);
        let free = own
            .iter()
            .find(|name| users.get(*name).is_some_and(|users| users.len() == 1));
        image.push_to = free.or(own.last()).cloned();
    }
}
