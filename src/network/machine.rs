//! Virtual machines of KubeVirt: where their pods are written, which labels these bear, and whether policies reach them.

use super::labels::{Given, GivenLabels};
use crate::model::{Node, Resource, ValuePath};

/// The kind that is one machine and no template of some.
const ONE: &str = "VirtualMachineInstance";
/// The kind that has a template of machines.
const POOL: &str = "VirtualMachinePool";
/// The kinds that make several machines, whose names they make up.
const SEVERAL: [&str; 2] = [POOL, "VirtualMachineInstanceReplicaSet"];

/// Where the object of a machine holds the `metadata` and `spec` of its pod.
pub(super) fn template(resource: &Resource) -> Option<ValuePath> {
    if resource.gvk.kind == ONE {
        return Some(ValuePath::default());
    }
    let mut path = ValuePath::from_iter(["spec", "template"]);
    if resource.gvk.kind == POOL {
        path = ValuePath::from_iter(["spec", "virtualMachineTemplate", "spec", "template"]);
    }
    resource.at(&path).map(|_| path)
}

/// The labels that the pod of a machine of some name bears beside those of its template.
pub(super) fn given(resource: &Resource, name: Given) -> GivenLabels {
    let launcher = Given::Exactly("virt-launcher".to_owned());
    let name = match SEVERAL.contains(&&*resource.gvk.kind) {
        true => Given::Beginning(resource.identity.name.clone()),
        false => name,
    };
    [("kubevirt.io", launcher), ("vm.kubevirt.io/name", name)].into()
}

/// Whether a machine is on networks of its own alone, of which policies know nothing.
pub(crate) fn is_off_network(resource: &Resource, template: &ValuePath) -> bool {
    let networks = || resource.at(template)?.find(&["spec", "networks"]);
    let is_off = |networks: Node<'_>| {
        let mut listed = networks.items().peekable();
        listed.peek().is_some() && listed.all(|one| one.get("pod").is_none())
    };
    resource.is_virtual_machine() && networks().is_some_and(is_off)
}
