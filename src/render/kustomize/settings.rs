//! Marks in what kustomizations set and generate: prefixes, labels, images, literals, files.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::frame::Frame;
use super::kustomization::Kustomization;
use super::mark::{Mark, Role, image_name};
use super::marker::Marker;
use super::sheet::{Sheet, Spot, View};
use super::window::Window;
use crate::model::{Artifact, Node};

impl Marker {
    pub(super) fn inline_plugins(&mut self, kustomization: &Kustomization) {
        let root = kustomization.view().and_then(|view| view.root());
        let keys = ["generators", "transformers"].into_iter();
        let entries = keys.filter_map(|key| root?.get(key)).flat_map(Node::items);
        for entry in entries.filter(|entry| entry.as_str().is_some_and(|text| text.contains('\n')))
        {
            for view in View::within(&kustomization.sheet.artifact, entry) {
                self.plugin(&kustomization.sheet.path, &view);
            }
        }
    }

    /// Marks what the configuration of a built-in transformer puts into objects.
    pub(super) fn plugin(&mut self, path: &Path, view: &Arc<View>) {
        let Some(root) = view.root() else { return };
        if root.string("apiVersion") != Some("builtin") {
            return;
        }
        let frame = Frame {
            path,
            view,
            role: Role::Setting,
            top: 0,
            keeps_items: true,
            top_is_item: false,
        };
        let keys: [&[&str]; 4] = [
            &["imageTag", "newName"],
            &["imageTag", "newTag"],
            &["imageTag", "digest"],
            &["value"],
        ];
        self.image_name(&frame, root.find(&["imageTag", "name"]));
        for value in keys.into_iter().filter_map(|keys| root.find(keys)) {
            self.scalar(&frame, value, false);
        }
        let pairs = ["labels", "annotations"]
            .into_iter()
            .filter_map(|key| root.get(key));
        for (_, value) in pairs.flat_map(Node::entries) {
            if !self.hints.has_selectors {
                self.scalar(&frame, value, false);
            }
        }
        if let Some(count) = root.find(&["replica", "count"]) {
            self.number(&frame, count);
        }
    }

    pub(super) fn settings(&mut self, kustomization: &Kustomization) {
        let Some(view) = kustomization.view().cloned() else {
            return;
        };
        let Some(root) = view.root() else { return };
        let frame = Frame {
            path: &kustomization.sheet.path,
            view: &view,
            role: Role::Setting,
            top: 0,
            keeps_items: true,
            top_is_item: false,
        };
        let list = |key| root.get(key).into_iter().flat_map(Node::items);
        for key in ["namePrefix", "nameSuffix", "namespace"] {
            let value = root.get(key);
            let text = value.and_then(Node::as_str).unwrap_or_default();
            match value {
                Some(_) if self.hints.is_named(kustomization, text) => {
                    self.marked.unmarked.insert(text.to_owned());
                }
                Some(value) => self.scalar(&frame, value, false),
                None => {}
            }
        }
        for patch in list("patches").chain(list("patchesJson6902")) {
            let namespace = patch.find(&["target", "namespace"]);
            let span = namespace.and_then(|namespace| view.span(namespace));
            if let Some(span) = span.filter(|span| span.start < span.end) {
                self.allow(&frame, span.end as usize);
            }
        }
        let options = list("configMapGenerator")
            .chain(list("secretGenerator"))
            .filter_map(|generator| generator.get("options"));
        let options = options.chain(root.get("generatorOptions"));
        let options =
            options.flat_map(|options| [options.get("labels"), options.get("annotations")]);
        let pairs = [root.get("commonLabels"), root.get("commonAnnotations")];
        let pairs = pairs.into_iter().chain(options).flatten();
        let pairs: Vec<Node<'_>> = pairs
            .chain(list("labels").filter_map(|entry| entry.get("pairs")))
            .collect();
        for (_, value) in pairs.into_iter().flat_map(Node::entries) {
            if !self.hints.has_selectors {
                self.scalar(&frame, value, false);
            }
        }
        for image in list("images").chain(list("imageTags")) {
            self.image_name(&frame, image.get("name"));
            for key in ["newName", "newTag", "digest"] {
                image
                    .get(key)
                    .into_iter()
                    .for_each(|value| self.scalar(&frame, value, false));
            }
        }
        for count in list("replicas").filter_map(|entry| entry.get("count")) {
            self.number(&frame, count);
        }
        for generator in list("configMapGenerator").chain(list("secretGenerator")) {
            for literal in generator.get("literals").into_iter().flat_map(Node::items) {
                self.literal(&frame, literal);
            }
        }
    }

    /// Lets the name by which images are found, which is a pattern, find marked ones too: those that
    /// another kustomization named, and those with the tag that it holds.
    fn image_name(&mut self, frame: &Frame<'_>, name: Option<Node<'_>>) {
        let window = name.and_then(|name| frame.view.window(name));
        let text = name.and_then(Node::as_str).unwrap_or_default();
        let bare = image_name(text).len();
        let ends = if bare < text.len() {
            vec![bare, text.len()]
        } else {
            vec![bare]
        };
        let ends = ends.into_iter().filter(|end| *end > 0);
        for span in ends.filter_map(|end| window.as_ref()?.span(0..end)) {
            self.allow(frame, span.end as usize);
        }
    }

    /// Lets a pattern match what has a mark at this place.
    fn allow(&mut self, frame: &Frame<'_>, at: usize) {
        let pattern = self.marked.pattern();
        self.edit(frame.path, &frame.view.artifact, (at, 0, pattern));
    }

    /// Marks the value of `KEY=value`, within its quotes where it has some.
    fn literal(&mut self, frame: &Frame<'_>, node: Node<'_>) {
        let (Some(text), Some(window)) = (node.as_str(), frame.view.window(node)) else {
            return;
        };
        let Some((key, value)) = text.split_once('=') else {
            return;
        };
        let quoted = ['"', '\'']
            .iter()
            .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
        let start = key.len() + 1 + usize::from(quoted.is_some());
        let value = quoted.unwrap_or(value);
        let artifact = Arc::clone(&frame.view.artifact);
        self.part(
            frame.path,
            &artifact,
            &window,
            start..start + value.len(),
            value,
            0..key.len(),
        );
    }

    /// Marks a part of a text that stands in a file.
    fn part(
        &mut self,
        path: &Path,
        artifact: &Arc<Artifact>,
        window: &Window,
        range: Range<usize>,
        value: &str,
        key: Range<usize>,
    ) {
        let Some(span) = window.span(range) else {
            return;
        };
        let Some(word) = self.next_word(path, span.end as usize) else {
            return;
        };
        self.edit(path, artifact, (span.end as usize, 0, word));
        let is_verbatim = artifact.text.get(span.range()) == Some(value);
        self.marked.marks.push(Mark {
            role: Role::Setting,
            spot: Spot::new(artifact, span.range()),
            window: is_verbatim.then(|| Window::whole(value).moved(span.start as usize)),
            original: value.to_owned(),
            tail: 0,
            leaf: None,
            key: window.span(key),
            is_name: false,
        });
    }

    /// Marks a whole file at its end.
    pub(super) fn file(&mut self, sheet: &Sheet) {
        let artifact = &sheet.artifact;
        let end = artifact.text.trim_end().len();
        let Some(word) = self.next_word(&sheet.path, artifact.text.len() + 1) else {
            return;
        };
        self.edit(&sheet.path, artifact, (end, 0, word));
        self.marked.marks.push(Mark {
            role: Role::Setting,
            spot: Spot::new(artifact, 0..artifact.text.len()),
            window: Some(Window::whole(&artifact.text)),
            original: artifact.text.clone(),
            tail: artifact.text.len() - end,
            leaf: None,
            key: None,
            is_name: false,
        });
    }

    /// Marks the values of an environment file.
    pub(super) fn env(&mut self, sheet: &Sheet) {
        let artifact = &sheet.artifact;
        let window = Window::whole(&artifact.text);
        for line in window.lines() {
            let text = artifact.text[line.decoded.clone()].trim_end_matches('\r');
            let indentation = text.len() - text.trim_start().len();
            let key_start = line.decoded.start + indentation;
            if let Some((key, value)) = text
                .trim_start()
                .split_once('=')
                .filter(|(key, _)| !key.starts_with('#'))
            {
                let start = key_start + key.len() + 1;
                self.part(
                    &sheet.path,
                    artifact,
                    &window,
                    start..start + value.len(),
                    value,
                    key_start..key_start + key.len(),
                );
            }
        }
    }
}
