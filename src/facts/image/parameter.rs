//! Parameters of pipelines, workflows and templates: a container whose image is a parameter runs
//! what the parameter is given, and what a run hands on by such a name is an image, too.

use std::collections::BTreeSet;

use super::form::is_listed;
use super::keyed::visit_keyed;
use super::{At, Image, Place};
use crate::model::{Node, Resource, ValuePath};

/// How a tool writes parameters.
pub(super) struct Style {
    /// The key of lists of parameters.
    list: &'static str,
    /// What a reference to a parameter begins with.
    opens: &'static [&'static str],
    /// What it ends with.
    close: &'static str,
}

/// Tekton's, old and new.
pub(super) const TEKTON: Style = Style {
    list: "params",
    opens: &["$(params.", "$(inputs.params.", "$(tt.params."],
    close: ")",
};

/// Those of Argo's workflows.
pub(super) const ARGO: Style = Style {
    list: "parameters",
    opens: &["{{workflow.parameters.", "{{inputs.parameters."],
    close: "}}",
};

/// Those of OpenShift's templates.
pub(super) const OPENSHIFT: Style = Style {
    list: "parameters",
    opens: &["${"],
    close: "}",
};

/// Words in the name of a parameter for an image that a build pushes, or that a scan looks at.
const NOT_RUN: [&str; 9] = [
    "url",
    "scan",
    "output",
    "target",
    "dest",
    "destination",
    "push",
    "result",
    "new",
];

/// A parameter and what it is given.
struct Given<'a> {
    name: &'a str,
    value: &'a str,
    path: ValuePath,
}

/// Adds what the parameters are given that an image of the same resource refers to, or that say by
/// their name that they are images to run.
pub(super) fn images(resource: &Resource, style: &Style, found: &mut Vec<Image>) {
    let parameters = given(resource, style);
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let (slots, others): (Vec<&Image>, Vec<&Image>) =
        found.iter().partition(|image| image.is_slot());
    let texts = |images: Vec<&Image>| -> Vec<String> {
        images.into_iter().map(|image| image.text.clone()).collect()
    };
    let (slots, written) = (texts(slots), texts(others));
    names.extend(written.iter().filter_map(|text| style.parameter(text)));
    let of_slots: BTreeSet<&str> = slots
        .iter()
        .filter_map(|text| style.parameter(text))
        .collect();
    // What runs in a slot comes from elsewhere, unless the parameter says where it lies.
    let in_path = parameters
        .iter()
        .filter(|given| of_slots.contains(given.name) && given.value.contains('/'));
    names.extend(in_path.map(|given| given.name));
    // A parameter may be handed on by another name.
    loop {
        let handed_on = parameters
            .iter()
            .filter(|given| names.contains(given.name))
            .filter_map(|given| style.parameter(given.value));
        let handed_on: Vec<&str> = handed_on.filter(|name| !names.contains(name)).collect();
        if handed_on.is_empty() {
            break;
        }
        names.extend(handed_on);
    }
    for given in parameters {
        let is_used = names.contains(given.name) && style.parameter(given.value).is_none();
        if is_used || (says_image(given.name) && is_listed(given.value)) {
            let subject = format!("the parameter `{}` names", given.name);
            let at = At::whole(given.path);
            found.push(Image::new(
                at,
                Place::CustomResource,
                subject,
                given.value.to_owned(),
            ));
        }
    }
}

impl Style {
    /// The parameter that a reference consists of.
    fn parameter<'a>(&self, reference: &'a str) -> Option<&'a str> {
        let open = |open: &&str| reference.strip_prefix(*open);
        let rest = self.opens.iter().find_map(open)?;
        rest.strip_suffix(self.close)
            .filter(|name| !name.contains(['$', '(', ')', '{', '}']))
    }
}

fn given<'a>(resource: &'a Resource, style: &Style) -> Vec<Given<'a>> {
    let mut found = Vec::new();
    let mut path = ValuePath::default();
    visit_keyed(
        resource.node(),
        style.list,
        Node::is_sequence,
        &mut path,
        &mut |list, path| {
            for (index, parameter) in list.items().enumerate() {
                let text = |key| parameter.get(key).and_then(Node::as_str);
                for key in ["default", "value"] {
                    let value = text(key).filter(|text| !text.trim().is_empty());
                    if let (Some(name), Some(value)) = (text("name"), value) {
                        let path = path.clone().index(index).key(key);
                        found.push(Given { name, value, path });
                    }
                }
            }
        },
    );
    found
}

/// Whether a name says which image it is: `builder-image`, `DB_IMAGE`. Tasks that build call what
/// they push `IMAGE` alone.
fn says_image(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let qualifier = lower.strip_suffix("image").unwrap_or_default();
    let qualifier = qualifier.trim_end_matches(['-', '_', '.']);
    let mut words = qualifier.rsplit(['-', '_', '.']);
    // `app-image` is pushed, and `app-base-image` is what it is made from.
    let is_app = words.clone().next() == Some("app");
    !qualifier.is_empty() && !is_app && !words.any(|word| NOT_RUN.contains(&word))
}
