//! What Skaffold does with the images of its own file: it tags what it builds, and hands values to charts, which may
//! add a tag.

use std::collections::HashSet;

use super::Image;
use super::keyed::visit_keyed;
use super::reference::bare_name;
use crate::model::{Node, Resource, Step, ValuePath};

/// The group of its file.
pub(super) const GROUP: &str = "skaffold";

/// The list of what it builds, and that of the charts that it installs.
const BUILT: &str = "artifacts";
const CHARTS: &str = "releases";

/// Leaves the tags of what is built to Skaffold, wherever its file names that again, and those of values to charts.
pub(super) fn leave_tags(resource: &Resource, found: &mut [Image]) {
    let built = built(resource.node());
    for image in found.iter_mut().filter(|one| !one.reference.is_versioned()) {
        if built.contains(bare_name(&image.text)) || is_value(&image.at.path) {
            image.is_complete = false;
        }
    }
}

/// The names of what is built, in profiles as well.
fn built(root: Node<'_>) -> HashSet<&str> {
    let mut names = HashSet::new();
    visit_keyed(
        root,
        BUILT,
        Node::is_sequence,
        &mut ValuePath::default(),
        &mut |list, _| {
            let artifacts = list.items();
            names.extend(artifacts.filter_map(|one| one.get("image")?.as_str()));
        },
    );
    names
}

/// Whether a value is handed to a chart.
fn is_value(path: &ValuePath) -> bool {
    let is_list = |step: &Step| matches!(step, Step::Key(key) if key == CHARTS);
    path.steps().iter().any(is_list)
}

#[cfg(test)]
mod tests {
    use crate::facts::image::Images;
    use crate::model::Data;
    use crate::source::{read_text, trees};

    #[test]
    fn what_is_built_and_what_a_chart_is_handed_waits_for_a_tag() {
        let build = "build: {artifacts: [{image: ghcr.io/shop/web}]}\nprofiles: [{name: dev, build: {artifacts: [{image: ghcr.io/shop/dev}]}}]\n";
        let deploy = "deploy: {helm: {releases: [{name: web, setValues: {image: ghcr.io/shop/web, sidecar.image: ghcr.io/shop/sidecar, job.image: ghcr.io/shop/job:latest}}]}}\n";
        let verify = "verify: [{name: a, container: {name: a, image: ghcr.io/shop/web}}, {name: b, container: {name: b, image: ghcr.io/shop/check}}]\n";
        let text = format!("apiVersion: skaffold/v4beta6\nkind: Config\n{build}{deploy}{verify}");
        let resources = read_text(&text);
        let images = Images::new(&Data::new([]), &resources, trees);
        let found = resources.iter().flat_map(|resource| images.of(resource));
        let found: Vec<(String, bool)> = found.map(|one| (one.text, one.is_complete)).collect();
        let told = |text: &str| {
            let named = found.iter().filter(|one| one.0 == text);
            named.map(|one| one.1).collect::<Vec<bool>>()
        };
        assert_eq!(told("ghcr.io/shop/web"), [false; 3]);
        for waiting in ["ghcr.io/shop/dev", "ghcr.io/shop/sidecar"] {
            assert_eq!(told(waiting), [false], "{waiting}");
        }
        for whole in ["ghcr.io/shop/job:latest", "ghcr.io/shop/check"] {
            assert_eq!(told(whole), [true], "{whole}");
        }
    }
}
