//! Tekton's parameters: a step whose image is a parameter runs the parameter's default.

use std::collections::BTreeSet;

use super::{At, Image, Place};
use crate::model::{Node, Resource, Step, ValuePath};

/// What refers to a parameter, old and new.
const REFERENCES: [&str; 2] = ["$(params.", "$(inputs.params."];

/// Adds the defaults of parameters that an image field of the same resource refers to.
pub(super) fn of_defaults(resource: &Resource, found: &mut Vec<Image>) {
    let names: BTreeSet<String> = found
        .iter()
        .filter_map(|image| parameter(&image.text).map(str::to_owned))
        .collect();
    if !names.is_empty() {
        visit(resource.node(), &names, &mut ValuePath::default(), found);
    }
}

/// The parameter that a reference consists of.
fn parameter(reference: &str) -> Option<&str> {
    let rest = REFERENCES
        .iter()
        .find_map(|open| reference.strip_prefix(open))?;
    rest.strip_suffix(')')
        .filter(|name| !name.contains(['$', '(', ')']))
}

fn visit(node: Node<'_>, names: &BTreeSet<String>, path: &mut ValuePath, found: &mut Vec<Image>) {
    let text = |key| node.get(key).and_then(Node::as_str);
    if let (Some(name), Some(default)) = (text("name"), text("default"))
        && names.contains(name)
        && !default.is_empty()
    {
        let at = At::whole(path.clone().key("default"));
        let subject = format!("the parameter `{name}` names");
        found.push(Image::new(
            at,
            Place::CustomResource,
            subject,
            default.to_owned(),
        ));
    }
    for (key, value) in node.entries().filter(|(_, value)| value.scalar().is_none()) {
        path.0
            .push(Step::Key(key.as_str().unwrap_or_default().to_owned()));
        visit(value, names, path, found);
        path.0.pop();
    }
    for (index, item) in node.items().enumerate() {
        path.0.push(Step::Index(index));
        visit(item, names, path, found);
        path.0.pop();
    }
}
