//! Jobs of pipelines that deliver nothing, as those that build and test: what is set for them opens nothing that is
//! deployed.

use super::candidate::Candidate;
use crate::facts::credentials::line::is_comment;
use crate::facts::short_lived::makes_cluster;
use crate::model::{Resource, Step, ValuePath};

/// What the commands, actions and scripts are called of a job that puts something somewhere, in lower case; a
/// script of a name like `deploy.sh` is one.
const DELIVERING: [&str; 34] = [
    "ansible",
    "apply",
    "argocd",
    "auto-devops",
    "aws ",
    "az ",
    "azurecli",
    "cdk ",
    "deploy",
    "docker push",
    "docker stack",
    "eksctl",
    "environment:",
    "flux ",
    "gcloud",
    "gh secret",
    "git push",
    "helm install",
    "helm upgrade",
    "helmfile",
    "heroku",
    "kubectl",
    "kustomize",
    "oc ",
    "provision",
    "pulumi",
    "push: true",
    "--push",
    "rollout",
    "rsync",
    "scp ",
    "skaffold",
    "ssh ",
    "terraform",
];

/// Keys of GitLab's pipelines that stand for all jobs.
const OF_ALL: [&str; 7] = [
    "variables",
    "default",
    "workflow",
    "include",
    "image",
    "before_script",
    "after_script",
];

/// Whether a credential is of a job that delivers nothing, and does not open what is there without the job: a
/// service that a token tells, what an action is handed.
pub(super) fn is_of_idle_job(resource: &Resource, candidate: &Candidate) -> bool {
    let credential = &candidate.credential;
    let opens_elsewhere = credential.verdict.is_told_by_shape();
    let is = |step: &Step| matches!(step, Step::Key(key) if key == "with" || key == "inputs");
    let is_handed_on = credential.path.steps().iter().any(is);
    !opens_elsewhere && !is_handed_on && !delivers(job(resource, &credential.path))
}

/// Whether a job puts something where it stays. What its steps are called names the
/// programs that they are about, and runs none.
pub(super) fn delivers(job: &str) -> bool {
    let told: String = job
        .split_inclusive('\n')
        .filter(|line| !is_comment(line) && !is_title(line))
        .collect();
    let told = told.to_ascii_lowercase();
    DELIVERING.iter().any(|word| stands_in(&told, word)) && !makes_cluster(&told)
}

/// Whether a line says what something is called, and not that it delivers: `- name: Configure AWS credentials`.
fn is_title(line: &str) -> bool {
    const TITLES: [&str; 3] = ["name:", "displayName:", "description:"];
    const TELLING: [&str; 4] = ["deploy", "provision", "release", "rollout"];
    let line = line.trim_start().trim_start_matches("- ").trim_start();
    let is_title = TITLES.iter().any(|title| line.starts_with(title));
    let line = line.to_ascii_lowercase();
    is_title && !TELLING.iter().any(|word| line.contains(word))
}

/// Whether a word stands in a text, no letter before it where it is short: `az ` is none of `blaz `.
fn stands_in(text: &str, word: &str) -> bool {
    let begins = |at: usize| !text[..at].ends_with(|before: char| before.is_alphanumeric());
    text.match_indices(word)
        .any(|(at, _)| word.len() > 4 || begins(at))
}

/// The text of the job that a value is of; that of the whole pipeline where it is of all jobs, or where the job
/// takes over what stands elsewhere.
fn job<'r>(resource: &'r Resource, path: &ValuePath) -> &'r str {
    let whole = resource.artifact.text.as_str();
    let steps = path.steps();
    let length = match resource.gvk.kind.as_str() {
        "GitHubWorkflow" | "CommandPipeline" => {
            matches!(steps.first(), Some(Step::Key(key)) if key == "jobs").then_some(2)
        }
        "GitLabPipeline" => {
            let is_own = |key: &str| !key.starts_with('.') && !OF_ALL.contains(&key);
            matches!(steps.first(), Some(Step::Key(key)) if is_own(key)).then_some(1)
        }
        _ => steps.windows(2).rposition(is_item).map(|at| at + 2),
    };
    let own = length.and_then(|length| {
        let path = ValuePath(steps.get(..length)?.to_vec());
        whole.get(resource.at(&path)?.span().range())
    });
    own.filter(|own| {
        !["<<:", "extends:", "*"]
            .iter()
            .any(|mark| own.contains(mark))
    })
    .unwrap_or(whole)
}

/// Whether two steps lead to one of Azure's jobs or stages.
fn is_item(steps: &[Step]) -> bool {
    matches!(steps, [Step::Key(key), Step::Index(_)] if key == "jobs" || key == "stages")
}

#[cfg(test)]
mod tests {
    use crate::facts::credentials::tests::{detector, resource};

    fn count(kind: &str, yaml: &str) -> usize {
        let mut pipeline = resource(yaml);
        pipeline.gvk.kind = kind.to_owned();
        detector().held(&pipeline).reported.len()
    }

    #[test]
    fn a_job_is_asked_for_itself() {
        let test = "test:\n  variables: {DB_PASSWORD: hQ7tr99xKw}\n  script: [pytest]\n";
        let live = "live:\n  script: [kubectl apply -f x]\n";
        assert_eq!(count("GitLabPipeline", &format!("{test}{live}")), 0);
        let auto = "include: [{template: Auto-DevOps.gitlab-ci.yml}]\nvariables: {K8S_SECRET_DB_PASSWORD: hQ7tr99xKw, K8S_SECRET_HOST: hQ7tr99xKw}\n";
        assert_eq!(count("GitLabPipeline", auto), 1);
        let base = format!("{test}  extends: .base\n{live}");
        assert_eq!(count("GitLabPipeline", &base), 1);
        let all = format!("variables: {{DB_PASSWORD: hQ7tr99xKw}}\n{live}");
        assert_eq!(count("GitLabPipeline", &all), 1);
        let azure = |script: &str| {
            format!(
                "jobs:\n- job: a\n  steps: [{{script: {script}, env: {{DB_PASSWORD: hQ7tr99xKw}}}}]\n- job: b\n  steps: [{{script: make docs}}]\n"
            )
        };
        assert_eq!(count("AzurePipeline", &azure("pytest")), 0);
        assert_eq!(count("AzurePipeline", &azure("./deploy.sh")), 1);
    }
}
