//! The Applications that Argo CD makes of an ApplicationSet, as far as files tell: its template, with what
//! its generators list in the places of their names. Folders of a git generator are those of the files
//! that were read.

mod generator;

use std::sync::Arc;

use self::generator::{Folders, MOST, Parameters, parameters};
use super::{Node, Resource, Role, Scalar, TooLarge, Tree, TreeBuilder};

/// What an Application may hold at most.
const LARGEST: usize = 100_000;

/// Whether Argo CD makes Applications of an object.
#[must_use]
pub fn is_application_set(resource: &Resource) -> bool {
    resource.gvk.kind == "ApplicationSet"
        && resource.gvk.group == "argoproj.io"
        && resource.role == Role::Manifest
}

/// The Applications of all ApplicationSets among resources: what nobody can tell of them
/// stays as the template has it, in `{{ }}`.
#[must_use]
pub fn applications(resources: &[Resource]) -> Vec<Resource> {
    let sets = resources.iter().filter(|one| is_application_set(one));
    let mut folders = None;
    let made = sets.flat_map(|set| {
        let folders = folders.get_or_insert_with(|| Folders::of(resources));
        made(set, folders)
    });
    made.collect()
}

fn made(set: &Resource, folders: &Folders<'_>) -> Vec<Resource> {
    let Some(spec) = set.node().get("spec") else {
        return Vec::new();
    };
    let Some(template) = spec.get("template") else {
        return Vec::new();
    };
    let Some(generators) = spec.get("generators") else {
        let made = application(set, template, &Parameters::new());
        return made.into_iter().collect();
    };
    let listed = generators.items();
    let listed = listed.flat_map(|generator| parameters(set, generator, folders));
    let made = listed.take(MOST);
    made.filter_map(|parameters| application(set, template, &parameters))
        .collect()
}

/// The Application of a template, where it stands in the set.
fn application(set: &Resource, template: Node<'_>, parameters: &Parameters) -> Option<Resource> {
    let tree = filled_in(template, parameters).ok()?;
    let root = tree.root()?;
    let text = |keys: &[&str]| root.find(keys).and_then(Node::as_str).map(str::to_owned);
    let mut application = set.clone();
    application.gvk.kind = "Application".to_owned();
    application.identity.kind = "Application".to_owned();
    application.identity.name = text(&["metadata", "name"]).unwrap_or_default();
    application.identity.namespace =
        text(&["metadata", "namespace"]).or_else(|| set.identity.namespace.clone());
    application.labels.clear();
    application.root = 0;
    application.tree = Arc::new(tree);
    Some(application)
}

/// A value with parameters in the place of their names.
fn filled_in(template: Node<'_>, parameters: &Parameters) -> Result<Tree, TooLarge> {
    let mut builder = TreeBuilder::new(LARGEST);
    copy(template, parameters, &mut builder)?;
    Ok(builder.finish().0)
}

fn copy(
    node: Node<'_>,
    parameters: &Parameters,
    builder: &mut TreeBuilder,
) -> Result<(), TooLarge> {
    let span = node.span();
    match node.scalar() {
        Some(Scalar::String(text)) => {
            builder.scalar(Scalar::String(&filled(text, parameters)), span)?;
        }
        Some(scalar) => drop(builder.scalar(scalar, span)?),
        None if node.is_mapping() => {
            builder.begin_mapping(span)?;
            for (key, value) in node.entries() {
                builder.key(key.as_str().unwrap_or_default(), key.span())?;
                copy(value, parameters, builder)?;
            }
            builder.end(span.end as usize);
        }
        None => {
            builder.begin_sequence(span)?;
            for item in node.items() {
                copy(item, parameters, builder)?;
            }
            builder.end(span.end as usize);
        }
    }
    Ok(())
}

/// A text with parameters in the place of their names: `{{name}}`, or `{{ .name }}` as Go has it. What
/// says more stays.
fn filled(text: &str, parameters: &Parameters) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((action, after)) = behind.split_once("}}") else {
            break;
        };
        filled.push_str(before);
        let name = action.trim_matches('-').trim();
        let value = parameters.get(name.strip_prefix('.').unwrap_or(name));
        match value {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Artifact;
    use crate::source::read_text;

    /// Name, path and namespace of each Application that generators make, among files.
    fn made(generators: &str, files: &[&str]) -> Vec<String> {
        let set = format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: a, namespace: argocd}}\nspec:\n  goTemplate: true\n  generators: {generators}\n  template:\n    metadata: {{name: 'a-{{{{.name}}}}'}}\n    spec: {{source: {{path: '{{{{ .path.path }}}}'}}, destination: {{namespace: '{{{{.name}}}}-x'}}}}\n"
        );
        told(&set, files)
    }

    fn told(set: &str, files: &[&str]) -> Vec<String> {
        let mut resources = read_text(set);
        resources[0].artifact = Arc::new(Artifact::new(
            "argocd/set.yaml",
            "argocd/set.yaml",
            String::new(),
        ));
        for path in files {
            let mut file = read_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n").remove(0);
            file.artifact = Arc::new(Artifact::new(path, path, String::new()));
            resources.push(file);
        }
        let told = |one: Resource| {
            let text = |keys: &[&str]| one.node().find(keys)?.as_str().map(str::to_owned);
            let path = text(&["spec", "source", "path"]).unwrap_or_default();
            let namespace = text(&["spec", "destination", "namespace"]).unwrap_or_default();
            format!("{} {path} {namespace}", one.identity)
        };
        applications(&resources).into_iter().map(told).collect()
    }

    #[test]
    fn elements_of_lists_are_put_in() {
        let list = "[{list: {elements: [{name: web, path: {path: apps/web}}, {name: db}]}}]";
        let expected = [
            "Application argocd/a-web apps/web web-x",
            "Application argocd/a-db {{ .path.path }} db-x",
        ];
        assert_eq!(made(list, &[]), expected);
        assert_eq!(made("[{list: {elements: []}}]", &[]), [""; 0]);
        let kept =
            "[{list: {elements: [{name: web}, {name: db}]}, selector: {matchLabels: {name: db}}}]";
        assert_eq!(made(kept, &[]).len(), 1);
    }

    #[test]
    fn folders_are_those_of_the_files() {
        let files = [
            "top/apps/web/a.yaml",
            "top/apps/db/inner/a.yaml",
            "top/apps/old/a.yaml",
            "top/other/a.yaml",
        ];
        let files = files.map(|file| file.trim_start_matches("top/"));
        let git = "[{matrix: {generators: [{git: {directories: [{path: apps/*}, {path: apps/old, exclude: true}]}}, {list: {elements: [{name: one}]}}]}}]";
        let expected = [
            "Application argocd/a-one apps/db one-x",
            "Application argocd/a-one apps/web one-x",
        ];
        assert_eq!(made(git, &files), expected);
        // Of another repository, nobody knows.
        let elsewhere = "[{git: {directories: [{path: gone/*}]}}]";
        let unknown = ["Application argocd/a-{{.name}} {{ .path.path }} {{.name}}-x"];
        assert_eq!(made(elsewhere, &files), unknown);
        assert_eq!(made("[{clusters: {}}]", &files), unknown);
    }

    #[test]
    fn what_is_merged_wins() {
        let merge = "[{merge: {mergeKeys: [name], generators: [{list: {elements: [{name: a, path: {path: x}}, {name: b, path: {path: x}}]}}, {list: {elements: [{name: b, path: {path: z}}, {name: c}]}}]}}]";
        let expected = [
            "Application argocd/a-a x a-x",
            "Application argocd/a-b z b-x",
        ];
        assert_eq!(made(merge, &[]), expected);
    }

    #[test]
    fn names_are_filled_in_and_functions_stay() {
        let known = [("name", "web"), ("path", "apps/web"), ("path[1]", "web")];
        let known = known.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let known = Parameters::from(known);
        for (text, expected) in [
            ("{{name}}-{{ path }}", "web-apps/web"),
            ("{{- .name -}}/{{path[1]}}", "web/web"),
            ("{{ .name | quote }}", "{{ .name | quote }}"),
            ("{{name", "{{name"),
            ("{{other}} {{name}}", "{{other}} web"),
        ] {
            assert_eq!(filled(text, &known), expected);
        }
    }
}
