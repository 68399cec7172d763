//! What Flux puts in place of variables in the objects that one of its Kustomizations applies: the literals of
//! `postBuild.substitute`, which win over all else, and what a variable falls back on where nothing else is asked.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::filling::{Filling, filled};
use super::super::{folder, normalized};
use crate::model::{Node, Resource, Role, string_map};

/// What a variable begins with; behind another `$` it stands for itself.
const OPEN: &str = "${";

/// The annotation or label by which an object is left as it is written.
const LEFT: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// What each of Flux's Kustomizations puts in, with the folder that it applies.
pub(super) struct Substitutes(Vec<(String, Variables)>);

/// The variables of a Kustomization.
#[derive(Clone)]
struct Variables {
    values: BTreeMap<String, String>,
    /// Whether it takes others from objects.
    may_have_more: bool,
}

impl Substitutes {
    /// Those of the Kustomizations among some objects.
    pub(super) fn read(resources: &[Resource]) -> Self {
        let whole = resources.iter().filter(|one| one.role == Role::Manifest);
        let own = whole.filter(|one| one.gvk.group == "kustomize.toolkit.fluxcd.io");
        Self(own.filter_map(read).collect())
    }

    /// An object with what is put into it; `None` where that is nothing. Charts are rendered apart.
    pub(super) fn put_into(&self, resource: &Resource) -> Option<Resource> {
        let provenance = resource.artifact.provenance.as_ref();
        let is_plain = provenance.is_none_or(|one| one.is_of_manifests());
        let may_change = !self.0.is_empty()
            && resource.role == Role::Manifest
            && is_plain
            && resource.node().text().contains(OPEN)
            && !is_left(resource);
        if !may_change {
            return None;
        }
        let own = provenance.map_or_else(
            || folder(&resource.artifact.display),
            |one| one.rendering.folder(),
        );
        let variables = self.of_folder(&normalized(own))?;
        let tree = filled(resource.node(), &variables)?;
        let mut object = resource.clone();
        let root = tree.root()?;
        let text = |keys: &[&str]| {
            let text = root.find(keys).and_then(Node::as_str);
            text.map(str::to_owned)
        };
        object.identity.name = text(&["metadata", "name"]).unwrap_or_default();
        object.identity.namespace = text(&["metadata", "namespace"]);
        object.labels = string_map(root.find(&["metadata", "labels"]));
        object.root = root.id();
        object.tree = tree;
        Some(object)
    }

    /// What is put into the objects of a folder: of those that apply it, or the nearest one around it, where all say
    /// the same of a variable.
    fn of_folder(&self, own: &str) -> Option<Variables> {
        let around = self.0.iter().filter(|(path, _)| is_within(own, path));
        let around: Vec<&(String, Variables)> = around.collect();
        let nearest = around.iter().map(|(path, _)| path.len()).max()?;
        let mut nearest = around.iter().filter(|(path, _)| path.len() == nearest);
        let mut found = nearest.next()?.1.clone();
        for (_, other) in nearest {
            found.may_have_more |= other.may_have_more || other.values != found.values;
            found
                .values
                .retain(|name, value| other.values.get(name) == Some(value));
        }
        Some(found)
    }
}

/// The folder of a Kustomization that puts something in, and what.
fn read(resource: &Resource) -> Option<(String, Variables)> {
    let spec = resource.node().get("spec")?;
    let build = spec.get("postBuild")?;
    let from = build.get("substituteFrom");
    let mut values = BTreeMap::new();
    for (name, value) in build.get("substitute").into_iter().flat_map(Node::entries) {
        // What another one puts in first is not known.
        let value = value.as_str().filter(|value| !value.contains('$'));
        if let Some((name, value)) = name.as_str().zip(value) {
            values.insert(name.to_owned(), value.to_owned());
        }
    }
    let path = normalized(spec.string("path")?);
    let variables = Variables {
        values,
        may_have_more: from.is_some_and(|from| from.items().next().is_some()),
    };
    (!path.is_empty()).then_some((path, variables))
}

/// Whether an object asks that nothing is put into it.
fn is_left(resource: &Resource) -> bool {
    ["annotations", "labels"].iter().any(|key| {
        let said = resource.node().find(&["metadata", key, LEFT]);
        said.and_then(Node::as_str) == Some("disabled")
    })
}

/// Whether a folder is one of a repository, or lies in it; a scan may begin above the repository.
fn is_within(own: &str, path: &str) -> bool {
    let mut starts = own.match_indices(path).map(|(at, _)| at);
    starts.any(|at| {
        let is_begun = at == 0 || own[..at].ends_with('/');
        let rest = &own[at + path.len()..];
        is_begun && (rest.is_empty() || rest.starts_with('/'))
    })
}

impl Variables {
    /// What stands in place of a variable, as it is written between braces: `X`, `X:=db`, `X:-db`.
    fn known<'a>(&'a self, variable: &'a str) -> Option<&'a str> {
        let (name, rest) = variable.split_once(':').unwrap_or((variable, ""));
        let fallback = rest.strip_prefix(['=', '-']);
        let fallback = fallback.filter(|text| !self.may_have_more && !text.contains('$'));
        self.values.get(name).map(String::as_str).or(fallback)
    }
}

impl Filling for Variables {
    fn key<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(OPEN) {
            return Cow::Borrowed(text);
        }
        let mut pieces = text.split(OPEN);
        let mut found = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let known = piece.split_once('}').filter(|_| !found.ends_with('$'));
            match known.and_then(|(name, rest)| Some((self.known(name)?, rest))) {
                Some((value, rest)) => found.extend([value, rest]),
                None => found.extend([OPEN, piece]),
            }
        }
        Cow::Owned(found)
    }

    /// It is put into the text of the YAML, so that a number may come of it.
    fn value<'t>(&self, text: &'t str) -> (Cow<'t, str>, bool) {
        let found = Filling::key(self, text);
        let is_changed = text.starts_with(OPEN) && found != text;
        (found, is_changed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Artifact;
    use crate::source::read_text;

    fn kustomization(path: &str, build: &str) -> String {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: a}}\nspec: {{path: ./{path}, postBuild: {{{build}}}}}\n---\n"
        )
    }

    /// The name that a pod in the folder `apps/web` gets.
    fn name(kustomizations: &[String], written: &str) -> String {
        let substitutes = Substitutes::read(&read_text(&kustomizations.concat()));
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: '{written}'}}\n");
        let mut pod = read_text(&text).remove(0);
        let path = "top/apps/web/pod.yaml";
        pod.artifact = Arc::new(Artifact::new(path, path, text));
        let object = substitutes.put_into(&pod).unwrap_or(pod);
        object.identity.name
    }

    #[test]
    fn literals_are_put_in() {
        let own = || kustomization("apps/web", "substitute: {APP: web}");
        for (written, expected) in [
            ("${APP}", "web"),
            ("x-${APP}-1", "x-web-1"),
            ("${APP:=other}", "web"),
            ("${OTHER}", "${OTHER}"),
            ("${OTHER:-db}-${APP}", "db-web"),
            ("$${APP}", "$${APP}"),
            ("${APP", "${APP"),
        ] {
            assert_eq!(name(&[own()], written), expected, "{written}");
        }
    }

    #[test]
    fn what_may_come_from_elsewhere_stays() {
        let from = "substituteFrom: [{kind: Secret, name: a}], substitute: {APP: web}";
        let own = [kustomization("apps/web", from)];
        assert_eq!(name(&own, "${APP}"), "web");
        assert_eq!(name(&own, "${OTHER:=db}"), "${OTHER:=db}");
        let open = [kustomization("apps/web", "substitute: {APP: '${X}'}")];
        assert_eq!(name(&open, "${APP}"), "${APP}");
    }

    #[test]
    fn an_object_may_ask_to_be_left() {
        for (said, expected) in [("disabled", true), ("enabled", false)] {
            let text = format!(
                "kind: Pod\nmetadata: {{name: '${{APP}}', annotations: {{{LEFT}: {said}}}}}\napiVersion: v1\n"
            );
            assert_eq!(is_left(&read_text(&text)[0]), expected);
        }
    }

    #[test]
    fn the_nearest_around_a_folder_counts() {
        let of = |path, app: &str| kustomization(path, &format!("substitute: {{APP: {app}}}"));
        assert_eq!(name(&[of("apps", "all")], "${APP}"), "all");
        let both = [of("apps", "all"), of("apps/web", "web")];
        assert_eq!(name(&both, "${APP}"), "web");
        assert_eq!(name(&[of("apps/we", "web")], "${APP}"), "${APP}");
        let several = [of("apps/web", "one"), of("apps/web", "two")];
        assert_eq!(name(&several, "${APP}"), "${APP}");
    }
}
