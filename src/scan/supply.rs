//! Which values an image was made of, where marks do not show it.

use std::collections::HashMap;
use std::path::Path;

use crate::model::{Finding, Location, Supplied, VALUES_KIND};

/// Names the values of which an image was made where no mark shows them: those of the same image, in
/// a file beside or above the chart, if an action printed it.
pub(super) fn name_values(findings: &mut [Finding]) {
    let mut of_values: HashMap<(&str, &str), Vec<Supplied>> = HashMap::new();
    let of_files = findings.iter().filter(|one| one.rendered.is_none());
    for finding in of_files.filter(|one| one.resource.kind == VALUES_KIND) {
        if let Some(image) = image(finding) {
            let same = of_values.entry((finding.rule.id.as_str(), image));
            same.or_default().push(supplied_by(finding));
        }
    }
    if of_values.is_empty() {
        return;
    }
    let supplied = |finding: &Finding| -> Vec<Supplied> {
        let is_open = finding
            .rendered
            .as_ref()
            .is_some_and(|rendered| rendered.supplied.is_empty() && is_printed(finding));
        let image = image(finding).filter(|_| is_open);
        let same = image.and_then(|image| of_values.get(&(finding.rule.id.as_str(), image)));
        let same = same.into_iter().flatten();
        same.filter(|supplied| lies_above(supplied, &finding.location))
            .cloned()
            .collect()
    };
    let found: Vec<Vec<Supplied>> = findings.iter().map(supplied).collect();
    for (finding, supplied) in findings.iter_mut().zip(found) {
        if let Some(rendered) = finding.rendered.as_mut().filter(|_| !supplied.is_empty()) {
            rendered.supplied = supplied;
        }
    }
}

/// Registry and repository of the image that a finding is about.
fn image(finding: &Finding) -> Option<&str> {
    finding.properties.get("image")?.as_str()
}

/// Whether an action of a template printed what a finding is about.
fn is_printed(finding: &Finding) -> bool {
    finding.excerpt.region_text.contains("{{")
}

/// A finding in values as what supplied another one; nothing but its image shows that.
fn supplied_by(finding: &Finding) -> Supplied {
    let mut location = finding.location.clone();
    location.approximate = true;
    Supplied {
        key: finding.path.to_string(),
        location: Some(location),
        excerpt: Some(finding.excerpt.clone()),
    }
}

/// Whether values lie in a folder above a template.
fn lies_above(supplied: &Supplied, template: &Location) -> bool {
    let file = supplied.location.as_ref().map(|location| &*location.display);
    let folder = file.and_then(|file| Path::new(file).parent());
    folder.is_some_and(|folder| Path::new(&*template.display).starts_with(folder))
}
