//! What OpenShift's own commands make of an image: an application that runs it, a build that begins with it, a stream
//! that takes it in.

use std::ops::Range;

use super::word::{names_host, value};
use super::{Command, Program};
use crate::model::Resource;
use crate::source::script::setting::Value;
use crate::source::script::{Script, setting};

/// The kind of what takes images in, and its version.
const STREAM: (&str, &str) = ("image.openshift.io/v1", "ImageStream");

/// Options that name an image of a registry.
const IMAGES: [&str; 2] = ["--docker-image", "--image"];

/// Options of `new-app` and `new-build` that are given nothing.
const SWITCHES: [&str; 12] = [
    "-L",
    "-S",
    "--allow-missing-imagestream-tags",
    "--allow-missing-images",
    "--as-deployment-config",
    "--as-test",
    "--binary",
    "--dry-run",
    "--grant-install-rights",
    "--insecure-registry",
    "--no-install",
    "--strict-source",
];

/// Where code is kept: what begins with such a host is no image.
const OF_SOURCES: [&str; 3] = ["github.com/", "gitlab.com/", "bitbucket.org/"];

impl Command<'_> {
    /// The images of the application that it makes, each with the application's name.
    pub(super) fn application(&self) -> Vec<(Option<Range<usize>>, Range<usize>)> {
        let Some(at) = self.behind(&["new-app"]) else {
            return Vec::new();
        };
        let names = self.options(&["--name"]).into_iter();
        let name = names.map(|(_, name)| name).next();
        let given = self.options(&IMAGES).into_iter().map(|(_, image)| image);
        let named = self.components(at).into_iter().filter(|component| {
            let written = &self.text[component.clone()];
            !written.contains('~')
        });
        let images = given.chain(named);
        images.map(|image| (name.clone(), image)).collect()
    }

    /// The stream that it makes of the images that it takes in.
    pub(super) fn stream(&self, script: &Script<'_>) -> Option<Resource> {
        if self.program != Program::Kubectl {
            return None;
        }
        let images = self.taken_in().into_iter();
        let images: Vec<Value> = images.filter_map(|one| value(self.text, one)).collect();
        let made = (!images.is_empty()).then(|| setting::stream(self.text, &images))?;
        self.object(script, made, STREAM, "")
    }

    /// The images that it takes into a stream: as they are, or for a build to begin with.
    fn taken_in(&self) -> Vec<Range<usize>> {
        let values = |names: &[&str]| -> Vec<Range<usize>> {
            let options = self.options(names).into_iter();
            options.map(|(_, value)| value).collect()
        };
        if self.behind(&["import-image"]).is_some() {
            return values(&["--from"]);
        }
        if let Some(at) = self.behind(&["new-build"]) {
            let begun = self.components(at).into_iter();
            let begun = begun.map(|one| self.builder(one.clone()).unwrap_or(one));
            return values(&IMAGES).into_iter().chain(begun).collect();
        }
        if let Some(at) = self.behind(&["new-app"]) {
            let components = self.components(at).into_iter();
            return components.filter_map(|one| self.builder(one)).collect();
        }
        let mut sources = values(&["--source"]).into_iter();
        let mut is_of_registry = || sources.any(|source| &self.text[source] == "docker");
        match self.behind(&["tag"]).filter(|_| is_of_registry()) {
            Some(at) => self.components(at),
            None => Vec::new(),
        }
    }

    /// The words behind a position that name an image of a registry, with the source that a build adds to it. Without a
    /// host a name may be that of a stream, and a path that of a folder.
    fn components(&self, at: usize) -> Vec<Range<usize>> {
        let is_component = |at: &usize| {
            let (word, before) = (self.word(*at), self.word(at.wrapping_sub(1)));
            let is_value =
                before.starts_with('-') && !before.contains('=') && !SWITCHES.contains(&before);
            let is_code =
                word.ends_with(".git") || OF_SOURCES.iter().any(|host| word.starts_with(host));
            let image = word.split('~').next().unwrap_or_default();
            let is_image = image.len() < word.len() || !is_code;
            !is_value && is_image && !word.contains('=') && names_host(image)
        };
        let named = (at..self.words.len()).filter(is_component);
        named.map(|at| self.words[at].clone()).collect()
    }

    /// The image of a component that a build begins with: what stands before `~`.
    fn builder(&self, component: Range<usize>) -> Option<Range<usize>> {
        let length = self.text[component.clone()].find('~')?;
        Some(component.start..component.start + length)
    }
}
