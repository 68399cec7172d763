//! Images told by their form: maps of registry, repository and tag, strings under a key that says
//! image, variables and arguments that hand one on. Works on values of charts and on custom
//! resources whose fields nobody listed; what only looks alike is left alone.

use super::alone::{self, Shared};
use super::beside::{
    has_own_tag, has_some_version, has_version, is_repository_key, sibling_tag, speaks_of_version,
};
use super::form::{
    begins_with_image, holds_only_images, is_below_hub, is_file, is_image_key, is_in_full,
    is_listed, is_named, is_of_containers, is_official, is_past, is_path, is_placeholder_image,
    is_plural, is_well_known, may_name_images, refers_to_image,
};
use super::ground::{Ground, Owner};
use super::key::{is_repository_of_images, speaks_of_images};
use super::map::{Registries, map_image, policy};
use super::reference::Reference;
use super::runner;
use super::text::{self, Lift};
use super::{At, Image, Place, ReadYaml, written};
use super::{argument, elsewhere, handed, kustomize, map, openshift};
use crate::model::{Node, Resource, Step, ValuePath};

/// Keys whose values are passed over: bookkeeping, schemas, and prose.
const PASSED_KEYS: [&str; 15] = [
    "metadata",
    "status",
    "schema",
    "openAPIV3Schema",
    "annotations",
    "labels",
    "podAnnotations",
    "podLabels",
    "commonLabels",
    "matchLabels",
    "selector",
    "description",
    "dashboards",
    "grafanaDashboards",
    "imagePullSecrets",
];

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

/// Keys whose value is what an image's name begins with, never an image.
pub(super) const PART_KEYS: [&str; 3] = ["registry", "imageRegistry", "hub"];

/// What is left of a digest whose digits stand elsewhere, as if they were a tag.
const DIGEST_ALGORITHM: &str = "@sha256";

/// Images in a custom resource whose fields nobody listed.
pub(super) fn of_custom_resource(resource: &Resource, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    let ground = Ground {
        base: ValuePath::default(),
        source: &resource.artifact.text,
        is_string: false,
    };
    let owner = Owner::CustomResource;
    walk(resource.node(), "", &ground, owner, read_yaml, found);
}

/// Images in a value and all below it; `key` is what it stands at.
pub(super) fn walk<'a>(
    root: Node<'a>,
    key: &str,
    ground: &Ground<'a>,
    owner: Owner,
    read_yaml: ReadYaml,
    found: &mut Vec<Image>,
) {
    let global = |keys: &[&str]| {
        let registry = root.find(keys).and_then(Node::as_str);
        registry.filter(|text| !text.is_empty())
    };
    let mut walk = Walk {
        ground,
        owner,
        registries: Registries {
            instead: global(&["global", "imageRegistry"]),
            without: global(&["global", "image", "registry"])
                .or_else(|| global(&["global", "cattle", alone::OF_SYSTEM[0]])),
            of_group: root.get("global").and_then(alone::registry_of_group),
            hub: global(&["global", "hub"]).or_else(|| global(&["hub"])),
            defaults: global(&["defaultImageRegistry"]).zip(global(&["defaultImageRepository"])),
        },
        hub_tag: hub_tag(root, ground),
        has_common_tag: speaks_of_version(root)
            || root.get("global").is_some_and(speaks_of_version),
        read_yaml,
        path: ValuePath::default(),
        shared: Vec::new(),
        found,
    };
    let before = walk.found.len();
    walk.node(root, key, "");
    walk.add_shared(before);
}

/// Where the tag stands that Istio's values have for all images: `global.tag`.
const HUB_TAG: [&str; 2] = ["global", "tag"];

fn hub_tag<'a>(root: Node<'a>, ground: &Ground<'a>) -> Option<(&'a str, Node<'a>)> {
    let node = root.find(&HUB_TAG)?;
    let tag = written(node, ground.source).filter(|tag| !tag.is_empty())?;
    Some((tag, node))
}

fn is_list_of_images(key: &str) -> bool {
    is_plural(key) || speaks_of_images(key)
}

/// Whether an entry names an image in a map that holds images by some order, or the repository of one to which
/// an operator adds a version.
fn is_image_of(map: &str, name: &str, text: &str) -> bool {
    let is_of_images = speaks_of_images(map) && !is_past(name) && is_listed(text);
    is_of_images || is_repository_of_images(name, text)
}

/// Whether a map says of an image no more than its name, to which charts add a registry of their own.
fn is_bare_name(image: &Image) -> bool {
    let is_name = matches!(image.at.path.steps().last(), Some(Step::Key(key)) if key == "name");
    is_name && !image.text.contains('/') && !is_well_known(&image.text) && !is_official(&image.text)
}

struct Walk<'a, 'f> {
    ground: &'f Ground<'a>,
    owner: Owner,
    registries: Registries<'a>,
    /// The tag of what stands below Istio's hub.
    hub_tag: Option<(&'a str, Node<'a>)>,
    /// Whether a tag or a version stands where it may be that of all images.
    has_common_tag: bool,
    read_yaml: ReadYaml,
    path: ValuePath,
    /// Registries that all images get.
    shared: Vec<Shared<'a>>,
    found: &'f mut Vec<Image>,
}

impl<'a> Walk<'a, '_> {
    fn node(&mut self, node: Node<'a>, key: &str, parent: &str) {
        if node.is_mapping() {
            self.mapping(node, key, parent);
        } else if node.is_sequence() {
            self.sequence(node, key, parent);
        }
    }

    fn mapping(&mut self, node: Node<'a>, key: &str, parent: &str) {
        let is_map = self.map(node, key, parent);
        if let Some((value, name)) = openshift::taken_in(node).filter(|_| key == "from") {
            let at = self.ground.at(&self.path.clone().key("name"), value);
            self.add(at, name, self.owner.place(), self.owner.subject(&self.path));
        }
        if key.to_ascii_lowercase().contains("env") {
            self.variables(node);
        }
        for (entry, value) in node.entries() {
            let name = entry.as_str().unwrap_or_default();
            if PASSED_KEYS.contains(&name) {
                self.labels_of_runner(value, name);
                continue;
            }
            if self.owner == Owner::CustomResource && elsewhere::runs_on_host(name, value) {
                continue;
            }
            if alone::OF_SYSTEM.contains(&name) {
                let path = self.path.clone().key(name);
                self.shared.extend(alone::shared(value, self.ground, path));
            }
            let is_part = PART_KEYS.contains(&name) || value.scalar().is_none();
            if !is_map && !is_part && self.tells(node, (parent, key, name), value) {
                self.string(node, key, name, value);
            }
            self.path.0.push(Step::Key(name.to_owned()));
            match value.as_str().filter(|text| may_name_images(text)) {
                Some(_) => self.text(value, name),
                None => self.node(value, name, key),
            }
            self.path.0.pop();
        }
    }

    /// The image that a map is as a whole, or of which it has one part for all; whether it is one.
    fn map(&mut self, node: Node<'a>, key: &str, parent: &str) -> bool {
        let is_image = is_image_key(key) || is_plural(parent) || holds_only_images(key);
        // What is called `images` as a whole is no single one.
        let is_of_sources = !is_image && map::is_of_sources(key, node);
        let map = (!is_plural(key) && !is_of_sources)
            .then(|| map_image(node, self.ground, &self.path, self.registries, is_image))
            .flatten();
        let is_map = map.is_some();
        if key == "global" {
            let shared = alone::of_all(node, self.ground, &self.path);
            self.shared.extend(shared);
        }
        if let Some(mut image) = map.or_else(|| self.part_alone(node, key)) {
            image.is_registry_elsewhere |= self.owner == Owner::Values && is_bare_name(&image);
            image.place = self.owner.place();
            image.subject = self.subject(&image);
            image.is_known_field = false;
            self.found.push(image);
        }
        is_map
    }

    /// The images of a map of variables.
    fn variables(&mut self, node: Node<'a>) {
        for (value, part, name) in handed::variables(node) {
            let text = value.as_str().unwrap_or_default();
            let text = &text[part.start..part.start + part.length];
            let mut at = self.ground.at(&self.path.clone().key("value"), value);
            if at.part.is_none() {
                at.part = Some(part);
            }
            self.add(at, text, Place::Environment, handed::names_variable(name));
            handed::mark_whole(name, self.found);
        }
    }

    /// Whether a key and the keys above it say that its value may name an image.
    fn tells(
        &self,
        node: Node<'a>,
        (parent, key, name): (&str, &str, &str),
        value: Node<'a>,
    ) -> bool {
        let text = value.as_str();
        // Under `image` another key says what it is for: `{application: …, init: …}`.
        // Kubeflow's groups of notebooks: `imageGroupOne: {value: …, options: […]}`.
        let is_chosen = || begins_with_image(key) && node.get("options").is_some();
        let is_whole = || (is_image_key(key) || is_chosen()) && text.is_some_and(is_listed);
        // OpenStack's charts: `images: {tags: {…}}`.
        let is_listed_tag = key == "tags" && is_plural(parent);
        let has_tag =
            || is_repository_key(name) && sibling_tag(node, name, self.ground.source).is_some();
        let is_tagged = || has_own_tag(node, name) && text.is_some_and(is_path);
        let names_image = || begins_with_image(name) || refers_to_image(name);
        is_image_key(name)
            || is_plural(key)
            || is_listed_tag
            || is_whole()
            || has_tag()
            || is_tagged()
            || (names_image() && text.is_some_and(is_in_full))
            || is_image_of(key, name, text.unwrap_or_default())
    }

    /// What a message calls the map that names an image; of what stands outermost, its key.
    fn subject(&self, image: &Image) -> String {
        let key = image.at.path.steps().last();
        match key.filter(|_| self.path.steps().is_empty() && image.at.part.is_none()) {
            Some(key) => self.owner.subject(&ValuePath(vec![key.clone()])),
            None => self.owner.subject(&self.path),
        }
    }

    /// A registry or a tag for which a chart knows the rest; a registry not where one for all takes its
    /// place.
    fn part_alone(&self, node: Node<'a>, key: &str) -> Option<Image> {
        let is_shared = |step: &Step| matches!(step, Step::Key(key) if key == "global");
        let is_replaced =
            self.registries.instead.is_some() || self.path.steps().iter().any(is_shared);
        let image = alone::of_map(node, key, self.ground, &self.path, self.owner)?;
        let is_tag = image.tag_at.as_ref() == Some(&image.at);
        (is_tag || !is_replaced).then_some(image)
    }

    /// Registries for all images of which none was found.
    fn add_shared(&mut self, before: usize) {
        for Shared { host, path, at } in std::mem::take(&mut self.shared) {
            let start = format!("{}/", host.trim_end_matches('/'));
            let mut found = self.found[before..].iter();
            if !found.any(|image| image.text.starts_with(&start)) {
                let mut image = alone::below(&start, at, None);
                image.place = self.owner.place();
                image.subject = self.owner.subject(&path);
                self.found.push(image);
            }
        }
    }

    /// The labels of a runner, which are no labels of an object.
    fn labels_of_runner(&mut self, list: Node<'a>, key: &str) {
        for (index, item) in list.items().enumerate().filter(|_| key == "labels") {
            let path = self.path.clone().key(key).index(index);
            let at = self.ground.at(&path, item);
            let text = item.as_str().unwrap_or_default();
            self.found.extend(runner::of_labels(text, &at));
        }
    }

    /// A string that holds a document of its own.
    fn text(&mut self, value: Node<'a>, key: &str) {
        let at = self.ground.at(&self.path, value);
        let before = self.found.len();
        text::of_string(value, key, at.path, self.owner, self.read_yaml, self.found);
        if let (Some(block), Some(inner)) = (at.part, value.as_str()) {
            let lift = Lift::new(self.ground.source, block, inner);
            let found = self.found[before..].iter_mut();
            found.for_each(|image| lift.image(image));
        }
    }

    fn sequence(&mut self, node: Node<'a>, key: &str, parent: &str) {
        // Kubeflow's notebooks: `image: {value: …, options: […]}`.
        let is_of_options = key == "options" && (is_image_key(parent) || begins_with_image(parent));
        for argument in argument::arguments(node) {
            let Some(item) = node.items().nth(argument.index) else {
                continue;
            };
            let Some(text) = item.as_str() else { continue };
            self.path.0.push(Step::Index(argument.index));
            // A part of a string within a string has no place of its own.
            let mut at = self.ground.at(&self.path, item);
            if at.part.is_none() {
                at.part = Some(argument.part);
            }
            self.path.0.pop();
            let text = &text[argument.part.range()];
            self.add(at, text, Place::Argument, argument.subject);
        }
        for (index, item) in node.items().enumerate() {
            self.path.0.push(Step::Index(index));
            match item.as_str() {
                None if key == "images" && kustomize::is_replacement(item) => {
                    let image = kustomize::of_entry(item, self.ground, &self.path);
                    self.found.extend(image);
                }
                Some(text) if (is_of_options || is_list_of_images(key)) && is_listed(text) => {
                    let at = self.ground.at(&self.path, item);
                    let subject = self.owner.subject(&self.path);
                    self.add(at, text, self.owner.place(), subject);
                }
                Some(text) if may_name_images(text) => self.text(item, key),
                _ => self.node(item, key, ""),
            }
            self.path.0.pop();
        }
    }

    /// A string under a key that says image.
    fn string(&mut self, around: Node<'a>, parent: &str, key: &str, value: Node<'a>) {
        let Some(text) = value.as_str() else { return };
        let is_cut = text.ends_with(DIGEST_ALGORITHM);
        let is_versioned = !is_cut && Reference::parse(text).is_versioned();
        let tag = sibling_tag(around, key, self.ground.source).filter(|_| !is_versioned);
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
        let has_evidence = tag.is_some() || self.has_evidence(around, parent, text);
        let is_name = is_named(told, key, has_evidence, self.owner)
            || (self.owner == Owner::Values && handed::hands_on_path(key, text));
        if !is_name && !is_placeholder_image(text, key) {
            return;
        }
        let path = self.path.clone().key(key);
        let subject = self.owner.subject(&path);
        let is_short = !joined.contains('/');
        let reference = self.below_hub(around, joined);
        let at = self.ground.at(&path, value);
        let mut image = Image::new(at, self.owner.place(), subject, reference);
        image.is_known_field = false;
        image.is_registry_elsewhere = is_below_hub(&image.text);
        image.is_complete =
            image.reference.is_versioned() || self.is_whole(around, (parent, key), text);
        image.tag_at =
            tag.map(|(name, _, node)| self.ground.at(&self.path.clone().key(&name), node));
        image.policy = policy(around, self.ground, &self.path);
        // In values of a chart the tag is told by itself.
        let is_of_hub =
            self.owner == Owner::CustomResource && self.registries.hub.is_some() && is_short;
        if let Some((tag, node)) = self.hub_tag.filter(|_| is_of_hub) {
            let at = self.ground.at(&ValuePath::from_iter(HUB_TAG), node);
            image.add_tag(tag, at);
        }
        self.found.push(image);
    }

    /// Whether what stands around a string is what an image has.
    fn has_evidence(&self, around: Node<'a>, parent: &str, text: &str) -> bool {
        let has = |names: &[&str]| names.iter().any(|name| around.get(name).is_some());
        let is_of_spec = self.path.steps() == [Step::Key("spec".to_owned())];
        is_of_containers(parent)
            || has_versions(around)
            || (is_of_spec && text.contains('/'))
            || has(&EVIDENCE)
            || (self.owner == Owner::Values && has(&EVIDENCE_IN_VALUES))
    }

    /// A name without a path stands below the hub beside it, or that of all.
    fn below_hub(&self, around: Node<'a>, name: String) -> String {
        let own = around.get("hub").and_then(Node::as_str);
        let hub = own.filter(|hub| !hub.is_empty()).or(self.registries.hub);
        match hub {
            Some(hub) if !name.contains('/') => format!("{}/{name}", hub.trim_end_matches('/')),
            _ => name,
        }
    }

    /// Whether nothing but the string says the version of an image.
    fn is_whole(&self, around: Node<'a>, (parent, key): (&str, &str), text: &str) -> bool {
        // A whole container goes into the pod as it is.
        let is_container = parent.ends_with("ontainers") && around.get("name").is_some();
        let is_whole = match self.owner {
            Owner::CustomResource if key == "image" => {
                !has_versions(around) && !has_version(around)
            }
            // What is called more than image may have its version from what all images have.
            Owner::CustomResource => !has_some_version(around),
            Owner::Values => {
                is_well_known(text) && !speaks_of_version(around) && !self.has_common_tag
            }
        };
        is_container || (is_whole && !is_repository_of_images(key, text))
    }

    fn add(&mut self, at: At, text: &str, place: Place, subject: String) {
        let mut image = Image::new(at, place, subject, text.to_owned());
        image.is_known_field = false;
        image.is_complete = image.reference.is_versioned();
        self.found.push(image);
    }
}

/// Whether a list of versions stands beside, of which what runs is chosen elsewhere.
fn has_versions(around: Node<'_>) -> bool {
    around.get("versions").is_some_and(Node::is_sequence)
}
