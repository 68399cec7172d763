//! Containers that a command runs, or gives another image.

use std::ops::Range;

use super::program::Program;
use super::word::{is_literal, value};
use super::{API_VERSION, Command};
use crate::model::Resource;
use crate::source::pod_template::pod_templates;
use crate::source::script::{Script, setting};

/// Commands that run what `--image` names.
const RUNNERS: [&[&str]; 8] = [
    &["run"],
    &["debug"],
    &["create", "deployment"],
    &["create", "deploy"],
    &["create", "deploymentconfig"],
    &["create", "dc"],
    &["create", "job"],
    &["create", "cronjob"],
];

/// Options with a value in which `=` may stand, as between a container and its image.
const VALUED: [&str; 6] = [
    "-l",
    "--selector",
    "--field-selector",
    "-o",
    "--output",
    "--template",
];

impl Command<'_> {
    /// What it runs in a container: `exec db -- psql -c x`.
    pub(super) fn run_within(&self, script: &Script<'_>) -> Option<Resource> {
        let is_run = ["exec", "run"]
            .iter()
            .any(|verb| self.behind(&[*verb]).is_some());
        let is_own = is_run && self.program == Program::Kubectl && !self.within.is_empty();
        let made = is_own.then(|| setting::list(self.text, "command", &self.told(&self.within)))?;
        self.object(script, made, (API_VERSION, "Pod"), "")
    }

    /// The containers that it runs, or gives another image.
    pub(super) fn pod(&self, script: &Script<'_>) -> Option<Resource> {
        let runner = || RUNNERS.iter().find_map(|words| self.behind(words));
        let mut containers = Vec::new();
        if let Some(at) = self.behind(&["set", "image"]) {
            let named = (at..self.words.len()).filter(|at| !self.is_value(*at));
            let named = named.filter_map(|at| self.pair(self.words[at].clone()));
            containers.extend(named.map(|(name, image)| (Some(name), image)));
        } else if let Some(at) = runner().filter(|_| self.program == Program::Kubectl) {
            let is_name = |name: &Range<usize>| {
                let written = &self.text[name.clone()];
                !written.starts_with('-') && !written.contains('/') && is_literal(self.text, name)
            };
            let name = self.words.get(at).filter(|name| is_name(name));
            let images = self.options(&["--image"]).into_iter();
            containers.extend(images.map(|(_, image)| (name.cloned(), image)));
        } else if self.program == Program::Kubectl {
            containers = self.application();
        }
        // `--record=true` is an option, and `web=*:2` names a tag alone.
        let is_image = |name: &Option<Range<usize>>, image: &Range<usize>| {
            let is_option = name
                .clone()
                .is_some_and(|name| self.text[name].starts_with('-'));
            let is_whole = !self.text[image.clone()].starts_with(['*', ':', '@']);
            !is_option && is_whole
        };
        containers.retain(|(name, image)| is_image(name, image));
        let containers = containers.into_iter();
        let known = containers.filter_map(|(name, image)| Some((name, value(self.text, image)?)));
        let containers: Vec<_> = known.collect();
        let made = (!containers.is_empty()).then(|| setting::pod(self.text, &containers))?;
        let mut pod = self.object(script, made, (API_VERSION, "Pod"), "")?;
        pod.pod_templates = pod_templates(pod.node(), &pod.gvk);
        Some(pod)
    }

    /// Whether a word is what the option before it is given.
    fn is_value(&self, at: usize) -> bool {
        at > 0 && VALUED.contains(&self.word(at - 1))
    }
}
