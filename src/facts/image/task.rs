//! Which parameters of Tekton's Tasks and Pipelines of a scan are images, whatever they are called: those that a step
//! runs, and those that are handed on to such.

use std::collections::{HashMap, HashSet};

use super::keyed::visit_keyed;
use super::style::TEKTON;
use crate::model::{Node, Resource, Step, ValuePath};

/// Keys of the reference to what gets parameters, and the kinds it may be to.
const REFERENCES: [(&str, &[&str]); 2] = [
    ("taskRef", &["Task", "ClusterTask"]),
    ("pipelineRef", &["Pipeline"]),
];

/// The lists of a Pipeline's tasks.
const TASKS: [&str; 2] = ["tasks", "finally"];

/// Names of parameters, by the kind and the name of what has them.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    images: HashMap<(String, String), HashSet<String>>,
}

impl Tasks {
    /// Those among the resources.
    pub(super) fn new(resources: &[Resource]) -> Self {
        let mut tasks = Self::default();
        let of_tekton = || resources.iter().filter(|one| one.gvk.group == "tekton.dev");
        for task in of_tekton().filter(|one| one.gvk.kind.ends_with("Task")) {
            tasks.add(task, run_by(task));
        }
        for pipeline in of_tekton().filter(|one| one.gvk.kind == "Pipeline") {
            let handed_on = tasks.handed_on(pipeline);
            tasks.add(pipeline, handed_on);
        }
        tasks
    }

    fn add(&mut self, owner: &Resource, names: HashSet<String>) {
        if !names.is_empty() {
            let key = (owner.gvk.kind.clone(), owner.identity.name.clone());
            self.images.entry(key).or_default().extend(names);
        }
    }

    /// The parameters of a Pipeline that its tasks run.
    fn handed_on(&self, pipeline: &Resource) -> HashSet<String> {
        let given = self.given(pipeline);
        let texts = given.iter().filter_map(|path| pipeline.at(path)?.as_str());
        let names = texts.filter_map(|text| TEKTON.parameter(text));
        names.map(str::to_owned).collect()
    }

    /// The values in a resource that are given to such parameters.
    pub(super) fn given(&self, resource: &Resource) -> HashSet<ValuePath> {
        let mut found = HashSet::new();
        if self.images.is_empty() {
            return found;
        }
        let (root, path) = (resource.node(), &mut ValuePath::default());
        visit_keyed(
            root,
            "params",
            Node::is_sequence,
            path,
            &mut |list, path| {
                let mut around = path.clone();
                around.0.pop();
                let images = resource
                    .at(&around)
                    .and_then(|around| self.images_of(around));
                for (index, parameter) in list.items().enumerate() {
                    let name = parameter.string("name");
                    if name.is_some_and(|name| images.is_some_and(|images| images.contains(name))) {
                        found.insert(path.clone().index(index).key("value"));
                    }
                }
            },
        );
        found
    }

    /// The parameters that are images of what a map refers to.
    fn images_of(&self, around: Node<'_>) -> Option<&HashSet<String>> {
        REFERENCES.iter().find_map(|(key, kinds)| {
            let name = around.find(&[key, "name"])?.as_str()?;
            kinds
                .iter()
                .find_map(|kind| self.images.get(&((*kind).to_owned(), name.to_owned())))
        })
    }
}

/// The parameters of a Task that its steps run.
fn run_by(task: &Resource) -> HashSet<String> {
    let spec = task.node().get("spec");
    let lists = ["steps", "sidecars"].into_iter();
    let listed = lists
        .filter_map(|list| spec?.get(list))
        .flat_map(Node::items);
    let shared = spec.and_then(|spec| spec.get("stepTemplate"));
    let images = listed
        .chain(shared)
        .filter_map(|step| step.get("image")?.as_str());
    let names = images.filter_map(|image| TEKTON.parameter(image));
    names.map(str::to_owned).collect()
}

/// Whether a value stands in a task of a Pipeline, and not in the Pipeline's own parameters.
pub(super) fn is_of_task(path: &ValuePath) -> bool {
    let is_list = |step: &Step| matches!(step, Step::Key(key) if TASKS.contains(&key.as_str()));
    path.steps().iter().any(is_list)
}
