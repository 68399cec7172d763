//! Private projects of the own registry, and which pods are told to lack a Secret to pull from them: each,
//! where another pod of the scan has one; else the first, since the project may be public.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Image, Trust};
use crate::model::{Identity, Resource, ValuePath};

/// Where a pod's template stands: in which document, in which object, at which path.
type Pod = (usize, u32, ValuePath);

/// The projects that pods of a scan pull from.
#[derive(Debug, Default)]
pub(super) struct Projects {
    /// Those from which a pod pulls with a Secret.
    private: HashSet<String>,
    /// Of each, the pods that pull without one.
    without: HashMap<String, Without>,
}

/// The pods that pull from a project without a Secret: the first, and all by their names, which several
/// renderings share.
#[derive(Debug)]
struct Without {
    first: Pod,
    names: HashSet<(Identity, ValuePath)>,
}

impl Projects {
    /// The projects that the images of some of the resources lie in, which stand by their positions.
    pub(super) fn of(
        images: &HashMap<usize, Vec<Image>>,
        trust: &Trust,
        resources: &[Resource],
    ) -> Self {
        let mut projects = Self::default();
        for (position, resource) in resources.iter().enumerate() {
            for image in images.get(&position).into_iter().flatten() {
                projects.add(resource, image, trust);
            }
        }
        projects
    }

    fn add(&mut self, resource: &Resource, image: &Image, trust: &Trust) {
        let (Some(project), Some(template)) = (image.project(trust), &image.template) else {
            return;
        };
        if image.has_pull_secret {
            self.private.insert(project);
            return;
        }
        let name = (resource.identity.clone(), template.clone());
        let without = self.without.entry(project).or_insert_with(|| Without {
            first: pod(resource, template),
            names: HashSet::new(),
        });
        without.names.insert(name);
    }

    /// What is to say of other pods where a pod is told to lack a Secret for a project; `None` where another
    /// one is told in its place.
    pub(super) fn told(
        &self,
        project: &str,
        resource: &Resource,
        template: &ValuePath,
    ) -> Option<String> {
        if self.private.contains(project) {
            return Some(String::new());
        }
        let without = self.without.get(project)?;
        let others = match without.names.len().saturating_sub(1) {
            0 => String::new(),
            1 => "; another pod lacks it, too".to_owned(),
            more => format!("; {more} other pods lack it, too"),
        };
        (without.first == pod(resource, template)).then_some(others)
    }
}

fn pod(resource: &Resource, template: &ValuePath) -> Pod {
    let document = Arc::as_ptr(&resource.tree) as usize;
    (document, resource.root, template.clone())
}
