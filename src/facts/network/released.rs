//! What of charts nobody deploys as it is: the pods of `helm test`, which run only when somebody asks for them, and what
//! a chart is with its own values where the repository deploys it with others.

use std::collections::BTreeSet;

use super::deployed::Deployed;
use super::{EXPOSED, Found};
use crate::model::{Node, Rendering, Resource};

/// The annotation by which helm runs an object apart from the others.
const HOOK: &str = "helm.sh/hook";
/// How the hooks of `helm test` begin: `test`, and `test-success` as older ones say.
const TEST: &str = "test";

/// Leaves out what is said of such pods.
pub(super) fn leave_unreleased(objects: &[Resource], deployed: &Deployed, found: &mut Found) {
    let renderings = objects.iter().filter_map(rendering);
    let released: BTreeSet<&str> = renderings
        .filter(|one| match deployed.is_release(one) {
            true => !deployed.charts.is_installed(&one.root),
            false => one.is_installation(),
        })
        .map(|one| one.root.as_str())
        .collect();
    let is_replaced = |one: &Resource| {
        let rendering = rendering(one).filter(|one| one.has_own_values_alone());
        rendering.is_some_and(|one| released.contains(one.root.as_str()))
    };
    found.retain(|position, facts| {
        let object = &objects[*position];
        if is_replaced(object) {
            facts.retain(|name, _| !EXPOSED.contains(name));
        }
        !facts.is_empty() && !is_test(object)
    });
}

/// Whether an object is a workload that `helm test` runs, and nothing else.
pub(super) fn is_test(resource: &Resource) -> bool {
    let hooks = resource.node().find(&["metadata", "annotations", HOOK]);
    let hooks = hooks
        .and_then(Node::as_str)
        .filter(|_| resource.is_workload());
    hooks.is_some_and(|hooks| hooks.split(',').all(|hook| hook.trim().starts_with(TEST)))
}

fn rendering(resource: &Resource) -> Option<&Rendering> {
    let provenance = resource.artifact.provenance.as_ref()?;
    Some(&provenance.rendering)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::model::{Artifact, Provenance};
    use crate::source::read_text;

    const APPLICATION: &str = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec: {source: {path: web}, destination: {namespace: shop}}\n";

    /// A pod of the chart `web` in a rendering.
    fn pod(annotation: &str, name: &str) -> Resource {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a, annotations: {{{annotation}}}}}\nspec: {{containers: []}}\n"
        );
        let mut resource = read_text(&text).remove(0);
        let mut artifact = Artifact::new("web", "web", text);
        let rendering = Rendering {
            root: "web".to_owned(),
            name: name.to_owned(),
            tool: "helm".to_owned(),
            ..Rendering::default()
        };
        artifact.provenance = Some(Provenance::new(Arc::new(rendering), Vec::new()));
        resource.artifact = Arc::new(artifact);
        resource
    }

    /// Of which of some pods it is still said that they are open.
    fn told(pods: &[Resource]) -> Vec<usize> {
        let facts = || [("isolation", vec![json!({})])].into();
        let mut found: Found = (0..pods.len()).map(|at| (at, facts())).collect();
        let deployed = Deployed::read(&read_text(APPLICATION));
        leave_unreleased(pods, &deployed, &mut found);
        let mut left: Vec<usize> = found.into_keys().collect();
        left.sort_unstable();
        left
    }

    #[test]
    fn what_a_chart_is_as_it_comes_counts_where_nobody_deploys_it() {
        assert_eq!(told(&[pod("", "default")]), [0]);
        assert_eq!(told(&[pod("", "default"), pod("", "prod")]), [0, 1]);
        let released = pod("", "Application argocd/web");
        assert_eq!(told(&[pod("", "default"), released]), [1]);
    }

    #[test]
    fn what_a_chart_is_as_it_comes_is_not_what_a_command_installs() {
        let installed = |is_variant: bool| {
            let mut pod = pod("", "up.sh: web in shop");
            let mut artifact = Artifact::new("web", "web", String::new());
            let rendering = Rendering {
                release: Some("web".to_owned()),
                is_variant,
                ..rendering(&pod).cloned().unwrap_or_default()
            };
            artifact.provenance = Some(Provenance::new(Arc::new(rendering), Vec::new()));
            pod.artifact = Arc::new(artifact);
            pod
        };
        assert_eq!(told(&[pod("", "default"), installed(false)]), [1]);
        assert_eq!(told(&[pod("", "default"), installed(true)]), [0, 1]);
    }

    #[test]
    fn pods_of_tests_are_not_deployed() {
        for (hook, expected) in [
            ("test", true),
            ("test-success", true),
            ("pre-install", false),
            ("\"post-upgrade,test\"", false),
        ] {
            let pods = [pod(&format!("helm.sh/hook: {hook}"), "default")];
            assert_eq!(told(&pods).is_empty(), expected, "{hook}");
        }
    }
}
