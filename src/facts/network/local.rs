//! Which of the charts that commands name are among the files.

use super::super::normalized;
use super::variable::named;
use crate::model::{Artifact, Resource};

/// Whether what a command of a file names is a chart among the files, or a folder of charts: `charts/*`.
pub(super) fn is_there(chart: &str, file: &Artifact, resources: &[Resource]) -> bool {
    let mut all = resources.iter();
    if let Some(folder) = chart.strip_suffix("/*") {
        return all.any(|one| is_of_charts(folder, one));
    }
    let inside = format!("{chart}/");
    all.any(|one| one.artifact.uri.contains(&inside) || is_itself(file, chart, one))
}

/// Whether a chart is among the files as a command of a text names it: as what its variables stand for, or by the folder in
/// front of one that nobody knows.
pub(super) fn is_among(chart: &str, text: &str, is_local: &dyn Fn(&str) -> bool) -> bool {
    // `helm repo add charts https://…` gives another repository that name.
    let first = chart.split('/').next().unwrap_or_default();
    if text.contains(&format!("repo add {first} ")) {
        return false;
    }
    let of_folder = |known: &str| {
        let folder = known.rsplit_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| is_local(&format!("{folder}/*")))
    };
    match chart.split_once('$') {
        None => is_local(chart),
        Some((known, _)) => {
            let mut named = named(chart, text).into_iter();
            named.any(|one| is_local(&one.path)) || of_folder(known)
        }
    }
}

/// Whether an object is of a chart that lies in a folder, or says its values.
fn is_of_charts(folder: &str, resource: &Resource) -> bool {
    let lies_there = |root: &str| {
        let rest = root.rsplit_once('/').map(|(around, _)| around);
        let rest = rest.and_then(|around| around.strip_suffix(folder));
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    let of_values = || resource.artifact.uri.strip_suffix("/values.yaml");
    let rendering = resource.artifact.provenance.as_ref();
    let rendering = rendering.map(|one| &one.rendering);
    let rendering = rendering.filter(|one| one.release.is_some());
    rendering.is_some_and(|one| lies_there(&one.root)) || of_values().is_some_and(lies_there)
}

/// Whether a file of a chart speaks of that chart, which it says is to be had from a repository: an object was
/// rendered from it.
fn is_itself(file: &Artifact, chart: &str, rendered: &Resource) -> bool {
    let rendering = rendered.artifact.provenance.as_ref();
    rendering.map(|one| &one.rendering).is_some_and(|one| {
        let name = chart.rsplit('/').next();
        let below = || {
            let inside = format!("{}/", normalized(&one.root));
            normalized(&file.display).starts_with(&inside)
        };
        name.is_some() && one.own_name.as_deref() == name && below()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Provenance, Rendering};
    use crate::source::read_text;

    #[test]
    fn a_chart_that_says_how_it_is_installed_itself_is_among_the_files() {
        let mut pod = read_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n").remove(0);
        let mut artifact = Artifact::new("web", "web", String::new());
        let rendering = Rendering {
            root: "charts/web".to_owned(),
            own_name: Some("web".to_owned()),
            ..Rendering::default()
        };
        artifact.provenance = Some(Provenance::new(Arc::new(rendering), Vec::new()));
        pod.artifact = Arc::new(artifact);
        for (path, chart, expected) in [
            ("charts/web/Chart.yaml", "shop/web", true),
            ("charts/web/Chart.yaml", "shop/db", false),
            ("charts/website/Chart.yaml", "shop/web", false),
            ("install.sh", "shop/web", false),
        ] {
            let file = Artifact::new(path, path, String::new());
            assert_eq!(is_itself(&file, chart, &pod), expected, "{path} {chart}");
        }
    }

    #[test]
    fn a_folder_of_charts_holds_one_at_least() {
        let values = |path: &str| {
            let mut one = read_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n").remove(0);
            one.artifact = Arc::new(Artifact::new(path, path, String::new()));
            one
        };
        for (path, expected) in [
            ("a/charts/web/values.yaml", true),
            ("charts/web/values.yaml", true),
            ("mycharts/web/values.yaml", false),
            ("charts/values.yaml", false),
            ("charts/web/deploy/values.yaml", false),
        ] {
            assert_eq!(is_of_charts("charts", &values(path)), expected, "{path}");
        }
    }
}
