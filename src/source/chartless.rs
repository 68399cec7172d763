//! Templates of a chart whose `Chart.yaml` is not there: helm renders none of them, and none is YAML for itself. One
//! cause, told once for each folder.

use std::path::{Path, PathBuf};

use crate::model::{Artifact, Notice};

/// What is told of each.
pub(super) const REASON: &str = "a template of a chart whose `Chart.yaml` is not there";
/// What to do.
pub(super) const HELP: &str =
    "add the chart's `Chart.yaml`, or render the chart where it is whole and scan what helm prints";

/// Whether a text looks like a template of helm's, in a folder of templates of which no chart is known.
pub(super) fn is_chartless(artifact: &Artifact) -> bool {
    const SIGNS: [&str; 4] = [".Values", ".Release.", ".Chart.", "include \""];
    let text = &artifact.text;
    let has_sign = || SIGNS.iter().any(|sign| text.contains(sign));
    text.contains("{{") && has_sign() && folder_of(&artifact.uri).is_some()
}

/// The folder of templates that a file lies in.
fn folder_of(uri: &str) -> Option<PathBuf> {
    let mut folders = Path::new(uri).ancestors().skip(1);
    folders
        .find(|folder| folder.ends_with("templates"))
        .map(Path::to_owned)
}

/// Leaves the first of those of one folder, with the number of the others.
pub(super) fn told_once(failures: &mut Vec<Notice>) {
    let mut found: Vec<(PathBuf, usize, Vec<String>)> = Vec::new();
    let mut told: Vec<Notice> = Vec::new();
    for failure in failures.drain(..) {
        let own = failure.uri.as_deref().filter(|_| failure.reason == REASON);
        let Some((uri, folder)) = own.and_then(|uri| Some((uri.to_owned(), folder_of(uri)?)))
        else {
            told.push(failure);
            continue;
        };
        match found.iter_mut().find(|(known, ..)| *known == folder) {
            Some((.., files)) if files.contains(&uri) => {}
            Some((.., files)) => files.push(uri),
            None => {
                found.push((folder, told.len(), vec![uri]));
                told.push(failure);
            }
        }
    }
    for (_, at, files) in found.iter().filter(|(.., files)| files.len() > 1) {
        let more = files.len() - 1;
        told[*at].reason = format!("{REASON}, as are {more} more in its folder");
    }
    *failures = told;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(uri: &str, text: &str) -> Artifact {
        Artifact::new(uri, uri, text.to_owned())
    }

    #[test]
    fn templates_lie_in_their_folder_and_use_what_helm_gives() {
        let text = "name: {{ .Values.name }}";
        assert!(is_chartless(&artifact("shop/templates/db/a.yaml", text)));
        for (uri, text) in [
            ("shop/a.yaml", text),
            ("shop/templates/a.yaml", "name: {{ name }}"),
            ("shop/templates/a.yaml", "about: '.Values'"),
        ] {
            assert!(!is_chartless(&artifact(uri, text)), "{uri} {text}");
        }
    }

    #[test]
    fn one_of_a_folder_is_told() {
        let failure = |uri: &str, reason: &str| Notice {
            display: Some(uri.into()),
            uri: Some(uri.into()),
            region: None,
            rule: None,
            resource: None,
            reason: reason.to_owned(),
            help: None,
        };
        let mut failures = vec![
            failure("a/templates/x.yaml", REASON),
            failure("a/templates/x.yaml", REASON),
            failure("a/templates/in/y.yaml", REASON),
            failure("a/templates/z.yaml", "other"),
            failure("b/templates/x.yaml", REASON),
        ];
        told_once(&mut failures);
        let told: Vec<&str> = failures.iter().map(|one| one.reason.as_str()).collect();
        let first = format!("{REASON}, as are 1 more in its folder");
        assert_eq!(told, [first.as_str(), "other", REASON]);
    }
}
