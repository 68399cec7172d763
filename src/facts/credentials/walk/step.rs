//! Steps of pipelines that only test, and variables that nothing else uses but these and the containers beside a job:
//! what they are given opens what the tests start themselves.

use super::candidate::Candidate;
use super::job::delivers;
use crate::model::{Node, Resource, Step, ValuePath, Visited};

/// Keys under which a step has its commands.
const COMMANDS: [&str; 6] = [
    "run",
    "script",
    "bash",
    "pwsh",
    "powershell",
    "inlineScript",
];

/// Keys of lists of commands, and of what runs before and after them.
const LISTS: [&str; 5] = [
    "before_script",
    "after_script",
    "after-script",
    "command",
    "commands",
];

/// Files of pipelines, as resources; the last is of services of which little more than the commands is known.
const PIPELINES: [&str; 4] = [
    "GitHubWorkflow",
    "GitLabPipeline",
    "AzurePipeline",
    "CommandPipeline",
];

/// Programs in other languages that a step may name as its shell.
const OTHER_SHELLS: [&str; 6] = ["python", "node", "perl", "ruby", "deno", "bun"];

/// What the commands of a step that tests are called.
const TESTS: [&str; 7] = [
    "test",
    "coverage",
    "cypress",
    "jest",
    "lint",
    "tox",
    "mvnw verify",
];

/// Tests of what is deployed already.
const OF_DEPLOYED: [&str; 6] = ["accept", "e2e", "end-to-end", "live", "smoke", "stag"];

/// Whether a resource is a pipeline.
pub(super) fn is_pipeline(resource: &Resource) -> bool {
    PIPELINES.contains(&resource.gvk.kind.as_str())
}

/// Whether a step hands a text to a shell, by the text's key and what stands beside it.
pub(super) fn is_of_shell(key: &str, text: &str, holder: Option<Node<'_>>) -> bool {
    let beside = |key: &str| holder.and_then(|holder| holder.get(key));
    let is_other = |text: &str| OTHER_SHELLS.iter().any(|name| text.contains(name));
    let shell = beside("shell").and_then(Node::as_str);
    let first = text.lines().next().filter(|line| line.starts_with("#!"));
    (COMMANDS.contains(&key) || LISTS.contains(&key))
        && !shell.into_iter().chain(first).any(is_other)
        // Azure's task for Python.
        && beside("scriptSource").is_none()
}

/// Whether a credential is given to a step that only tests, or by a variable that only such steps and containers
/// beside a job use.
pub(super) fn is_of_tests(resource: &Resource, candidate: &Candidate) -> bool {
    let path = &candidate.credential.path;
    match step_of(path.steps()) {
        Some(step) => is_test(resource, step),
        None => is_for_service(resource, candidate) || is_used_by_tests(resource, candidate),
    }
}

/// Whether GitLab gives a variable to a container beside a job that is called as it begins, `POSTGRES_PASSWORD` beside
/// `services: [postgres:17]`, and no command that delivers takes it.
fn is_for_service(resource: &Resource, candidate: &Candidate) -> bool {
    let key = candidate.credential.key.to_ascii_lowercase();
    let root = resource.node();
    let own = match candidate.credential.path.steps().first() {
        Some(Step::Key(first)) if first != "variables" => root.get(first),
        _ => None,
    };
    // What is given to all jobs, any of them may have the container for.
    let all = || root.entries().map(|(_, job)| job);
    let jobs: Vec<Node<'_>> = own.map_or_else(|| all().collect(), |job| vec![job]);
    let places = jobs.into_iter().chain([root]).chain(root.get("default"));
    let mut services = places.flat_map(|one| one.get("services").into_iter().flat_map(Node::items));
    let is_own = |service: Node<'_>| {
        let image = service
            .as_str()
            .or(service.get("name").and_then(Node::as_str));
        let name = image
            .and_then(|image| image.rsplit('/').next())
            .unwrap_or_default();
        let name = name.split([':', '@']).next().unwrap_or_default();
        !name.is_empty() && key.starts_with(&name.to_ascii_lowercase())
    };
    let mut is_taken = false;
    root.visit_scalars(&mut |_, node| {
        let takes = |text: &str| stands_in(text, &candidate.credential.key) && delivers(text);
        is_taken |= node.as_str().is_some_and(takes);
    });
    resource.gvk.kind == "GitLabPipeline" && services.any(is_own) && !is_taken
}

/// The steps of a path that lead to one of a job's steps.
fn step_of(path: &[Step]) -> Option<&[Step]> {
    let is_step = |two: &[Step]| matches!(two, [Step::Key(key), Step::Index(_)] if key == "steps");
    let at = path.windows(2).rposition(is_step)?;
    path.get(..at + 2)
}

/// Whether a step runs tests and delivers nothing.
fn is_test(resource: &Resource, step: &[Step]) -> bool {
    let Some(step) = resource.at(&ValuePath(step.to_vec())) else {
        return false;
    };
    let run = COMMANDS.iter().find_map(|key| step.get(key)?.as_str());
    let run = run.unwrap_or_default().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| run.contains(word));
    has(&TESTS) && !has(&OF_DEPLOYED) && !delivers(&run)
}

/// Whether a variable of a whole pipeline or job is used by name, and by nothing but tests and containers beside a job.
fn is_used_by_tests(resource: &Resource, candidate: &Candidate) -> bool {
    let key = candidate.credential.key.as_str();
    let mut uses = 0_usize;
    let mut others = 0_usize;
    let whole = resource.tree.node(candidate.node).map(Node::id);
    resource.node().visit_scalars(&mut |path, node| {
        let names = node.as_str().is_some_and(|text| stands_in(text, key));
        if !names || Some(node.id()) == whole {
            return;
        }
        let path: Vec<Step> = path.iter().map(Visited::to_step).collect();
        let is_own = is_beside(&path) || step_of(&path).is_some_and(|step| is_test(resource, step));
        uses += 1;
        others += usize::from(!is_own);
    });
    uses > 0 && others == 0
}

/// Whether a path leads into a container beside a job: `services`, or what Azure's pipelines have for it.
pub(super) fn is_beside(path: &[Step]) -> bool {
    let is = |step: &Step, name: &str| matches!(step, Step::Key(key) if key == name);
    let is_resource = |two: &[Step]| is(&two[0], "resources") && is(&two[1], "containers");
    let mut names = path.iter();
    let is_service = names.any(|step| is(step, "services"));
    // CircleCI: the first runs the job itself.
    let is_second =
        |two: &[Step]| is(&two[0], "docker") && matches!(two[1], Step::Index(at) if at > 0);
    let mut pairs = path.windows(2);
    is_service || pairs.any(|two| is_resource(two) || is_second(two))
}

/// Whether a name stands in a text as a word.
fn stands_in(text: &str, name: &str) -> bool {
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(is_of_name) && !text[at + name.len()..].starts_with(is_of_name)
    })
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
    fn a_step_that_tests_is_none_that_delivers() {
        let push = "    - run: docker push q.io/x\n";
        for (own, expected) in [
            (
                "    - run: ./mvnw clean test\n      env: {AWS_SECRET_ACCESS_KEY: test, DB_PASSWORD: hQ7tr99xKw}\n",
                0,
            ),
            (
                "    - name: Configure AWS credentials\n      run: npm test\n      env: {DB_PASSWORD: hQ7tr99xKw}\n",
                0,
            ),
            (
                "    - run: npm run smoke-test\n      env: {DB_PASSWORD: hQ7tr99xKw}\n",
                1,
            ),
            (
                "    - run: npm test && kubectl apply -f x\n      env: {DB_PASSWORD: hQ7tr99xKw}\n",
                1,
            ),
            (
                "    - run: python manage.py migrate\n      env: {DB_PASSWORD: hQ7tr99xKw}\n",
                1,
            ),
        ] {
            let yaml = format!("jobs:\n  a:\n    steps:\n{own}{push}");
            assert_eq!(count("GitHubWorkflow", &yaml), expected, "{own}");
        }
        for (name, expected) in [("Configure AWS credentials", 0), ("Deploy the shop", 1)] {
            let named = format!(
                "jobs:\n  a:\n    steps:\n    - name: {name}\n      uses: x/y@v1\n      env: {{DB_PASSWORD: hQ7tr99xKw}}\n"
            );
            assert_eq!(count("GitHubWorkflow", &named), expected, "{name}");
        }
    }

    #[test]
    fn a_variable_is_of_what_uses_it() {
        let live = "  live:\n    steps:\n    - run: kubectl apply -f x\n";
        let file = |user: &str| {
            format!(
                "env: {{DB_PASSWORD: hQ7tr99xKw}}\njobs:\n  a:\n{user}    steps:\n    - run: make\n{live}"
            )
        };
        let service = "    services: {db: {env: {POSTGRES_PASSWORD: '${{ env.DB_PASSWORD }}'}}}\n";
        assert_eq!(count("GitHubWorkflow", &file(service)), 0);
        assert_eq!(count("GitHubWorkflow", &file("")), 1);
        let both = format!("{service}    env: {{X: '${{{{ env.DB_PASSWORD }}}}'}}\n");
        assert_eq!(count("GitHubWorkflow", &file(&both)), 1);
        let azure = |env: &str, run: &str| {
            format!(
                "variables: {{dbPassword: hQ7tr99xKw}}\nresources:\n  containers:\n  - container: db\n    env: {{POSTGRES_PASSWORD: {env}}}\nsteps:\n- script: {run}\n- script: kubectl apply -f x\n"
            )
        };
        assert_eq!(count("AzurePipeline", &azure("$(dbPassword)", "make")), 0);
        assert_eq!(
            count(
                "AzurePipeline",
                &azure("$(dbPassword)", "make X=$(dbPassword)")
            ),
            1
        );
        let gitlab = |job: &str| {
            let yaml = format!(
                "variables: {{POSTGRES_PASSWORD: hQ7tr99xKw}}\ntest:\n  services: ['postgres:17']\n  script: [make]\nlive:\n  script: ['{job}']\n"
            );
            count("GitLabPipeline", &yaml)
        };
        assert_eq!(gitlab("kubectl apply -f x"), 0);
        assert_eq!(
            gitlab("helm upgrade a b --set c.password=$POSTGRES_PASSWORD"),
            1
        );
        let own = "resources: {containers: [{container: db, env: {POSTGRES_PASSWORD: hQ7tr99xKw}}]}\nsteps:\n- script: kubectl apply -f x\n";
        assert_eq!(count("AzurePipeline", own), 0);
    }
}
