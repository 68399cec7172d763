//! What steps of pipelines and files of other tools say without a command: an action's inputs, a `skaffold.yaml`, the
//! `fleet.yaml` of a folder.

use super::super::{folder, normalized};
use super::command::{joined_lines, unquoted};
use super::matrix::as_variables;
use super::session::Session;
use super::target::Target;
use super::variable::resolved;
use crate::model::{Artifact, Node, Resource, Role};

/// Inputs that name files and charts of the repository.
const PATHS: [&str; 8] = [
    "chart",
    "chart-path",
    "chartPath",
    "chart_path",
    "configuration",
    "manifest",
    "manifests",
    "overlay",
];
/// What steps do that put something into a cluster, by which of their inputs they say it.
const DOES: [&str; 2] = ["action", "command"];
const DEPLOYING: [&str; 6] = ["apply", "create", "deploy", "install", "replace", "upgrade"];
/// Keys of a step's commands, and of the folder that they are run in.
const COMMANDS: [&str; 4] = ["bash", "pwsh", "run", "script"];
const FOLDERS: [&str; 2] = ["working-directory", "workingDirectory"];

/// What a pipeline, or skaffold, puts into namespaces.
pub(super) fn targets(resource: &Resource) -> Vec<Target> {
    const SIGNS: [&str; 4] = ["namespace", "Namespace", "working", "kubectl"];
    let text = &resource.artifact.text;
    let is_skaffold = resource.gvk.group == "skaffold" && resource.role == Role::Manifest;
    let is_one = is_skaffold || resource.role == Role::Build;
    if !is_one || !SIGNS.iter().any(|sign| text.contains(sign)) {
        return Vec::new();
    }
    let mut reader = Reader {
        text: &as_variables(text),
        home: normalized(folder(&resource.artifact.display)),
        found: Vec::new(),
    };
    match is_skaffold {
        true => reader.skaffold(resource.node()),
        false => reader.visit(resource.node(), None),
    }
    reader.found
}

struct Reader<'t> {
    text: &'t str,
    home: String,
    found: Vec<Target>,
}

impl Reader<'_> {
    /// Visits the steps below a value, where a folder is said for those that say none.
    fn visit(&mut self, node: Node<'_>, within: Option<&str>) {
        let within = folder_of(node.find(&["defaults", "run"])).or(within);
        let inputs = match (node.string("uses"), node.string("task")) {
            (Some(name), _) => node.get("with").map(|inputs| (name, inputs)),
            (_, Some(name)) => node.get("inputs").map(|inputs| (name, inputs)),
            (None, None) => None,
        };
        if let Some((name, inputs)) = inputs {
            self.step(name, inputs);
        }
        let folder = folder_of(Some(node)).or(within);
        let commands = COMMANDS.iter().find_map(|key| node.string(key));
        if let Some((commands, folder)) = commands.zip(folder) {
            self.commands(commands, folder);
        }
        let inner = node.entries().map(|(_, value)| value).chain(node.items());
        inner.for_each(|value| self.visit(value, within));
    }

    /// Adds what a step is given.
    fn step(&mut self, name: &str, inputs: Node<'_>) {
        if let Some(arguments) = inputs.string("args").filter(|_| name.contains("kubectl")) {
            return self.commands(&format!("kubectl {arguments}"), "");
        }
        let mut says = DOES.iter().filter_map(|key| inputs.string(key));
        let deploys = says.all(|verb| DEPLOYING.contains(&verb));
        let Some(namespace) = inputs.string("namespace").filter(|_| deploys) else {
            return;
        };
        let paths = PATHS.iter().filter_map(|key| inputs.string(key));
        let paths = paths.flat_map(|paths| paths.split([',', '\n']));
        for path in paths.map(str::trim).filter(|path| !path.is_empty()) {
            self.add(path, namespace);
        }
    }

    /// Adds what commands in a folder take.
    fn commands(&mut self, commands: &str, folder: &str) {
        let commands = as_variables(commands);
        let mut session = Session::of("", self.text).within(folder);
        for (line, _) in joined_lines(&commands) {
            let own = Target::of_line(&line, &self.home, &mut session);
            self.found.extend(own);
        }
    }

    /// Adds the files and charts of skaffold.
    fn skaffold(&mut self, root: Node<'_>) {
        let by_kubectl = text_at(root, &["deploy", "kubectl", "defaultNamespace"]);
        for keys in [
            &["manifests", "rawYaml"][..],
            &["deploy", "kubectl", "manifests"],
            &["manifests", "kustomize", "paths"],
        ] {
            let paths = root.find(keys).into_iter().flat_map(Node::items);
            for (path, namespace) in paths
                .filter_map(Node::as_str)
                .zip(by_kubectl.into_iter().cycle())
            {
                self.add(path, namespace);
            }
        }
        for part in ["deploy", "manifests"] {
            let releases = root.find(&[part, "helm", "releases"]);
            for release in releases.into_iter().flat_map(Node::items) {
                let chart = release.string("chartPath");
                if let Some((chart, namespace)) = chart.zip(release.string("namespace")) {
                    self.add(chart, namespace);
                }
            }
        }
    }

    fn add(&mut self, path: &str, namespace: &str) {
        let Some(namespace) = resolved(&as_variables(namespace), self.text) else {
            return;
        };
        let home = self.home.clone();
        self.found.extend(Target::of_path(path, home, namespace));
    }
}

/// Where Rancher's Fleet puts what lies in the folder of a `fleet.yaml`, or the chart that this names.
pub(super) fn of_fleet(file: &Artifact) -> Option<Target> {
    let is_named = file.uri.rsplit('/').next() == Some("fleet.yaml");
    let value = |line: &str, key: &str| {
        let value = line.strip_prefix(key)?.strip_prefix(':')?;
        Some(unquoted(value.split(" #").next()?.trim()).to_owned())
    };
    let top = |key: &str| file.text.lines().find_map(|line| value(line, key));
    let namespace = is_named.then(|| top("namespace").or_else(|| top("defaultNamespace")))??;
    let inner = file.text.split(['{', ',', '}', '\n']);
    let chart = inner.map(str::trim).find_map(|part| value(part, "chart"));
    let is_here = |chart: &String| chart.starts_with('.');
    if chart.as_ref().is_some_and(|chart| !is_here(chart)) {
        return None;
    }
    let home = folder(&file.display);
    // From no other folder than its own.
    Some(Target {
        home: String::new(),
        is_deep: chart.is_none(),
        path: normalized(&format!("{home}/{}", chart.unwrap_or_default())),
        namespace: resolved(&namespace, "")?,
    })
}

fn text_at<'a>(node: Node<'a>, keys: &[&str]) -> Option<&'a str> {
    node.find(keys).and_then(Node::as_str)
}

/// The folder in which a step runs its commands, where it says one.
fn folder_of(step: Option<Node<'_>>) -> Option<&str> {
    let own = FOLDERS.iter().find_map(|key| step?.string(key));
    own.filter(|folder| !folder.contains('$') && !folder.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{read_bytes, read_text};

    /// What a file puts where: `path namespace`.
    fn read(name: &str, text: &str) -> Vec<String> {
        let resources = match name {
            "skaffold.yaml" => read_text(text),
            _ => read_bytes(name, text.as_bytes().to_vec()).resources,
        };
        let found = resources.iter().flat_map(targets);
        found
            .map(|one| format!("{} {}", one.path, one.namespace))
            .collect()
    }

    #[test]
    fn steps_say_by_their_inputs_what_they_deploy() {
        for (step, expected) in [
            (
                "{uses: Azure/k8s-deploy@v4, with: {namespace: shop, manifests: k8s/a.yaml}}",
                "k8s/a.yaml shop",
            ),
            (
                "{uses: a/helm@v1, with: {chart-path: charts/web, namespace: '${{ env.NS }}'}}",
                "charts/web shop",
            ),
            (
                "{uses: actions-hub/kubectl@v1, with: {args: apply -n shop -f k8s/a.yaml}}",
                "k8s/a.yaml shop",
            ),
            (
                "{run: kubectl apply -n shop -f a.yaml, working-directory: k8s}",
                "k8s/a.yaml shop",
            ),
            (
                "{uses: Azure/k8s-deploy@v4, with: {namespace: shop, manifests: k8s/a.yaml, action: delete}}",
                "",
            ),
            (
                "{uses: Azure/k8s-deploy@v4, with: {namespace: '${{ inputs.x }}', manifests: k8s/a.yaml}}",
                "",
            ),
            (
                "{uses: a/lint@v1, with: {config: k8s/a.yaml, namespace: shop}}",
                "",
            ),
        ] {
            let text = format!(
                "on: push\nenv:\n  NS: shop\njobs: {{a: {{runs-on: x, steps: [{step}]}}}}\n"
            );
            let found = read(".github/workflows/a.yml", &text);
            assert_eq!(found.join(" "), expected, "{step}");
        }
        for (step, expected) in [
            (
                "{task: KubernetesManifest@0, inputs: {action: deploy, namespace: shop, manifests: a.yaml}}",
                "a.yaml shop",
            ),
            (
                "{task: Kubernetes@1, inputs: {command: apply, namespace: shop, configuration: a.yaml}}",
                "a.yaml shop",
            ),
            (
                "{task: HelmDeploy@0, inputs: {command: upgrade, namespace: shop, chartPath: charts/web}}",
                "charts/web shop",
            ),
            (
                "{task: Kubernetes@1, inputs: {command: get, namespace: shop, configuration: a.yaml}}",
                "",
            ),
        ] {
            let found = read("azure-pipelines.yml", &format!("steps: [{step}]\n"));
            assert_eq!(found.join(" "), expected, "{step}");
        }
    }

    #[test]
    fn skaffold_says_where_its_files_and_charts_go() {
        let text = "apiVersion: skaffold/v4beta6\nkind: Config\nmanifests: {rawYaml: [k8s/*.yaml]}\ndeploy: {kubectl: {defaultNamespace: shop}, helm: {releases: [{name: a, chartPath: charts/a, namespace: data}]}}\n";
        assert_eq!(read("skaffold.yaml", text), ["k8s shop", "charts/a data"]);
        let open = text.replace("defaultNamespace: shop", "flags: {}");
        assert_eq!(read("skaffold.yaml", &open), ["charts/a data"]);
    }

    #[test]
    fn fleet_says_where_its_folder_goes() {
        for (name, text, expected) in [
            (
                "fleet.yaml",
                "defaultNamespace: shop\n",
                Some(("apps", true)),
            ),
            (
                "fleet.yaml",
                "namespace: \"shop\" # x\n",
                Some(("apps", true)),
            ),
            (
                "fleet.yaml",
                "namespace: shop\nhelm: {chart: ./charts/web}\n",
                Some(("apps/charts/web", false)),
            ),
            (
                "fleet.yaml",
                "namespace: shop\nhelm:\n  chart: db\n  repo: https://example.com\n",
                None,
            ),
            ("fleet.yaml", "labels: {namespace: shop}\n", None),
            ("other.yaml", "namespace: shop\n", None),
        ] {
            let path = format!("apps/{name}");
            let found = of_fleet(&Artifact::new(&path, &path, text.to_owned()));
            let told = found.as_ref().map(|one| (one.path.as_str(), one.is_deep));
            assert_eq!(told, expected, "{text}");
            assert!(found.is_none_or(|one| one.namespace == "shop"));
        }
    }
}
