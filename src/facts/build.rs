//! What in a Dockerfile or a pipeline ties a build to Azure: base images, tasks, actions, and an
//! Azure pipeline as a whole.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::image::Reference;
use crate::model::{BUILD_API_VERSION, Node, Resource, ValuePath, Visited};

/// Base images by the beginnings of their names.
pub(crate) type Images = BTreeMap<String, Entry>;
/// Tasks of Azure DevOps, by name.
pub(crate) type Tasks = BTreeMap<String, TaskRow>;
/// Actions of GitHub, by owner and name.
pub(crate) type Actions = BTreeMap<String, Entry>;

/// What something belongs to; without a service, it is no part of Azure.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    service: Option<String>,
}

/// A task, or all whose names begin so.
#[derive(Debug, Deserialize)]
pub(crate) struct TaskRow {
    service: Option<String>,
    #[serde(default)]
    prefix: bool,
    /// Inputs, in lower case, of which one must be given.
    #[serde(default)]
    needs: Vec<String>,
}

/// What the catalogue knows of builds.
#[derive(Debug, Default)]
pub(crate) struct BuildTable {
    images: Images,
    tasks: Tasks,
    actions: Actions,
}

/// What a build hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tie {
    /// An image that it starts from or runs in.
    Image,
    /// A task or an action.
    Task,
    /// The pipeline as a whole.
    Pipeline,
}

impl Tie {
    /// The name by which rules know it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Image => "base-image",
            Self::Task => "pipeline-task",
            Self::Pipeline => "pipeline",
        }
    }
}

/// Something of Azure in a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BuildTie {
    pub(crate) path: ValuePath,
    pub(crate) tie: Tie,
    /// The image without its tag, the task or the action.
    pub(crate) name: String,
    /// The service's id.
    pub(crate) service: String,
}

impl BuildTable {
    /// A table of the catalogue's rows.
    pub(crate) fn new(images: Images, tasks: Tasks, actions: Actions) -> Self {
        Self {
            images,
            tasks,
            actions,
        }
    }

    /// What ties a Dockerfile or a pipeline to Azure, in the order of the source.
    pub(crate) fn ties(&self, resource: &Resource) -> Vec<BuildTie> {
        let mut found = Vec::new();
        let is_build = resource.identity.api_version == BUILD_API_VERSION;
        let kind = resource.gvk.kind.as_str();
        if !is_build
            || ![
                "AzurePipeline",
                "Dockerfile",
                "GitHubWorkflow",
                "GitLabPipeline",
            ]
            .contains(&kind)
        {
            return found;
        }
        if kind == "AzurePipeline" {
            found.push(BuildTie {
                path: first_key(resource.node()),
                tie: Tie::Pipeline,
                name: resource.identity.name.clone(),
                service: "azure-devops".to_owned(),
            });
        }
        resource.node().visit_scalars(&mut |path, node| {
            let Some(text) = node.as_str() else { return };
            let keys: Vec<&str> = path.iter().rev().map_while(key).take(2).collect();
            let add = |tie, name: &str, service: &str| BuildTie {
                path: ValuePath(path.iter().map(Visited::to_step).collect()),
                tie,
                name: name.to_owned(),
                service: service.to_owned(),
            };
            match (kind, keys.as_slice()) {
                ("AzurePipeline", ["task", ..]) => {
                    let name = text.split('@').next().unwrap_or(text);
                    let step = || parent(resource.node(), path);
                    if let Some(service) = self.task(name, step) {
                        found.push(add(Tie::Task, name, service));
                    }
                }
                ("GitHubWorkflow", ["uses", ..]) => match text.strip_prefix("docker://") {
                    Some(image) => found.extend(
                        self.image(image)
                            .map(|(name, service)| add(Tie::Image, &name, service)),
                    ),
                    None => {
                        let name = text.split('@').next().unwrap_or(text);
                        found.extend(
                            self.action(name)
                                .map(|service| add(Tie::Task, name, service)),
                        );
                    }
                },
                _ if is_image(kind, &keys, path) => {
                    let image = self.image(text);
                    found.extend(image.map(|(name, service)| add(Tie::Image, &name, service)));
                }
                _ => {}
            }
        });
        found
    }

    /// The service of an image: of its name's longest beginning that the catalogue knows, or the
    /// registry that only Azure has.
    fn image(&self, reference: &str) -> Option<(String, &str)> {
        let Reference { registry, name, .. } = Reference::parse(reference);
        let full = name
            .strip_prefix("docker.io/")
            .unwrap_or(&name)
            .to_lowercase();
        const OWN: [&str; 3] = [".azurecr.io", ".azurecr.us", ".azurecr.cn"];
        if OWN.iter().any(|end| registry.to_lowercase().ends_with(end)) {
            return Some((full, "container-registry"));
        }
        let known = self.images.iter().filter(|(start, _)| begins(&full, start));
        let (_, entry) = known.max_by_key(|(start, _)| start.len())?;
        Some((full, entry.service.as_deref()?))
    }

    /// The service of a task; of some only where the step has one of the inputs that name Azure.
    fn task<'n>(&self, name: &str, step: impl Fn() -> Option<Node<'n>>) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        let by_prefix = || {
            let rows = self
                .tasks
                .iter()
                .filter(|(start, row)| row.prefix && name.starts_with(start.as_str()));
            rows.max_by_key(|(start, _)| start.len())
                .map(|(_, row)| row)
        };
        let row = self.tasks.get(&name).or_else(by_prefix)?;
        if !row.needs.is_empty() {
            let step = step()?;
            let mut inputs = step.get("inputs").into_iter().flat_map(Node::entries);
            let is_needed = |(key, _): (Node<'_>, Node<'_>)| {
                key.as_str()
                    .is_some_and(|key| row.needs.contains(&key.to_ascii_lowercase()))
            };
            inputs.any(is_needed).then_some(())?;
        }
        row.service.as_deref()
    }

    /// The service of an action: of its own name, or of its owner's.
    fn action(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        let own: Vec<&str> = name.splitn(3, '/').collect();
        let [owner, action, ..] = own.as_slice() else {
            return None;
        };
        let exact = self.actions.get(&format!("{owner}/{action}"));
        exact
            .or_else(|| self.actions.get(&format!("{owner}/")))?
            .service
            .as_deref()
    }
}

/// Whether a string under some keys, the innermost first, names an image.
fn is_image(kind: &str, keys: &[&str], path: &[Visited<'_>]) -> bool {
    match (kind, keys) {
        ("GitLabPipeline", []) => is_service(path),
        ("GitLabPipeline", ["image", ..] | ["name", "image"]) => true,
        ("GitHubWorkflow" | "AzurePipeline", ["container" | "image", ..]) => true,
        ("Dockerfile", ["image", ..]) => true,
        _ => false,
    }
}

/// Whether a name begins with another one that ends at a boundary.
fn begins(name: &str, start: &str) -> bool {
    name.strip_prefix(start)
        .is_some_and(|rest| start.ends_with('/') || rest.is_empty() || rest.starts_with(['/', '-']))
}

/// Key of a step, or nothing for an index.
fn key<'a>(step: &Visited<'a>) -> Option<&'a str> {
    match step {
        Visited::Key(key) => key.as_str(),
        Visited::Index(_) => None,
    }
}

/// An item of GitLab's `services`.
fn is_service(path: &[Visited<'_>]) -> bool {
    matches!(path, [.., list, Visited::Index(_)] if key(list) == Some("services"))
}

fn parent<'t>(root: Node<'t>, path: &[Visited<'_>]) -> Option<Node<'t>> {
    let (_, above) = path.split_last()?;
    above
        .iter()
        .try_fold(root, |node, step| node.step(&step.to_step()))
}

fn first_key(root: Node<'_>) -> ValuePath {
    let first = root.entries().next().and_then(|(key, _)| key.as_str());
    first.into_iter().collect()
}
