//! The values that a chart is rendered with, layer by layer: the charts' own `values.yaml`, then
//! files and options; each scalar with its place, and with marks where that changes nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Number, Value};

use super::chart::{Chart, Unit};
use super::marker::Mark;
use super::reference::Reference;
use crate::model::{Artifact, HOLE, Node, Place, Scalar, Span, Supply, Tree};
use crate::source::{read_tree, value_span};

/// Under this key the copies of a chart find its values as they are, for conditions to look at.
pub(super) const ORIGINAL: &str = "landfallOriginalValues";

/// Numbers from here on are printed in another way than they are written.
const LARGE: i64 = 1_000_000;

/// One file of values.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// The text.
    pub artifact: Arc<Artifact>,
    /// Its values.
    pub tree: Arc<Tree>,
    /// The id of the mapping of values in the tree.
    pub root: u32,
    /// The folder of the chart whose values they are; that of the whole chart is empty.
    pub folder: String,
    /// Whether a chart has them by itself.
    pub is_own: bool,
    /// Where the text stands, if it is a text in another one.
    pub embedded: Option<Embedded>,
}

/// A text of values that stands as a string in an object.
#[derive(Clone, Debug)]
pub(super) struct Embedded {
    /// The object's file.
    pub artifact: Arc<Artifact>,
    /// The string.
    pub span: Span,
}

/// A scalar of a layer: one line of it, if it has several.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The supply that a finding tells.
    pub supply: Arc<Supply>,
    /// That of all lines, for a text that has no lines of its own any more.
    pub whole: Arc<Supply>,
    /// The text that a template prints for it.
    pub text: String,
}

/// Which scalars bear no marks, since helm refused them or what came of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Exclusion {
    /// Which kinds of scalars bear marks.
    pub reach: Reach,
    /// Names of fields that bear none.
    pub names: BTreeSet<String>,
}

/// Which scalars bear marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// All for which that is harmless as far as can be seen.
    #[default]
    All,
    /// Strings alone.
    Strings,
}

/// What templates do with values, as far as their text shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// Fields whose truth is asked.
    pub tested: Fields,
    /// Fields for which it matters what they are.
    pub compared: Fields,
}

/// Some values: those that are named outright by their path, others by their name alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    paths: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl Fields {
    /// Adds what a template names.
    pub(super) fn add(&mut self, reference: &Reference) {
        if reference.is_rooted {
            self.add_path(&reference.keys.join("."));
        } else {
            self.names.extend(reference.keys.last().cloned());
        }
    }

    /// Adds a value by its path.
    pub(super) fn add_path(&mut self, path: &str) {
        self.paths.insert(path.to_owned());
    }

    /// Whether a value is among them, by the keys that lead to it in its file.
    pub(super) fn hold(&self, path: &[String]) -> bool {
        let name = path
            .last()
            .and_then(|name| name.split('[').next())
            .unwrap_or_default();
        self.names.contains(name)
            || (0..path.len()).any(|start| self.paths.contains(&path[start..].join(".")))
    }
}

impl Layer {
    /// A file of values as a layer; `Ok(None)` where it is empty.
    pub(super) fn new(
        artifact: &Arc<Artifact>,
        folder: &str,
        is_own: bool,
    ) -> Result<Option<Self>, String> {
        let tree = read_tree(&artifact.text)?;
        let tree = tree.filter(|tree| tree.root().is_some_and(Node::is_mapping));
        Ok(tree.map(|tree| Self {
            artifact: Arc::clone(artifact),
            tree: Arc::new(tree),
            root: 0,
            folder: folder.to_owned(),
            is_own,
            embedded: None,
        }))
    }

    /// The place of some characters of the layer's text.
    fn place(&self, span: Span) -> Place {
        let Some(embedded) = &self.embedded else {
            return Place {
                artifact: Arc::clone(&self.artifact),
                span,
                approximate: false,
            };
        };
        let text = &self.artifact.text;
        let found = embedded
            .span
            .part(&embedded.artifact.text, text, span.range());
        Place {
            artifact: Arc::clone(&embedded.artifact),
            span: found.unwrap_or(embedded.span),
            approximate: found.is_none(),
        }
    }

    /// The mapping of values.
    pub(super) fn node(&self) -> Option<Node<'_>> {
        self.tree.node(self.root)
    }

    /// The values that are templates themselves, for `tpl`.
    pub(super) fn templates(&self) -> Vec<&str> {
        let mut templates = Vec::new();
        if let Some(node) = self.node() {
            node.visit_scalars(&mut |_, scalar| {
                templates.extend(scalar.as_str().filter(|text| text.contains("{{")));
            });
        }
        templates
    }

    /// The values as JSON, as they are.
    pub(super) fn plain(&self) -> Value {
        self.node().map_or(Value::Null, plain)
    }
}

/// Puts marks on the scalars of layers, and knows what each mark stands for.
#[derive(Debug)]
pub(super) struct Marker<'a> {
    chart: &'a Chart,
    uses: &'a Uses,
    exclusion: &'a Exclusion,
    /// What the marks stand for, by number.
    pub keys: Vec<Key>,
}

impl<'a> Marker<'a> {
    /// A marker that leaves out some scalars, and goes on after the keys that are known.
    pub(super) fn new(
        chart: &'a Chart,
        uses: &'a Uses,
        exclusion: &'a Exclusion,
        keys: Vec<Key>,
    ) -> Self {
        Self {
            chart,
            uses,
            exclusion,
            keys,
        }
    }

    /// The layer as JSON with marks, and beside them the values as they are.
    pub(super) fn marked(&mut self, layer: &Layer) -> Value {
        let Some(node) = layer.node() else {
            return Value::Null;
        };
        let unit = self
            .chart
            .units
            .iter()
            .find(|unit| unit.folder == layer.folder);
        self.mapping(layer, node, unit, &mut Vec::new())
    }

    fn mapping(
        &mut self,
        layer: &Layer,
        node: Node<'_>,
        unit: Option<&Unit>,
        path: &mut Vec<String>,
    ) -> Value {
        let mut map = Map::new();
        for (key, value) in node.entries() {
            let name = key.as_str().unwrap_or_default();
            let child = unit.and_then(|unit| child(self.chart, unit, name));
            path.push(name.to_owned());
            let marked = match child {
                Some(child) if value.is_mapping() => self.mapping(layer, value, Some(child), path),
                _ => self.value(layer, value, path),
            };
            path.pop();
            map.insert(name.to_owned(), marked);
        }
        if unit.is_some() {
            map.insert(ORIGINAL.to_owned(), self.original(layer, node, unit));
        }
        Value::Object(map)
    }

    /// The values as they are, with what the charts in a chart have by themselves: of its own values
    /// a chart sees those, too.
    fn original(&self, layer: &Layer, node: Node<'_>, unit: Option<&Unit>) -> Value {
        let mut original = plain(node);
        let own = unit.filter(|unit| unit.folder == layer.folder && layer.is_own);
        if let Some(unit) = own {
            add_inner(self.chart, unit, &mut original);
        }
        original
    }

    fn value(&mut self, layer: &Layer, node: Node<'_>, path: &mut Vec<String>) -> Value {
        if node.is_mapping() {
            return self.mapping(layer, node, None, path);
        }
        if node.is_sequence() {
            let items = node.items().enumerate().map(|(index, item)| {
                let last = path.pop().unwrap_or_default();
                path.push(format!("{last}[{index}]"));
                let value = self.value(layer, item, path);
                path.pop();
                path.push(last);
                value
            });
            return Value::Array(items.collect());
        }
        self.scalar(layer, node, path)
            .unwrap_or_else(|| plain(node))
    }

    fn scalar(&mut self, layer: &Layer, node: Node<'_>, path: &[String]) -> Option<Value> {
        let name = path
            .last()
            .map(|name| name.split('[').next().unwrap_or_default())?;
        let is_string = node.as_str().is_some();
        let is_left_out = self.exclusion.names.contains(name)
            || (!is_string && self.exclusion.reach == Reach::Strings)
            || self.uses.compared.hold(path)
            || (!is_true(node) && self.uses.tested.hold(path));
        if is_left_out {
            return None;
        }
        let text = printed(node)?;
        let whole = value_span(&layer.artifact.text, node);
        let lines: Vec<&str> = text.split('\n').collect();
        let mut at = 0;
        let mut marked = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let is_last = index + 1 == lines.len();
            let source = &layer.artifact.text;
            let span = node.span().part(source, &text, at..at + line.len());
            at += line.len() + 1;
            // Of a text that is folded, only the whole has a place.
            let is_marked = !line.trim().is_empty()
                && !line.trim_end().ends_with("-}}")
                && (is_last || span.is_some());
            let span = span.filter(|_| lines.len() > 1).unwrap_or(whole);
            marked.push(if is_marked {
                format!(
                    "{line}{}",
                    self.mark(layer, path, (span, whole), line).text()
                )
            } else {
                (*line).to_owned()
            });
        }
        Some(Value::String(marked.join("\n")))
    }

    fn mark(
        &mut self,
        layer: &Layer,
        path: &[String],
        (span, whole): (Span, Span),
        text: &str,
    ) -> Mark {
        let number = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let at = |span| Arc::new(supply(layer, path.join("."), span));
        self.keys.push(Key {
            supply: at(span),
            whole: at(whole),
            text: text.to_owned(),
        });
        Mark::Value(number)
    }
}

/// The supply of a value of a layer.
pub(super) fn supply(layer: &Layer, key: String, span: Span) -> Supply {
    Supply {
        key,
        place: Some(layer.place(span)),
    }
}

/// The chart that goes under a key in the values of another one.
pub(super) fn child<'a>(chart: &'a Chart, unit: &Unit, key: &str) -> Option<&'a Unit> {
    let named = unit.about.dependencies.iter();
    let name = named
        .filter(|dependency| dependency.key() == key)
        .map(|dependency| dependency.name.as_str())
        .next()
        .unwrap_or(key);
    let below = format!("{}charts/", unit.folder);
    chart.units.iter().find(|unit| {
        let rest = unit.folder.strip_prefix(&below);
        rest.is_some_and(|rest| rest.matches('/').count() == 1) && unit.about.name == name
    })
}

/// Adds the values that the charts in a chart have by themselves, where it says nothing else.
fn add_inner(chart: &Chart, unit: &Unit, values: &mut Value) {
    let below = format!("{}charts/", unit.folder);
    for inner in &chart.units {
        let rest = inner.folder.strip_prefix(&below);
        if rest.is_none_or(|rest| rest.matches('/').count() != 1) {
            continue;
        }
        let path = format!("{}values.yaml", inner.folder);
        let file = chart.files.iter().find(|file| file.path == path);
        let layer = file.and_then(|file| {
            Layer::new(&file.artifact, &inner.folder, true)
                .ok()
                .flatten()
        });
        let mut own = layer.map_or_else(|| Value::Object(Map::new()), |layer| layer.plain());
        add_inner(chart, inner, &mut own);
        let named = unit.about.dependencies.iter();
        let mut keys: Vec<&str> = named
            .filter(|dependency| dependency.name == inner.about.name)
            .map(|dependency| dependency.key())
            .collect();
        if keys.is_empty() {
            keys.push(&inner.about.name);
        }
        for key in keys {
            if let Value::Object(map) = values {
                let known = map.entry(key).or_insert_with(|| Value::Object(Map::new()));
                lay_under(known, &own);
            }
        }
    }
}

fn lay_under(values: &mut Value, lower: &Value) {
    if let (Value::Object(values), Value::Object(lower)) = (values, lower) {
        for (key, value) in lower {
            match values.get_mut(key) {
                Some(known) => lay_under(known, value),
                None => drop(values.insert(key.clone(), value.clone())),
            }
        }
    }
}

/// What a template prints for a scalar; `None` where that is nothing, or not what is written.
pub(super) fn printed(node: Node<'_>) -> Option<String> {
    match node.scalar()? {
        Scalar::Null => None,
        Scalar::Bool(value) => Some(value.to_string()),
        Scalar::Signed(value) if value.abs() < LARGE => Some(value.to_string()),
        Scalar::Signed(_) | Scalar::Unsigned(_) => None,
        Scalar::Float(value) => {
            (value.abs() < 1e6 && value.abs() >= 1e-4).then(|| value.to_string())
        }
        // A placeholder is given by nobody.
        Scalar::String(text) => (!text.is_empty() && !text.contains(HOLE)).then(|| text.to_owned()),
    }
}

/// Whether a template takes a scalar for true.
fn is_true(node: Node<'_>) -> bool {
    match node.scalar() {
        None | Some(Scalar::Null) => false,
        Some(Scalar::Bool(value)) => value,
        Some(Scalar::Signed(value)) => value != 0,
        Some(Scalar::Unsigned(value)) => value != 0,
        Some(Scalar::Float(value)) => value != 0.0,
        Some(Scalar::String(text)) => !text.is_empty(),
    }
}

/// A value as JSON, as it is.
pub(super) fn plain(node: Node<'_>) -> Value {
    if node.is_mapping() {
        let entries = node
            .entries()
            .map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), plain(value)));
        return Value::Object(entries.collect());
    }
    if node.is_sequence() {
        return Value::Array(node.items().map(plain).collect());
    }
    match node.scalar() {
        None | Some(Scalar::Null) => Value::Null,
        Some(Scalar::Bool(value)) => Value::Bool(value),
        Some(Scalar::Signed(value)) => Value::Number(value.into()),
        Some(Scalar::Unsigned(value)) => Value::Number(value.into()),
        Some(Scalar::Float(value)) => Number::from_f64(value).map_or(Value::Null, Value::Number),
        Some(Scalar::String(text)) => Value::String(text.to_owned()),
    }
}
