//! Strings of a resource: what stands in them, the documents and configuration texts that they
//! hold, arguments, and values in base64.

use std::ops::Range;

use super::{DEPTH, Embedding, Home, Walk, of_setting, part, sign};
use crate::facts::azure::hosts::UNIDENTIFIED;
use crate::facts::azure::images::names_registry;
use crate::facts::azure::outline::{LineSetting, outline};
use crate::facts::azure::sign::{Sign, Signal};
use crate::facts::azure::texts::{decoded, is_name};
use crate::model::{Node, Tree, ValuePath};

impl<'a> Walk<'_, 'a> {
    pub(super) fn string(&mut self, node: Node<'a>, text: &'a str, parent: Option<Node<'a>>) {
        if !self.tables.is_telling(text) {
            self.encoded(text);
            return;
        }
        if self.is_argument() {
            self.argument(node, text);
        }
        if !is_name(&self.keys, parent, text) && self.embedding.is_none() {
            let mut keys: Vec<&str> = self.keys.iter().rev().take(3).copied().collect();
            keys.extend(
                parent
                    .and_then(|parent| parent.get("name"))
                    .and_then(Node::as_str),
            );
            let found = self.tables.in_text(text, &keys, self.is_image_place());
            let is_own_host = matches!(
                self.keys.last(),
                Some(&("host" | "hosts" | "hostname" | "hostnames" | "dnsNames" | "commonName"))
            );
            let names = &self.tables.names;
            let is_meant = |(range, sign): &(Range<usize>, Sign)| {
                sign.service != UNIDENTIFIED
                    || !(is_own_host || names.is_group(&text[range.clone()]))
            };
            for (range, found) in found.into_iter().filter(is_meant) {
                let path = self.path();
                let part = Some(part(&range));
                self.signs.push(Sign {
                    path,
                    part,
                    ..found
                });
            }
        }
        // The string around a document was searched as a whole, where a key says nothing, and a host among
        // others is no image.
        let is_image_place = self.is_image_place();
        if self.embedding.is_some() && (is_image_place || names_registry(text)) {
            let found = self.tables.in_text(text, &[], is_image_place).into_iter();
            let mut images = found.filter(|(_, sign)| sign.signal == Signal::Image);
            if let Some((_, sign)) = images.next() {
                self.push(node, sign);
            }
        }
        if self
            .embedding
            .is_none_or(|embedding| embedding.depth < DEPTH)
        {
            self.embedded(node, text);
        }
    }

    /// Whether the walk is at a string of a container's command line.
    pub(super) fn is_argument(&self) -> bool {
        matches!(self.keys.last(), Some(&("args" | "command" | "extraArgs")))
    }

    /// `--provider` and `azure`, or `gateway` and `azure`, in two arguments; what one string holds
    /// is outlined as a text.
    pub(super) fn argument(&mut self, node: Node<'a>, text: &str) {
        let Some(scope) = self.scopes.last().copied() else {
            return;
        };
        let Some(list) = self.keys.last().and_then(|key| scope.get(key)) else {
            return;
        };
        let mut before = "";
        for item in list.items() {
            let is_it = item.id() == node.id();
            let is_option = before.starts_with("--") || before == "gateway";
            if is_it && is_option && !before.contains('=') && !text.starts_with('-') {
                let joined = format!("{before}={text}");
                let lines = outline(&joined);
                let around = scope.text();
                for position in 0..lines.len() {
                    let setting = LineSetting::new("", &lines, position, around);
                    if let Some(row) = self.tables.settings.get(&setting) {
                        self.push(node, of_setting(row, before, Some(text)));
                    }
                }
            }
            before = item.as_str().unwrap_or_default();
        }
    }

    /// Keys under which a string may be an image of any registry.
    pub(super) fn is_image_place(&self) -> bool {
        matches!(
            self.keys.last(),
            Some(&("image" | "newName" | "package" | "repository" | "reference"))
        )
    }

    /// A string as a document: its settings, names and variables.
    pub(super) fn embedded(&mut self, node: Node<'a>, text: &str) {
        let is_document = text.contains('\n') || text.trim_start().starts_with(['{', '[']);
        let trees = if is_document {
            (self.tables.read)(text)
        } else {
            Vec::new()
        };
        if trees
            .iter()
            .any(|tree| tree.root().is_some_and(|root| root.scalar().is_none()))
        {
            let (path, outer) = (self.marked_path(), self.embedding);
            let embedding = inside(outer.as_ref(), node, &path, text);
            for tree in &trees {
                self.document(tree, embedding);
            }
        } else {
            self.outlined(node, text);
        }
    }

    fn document(&mut self, tree: &Tree, embedding: Embedding<'_>) {
        let Some(root) = tree.root() else { return };
        let mut walk = Walk::new(self.tables, self.resource, Some(embedding));
        walk.mapping_or_sequence(root);
        self.signs.append(&mut walk.signs);
    }

    pub(super) fn outlined(&mut self, node: Node<'a>, text: &str) {
        let lines = outline(text);
        let around = match self.scopes.last() {
            Some(scope) if self.is_argument() => scope.text(),
            _ => text,
        };
        let kind = if self.embedding.is_some() {
            ""
        } else {
            self.resource.gvk.kind.as_str()
        };
        let mut found = Vec::new();
        for (position, line) in lines.iter().enumerate() {
            let setting = LineSetting::new(kind, &lines, position, around);
            if let Some(row) = self.tables.settings.get(&setting) {
                found.push((line.range.clone(), of_setting(row, line.key, line.value)));
            } else if let Some(sign) = self.tables.variable_in_text(line.key, line.value) {
                found.push((line.range.clone(), sign));
            } else if let Some(sign) = self.annotation_in_text(line.key) {
                found.push((line.range.clone(), sign));
            }
        }
        let (path, outer) = (self.marked_path(), self.embedding);
        let embedding = inside(outer.as_ref(), node, &path, text);
        for (range, sign) in found {
            self.signs.push(Sign {
                path: path.clone(),
                part: embedding.part(range),
                ..sign
            });
        }
    }

    /// A line of a template that is no document yet.
    fn annotation_in_text(&self, key: &str) -> Option<Sign> {
        let row = self.tables.names.annotations.get(key)?;
        let effect = self.tables.effect_of_name(&row.service);
        let subject = format!("annotation `{key}`");
        Some(sign(row, Signal::Annotation, subject, effect))
    }

    /// A value in base64, of a Secret or a binary ConfigMap: read to look, never shown.
    pub(super) fn encoded(&mut self, text: &str) {
        let list = match self.resource.gvk.kind.as_str() {
            "Secret" => "data",
            "ConfigMap" => "binaryData",
            _ => return,
        };
        if self.embedding.is_some() || self.keys.len() != 2 || self.keys[0] != list {
            return;
        }
        let Some(decoded) = decoded(text).filter(|text| self.tables.is_telling(text)) else {
            return;
        };
        let path = self.path();
        for (_, found) in self.tables.in_text(&decoded, &self.keys[1..], false) {
            self.signs.push(Sign {
                path: path.clone(),
                part: None,
                ..found
            });
        }
        let trees = (self.tables.read)(&decoded);
        let is_document = trees
            .iter()
            .any(|tree| tree.root().is_some_and(|root| root.scalar().is_none()));
        if is_document {
            let embedding = Embedding {
                path: &path,
                text: &decoded,
                home: Home::Encoded,
                depth: 1,
            };
            for tree in &trees {
                self.document(tree, embedding);
            }
        } else {
            for line in outline(&decoded) {
                if let Some(sign) = self.tables.variable_in_text(line.key, line.value) {
                    self.signs.push(Sign {
                        path: path.clone(),
                        part: None,
                        ..sign
                    });
                }
            }
        }
    }
}

/// The text of a string, of the resource itself or of a document in the `outer` text.
fn inside<'e>(
    outer: Option<&'e Embedding<'e>>,
    node: Node<'_>,
    path: &'e ValuePath,
    text: &'e str,
) -> Embedding<'e> {
    Embedding {
        path,
        text,
        home: outer.map_or(Home::Value, |outer| Home::Scalar(outer, node.span())),
        depth: outer.map_or(0, |outer| outer.depth) + 1,
    }
}
