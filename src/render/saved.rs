//! Renderings of charts that somebody saved in the chart's own folder: copies of what is rendered anyway, as far as
//! they say nothing that the renderings do not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::{Artifact, Notice, Resource, Role, Step, Visited};
use crate::source::{ChartFolder, Sources};

/// How helm names the template of each document.
const SOURCE: &str = "# Source: ";
/// Where a chart keeps its templates.
const TEMPLATES: &str = "templates/";

/// What a value says, and the way to it.
type Said = (Vec<Step>, String);

/// Leaves out the objects of saved renderings that a rendering of their chart has as they are, and tells the file; not
/// of a file that the user names.
pub(super) fn pass_over(sources: &mut Sources, rendered: &[ChartFolder], named: &[PathBuf]) {
    for chart in rendered {
        let mut saved: Vec<Arc<Artifact>> = Vec::new();
        let own = sources.resources.iter();
        for resource in own.filter(|one| is_saved(one, chart, named)) {
            if !saved.iter().any(|one| Arc::ptr_eq(one, &resource.artifact)) {
                saved.push(Arc::clone(&resource.artifact));
            }
        }
        for file in saved {
            let name = templates_named(&file.text).next().map(|(name, _)| name);
            let name = name.unwrap_or_default();
            let known = said_by_renderings(sources, chart, name);
            let before = sources.resources.len();
            let release = release_in(&file.text);
            sources.resources.retain(|one| {
                let is_copy =
                    Arc::ptr_eq(&one.artifact, &file) && said(one, release, name).is_subset(&known);
                !is_copy
            });
            if sources.resources.len() < before {
                sources.warnings.push(told(&file, chart));
            }
        }
    }
}

/// Whether a resource stands in what helm printed of a chart, in the chart's folder.
fn is_saved(resource: &Resource, chart: &ChartFolder, named: &[PathBuf]) -> bool {
    let artifact = &resource.artifact;
    let file = Path::new(&*artifact.display);
    let folder = match &*chart.display {
        "." => Path::new(""),
        folder => Path::new(folder),
    };
    resource.role == Role::Manifest
        && artifact.provenance.is_none()
        && file.starts_with(folder)
        && !named.iter().any(|path| path == file)
        && names_templates(&artifact.text, &chart.path)
}

/// Whether a text names templates that a chart has as those it was made of.
fn names_templates(text: &str, chart: &Path) -> bool {
    let own = templates_named(text).map(|(_, template)| template);
    let mut own = own
        .filter(|template| template.starts_with(TEMPLATES))
        .peekable();
    own.peek().is_some() && own.all(|template| chart.join(template).is_file())
}

/// The templates that helm names in what it prints, each with the chart's name before it.
fn templates_named(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let named = text.lines().filter_map(|line| line.strip_prefix(SOURCE));
    named.filter_map(|path| path.trim().split_once('/'))
}

/// All that the renderings of a chart of some name say.
fn said_by_renderings(sources: &Sources, chart: &ChartFolder, name: &str) -> BTreeSet<Said> {
    let rendering = |one: &Resource| {
        let rendering = &one.artifact.provenance.as_ref()?.rendering;
        (rendering.root == chart.display).then(|| rendering.release.clone())
    };
    let resources = sources.resources.iter();
    let own = resources.filter_map(|one| Some((one, rendering(one)?)));
    own.flat_map(|(one, release)| said(one, release.as_deref(), name))
        .collect()
}

/// What a resource of a chart of some name says, as it would be if the release had the chart's name.
fn said(resource: &Resource, release: Option<&str>, name: &str) -> BTreeSet<Said> {
    let plain = |text: &str| match release {
        Some(release) => text
            .replace(&format!("{release}-{name}"), name)
            .replace(release, name),
        None => text.to_owned(),
    };
    let mut found = BTreeSet::new();
    resource.node().visit_scalars(&mut |path, value| {
        let text = value.as_str().map(plain);
        let text = text.unwrap_or_else(|| format!("{:?}", value.scalar()));
        found.insert((path.iter().map(Visited::to_step).collect(), text));
    });
    found
}

/// The release that a text was rendered for, as its objects say; else what helm calls it where nobody says.
fn release_in(text: &str) -> Option<&str> {
    const LABEL: &str = "app.kubernetes.io/instance:";
    const UNSAID: [&str; 2] = ["release-name", "RELEASE-NAME"];
    let mut lines = text.lines();
    let said = lines.find_map(|line| line.trim().strip_prefix(LABEL));
    let said = said.map(|name| name.trim().trim_matches(['"', '\'']));
    said.or_else(|| UNSAID.into_iter().find(|name| text.contains(name)))
        .filter(|name| !name.is_empty())
}

fn told(file: &Artifact, chart: &ChartFolder) -> Notice {
    Notice {
        display: Some(Arc::clone(&file.display)),
        uri: Some(Arc::clone(&file.uri)),
        region: None,
        rule: None,
        resource: None,
        reason: format!(
            "a saved rendering of the chart `{}`: what it has as the chart is rendered is passed over",
            chart.display
        ),
        help: Some("it is checked where it is named; or take it out of the repository".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_rendering_names_templates_of_its_chart_alone() {
        let chart = tempfile::tempdir().expect("a scratch folder");
        std::fs::create_dir(chart.path().join("templates")).expect("is made");
        std::fs::write(chart.path().join("templates/a.yaml"), "").expect("is written");
        let is_saved = |text: &str| names_templates(text, chart.path());
        assert!(is_saved("---\n# Source: web/templates/a.yaml\na: b\n"));
        assert!(is_saved(
            "# Source: web/templates/a.yaml\n# Source: web/charts/db/templates/x.yaml\n"
        ));
        assert!(!is_saved("# Source: web/templates/gone.yaml\n"));
        assert!(!is_saved("# Source: web/charts/db/templates/x.yaml\n"));
        assert!(!is_saved("# Source: https://example.com/a.yaml\n"));
        assert!(!is_saved("a: b\n"));
    }
}
