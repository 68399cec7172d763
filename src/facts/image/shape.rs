//! Images told by their form: maps of registry, repository and tag, strings under a key that says
//! image, variables and arguments that hand one on. Works on values of charts and on custom
//! resources whose fields nobody listed; what only looks alike is left alone.

use super::alone::{self, Shared};
use super::beside::{has_own_tag, is_repository_key, sibling_tag};
use super::form::{is_in_full, is_listed, is_official, is_path, is_well_known, may_name_images};
use super::global::{Global, OF_SYSTEM};
use super::ground::{Ground, Owner};
use super::key::{
    begins_with_image, holds_only_images, is_image_key, is_past, is_plural,
    is_repository_of_images, refers_to_image, speaks_of_images,
};
use super::map::map_image;
use super::string::StringUnderKey;
use super::text::{Lift, Text, objects_in_script, show_as_written};
use super::{At, Image, Place, ReadYaml};
use super::{argument, elsewhere, entry, map, openshift, python, runner, variable};
use crate::model::{Node, Resource, Step, Tree, ValuePath};

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

/// Keys whose value is what an image's name begins with, never an image.
pub(super) const PART_KEYS: [&str; 3] = ["registry", "imageRegistry", "hub"];

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

/// Images in the text of a string, which stands at a key.
pub(super) fn of_string(
    node: Node<'_>,
    key: &str,
    base: ValuePath,
    owner: Owner,
    read_yaml: ReadYaml,
    found: &mut Vec<Image>,
) {
    let Some(text) = node.as_str() else { return };
    let before = found.len();
    let ground = |source| Ground {
        base: base.clone(),
        source,
        is_string: true,
    };
    match Text::of(text, read_yaml) {
        Text::Runners => runner::of_configuration(text, &base, found),
        Text::Program => python::images(text, &base, found),
        Text::Yaml(trees) => {
            for root in trees.iter().filter_map(Tree::root) {
                walk(root, key, &ground(text), owner, read_yaml, found);
            }
            show_as_written(text, &mut found[before..]);
        }
        Text::Other => {
            for object in objects_in_script(text, read_yaml) {
                let before = found.len();
                let ground = ground(object.source);
                for root in object.roots() {
                    walk(root, "", &ground, owner, read_yaml, found);
                }
                object.lift(&mut found[before..]);
            }
            show_as_written(text, &mut found[before..]);
        }
    }
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
    let mut walk = Walk {
        ground,
        owner,
        global: Global::of(root, ground),
        read_yaml,
        path: ValuePath::default(),
        shared: Vec::new(),
        found,
    };
    let before = walk.found.len();
    walk.node(root, key, "");
    walk.add_shared(before);
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
    global: Global<'a>,
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
            if OF_SYSTEM.contains(&name) {
                let path = self.path.clone().key(name);
                self.shared.extend(alone::shared(value, self.ground, path));
            }
            let is_part = PART_KEYS.contains(&name) || value.scalar().is_none();
            if !is_map && !is_part && self.tells(node, (parent, key, name), value) {
                let string = StringUnderKey {
                    around: node,
                    parent: key,
                    key: name,
                    value,
                };
                let image = string.image(&self.global, (self.ground, &self.path), self.owner);
                self.found.extend(image);
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
            .then(|| {
                map_image(
                    node,
                    self.ground,
                    &self.path,
                    self.global.registries,
                    is_image,
                )
            })
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
        for (value, part, name) in variable::variables(node) {
            let text = value.as_str().unwrap_or_default();
            let text = &text[part.start..part.start + part.length];
            let mut at = self.ground.at(&self.path.clone().key("value"), value);
            if at.part.is_none() {
                at.part = Some(part);
            }
            self.add(at, text, Place::Environment, variable::names_variable(name));
            variable::mark_whole(name, self.found);
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
            self.global.registries.instead.is_some() || self.path.steps().iter().any(is_shared);
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
        of_string(value, key, at.path, self.owner, self.read_yaml, self.found);
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
                None if key == "images" && entry::is_replacement(item) => {
                    let image = entry::image(item, self.ground, &self.path);
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

    fn add(&mut self, at: At, text: &str, place: Place, subject: String) {
        let mut image = Image::new(at, place, subject, text.to_owned());
        image.is_known_field = false;
        image.is_complete = image.reference.is_versioned();
        self.found.push(image);
    }
}
