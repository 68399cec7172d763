//! Values that stand as a text in what deploys a chart.

use super::document::{Broken, read_yaml};
use super::place::notice_in_text;
use crate::model::{Node, Notice, Part, Resource, ValuePath};

/// Where the values that an object hands to a chart are no YAML. Those with placeholders, of which a tool
/// makes values, are not judged; of what kustomize built, the sources tell it.
pub(super) fn unread_values(resource: &Resource) -> Vec<Notice> {
    let path = |steps: &[&str]| ValuePath::from_iter(steps.iter().copied());
    let texts = match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
        ("argoproj.io", "Application") => of_sources(resource, &path(&["spec"])),
        ("argoproj.io", "ApplicationSet") => {
            of_sources(resource, &path(&["spec", "template", "spec"]))
        }
        ("helm.cattle.io", _) => vec![path(&["spec", "valuesContent"])],
        _ => return Vec::new(),
    };
    if resource.artifact.is_built() {
        return Vec::new();
    }
    let unread = |path: &ValuePath| {
        let text = resource.at(path)?.as_str()?;
        let broken = read_yaml(text).broken.into_iter().next();
        broken
            .filter(|_| !is_filled_in(text))
            .map(|broken| notice(resource, path, &broken, text))
    };
    texts.iter().filter_map(unread).collect()
}

/// Whether a tool has yet to make values of a text: it holds actions, or lines that are placeholders.
fn is_filled_in(text: &str) -> bool {
    const PLACEHOLDERS: [(&str, char); 2] = [("<", '>'), ("${", '}')];
    let is_placeholder = |line: &str| {
        let mut enclosed = PLACEHOLDERS.iter();
        enclosed.any(|(open, close)| line.starts_with(open) && line.ends_with(*close))
    };
    text.contains("{{") || text.lines().map(str::trim).any(is_placeholder)
}

/// Where the values of the sources of an Application of Argo CD stand.
fn of_sources(resource: &Resource, spec: &ValuePath) -> Vec<ValuePath> {
    let values = |source: ValuePath| source.key("helm").key("values");
    let list = spec.clone().key("sources");
    let several = resource.at(&list).into_iter().flat_map(Node::items);
    let several = (0..several.count()).map(|index| list.clone().index(index));
    let one = spec.clone().key("source");
    std::iter::once(one).chain(several).map(values).collect()
}

fn notice(resource: &Resource, path: &ValuePath, broken: &Broken, text: &str) -> Notice {
    let part = Part {
        start: broken.offset.min(text.len().saturating_sub(1)),
        length: 1,
    };
    let reason = format!("the values are no YAML: {}", broken.reason);
    let help = "mend the text; what it says is not checked";
    notice_in_text(resource, path, Some(part), reason, help)
}
