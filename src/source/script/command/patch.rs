//! What a command changes in objects that are there.

use std::ops::Range;

use super::{API_VERSION, Command};
use crate::model::Resource;
use crate::source::resource::{self, Context};
use crate::source::script::{Script, alone, setting};
use crate::source::stream::documents;

/// Objects of which a patch may hold something secret, or name a Secret to pull images with, and their kinds.
const PATCHED: [(&[&str], &str); 8] = [
    (&["patch", "serviceaccount"], "ServiceAccount"),
    (&["patch", "serviceaccounts"], "ServiceAccount"),
    (&["patch", "sa"], "ServiceAccount"),
    (&["patch", "secret"], "Secret"),
    (&["patch", "secrets"], "Secret"),
    (&["patch", "configmap"], "ConfigMap"),
    (&["patch", "configmaps"], "ConfigMap"),
    (&["patch", "cm"], "ConfigMap"),
];

impl Command<'_> {
    /// Adds what a patch says: `kubectl patch … -p '{…}'`.
    pub(super) fn patch(&self, script: &Script<'_>, found: &mut Vec<Resource>) {
        for (_, range) in self.options(&["-p", "--patch", "--overrides"]) {
            let written = self.text[range.clone()].trim_start();
            if !written.starts_with(['{', '[']) || written.contains('\'') {
                continue;
            }
            let text = alone(self.text, &[range], std::iter::empty());
            for document in documents(&text, "").documents {
                match self.kind(&PATCHED) {
                    Some((at, kind)) => found.extend(self.object(
                        script,
                        Ok(document.tree),
                        (API_VERSION, kind),
                        self.word(at),
                    )),
                    None => {
                        let context = Context::default();
                        resource::resources(script.artifact, document, &context, found);
                    }
                }
            }
        }
    }

    /// The ServiceAccount to which it links a Secret to pull with: `oc secrets link default harbor --for=pull`.
    pub(super) fn linked(&self, script: &Script<'_>) -> Option<Resource> {
        let at = self.behind(&["secrets", "link"])?;
        let is_to_pull =
            |(_, use_): &(Range<usize>, Range<usize>)| self.text[use_.clone()].contains("pull");
        let secret = self.words.get(at + 1)?.clone();
        let is_linked = self.options(&["--for"]).iter().any(is_to_pull);
        let made = is_linked.then(|| setting::list(self.text, "imagePullSecrets", &[secret]))?;
        self.object(script, made, (API_VERSION, "ServiceAccount"), self.word(at))
    }
}
