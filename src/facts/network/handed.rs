//! Policies and workloads that scripts hand to kubectl in a here-document, or in the file that becomes of one, and what
//! leads to these: they are in the cluster like those of files, as far as all that matters stands there literally. So is
//! what tasks of Ansible define.

use super::command::{is_program, option, unquoted};
use super::definition::Definition;
use super::variable::{resolved, variable_in};
use crate::model::{HOLE, Resource, Role};
use crate::network::{is_open, is_policy};

/// Verbs of kubectl that put objects into a cluster.
const VERBS: [&str; 3] = ["apply", "create", "replace"];
/// Groups and kinds of what leads from outside to Services: whatever it is called itself, and for whichever host.
const ROUTES: [(&str, &str); 3] = [
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("networking.k8s.io", "Ingress"),
    ("route.openshift.io", "Route"),
];

/// An object as a script puts it into a cluster, in a namespace that it or its command names.
pub(super) fn handed(resource: &Resource) -> Option<Resource> {
    if resource.role != Role::Applied || resource.is_tried {
        return None;
    }
    let mut object = resource.clone();
    object.role = Role::Manifest;
    let gvk = &object.gvk;
    let is_route = ROUTES.contains(&(&*gvk.group, &*gvk.kind));
    let is_service = gvk.group.is_empty() && gvk.kind == "Service";
    let is_other = is_service || is_policy(&object) || object.is_workload();
    let counts = is_route || is_other && is_literal(resource);
    if !counts {
        return None;
    }
    let named = match Definition::around(resource) {
        Some(definition) => {
            let named = definition.is_present.then_some(definition.namespace)?;
            named.map(str::to_owned)
        }
        None => namespace_of_command(resource)?,
    };
    let own = object.identity.namespace.take();
    object.identity.namespace = Some(own.or(named)?);
    Some(object)
}

/// The namespace that the command names which puts an object into a cluster; `None` where none does.
fn namespace_of_command(resource: &Resource) -> Option<Option<String>> {
    let text = &resource.artifact.text;
    let (before, after) = text.split_at_checked(resource.node().span().range().start)?;
    let line = before.lines().rev().find(|line| line.contains("<<"))?;
    let words: Vec<&str> = words(line).collect();
    let command = match applies(&words) {
        true => words,
        false => taking(written_to(&words)?, after)?,
    };
    let named = option(&command, &["-n", "--namespace"]);
    Some(named.and_then(|named| resolved(named, text).or_else(|| open(named))))
}

/// What a namespace is called that nobody knows (`shop-${ID}`): the same text is the same one. Arguments are not, which
/// each function has of its own, nor what commands print.
fn open(named: &str) -> Option<String> {
    let variable = variable_in(named)?.name;
    let is_named = variable.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    (is_named && !named.contains("$(")).then(|| named.to_owned())
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split_whitespace().map(unquoted)
}

/// Whether a command puts objects into a cluster, and does not only try to.
fn applies(words: &[&str]) -> bool {
    let is_kubectl = |word: &&str| ["kubectl", "oc"].iter().any(|name| is_program(word, name));
    let is_try = |word: &&str| word.starts_with("--dry-run") && *word != "--dry-run=none";
    words.iter().any(is_kubectl)
        && words.iter().any(|word| VERBS.contains(word))
        && !words.iter().any(is_try)
}

/// The file that a command writes.
fn written_to<'w>(words: &[&'w str]) -> Option<&'w str> {
    let mut words = words
        .iter()
        .skip_while(|word| !word.starts_with('>') && **word != "tee");
    let first = words.next()?;
    let file = match first.trim_start_matches('>') {
        "" | "tee" => words.find(|word| !word.starts_with('-'))?,
        attached => attached,
    };
    Some(unquoted(file))
}

/// The words of the first command that puts into a cluster what a file, or its folder, holds.
fn taking<'t>(file: &str, after: &'t str) -> Option<Vec<&'t str>> {
    let is_meant = |word: &&str| {
        let word = word.strip_prefix("./").unwrap_or(word);
        let file = file.strip_prefix("./").unwrap_or(file);
        let rest = file.strip_prefix(word.trim_end_matches('/'));
        !word.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let commands = after
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let mut commands = commands.map(|line| words(line).collect::<Vec<_>>());
    commands.find(|words| applies(words) && words.iter().any(is_meant))
}

/// Whether what an object is called, and whom it selects or lets in, holds nothing that is put in later.
fn is_literal(resource: &Resource) -> bool {
    let (node, is_workload) = (resource.node(), resource.is_workload());
    let templates = resource.pod_templates.iter();
    let pods = templates.filter_map(|path| resource.at(path)?.get("metadata"));
    let spec = node.get("spec").filter(|_| !is_workload);
    let metadata = node.get("metadata").into_iter();
    metadata.chain(pods).chain(spec).all(|part| {
        let mut is_literal = true;
        part.visit_scalars(&mut |_, one| {
            let is_put_in = |text: &str| is_open(text) || text.contains(HOLE);
            is_literal &= !one.as_str().is_some_and(is_put_in);
        });
        is_literal
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::Artifact;
    use crate::source::read_text;

    use super::*;

    /// The namespace of an object between a command and what follows.
    fn namespace(command: &str, object: &str, after: &str) -> Option<String> {
        let blank: String = command.bytes().map(|_| ' ').collect();
        let mut resource = read_text(&format!("{blank}\n{object}")).remove(0);
        let text = format!("{command}\n{object}\n{after}");
        resource.artifact = Arc::new(Artifact::new("up.sh", "up.sh", text));
        resource.role = Role::Applied;
        handed(&resource)?.identity.namespace
    }

    #[test]
    fn what_is_applied_literally_is_in_the_cluster() {
        let policy = |metadata: &str| {
            format!(
                "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{{metadata}}}\nspec: {{podSelector: {{}}}}\n"
            )
        };
        let named = policy("name: deny, namespace: shop");
        for (command, object, expected) in [
            ("kubectl apply -f - <<EOF", named.clone(), Some("shop")),
            (
                "cat <<EOF | $(KUBECTL) apply -f -",
                named.clone(),
                Some("shop"),
            ),
            (
                "kubectl apply -n shop -f - <<EOF",
                policy("name: deny"),
                Some("shop"),
            ),
            ("kubectl apply -f - <<EOF", policy("name: deny"), None),
            ("kubectl apply -n $1 -f - <<EOF", policy("name: deny"), None),
            (
                "kubectl apply -n \"shop-${ID}\" -f - <<EOF",
                policy("name: deny"),
                Some("shop-${ID}"),
            ),
            (
                "kubectl apply -n $(whoami) -f - <<EOF",
                policy("name: deny"),
                None,
            ),
            (
                "kubectl apply -f - <<EOF",
                policy("name: deny, namespace: $NS"),
                None,
            ),
            ("kubectl delete -f - <<EOF", named.clone(), None),
            ("cat > deny.yaml <<EOF", named.clone(), None),
            (
                "kubectl apply --dry-run=client -f - <<EOF",
                named.clone(),
                None,
            ),
            (
                "kubectl apply -f - <<EOF",
                named.replace("NetworkPolicy", "Other"),
                None,
            ),
        ] {
            assert_eq!(
                namespace(command, &object, "EOF\n").as_deref(),
                expected,
                "{command} {object}"
            );
        }
    }

    #[test]
    fn what_a_file_holds_that_is_written_first_is_applied_with_it() {
        let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}}\n";
        for (command, then, expected) in [
            (
                "cat > deny.yaml <<EOF",
                "kubectl apply -n shop -f deny.yaml",
                Some("shop"),
            ),
            (
                "cat <<EOF >\"$DIR/deny.yaml\"",
                "kubectl apply -n shop -f $DIR/",
                Some("shop"),
            ),
            (
                "tee k8s/deny.yaml <<EOF",
                "kubectl -n shop create -f ./k8s",
                Some("shop"),
            ),
            (
                "cat > deny.yaml <<EOF",
                "kubectl delete -n shop -f deny.yaml",
                None,
            ),
            (
                "cat > deny.yaml <<EOF",
                "# kubectl apply -n shop -f deny.yaml",
                None,
            ),
            (
                "cat > deny.yaml <<EOF",
                "kubectl apply -n shop -f denying.yaml",
                None,
            ),
            ("cat > deny.yaml <<EOF", "kubectl apply -f deny.yaml", None),
        ] {
            let found = namespace(command, policy, &format!("EOF\n{then}\n"));
            assert_eq!(found.as_deref(), expected, "{command} {then}");
        }
    }

    #[test]
    fn what_leads_to_pods_is_applied_with_them() {
        let service =
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n";
        let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: 'web-${ID}'}\nspec: {rules: [{host: '${HOST}'}]}\n";
        let open = service.replace("name: web", "name: 'web-${ID}'");
        let other = service.replace("Service", "ConfigMap");
        let command = "kubectl apply -n shop -f - <<EOF";
        for (object, expected) in [
            (service, Some("shop")),
            (ingress, Some("shop")),
            (&open, None),
            (&other, None),
        ] {
            let found = namespace(command, object, "EOF\n");
            assert_eq!(found.as_deref(), expected, "{object}");
        }
    }

    #[test]
    fn what_a_task_defines_is_applied() {
        for (task, expected) in [
            (
                "- kubernetes.core.k8s:\n    state: present\n    definition:\n",
                Some("shop"),
            ),
            (
                "- k8s:\n    namespace: web\n    definition:\n",
                Some("shop"),
            ),
            ("- k8s:\n    state: absent\n    definition:\n", None),
            ("- k8s:\n    definition:\n    other:\n", None),
        ] {
            let policy = "      apiVersion: networking.k8s.io/v1\n      kind: NetworkPolicy\n      metadata: {name: deny, namespace: shop}\n      spec: {podSelector: {}}\n";
            assert_eq!(namespace(task, policy, "").as_deref(), expected, "{task}");
        }
    }
}
