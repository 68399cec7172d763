//! Labels that controllers give pods as they make them, which no manifest has; those of Kubernetes are listed in
//! <https://kubernetes.io/docs/reference/labels-annotations-taints/>.

use super::labels::{Given, GivenLabels};
use super::namespace::said_namespace;
use super::placeholder::is_open;
use super::port::number;
use super::{calico, cilium, machine};
use crate::model::{Node, Resource};

/// All keys of labels that controllers give pods.
pub(crate) const KEYS: [&str; 18] = [
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "kubevirt.io",
    "pod-template-generation",
    "pod-template-hash",
    "rollouts-pod-template-hash",
    "serving.knative.dev/configuration",
    "serving.knative.dev/revision",
    "serving.knative.dev/service",
    "statefulset.kubernetes.io/pod-name",
    "vm.kubevirt.io/name",
    "workflows.argoproj.io/completed",
    "workflows.argoproj.io/workflow",
];

/// Those that network plugins give all pods, by which only their own policies select.
const OF_PLUGINS: [&str; 5] = [
    "io.cilium.k8s.policy.cluster",
    "io.cilium.k8s.policy.serviceaccount",
    "projectcalico.org/namespace",
    "projectcalico.org/orchestrator",
    "projectcalico.org/serviceaccount",
];

/// Whether a label is one that no selector of Kubernetes' own should ask for, since a network plugin gives it.
pub(super) fn is_of_plugin(key: &str) -> bool {
    OF_PLUGINS.contains(&key)
}

/// Whether an object is a network plugin's policy that speaks of such labels.
pub(super) fn asks_plugin(resource: &Resource) -> bool {
    let text = || resource.node().text();
    let mut keys = OF_PLUGINS.iter().chain([&calico::ACCOUNTS]);
    (calico::is_policy(resource) || cilium::is_policy(resource))
        && keys.any(|key| text().contains(key))
}

/// The labels that network plugins give the pods of a `spec`.
pub(super) fn by_plugins(resource: &Resource, spec: Node<'_>) -> GivenLabels {
    let known = |value: Option<&str>| {
        let value = value.filter(|value| !is_open(value)).map(str::to_owned);
        value.map_or(Given::Beginning(String::new()), Given::Exactly)
    };
    let named = ["serviceAccountName", "serviceAccount"].into_iter();
    let mut named = named.filter_map(|key| spec.get(key)?.as_str());
    let account = named.next().unwrap_or("default");
    let values = [
        None,
        Some(account),
        said_namespace(resource),
        Some("k8s"),
        Some(account),
    ];
    OF_PLUGINS.into_iter().zip(values.map(known)).collect()
}

/// The labels that a workload's controller gives its pods, of which it says whether they are steps of one of
/// Argo's workflows.
pub(super) fn given(resource: &Resource, is_step: bool) -> GivenLabels {
    let any = || Given::Beginning(String::new());
    match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
        _ if is_step => of_step(resource),
        ("batch", "Job") => of_job(resource, job_name(resource)),
        ("batch", "CronJob") => {
            let name = Given::Beginning(format!("{}-", resource.identity.name));
            of_job(resource, name)
        }
        _ if runs_jobs(resource) => of_job(resource, any()),
        _ if resource.is_virtual_machine() => machine::given(resource, job_name(resource)),
        ("apps" | "extensions", "Deployment") => [("pod-template-hash", any())].into(),
        ("argoproj.io", "Rollout") => [("rollouts-pod-template-hash", any())].into(),
        ("apps" | "extensions", "DaemonSet") => [
            ("controller-revision-hash", any()),
            ("pod-template-generation", any()),
        ]
        .into(),
        ("apps", "StatefulSet") => of_stateful_set(resource),
        ("serving.knative.dev", kind) => of_knative(resource, kind == "Service"),
        _ => GivenLabels::new(),
    }
}

fn of_job(resource: &Resource, name: Given) -> GivenLabels {
    let any = || Given::Beginning(String::new());
    let mut labels: GivenLabels = [
        ("batch.kubernetes.io/controller-uid", any()),
        ("batch.kubernetes.io/job-name", name.clone()),
        ("controller-uid", any()),
        ("job-name", name),
    ]
    .into();
    let modes = [
        &["spec", "completionMode"][..],
        &["spec", "jobTemplate", "spec", "completionMode"],
    ];
    let mut modes = modes
        .into_iter()
        .filter_map(|path| resource.node().find(path));
    if modes.any(|mode| mode.as_str() == Some("Indexed")) {
        labels.insert("batch.kubernetes.io/job-completion-index", any());
    }
    labels
}

/// Whether a custom resource holds Jobs whole, of names that its controller makes up: their pods bear what those of Jobs
/// do.
pub(super) fn runs_jobs(resource: &Resource) -> bool {
    const KINDS: [&str; 3] = ["AnalysisRun", "AnalysisTemplate", "ClusterAnalysisTemplate"];
    resource.gvk.group == "argoproj.io" && KINDS.contains(&resource.gvk.kind.as_str())
}

/// The label has the name of the Workflow, which is another one for each run of what others start.
fn of_step(resource: &Resource) -> GivenLabels {
    let any = || Given::Beginning(String::new());
    let name = match resource.gvk.kind.as_str() {
        "Workflow" => job_name(resource),
        "CronWorkflow" => Given::Beginning(format!("{}-", resource.identity.name)),
        _ => any(),
    };
    [
        ("workflows.argoproj.io/completed", any()),
        ("workflows.argoproj.io/workflow", name),
    ]
    .into()
}

/// The name of a Job, a Workflow or a virtual machine; the API server makes up the end of one that only begins a name.
fn job_name(resource: &Resource) -> Given {
    let name = resource.identity.name.clone();
    let is_whole = resource.node().find(&["metadata", "name"]).is_some();
    if is_whole {
        Given::Exactly(name)
    } else {
        Given::Beginning(name)
    }
}

/// Ordinals are known where there is one pod only.
fn of_stateful_set(resource: &Resource) -> GivenLabels {
    let number = |path: &[&str], default| {
        let node = resource.node().find(path);
        node.map_or(Some(default), number)
    };
    let name = &resource.identity.name;
    let first = number(&["spec", "ordinals", "start"], 0);
    let (pod, index) = match (number(&["spec", "replicas"], 1), first) {
        (Some(1), Some(first)) => (
            Given::Exactly(format!("{name}-{first}")),
            Given::Exactly(first.to_string()),
        ),
        _ => (
            Given::Beginning(format!("{name}-")),
            Given::Beginning(String::new()),
        ),
    };
    [
        ("apps.kubernetes.io/pod-index", index),
        ("controller-revision-hash", Given::Beginning(String::new())),
        ("statefulset.kubernetes.io/pod-name", pod),
    ]
    .into()
}

/// Knative's Services make Configurations of their name, and these make revisions.
fn of_knative(resource: &Resource, is_service: bool) -> GivenLabels {
    let name = &resource.identity.name;
    let mut labels: GivenLabels = [
        (
            "serving.knative.dev/configuration",
            Given::Exactly(name.clone()),
        ),
        (
            "serving.knative.dev/revision",
            Given::Beginning(format!("{name}-")),
        ),
    ]
    .into();
    if is_service {
        labels.insert("serving.knative.dev/service", Given::Exactly(name.clone()));
    }
    labels
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    fn labels(text: &str) -> GivenLabels {
        given(&read_text(text)[0], false)
    }

    fn beginning(text: &str) -> Given {
        Given::Beginning(text.to_owned())
    }

    #[test]
    fn jobs_give_their_name() {
        let job = labels(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: seed}\nspec: {completionMode: Indexed}\n",
        );
        assert_eq!(job["job-name"], Given::Exactly("seed".to_owned()));
        assert!(job.contains_key("batch.kubernetes.io/job-completion-index"));
        let begun = labels("apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: seed-}\n");
        assert_eq!(begun["batch.kubernetes.io/job-name"], beginning("seed-"));
        let cron = labels("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: report}\n");
        assert_eq!(cron["job-name"], beginning("report-"));
        assert!(!cron["job-name"].may_be("report"));
        assert!(cron["job-name"].may_be("report-28"));
    }

    #[test]
    fn ordinals_are_known_of_a_single_pod() {
        let set = |spec: &str| {
            labels(&format!(
                "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: db}}\nspec: {spec}\n"
            ))
        };
        let key = "statefulset.kubernetes.io/pod-name";
        assert_eq!(set("{}")[key], Given::Exactly("db-0".to_owned()));
        assert_eq!(
            set("{ordinals: {start: 3}}")[key],
            Given::Exactly("db-3".to_owned())
        );
        assert_eq!(set("{replicas: 3}")[key], beginning("db-"));
    }

    #[test]
    fn workflows_give_their_name() {
        let key = "workflows.argoproj.io/workflow";
        for (kind, metadata, expected) in [
            (
                "Workflow",
                "{name: build}",
                Given::Exactly("build".to_owned()),
            ),
            ("Workflow", "{generateName: build-}", beginning("build-")),
            ("CronWorkflow", "{name: build}", beginning("build-")),
            ("WorkflowTemplate", "{name: build}", beginning("")),
        ] {
            let text =
                format!("apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {metadata}\n");
            let labels = given(&read_text(&text)[0], true);
            assert_eq!(labels[key], expected, "{text}");
            assert!(labels.keys().all(|key| KEYS.contains(key)));
        }
    }

    #[test]
    fn plugins_give_namespace_and_account() {
        let pod = |spec: &str| {
            let text = format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: shop}}\nspec: {spec}\n"
            );
            let resource = &read_text(&text)[0];
            by_plugins(resource, resource.node().get("spec").expect("is there"))
        };
        let exactly = |value: &str| Given::Exactly(value.to_owned());
        let own = pod("{serviceAccountName: api}");
        assert_eq!(own["projectcalico.org/namespace"], exactly("shop"));
        assert_eq!(own["projectcalico.org/serviceaccount"], exactly("api"));
        assert_eq!(own["projectcalico.org/orchestrator"], exactly("k8s"));
        assert_eq!(own["io.cilium.k8s.policy.cluster"], beginning(""));
        let account = "io.cilium.k8s.policy.serviceaccount";
        assert_eq!(pod("{}")[account], exactly("default"));
        assert_eq!(pod("{serviceAccountName: '${X}'}")[account], beginning(""));
    }

    #[test]
    fn every_key_is_listed() {
        let kinds = [
            ("apps/v1", "DaemonSet"),
            ("apps/v1", "Deployment"),
            ("apps/v1", "StatefulSet"),
            ("argoproj.io/v1alpha1", "Rollout"),
            ("argoproj.io/v1alpha1", "AnalysisTemplate"),
            ("batch/v1", "Job"),
            ("kubevirt.io/v1", "VirtualMachine"),
        ];
        for (version, kind) in kinds {
            let text = format!(
                "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {{completionMode: Indexed}}\n"
            );
            let labels = labels(&text);
            assert!(!labels.is_empty(), "{kind}");
            assert!(labels.keys().all(|key| KEYS.contains(key)), "{kind}");
        }
    }
}
