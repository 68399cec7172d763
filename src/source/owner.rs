//! What a cluster exports holds the pods of a Deployment beside it: told apart by their owners.

use std::collections::HashMap;

use crate::model::{Node, Resource, Role};

/// Namespace, kind and name.
type Name = (Option<String>, String, String);

/// Marks the objects whose controller is among the resources, and says as much of their pods.
pub(super) fn mark_owned(resources: &mut [Resource]) {
    if resources
        .iter()
        .all(|resource| controller(resource).is_none())
    {
        return;
    }
    let wholes = resources
        .iter()
        .filter(|resource| resource.role == Role::Manifest);
    let owners: HashMap<Name, bool> = wholes
        .map(|one| (name(one), !one.pod_templates.is_empty()))
        .collect();
    for resource in resources
        .iter_mut()
        .filter(|resource| resource.role == Role::Manifest)
    {
        // Pods of which their owner has no template, since an operator makes it, are told nowhere else.
        let has_pods = !resource.pod_templates.is_empty();
        let owner = controller(resource).and_then(|owner| owners.get(&owner));
        if owner.is_some_and(|tells_pods| *tells_pods || !has_pods) {
            resource.role = Role::Owned;
        }
    }
}

fn name(resource: &Resource) -> Name {
    let identity = &resource.identity;
    (
        identity.namespace.clone(),
        identity.kind.clone(),
        identity.name.clone(),
    )
}

/// The controller that an object says it belongs to, in the object's own namespace.
fn controller(resource: &Resource) -> Option<Name> {
    let owners = resource.node().find(&["metadata", "ownerReferences"])?;
    let is_controller =
        |owner: &Node<'_>| owner.get("controller").and_then(Node::as_bool) == Some(true);
    let owner = owners.items().find(is_controller)?;
    let text = |key| owner.string(key).map(str::to_owned);
    Some((
        resource.identity.namespace.clone(),
        text("kind")?,
        text("name")?,
    ))
}
