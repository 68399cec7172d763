//! Which YAML documents are pipelines of GitHub, GitLab or Azure DevOps: told by where their
//! systems look for them, or by their shape.

use crate::model::Node;

/// Steps that only Azure DevOps has, besides `task`.
const STEPS: [&str; 9] = [
    "task",
    "script",
    "bash",
    "pwsh",
    "powershell",
    "checkout",
    "template",
    "publish",
    "download",
];

/// What starts or places a run in Azure DevOps.
const STARTS: [&str; 6] = ["trigger", "pr", "pool", "schedules", "resources", "extends"];

/// Folders that Azure DevOps' pipelines usually stand in.
const FOLDERS: [&str; 5] = [
    "azure-pipelines",
    ".azure-pipelines",
    ".azuredevops",
    ".azdo",
    ".pipelines",
];

/// The kind of a pipeline of a service of which only what is secret and what it calls is read.
pub(super) const OF_OTHER_SERVICE: &str = "CommandPipeline";

/// The kind of pipeline that a document at a path with `/` is; `None` for any other.
pub(super) fn kind(path: &str, root: Node<'_>) -> Option<&'static str> {
    if !root.is_mapping() || root.get("apiVersion").is_some() {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    if is_github(path, name, root) {
        Some("GitHubWorkflow")
    } else if is_gitlab(path, name) {
        Some("GitLabPipeline")
    } else if is_azure(path, name, root) {
        Some("AzurePipeline")
    } else {
        None
    }
}

/// Whether a document is a pipeline of another service, by the name that it has to have: of Bitbucket, Buildkite, CircleCI, Drone, Woodpecker, CodeBuild or Cloud Build.
pub(super) fn has_commands(path: &str, root: Node<'_>) -> bool {
    const NAMES: [&str; 6] = [
        "bitbucket-pipelines",
        "buildspec",
        "cloudbuild",
        ".drone",
        ".woodpecker",
        "config",
    ];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = folders.rsplit('/').next().unwrap_or_default();
    let is_of_buildkite = || folders.split('/').any(|folder| folder == ".buildkite");
    let stem = name.strip_suffix(".yml").or(name.strip_suffix(".yaml"));
    let is_named = |stem: &str| match stem {
        "config" => folder == ".circleci",
        _ => NAMES.contains(&stem) || folder == ".woodpecker" || is_of_buildkite(),
    };
    root.is_mapping() && root.get("apiVersion").is_none() && stem.is_some_and(is_named)
}

/// Workflows in their folder or by their jobs, as templates of them, and actions made of steps.
fn is_github(path: &str, name: &str, root: Node<'_>) -> bool {
    let Some(is_workflow) = in_workflows(path) else {
        return false;
    };
    let is_action =
        matches!(name, "action.yml" | "action.yaml") && root.find(&["runs", "steps"]).is_some();
    let jobs = || root.get("jobs").into_iter().flat_map(Node::entries);
    let is_job = |job: Node<'_>| job.get("runs-on").is_some() && job.get("steps").is_some();
    is_action
        || (is_workflow && root.get("jobs").is_some_and(Node::is_mapping))
        || jobs().any(|(_, job)| is_job(job))
}

/// Whether a path is that of a workflow by its folder; `None` where somebody put it away in a folder that no forge
/// looks into: `.github/workflows/_archive/`, `.github/workflows.disabled/`.
fn in_workflows(path: &str) -> Option<bool> {
    const FORGES: [&str; 3] = [".github/", ".gitea/", ".forgejo/"];
    let below = |forge: &&str| match path.strip_prefix(*forge) {
        Some(rest) => Some(rest),
        None => path.split_once(&format!("/{forge}")).map(|(_, rest)| rest),
    };
    let Some(rest) = FORGES.iter().find_map(below) else {
        return Some(false);
    };
    match rest.strip_prefix("workflows") {
        Some(name) if name.starts_with('/') && !name[1..].contains('/') => Some(true),
        Some(_) => None,
        None => Some(false),
    }
}

fn is_gitlab(path: &str, name: &str) -> bool {
    name.ends_with(".gitlab-ci.yml")
        || name.ends_with(".gitlab-ci.yaml")
        || path.starts_with(".gitlab/ci/")
        || path.contains("/.gitlab/ci/")
}

fn is_azure(path: &str, name: &str, root: Node<'_>) -> bool {
    let has = |key: &str| root.get(key).is_some();
    if has("kind") || has("on") {
        return false;
    }
    let starts = STARTS.iter().any(|key| has(key));
    let is_named = name.trim_start_matches('.').starts_with("azure-pipeline")
        || path
            .split('/')
            .rev()
            .skip(1)
            .any(|folder| FOLDERS.contains(&folder));
    let steps = || items(root, "steps");
    let is_step = |step: Node<'_>| STEPS.iter().any(|key| step.get(key).is_some());
    let is_plan = items(root, "jobs")
        .any(|job| job.get("job").is_some() || job.get("deployment").is_some())
        || items(root, "stages").any(|stage| stage.get("stage").is_some())
        || ((starts || is_named) && (steps().any(is_step) || templates(root)));
    is_plan
        || steps().any(is_task)
        || root.find(&["extends", "template"]).is_some()
        || holds_task(root)
}

fn items<'t>(root: Node<'t>, key: &str) -> impl Iterator<Item = Node<'t>> {
    root.get(key).into_iter().flat_map(Node::items)
}

/// Jobs or stages that stand in files of their own.
fn templates(root: Node<'_>) -> bool {
    let mut all = ["jobs", "stages"]
        .into_iter()
        .flat_map(|key| items(root, key));
    all.any(|item| item.get("template").is_some())
}

fn is_task(step: Node<'_>) -> bool {
    let task = step.string("task");
    task.is_some_and(is_task_name)
}

/// `AzureCLI@2`: a task and its version.
fn is_task_name(text: &str) -> bool {
    let Some((name, version)) = text.split_once('@') else {
        return false;
    };
    let is_version = !version.is_empty()
        && version
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_version && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Steps may stand below conditions (`${{ if … }}:`), wherever these stand.
fn holds_task(root: Node<'_>) -> bool {
    if !root.text().contains("\ntask\n") {
        return false;
    }
    let mut found = false;
    root.visit_scalars(&mut |path, node| {
        let is_below = path.last().is_some_and(
            |step| matches!(step, crate::model::Visited::Key(key) if key.as_str() == Some("task")),
        );
        found |= is_below && node.as_str().is_some_and(is_task_name);
    });
    found
}

#[cfg(test)]
mod tests {
    use super::{has_commands, kind};
    use crate::source::document::read_yaml;

    fn told(path: &str, text: &str) -> Option<&'static str> {
        let stream = read_yaml(text);
        kind(path, stream.documents[0].tree.root().expect("has a root"))
    }

    #[test]
    fn pipelines_are_told_by_place_and_by_shape() {
        let workflow = "on: push\njobs: {a: {runs-on: x, steps: []}}\n";
        assert_eq!(
            told("shop/.github/workflows/a.yml", workflow),
            Some("GitHubWorkflow")
        );
        assert_eq!(
            told("action.yml", "runs: {using: composite, steps: []}\n"),
            Some("GitHubWorkflow")
        );
        assert_eq!(told("templates/a.yml", workflow), Some("GitHubWorkflow"));
        for folder in ["workflows/_archive", "workflows.disabled", "workflows-old"] {
            let path = format!("shop/.github/{folder}/a.yml");
            assert_eq!(told(&path, workflow), None, "{path}");
        }
        assert_eq!(
            told("x/.gitlab-ci.yml", "a: {script: [b]}\n"),
            Some("GitLabPipeline")
        );
        for text in [
            "trigger: [main]\nsteps: [{script: a}]\n",
            "pool: {vmImage: x}\njobs: [{template: a.yml}]\n",
            "parameters: []\njobs:\n- job: a\n  steps: []\n",
            "stages:\n- stage: a\n  jobs: []\n",
            "steps:\n- task: Docker@2\n",
            "steps:\n- ${{ if a }}:\n  - task: AzureCLI@2\n",
            "extends: {template: a.yml@b}\n",
        ] {
            assert_eq!(told("ci/build.yml", text), Some("AzurePipeline"), "{text}");
        }
        assert_eq!(
            told(".azure-pipelines/a.yml", "steps: [{bash: a}]\n"),
            Some("AzurePipeline")
        );
    }

    #[test]
    fn other_services_are_told_by_the_names_of_their_files() {
        let told = |path: &str, text: &str| {
            let stream = read_yaml(text);
            has_commands(path, stream.documents[0].tree.root().expect("has a root"))
        };
        for path in [
            "bitbucket-pipelines.yml",
            "shop/.circleci/config.yml",
            ".drone.yml",
            ".woodpecker/deploy.yaml",
            ".buildkite/pipelines/deploy.yml",
            "shop/buildspec.yml",
            "cloudbuild.yaml",
        ] {
            assert!(told(path, "steps: []\n"), "{path}");
        }
        for path in ["config.yml", "shop/config.yaml", "drone.yml", "steps.yaml"] {
            assert!(!told(path, "steps: []\n"), "{path}");
        }
        assert!(!told("cloudbuild.yaml", "apiVersion: v1\nkind: Pod\n"));
    }

    #[test]
    fn look_alikes_are_none() {
        for (path, text) in [
            (
                "drone.yml",
                "kind: pipeline\nsteps: [{script: a}]\ntrigger: {branch: [main]}\n",
            ),
            (
                "cloudbuild.yaml",
                "steps: [{name: gcr.io/x, args: [a], script: b}]\n",
            ),
            ("values.yaml", "resources: {limits: {cpu: 1}}\nsteps: 3\n"),
            ("tasks.yml", "- task: AzureCLI@2\n"),
            ("Taskfile.yml", "tasks: {a: {task: build}}\n"),
            ("b.yml", "apiVersion: v1\nkind: Pod\nsteps: [{task: A@1}]\n"),
            ("docs/workflow.yml", "on: push\njobs: {a: {runs-on: x}}\n"),
            (".gitlab-config.yml", "stages: [build, test]\n"),
            ("compose.yaml", "services: {a: {image: b}}\n"),
        ] {
            assert_eq!(told(path, text), None, "{path}");
        }
    }
}
