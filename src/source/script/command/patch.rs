//! What a command changes in objects that are there.

use super::{API_VERSION, Command};
use crate::model::Resource;
use crate::source::manifests::documents;
use crate::source::resource::{self, Context};
use crate::source::script::{Script, alone};

/// Objects of which a patch may hold something secret, and their kinds.
const PATCHED: [(&[&str], &str); 5] = [
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
}
