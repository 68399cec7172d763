//! What deploys kustomizations: Flux and Argo CD, which may put images in the place of others, too.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{folder, normalized};
use super::entry::{Entry, entries};
use super::placeholder::holds_placeholder;
use super::reference::{Reference, bare_name};
use crate::model::{Node, Resource};

/// A folder that a resource has deployed, and the images that it puts in the place of others.
#[derive(Debug)]
pub(super) struct Deployer {
    pub(super) entries: Vec<Entry>,
    /// The folder that the resource itself lies in.
    own: String,
    /// The folder from the root of a repository.
    path: String,
    /// Whether a folder without a kustomization is deployed as if it had one, as Flux does.
    takes_files: bool,
}

/// The files of a scan, to find what lies below a folder.
#[derive(Debug)]
pub(super) struct Files(BTreeSet<String>);

impl Files {
    pub(super) fn of(resources: &[Resource]) -> Self {
        let path = |resource: &Resource| match &resource.artifact.provenance {
            Some(provenance) => format!("{}/", normalized(provenance.rendering.folder())),
            None => normalized(&resource.artifact.display),
        };
        Self(resources.iter().map(path).collect())
    }

    fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a str> {
        let start = format!("{folder}/");
        let from = self.0.range(start.clone()..).map(String::as_str);
        from.take_while(move |file| file.starts_with(&start))
    }
}

impl Deployer {
    /// What a resource deploys.
    pub(super) fn of(resource: &Resource) -> Vec<Self> {
        let root = resource.node();
        let spec = root.get("spec").into_iter();
        match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
            ("kustomize.toolkit.fluxcd.io", "Kustomization") => {
                let deployed = |spec: Node<'_>| {
                    let entries = entries(spec.get("images"), &resource.artifact.text);
                    Self::new(resource, spec, entries, true)
                };
                spec.filter_map(deployed).collect()
            }
            ("argoproj.io", "Application") => spec
                .flat_map(|spec| Self::of_sources(resource, spec))
                .collect(),
            ("argoproj.io", "ApplicationSet") => root
                .find(&["spec", "template", "spec"])
                .map(|spec| Self::of_sources(resource, spec))
                .unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn of_sources(resource: &Resource, spec: Node<'_>) -> Vec<Self> {
        let several = spec.get("sources").into_iter().flat_map(Node::items);
        let sources = spec.get("source").into_iter().chain(several);
        let deployed = |source: Node<'_>| {
            let images = source.find(&["kustomize", "images"]);
            let texts = images.into_iter().flat_map(Node::items);
            let entries = texts.filter_map(Node::as_str).map(of_override);
            Self::new(resource, source, entries.collect(), false)
        };
        sources.filter_map(deployed).collect()
    }

    fn new(
        resource: &Resource,
        source: Node<'_>,
        entries: Vec<Entry>,
        takes_files: bool,
    ) -> Option<Self> {
        let path = source.string("path")?;
        let path = Some(normalized(path)).filter(|path| !holds_placeholder(path))?;
        // What deploys all of a repository seldom means the one that it lies in.
        (!path.is_empty() && !path.starts_with("..")).then(|| Self {
            entries,
            own: normalized(folder(&resource.artifact.display)),
            path,
            takes_files,
        })
    }

    /// The folders of kustomizations, and the files, that it deploys of a scan.
    pub(super) fn uses(
        &self,
        files: &Files,
        kustomizations: &BTreeMap<String, usize>,
    ) -> Vec<String> {
        let roots = std::iter::once(0).chain(self.own.match_indices('/').map(|(at, _)| at));
        let roots = roots.chain([self.own.len()]).map(|end| &self.own[..end]);
        let folders = roots.map(|root| normalized(&format!("{root}/{}", self.path)));
        let is_there = |folder: &String| files.below(folder).next().is_some();
        let Some(deployed) = folders.into_iter().find(is_there) else {
            return Vec::new();
        };
        if kustomizations.contains_key(&deployed) {
            return vec![deployed];
        }
        let used = files
            .below(&deployed)
            .filter(|_| self.takes_files)
            .map(|file| {
                let steps = file.match_indices('/').map(|(at, _)| &file[..at]);
                let mut inner = steps.filter(|folder| folder.len() > deployed.len());
                let kustomization = inner.find(|folder| kustomizations.contains_key(*folder));
                kustomization.unwrap_or(file).to_owned()
            });
        used.collect::<BTreeSet<String>>().into_iter().collect()
    }
}

/// Argo CD's short form: `old=new:tag`, or `image:tag`.
fn of_override(text: &str) -> Entry {
    let (old, new) = text.split_once('=').unwrap_or((text, text));
    Entry {
        name: bare_name(old).to_owned(),
        new_name: text.contains('=').then(|| bare_name(new).to_owned()),
        is_retagged: Reference::parse(new).is_versioned(),
    }
}
