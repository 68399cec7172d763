//! What the name of a file says of what it holds.

use std::path::Path;

use crate::source::chart::{is_in_chart, is_template};
use crate::source::dependency::Format;
use crate::source::dockerfile::is_dockerfile;

/// Files of editors and compilers that end in `.json` and hold comments: no manifests.
const COMMENTED_JSON: [&str; 5] = [
    "tsconfig",
    "jsconfig",
    "devcontainer",
    "settings",
    "bicepconfig",
];

/// What a file is called, behind the end of a manifest's name, of which a tool makes a manifest.
const TEMPLATE_ENDS: [&str; 8] = [
    "envsubst", "erb", "gotmpl", "j2", "jinja2", "template", "tmpl", "tpl",
];

/// Whether a file of this name usually holds comments, which JSON has not.
pub(in crate::source) fn is_commented_json(name: &str) -> bool {
    name.ends_with(".json") && COMMENTED_JSON.iter().any(|stem| name.starts_with(stem))
}

/// Whether a file of this name may hold what is deployed.
pub(super) fn is_of_interest(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "yaml" | "yml" => !is_setting_of_a_forge(path),
        // A chart's named templates.
        "tpl" if is_template(path) => true,
        "json" => Format::of(name).is_some() || !is_commented_json(name),
        _ if is_template_of_manifests(path) => !is_text_of_chart(path),
        _ => name == "Kustomization" || Format::of_path(path).is_some() || is_dockerfile(name),
    }
}

/// Whether a file is called as one of variables: `.env`, `.env.prod`, `app.env`.
pub(super) fn is_of_variables(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.ends_with(".env") || name.starts_with(".env."))
}

pub(super) fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().and_then(|end| end.to_str());
    extension.is_some_and(|end| {
        ["yaml", "yml"]
            .iter()
            .any(|one| end.eq_ignore_ascii_case(one))
    })
}

/// Whether a file is called as one of which a tool makes a manifest: `web.yaml.tpl`.
pub(super) fn is_template_of_manifests(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| made_of_template(name).is_some())
}

/// The name of the manifest that a tool makes of a template, as the template's own says: `web.yaml` of
/// `web.yaml.tpl`.
pub(in crate::source) fn made_of_template(name: &str) -> Option<&str> {
    let (rest, end) = name.rsplit_once('.')?;
    let is_yaml = rest.ends_with(".yaml") || rest.ends_with(".yml");
    (is_yaml && TEMPLATE_ENDS.contains(&end)).then_some(rest)
}

/// Whether a chart's templates read a text as a file: what becomes of it is checked where that is rendered.
/// Values of a helmfile, which may lie there too, no chart reads.
fn is_text_of_chart(path: &Path) -> bool {
    path.extension().is_none_or(|end| end != "gotmpl") && is_in_chart(path)
}

/// Files right in a forge's folder are its settings.
pub(super) fn is_setting_of_a_forge(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    let is_in = |name: &str| folder == Some(name.as_ref());
    [".github", ".gitea", ".forgejo", ".gitlab"]
        .into_iter()
        .any(is_in)
}
