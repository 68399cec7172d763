//! Which values an image was made of, where marks do not show it; and which images of templates are told
//! through what was made of them.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::model::{Finding, Location, Step, Supplied, VALUES_KIND};

/// Names the values of which an image was made where no mark shows them: those of the same image and
/// version, in a file of values that the rendering has, if an action printed it that may take them.
pub(super) fn name_values(findings: &mut [Finding], is_told: impl Fn(&Finding) -> bool) {
    let mut of_values: HashMap<(&str, &str), Vec<&Finding>> = HashMap::new();
    let of_files = findings.iter().filter(|one| one.rendered.is_none());
    for finding in of_files.filter(|one| one.resource.kind == VALUES_KIND) {
        if let Some(image) = image(finding).filter(|_| !is_told(finding)) {
            let same = of_values.entry((finding.rule.id.as_str(), image));
            same.or_default().push(finding);
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
        same.filter(|values| may_supply(values, finding))
            .map(|values| supplied_by(values))
            .collect()
    };
    let found: Vec<Vec<Supplied>> = findings.iter().map(supplied).collect();
    for (finding, supplied) in findings.iter_mut().zip(found) {
        if let Some(rendered) = finding.rendered.as_mut().filter(|_| !supplied.is_empty()) {
            rendered.supplied = supplied;
        }
    }
}

/// Leaves out images in charts that lie packed beside their own, which no line here writes, where the values above
/// name them: there they are told.
pub(super) fn leave_packed(findings: &mut Vec<Finding>) {
    let is_packed = |one: &Finding| {
        one.rendered.is_some() && one.location.approximate && is_of_chart(&one.location)
    };
    if !findings.iter().any(is_packed) {
        return;
    }
    let of_folder = |one: &Finding| {
        let folder = Path::new(&*one.location.display).parent()?.to_owned();
        Some((one.rule.id.clone(), image(one)?.to_owned(), folder))
    };
    let values = findings.iter().filter(|one| one.rendered.is_none());
    let values = values.filter(|one| one.resource.kind == VALUES_KIND);
    let named: HashSet<_> = values.filter_map(of_folder).collect();
    findings
        .retain(|one| !is_packed(one) || of_folder(one).is_none_or(|one| !named.contains(&one)));
}

/// Whether a place is in the file of a chart that names the charts it takes in.
fn is_of_chart(location: &Location) -> bool {
    let file = Path::new(&*location.display).file_name();
    file.is_some_and(|name| name == "Chart.yaml" || name == "requirements.yaml")
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

/// Whether an image in values may be what a template printed: the rendering has these values, they say no
/// other version, and the action names a key that leads to them, or leaves it to a named template.
fn may_supply(values: &Finding, printed: &Finding) -> bool {
    let version = version(values);
    let file = &*values.location.display;
    has_values(printed, file)
        && (version.is_none() || version == self::version(printed))
        && may_take(&printed.excerpt.region_text, values)
}

/// Whether the first rendering of a finding has a file of values: it was given to it, or it is a chart's own,
/// in a folder above the template.
fn has_values(printed: &Finding, file: &str) -> bool {
    let path = Path::new(file);
    let is_own = path.file_stem().is_some_and(|stem| stem == "values");
    let is_above = |folder| Path::new(&*printed.location.display).starts_with(folder);
    let mut given = printed.rendered.iter().flat_map(|one| &one.given);
    given.any(|given| given == file) || (is_own && path.parent().is_some_and(is_above))
}

/// Tag or digest of the image that a finding is about, where it says so.
fn version(finding: &Finding) -> Option<&str> {
    let target = finding.properties.get("push_to")?.as_str()?;
    let name = target.rsplit('/').next()?;
    let at = name.find(['@', ':'])?;
    Some(&name[at..])
}

/// Whether an action may print a value: it names one of the keys that lead to it, or no value at all.
fn may_take(action: &str, values: &Finding) -> bool {
    let is_part = |one: char| one.is_alphanumeric() || "_-".contains(one);
    let named: HashSet<&str> = action.split(|one| !is_part(one)).collect();
    let is_named = |step: &Step| matches!(step, Step::Key(key) if named.contains(key.as_str()));
    !action.contains(".Values") || values.path.steps().iter().any(is_named)
}

/// Leaves out credentials and images that come of values with which chart-testing installs a chart for a
/// moment, and what else is told of such an image there.
pub(super) fn leave_chart_testing(findings: &mut Vec<Finding>) {
    let tried = findings.iter().filter(|one| is_of_chart_testing(one));
    let tried: HashSet<(String, String)> = tried.filter_map(container).collect();
    findings.retain(|one| {
        let is_beside = || container(one).is_some_and(|around| tried.contains(&around));
        !(is_of_chart_testing(one) || (is_made_for_testing(one) && is_beside()))
    });
}

/// The object of a finding on images, and the path of the container in it.
fn container(finding: &Finding) -> Option<(String, String)> {
    let path = finding.path.to_string();
    let (around, _) = path.rsplit_once('.')?;
    let is_about_images = finding.rule.family == "images";
    is_about_images.then(|| (finding.resource.to_string(), around.to_owned()))
}

/// Whether a credential, or an image, is one of values for chart-testing, or a switch that only these throw: a
/// credential in the template itself stands there for all to read, a switch counts only where it runs.
fn is_of_chart_testing(finding: &Finding) -> bool {
    let is_tried = |supplied: &Supplied| {
        let place = supplied.location.as_ref();
        let folder = place.and_then(|place| Path::new(&*place.display).parent());
        folder.is_some_and(|folder| folder.ends_with("ci"))
    };
    let mut rendered = finding.rendered.iter();
    let is_switch = finding.rule.id == "authentication-off";
    is_made_for_testing(finding)
        && (is_switch || rendered.any(|rendered| rendered.supplied.iter().any(is_tried)))
}

/// Whether only chart-testing makes what a finding on credentials or images is about.
fn is_made_for_testing(finding: &Finding) -> bool {
    let is_asked =
        finding.rule.is_bundled && ["credentials", "images"].contains(&&*finding.rule.family);
    let rendered = finding.rendered.as_ref().filter(|_| is_asked);
    rendered.is_some_and(|rendered| {
        rendered
            .renderings
            .iter()
            .all(|name| name.starts_with("ci/"))
    })
}

/// Rule, file and image.
type OfTemplate = (String, String, String);

/// The images that rendered texts have from the lines of templates.
pub(super) fn of_templates(findings: &[Finding]) -> HashSet<OfTemplate> {
    let rendered = findings.iter().filter(|one| one.rendered.is_some());
    rendered.filter_map(of_template).collect()
}

/// Whether an image in the text of a template is told through what was made of it.
pub(super) fn is_told_of_template(finding: &Finding, told: &HashSet<OfTemplate>) -> bool {
    of_template(finding).is_some_and(|one| told.contains(&one))
}

fn of_template(finding: &Finding) -> Option<OfTemplate> {
    let is_about_images = finding.rule.family == "images";
    let image = image(finding).filter(|_| is_about_images && is_of_template(finding))?;
    let file = finding.location.display.to_string();
    Some((finding.rule.id.clone(), file, image.to_owned()))
}

/// Whether a finding stands in a folder of templates.
pub(super) fn is_of_template(finding: &Finding) -> bool {
    finding.location.display.contains("templates/")
}
