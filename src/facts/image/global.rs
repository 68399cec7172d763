//! What values say for all images in them: the registries that stand before their names, Istio's hub and its tag.

use super::beside::speaks_of_version;
use super::ground::Ground;
use super::{Image, written};
use crate::model::{Node, ValuePath};

/// The keys of Rancher's charts, and of its clusters, for what stands before the names of all their images.
pub(super) const OF_SYSTEM: [&str; 2] = ["systemDefaultRegistry", "system-default-registry"];

/// Where the tag stands that Istio's values have for all images: `global.tag`.
const HUB_TAG: [&str; 2] = ["global", "tag"];

/// What the whole of some values says for the images in them.
pub(super) struct Global<'a> {
    pub(super) registries: Registries<'a>,
    /// The tag of what stands below Istio's hub, and where that stands.
    hub_tag: Option<(&'a str, Node<'a>)>,
    /// Whether a tag or a version stands where it may be that of all images.
    pub(super) has_common_tag: bool,
}

impl<'a> Global<'a> {
    pub(super) fn of(root: Node<'a>, ground: &Ground<'a>) -> Self {
        Self {
            registries: Registries::of(root),
            hub_tag: hub_tag(root, ground),
            has_common_tag: speaks_of_version(root)
                || root.get("global").is_some_and(speaks_of_version),
        }
    }

    /// Adds the tag of Istio's hub to an image that stands below it.
    pub(super) fn add_hub_tag(&self, image: &mut Image, ground: &Ground<'_>) {
        if let Some((tag, node)) = self.hub_tag {
            let at = ground.at(&ValuePath::from_iter(HUB_TAG), node);
            image.add_tag(tag, at);
        }
    }
}

/// What the values of a chart say for all its images.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Registries<'a> {
    /// Takes the place of the registries that maps name, or leave to the chart.
    pub(super) instead: Option<&'a str>,
    /// Counts for maps that name none.
    pub(super) without: Option<&'a str>,
    /// Of a group of charts, `global.….imageRegistry`: counts for names beside an empty `imageRegistry`.
    pub(super) of_group: Option<&'a str>,
    /// Istio's: stands before names of one component.
    pub(super) hub: Option<&'a str>,
    /// Strimzi's: registry and repository of names that stand alone.
    pub(super) defaults: Option<(&'a str, &'a str)>,
}

impl<'a> Registries<'a> {
    fn of(root: Node<'a>) -> Self {
        let text = |keys: &[&str]| {
            let registry = root.find(keys).and_then(Node::as_str);
            registry.filter(|text| !text.is_empty())
        };
        Self {
            instead: text(&["global", "imageRegistry"]),
            without: text(&["global", "image", "registry"])
                .or_else(|| text(&["global", "cattle", OF_SYSTEM[0]])),
            of_group: root.get("global").and_then(registry_of_group),
            hub: text(&["global", "hub"]).or_else(|| text(&["hub"])),
            defaults: text(&["defaultImageRegistry"]).zip(text(&["defaultImageRepository"])),
        }
    }

    /// Registry and repository of names that stand alone.
    pub(super) fn default_hub(self) -> Option<String> {
        let (registry, repository) = self.defaults?;
        Some(format!("{registry}/{repository}"))
    }
}

/// The registry that a map `global` names for a group of images: `global.shop.imageRegistry`.
fn registry_of_group(global: Node<'_>) -> Option<&str> {
    let mut groups = global.entries().map(|(_, group)| group);
    groups.find_map(|group| {
        let text = group.get("imageRegistry")?.as_str()?;
        (!text.is_empty()).then_some(text)
    })
}

fn hub_tag<'a>(root: Node<'a>, ground: &Ground<'a>) -> Option<(&'a str, Node<'a>)> {
    let node = root.find(&HUB_TAG)?;
    let tag = written(node, ground.source).filter(|tag| !tag.is_empty())?;
    Some((tag, node))
}
