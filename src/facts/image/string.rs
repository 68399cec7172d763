//! Images that a string names under a key that says image, with what stands around it: the tag, the hub and the pull
//! policy.

use super::beside::{has_some_version, has_version, sibling_tag, speaks_of_version};
use super::form::{is_below_hub, is_file, is_named, is_placeholder_image, is_well_known};
use super::global::Global;
use super::ground::{Ground, Owner};
use super::key::{is_of_containers, is_repository_of_images};
use super::map::policy;
use super::reference::Reference;
use super::{Image, variable};
use crate::model::{Node, Step, ValuePath};

/// Keys beside an image that show what it is for.
const EVIDENCE: [&str; 9] = [
    "imagePullPolicy",
    "pullPolicy",
    "imageTag",
    "imagePullSecrets",
    "command",
    "args",
    "env",
    "envFrom",
    "volumeMounts",
];

/// Keys that show as much in the values of a chart only.
const EVIDENCE_IN_VALUES: [&str; 2] = ["ports", "resources"];

/// What is left of a digest whose digits stand elsewhere, as if they were a tag.
const DIGEST_ALGORITHM: &str = "@sha256";

/// A string under a key, the map that has it, and the key of that.
pub(super) struct StringUnderKey<'a, 'k> {
    pub(super) around: Node<'a>,
    pub(super) parent: &'k str,
    pub(super) key: &'k str,
    pub(super) value: Node<'a>,
}

impl StringUnderKey<'_, '_> {
    /// The image that it names, where the map around stands at a path of a ground.
    pub(super) fn image(
        &self,
        global: &Global<'_>,
        (ground, path): (&Ground<'_>, &ValuePath),
        owner: Owner,
    ) -> Option<Image> {
        let Self { around, key, .. } = *self;
        let text = self.value.as_str()?;
        let is_cut = text.ends_with(DIGEST_ALGORITHM);
        let is_versioned = !is_cut && Reference::parse(text).is_versioned();
        let tag = sibling_tag(around, key, ground.source).filter(|_| !is_versioned);
        let joined = match &tag {
            Some((_, tag, _)) => format!("{text}:{tag}"),
            None => text.to_owned(),
        };
        // A version alone may be that of a system that a machine starts from.
        let is_tagged = is_cut || tag.as_ref().is_some_and(|(name, ..)| name.ends_with("ag"));
        let told = match is_tagged && !is_file(text) {
            true => &joined,
            false => text,
        };
        let has_evidence = tag.is_some() || self.has_evidence(path, owner, text);
        let is_name = is_named(told, key, has_evidence, owner)
            || (owner == Owner::Values && variable::hands_on_path(key, text));
        if !is_name && !is_placeholder_image(text, key) {
            return None;
        }
        let own = path.clone().key(key);
        let is_short = !joined.contains('/');
        let reference = self.below_hub(global, joined);
        let at = ground.at(&own, self.value);
        let mut image = Image::new(at, owner.place(), owner.subject(&own), reference);
        image.is_known_field = false;
        image.is_registry_elsewhere = is_below_hub(&image.text);
        image.is_complete = image.reference.is_versioned() || self.is_whole(global, owner, text);
        image.tag_at = tag.map(|(name, _, node)| ground.at(&path.clone().key(&name), node));
        image.policy = policy(around, ground, path);
        // In values of a chart the tag is told by itself.
        if owner == Owner::CustomResource && global.registries.hub.is_some() && is_short {
            global.add_hub_tag(&mut image, ground);
        }
        Some(image)
    }

    /// Whether what stands around it is what an image has.
    fn has_evidence(&self, path: &ValuePath, owner: Owner, text: &str) -> bool {
        let has = |names: &[&str]| names.iter().any(|name| self.around.get(name).is_some());
        let is_of_spec = path.steps() == [Step::Key("spec".to_owned())];
        is_of_containers(self.parent)
            || has_versions(self.around)
            || (is_of_spec && text.contains('/'))
            || has(&EVIDENCE)
            || (owner == Owner::Values && has(&EVIDENCE_IN_VALUES))
    }

    /// A name without a path stands below the hub beside it, or that of all.
    fn below_hub(&self, global: &Global<'_>, name: String) -> String {
        let own = self.around.string("hub");
        let hub = own.filter(|hub| !hub.is_empty()).or(global.registries.hub);
        match hub {
            Some(hub) if !name.contains('/') => format!("{}/{name}", hub.trim_end_matches('/')),
            _ => name,
        }
    }

    /// Whether nothing but the string says the version of an image.
    fn is_whole(&self, global: &Global<'_>, owner: Owner, text: &str) -> bool {
        let around = self.around;
        // A whole container goes into the pod as it is.
        let is_container = self.parent.ends_with("ontainers") && around.get("name").is_some();
        let is_whole = match owner {
            Owner::CustomResource if self.key == "image" => {
                !has_versions(around) && !has_version(around)
            }
            // What is called more than image may have its version from what all images have.
            Owner::CustomResource => !has_some_version(around),
            Owner::Values => {
                is_well_known(text) && !speaks_of_version(around) && !global.has_common_tag
            }
        };
        is_container || (is_whole && !is_repository_of_images(self.key, text))
    }
}

/// Whether a list of versions stands beside, of which what runs is chosen elsewhere.
fn has_versions(around: Node<'_>) -> bool {
    around.get("versions").is_some_and(Node::is_sequence)
}
