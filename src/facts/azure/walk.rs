//! A walk over a resource that collects its signs: names at their keys, settings, and what stands
//! in its strings, also in the configuration files among them.

mod named;
mod setting;
mod strings;

use std::ops::Range;

use self::setting::NodeSetting;
use super::settings::{Setting, SettingRow};
use super::sign::{Effect, Sign, Signal};
use super::{Tables, names};
use crate::model::{Node, Part, Resource, Span, Step, ValuePath};

/// Keys of schemas and bookkeeping, which say nothing of what the resource uses.
const OPAQUE_KEYS: [&str; 4] = [
    "openAPIV3Schema",
    "managedFields",
    "kubectl.kubernetes.io/last-applied-configuration",
    "x-kubernetes-validations",
];

/// Texts in texts are read down to here: a values file in a ConfigMap in a chart's values.
const DEPTH: usize = 3;

/// Where a walk is.
#[derive(Clone, Copy, Debug)]
enum Visited<'a> {
    Key(&'a str),
    Index(usize),
}

/// A text in which documents are embedded.
#[derive(Clone, Copy)]
struct Embedding<'w> {
    /// Of the string in the resource that holds it.
    path: &'w ValuePath,
    text: &'w str,
    home: Home<'w>,
    depth: usize,
}

/// How a text stands in the resource.
#[derive(Clone, Copy)]
enum Home<'w> {
    /// It is the string.
    Value,
    /// The string encodes it, so that only the whole can be marked.
    Encoded,
    /// It is the scalar of these bytes in a document of another text.
    Scalar(&'w Embedding<'w>, Span),
}

impl Embedding<'_> {
    /// The part of the string in the resource that writes some bytes of the text; all of a scalar
    /// that writes them otherwise.
    fn part(&self, range: Range<usize>) -> Option<Part> {
        match self.home {
            Home::Value => Some(part(&range)),
            Home::Encoded => None,
            Home::Scalar(outer, span) => {
                let own = span.part(outer.text, self.text, range).map(Span::range);
                outer.part(own.unwrap_or_else(|| unquoted(outer.text, span)))
            }
        }
    }
}

/// A walk over one resource, or over a document in one of its strings.
pub(super) struct Walk<'w, 'a> {
    tables: &'w Tables,
    resource: &'w Resource,
    embedding: Option<Embedding<'w>>,
    visited: Vec<Visited<'a>>,
    /// The keys among `visited`.
    keys: Vec<&'a str>,
    /// The document, and the container that the walk is in.
    scopes: Vec<Node<'a>>,
    /// The mappings that the walk is in.
    mappings: Vec<Node<'a>>,
    pub(super) signs: Vec<Sign>,
}

impl<'w, 'a> Walk<'w, 'a> {
    /// The signs of a resource.
    pub(super) fn over(tables: &'w Tables, resource: &'a Resource) -> Vec<Sign>
    where
        'a: 'w,
    {
        let mut walk = Walk::new(tables, resource, None);
        walk.kind();
        walk.mapping_or_sequence(resource.node());
        let mut signs = one_for_each_fact(walk.signs);
        for sign in signs.iter_mut().filter(|sign| sign.part.is_none()) {
            sign.part = is_below_its_key(resource, &sign.path).then_some(Part::KEY);
        }
        signs
    }

    fn new(tables: &'w Tables, resource: &'w Resource, embedding: Option<Embedding<'w>>) -> Self {
        Self {
            tables,
            resource,
            embedding,
            visited: Vec::new(),
            keys: Vec::new(),
            scopes: Vec::new(),
            mappings: Vec::new(),
            signs: Vec::new(),
        }
    }

    fn kind(&mut self) {
        if let Some((row, keys)) = self.tables.names.kind(self.resource) {
            let subject = match keys.last().map(String::as_str) {
                Some("provider") => format!("provider of this {}", self.resource.gvk.kind),
                Some("name") => self.resource.identity.to_string(),
                _ => format!("kind `{}`", self.resource.gvk.kind),
            };
            let sign = Sign {
                path: ValuePath(keys.into_iter().map(Step::Key).collect()),
                ..sign(row, Signal::Kind, subject, Effect::Stops)
            };
            self.signs.push(sign);
        }
        let is_settings = matches!(self.resource.gvk.kind.as_str(), "ConfigMap");
        let name = self.resource.identity.name.as_str();
        if let Some(row) = self
            .tables
            .names
            .config_maps
            .get(name)
            .filter(|_| is_settings)
        {
            let subject = format!("ConfigMap `{name}`");
            let sign = Sign {
                path: ["metadata", "name"].into_iter().collect(),
                ..sign(row, Signal::Name, subject, Effect::Inert)
            };
            self.signs.push(sign);
        }
    }

    fn mapping_or_sequence(&mut self, node: Node<'a>) {
        let is_scope = self.scopes.is_empty() || node.get("image").is_some();
        if is_scope {
            self.scopes.push(node);
        }
        self.mappings.push(node);
        self.patch(node);
        self.object_inside(node);
        for (key, value) in node.entries() {
            let Some(name) = key.as_str() else { continue };
            let is_status = self.visited.is_empty() && self.embedding.is_none() && name == "status";
            if OPAQUE_KEYS.contains(&name) || is_status {
                continue;
            }
            self.visited.push(Visited::Key(name));
            self.keys.push(name);
            self.entry(name, key, value, node);
            self.visit(value, Some(node));
            self.keys.pop();
            self.visited.pop();
        }
        for (index, item) in node.items().enumerate() {
            self.visited.push(Visited::Index(index));
            self.visit(item, None);
            self.visited.pop();
        }
        self.mappings.pop();
        if is_scope {
            self.scopes.pop();
        }
    }

    /// An object in another one, as a composition of Crossplane or a text holds it. What only
    /// names an object has neither `spec` nor `metadata`.
    fn object_inside(&mut self, node: Node<'a>) {
        let is_own = self.visited.is_empty() && self.embedding.is_none();
        let text = |key| node.string(key);
        let (Some(api_version), Some(kind)) = (text("apiVersion"), node.get("kind")) else {
            return;
        };
        let has_body = ["metadata", "spec"]
            .iter()
            .any(|key| node.get(key).is_some());
        let Some(name) = kind.as_str().filter(|_| has_body && !is_own) else {
            return;
        };
        let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
        if let Some(row) = self.tables.names.kind_itself(group, name) {
            let found = sign(row, Signal::Kind, format!("kind `{name}`"), Effect::Stops);
            self.visited.push(Visited::Key("kind"));
            self.push(kind, found);
            self.visited.pop();
        }
    }

    /// An operation of a JSON patch: its value is looked at as what stands at its path.
    fn patch(&mut self, operation: Node<'a>) {
        let text = |key| operation.string(key);
        let (Some(_), Some(pointer), Some(value)) =
            (text("op"), text("path"), operation.get("value"))
        else {
            return;
        };
        let Some(pointer) = pointer.strip_prefix('/') else {
            return;
        };
        let is_name = |part: &String| part != "-" && part.parse::<usize>().is_err();
        let parts = pointer
            .split('/')
            .map(|part| part.replace("~1", "/").replace("~0", "~"));
        let parts: Vec<String> = parts.filter(is_name).collect();
        let Some(last) = parts.last() else { return };
        let mut walk = Walk {
            tables: self.tables,
            resource: self.resource,
            embedding: self.embedding,
            visited: self.visited.clone(),
            keys: parts.iter().map(String::as_str).collect(),
            scopes: self.scopes.clone(),
            mappings: self.mappings.clone(),
            signs: Vec::new(),
        };
        walk.visited.push(Visited::Key("value"));
        walk.entry(last, value, value, operation);
        if value.scalar().is_none() {
            walk.visit(value, Some(operation));
        } else if let Some(text) = value.as_str().filter(|_| walk.is_image_place()) {
            walk.string(value, text, Some(operation));
        }
        self.signs.append(&mut walk.signs);
    }

    fn visit(&mut self, node: Node<'a>, parent: Option<Node<'a>>) {
        match node.as_str() {
            Some(text) => self.string(node, text, parent),
            None if node.scalar().is_none() => self.mapping_or_sequence(node),
            None => {}
        }
    }

    /// A key of a mapping, with its value.
    fn entry(&mut self, name: &'a str, key: Node<'a>, value: Node<'a>, parent: Node<'a>) {
        let above = self.keys.len().checked_sub(2).map(|at| self.keys[at]);
        let above = above.unwrap_or_default();
        let text = value.as_str();
        if above.ends_with("abels") && !self.is_selector() {
            self.label(name, value);
        } else if above.ends_with("nnotations") {
            self.annotation(name, value);
        } else if above.ends_with("odeSelector") || above.ends_with("odeLabels") {
            self.node_label(name, text, value, Effect::Stops);
        } else if name.contains('/') && self.is_free_name(name) {
            self.annotation(name, value);
        } else if self.is_data() {
            self.data_key(name, value);
            self.setting(name, key, value, parent);
        } else {
            if !self.is_selector() {
                self.named(name, value, parent, above);
            }
            self.setting(name, key, value, parent);
        }
    }

    /// Whether the walk is at a known name where no list of labels or annotations is: an option of
    /// a listener, a label of clusters.
    fn is_free_name(&self, name: &str) -> bool {
        let tables = &self.tables.names;
        let is_cluster = self
            .keys
            .iter()
            .any(|key| key.starts_with("clusterSelector"));
        let is_known = tables.annotations.knows(name) || tables.labels.knows(name);
        is_known && !self.is_data() && (is_cluster || !self.is_selector())
    }

    /// Whether the walk is at a key of what a ConfigMap or Secret holds, where names are free.
    fn is_data(&self) -> bool {
        let holds = matches!(self.resource.gvk.kind.as_str(), "ConfigMap" | "Secret");
        let is_list = |list: &&str| matches!(*list, "data" | "stringData");
        holds && self.embedding.is_none() && self.keys.len() == 2 && is_list(&self.keys[0])
    }

    /// Whether the walk is in what selects other objects, where names are only compared.
    fn is_selector(&self) -> bool {
        let is_selecting =
            |key: &&str| *key == "matchLabels" || *key == "selector" || key.ends_with("Selector");
        self.keys.iter().any(is_selecting)
            && !self.keys.iter().any(|key| key.ends_with("odeSelector"))
    }

    fn setting(&mut self, name: &'a str, key: Node<'a>, value: Node<'a>, parent: Node<'a>) {
        let above = &self.keys[..self.keys.len() - 1];
        let setting = NodeSetting {
            kind: if self.embedding.is_some() {
                ""
            } else {
                &self.resource.gvk.kind
            },
            key: name,
            above,
            value,
            parent,
            scopes: &self.scopes,
        };
        if let Some(row) = self.tables.settings.get(&setting) {
            let at = if value.scalar().is_some() { value } else { key };
            let found = of_setting(row, name, setting.value());
            self.push(at, found);
        }
    }

    /// Adds a sign at a node of the walk.
    fn push(&mut self, node: Node<'a>, sign: Sign) {
        let (path, part) = (self.marked_path(), self.part_of(node));
        self.signs.push(Sign { path, part, ..sign });
    }

    /// The path of the value that is marked in the resource.
    fn marked_path(&self) -> ValuePath {
        match self.embedding {
            Some(embedding) => embedding.path.clone(),
            None => self.path(),
        }
    }

    /// The part of the string at that path: in a document of it, the node's own characters.
    fn part_of(&self, node: Node<'a>) -> Option<Part> {
        let embedding = self.embedding?;
        embedding.part(unquoted(embedding.text, node.span()))
    }

    fn path(&self) -> ValuePath {
        let step = |step: &Visited<'_>| match step {
            Visited::Key(key) => Step::Key((*key).to_owned()),
            Visited::Index(index) => Step::Index(*index),
        };
        ValuePath(self.visited.iter().map(step).collect())
    }
}

/// The bytes of a scalar without its quotes.
fn unquoted(text: &str, span: Span) -> Range<usize> {
    let range = span.range();
    let written = &text[range.clone()];
    if written.len() > 2 && written.starts_with(['"', '\'']) {
        range.start + 1..range.end - 1
    } else {
        range
    }
}

/// Whether a string begins on a later line than the key that it stands at.
fn is_below_its_key(resource: &Resource, path: &ValuePath) -> bool {
    let Some((Step::Key(last), above)) = path.steps().split_last() else {
        return false;
    };
    let holder = above
        .iter()
        .try_fold(resource.node(), |node, step| node.step(step));
    let Some((key, value)) = holder.and_then(|holder| holder.entry(last)) else {
        return false;
    };
    let between = key.span().range().end..value.span().range().start;
    let between = resource.artifact.text.get(between);
    value.as_str().is_some() && between.is_some_and(|between| between.contains('\n'))
}

/// Of several signs of the same characters the one that says most: what a key's name says of its
/// whole value before what stands in the value, else in the order of the signals.
fn one_for_each_fact(signs: Vec<Sign>) -> Vec<Sign> {
    let overlap = |one: Part, other: Part| {
        one.start < other.start + other.length && other.start < one.start + one.length
    };
    let says_more = |one: &Sign, other: &Sign| match (one.part, other.part) {
        (None, None) => one.signal < other.signal,
        (None, Some(_)) => one.signal != Signal::Environment || other.signal > Signal::Endpoint,
        (Some(_), None) => false,
        (Some(part), Some(own)) => overlap(part, own) && one.signal < other.signal,
    };
    let is_told = |sign: &Sign| {
        signs
            .iter()
            .any(|other| other.path == sign.path && says_more(other, sign))
    };
    let kept: Vec<bool> = signs.iter().map(|sign| !is_told(sign)).collect();
    let pairs = signs.into_iter().zip(kept).filter(|(_, kept)| *kept);
    pairs.map(|(sign, _)| sign).collect()
}

/// A sign of a name, without its place.
pub(super) fn sign(row: &names::Row, signal: Signal, subject: String, effect: Effect) -> Sign {
    Sign {
        path: ValuePath::default(),
        part: None,
        signal,
        service: row.service.clone(),
        subject,
        effect: row.effect.unwrap_or(effect),
        certainty: row.certainty.unwrap_or_default(),
        has_key: false,
    }
}

fn of_setting(row: &SettingRow, key: &str, value: Option<&str>) -> Sign {
    let is_shown = !row.is_by_key();
    let subject = match value.filter(|_| is_shown) {
        Some(value) => format!("setting `{key}: {value}` of {}", row.tool),
        None => format!("setting `{key}` of {}", row.tool),
    };
    Sign {
        path: ValuePath::default(),
        part: None,
        signal: Signal::Setting,
        service: row.service.clone(),
        subject,
        effect: row.effect(),
        certainty: row.certainty,
        has_key: false,
    }
}

fn part(range: &Range<usize>) -> Part {
    Part {
        start: range.start,
        length: range.len(),
    }
}
