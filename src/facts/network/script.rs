//! What scripts, pipelines and the comments of values files put into a cluster beside the objects: charts that
//! `helm` installs from elsewhere, and pods that `kubectl` runs or is handed.

use std::collections::BTreeSet;
use std::sync::Arc;

use kube::core::Expression;

use super::super::{folder, normalized};
use super::command::{Install, after, install, installed, joined_lines, option, unquoted};
use super::flow::assigned;
use super::local::{is_among, is_there};
use super::matrix::as_variables;
use super::session::Session;
use super::spaces::Spaces;
use super::step;
use super::target::Target;
use super::variable::resolved;
use crate::model::{Artifact, Resource, Role};
use crate::network::{DEFAULT_NAMESPACE, Hint, Selector, asked_values, label_key};
use crate::shell::holds_commands;

/// The label that most charts give their pods with the release's name.
const RELEASE_LABEL: &str = "app.kubernetes.io/instance";

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    /// The namespaces of charts.
    pub(super) filled: BTreeSet<String>,
    /// Names of charts, each with a namespace that it is installed into.
    pub(super) charts: BTreeSet<(String, String)>,
    /// Charts among the files that loops install.
    pub(super) loops: Vec<Loop>,
    /// Charts, folders and files that they put into a namespace.
    pub(super) targets: Vec<Target>,
    /// Namespaces, as far as they make any.
    spaces: Spaces,
    /// Texts with the labels of pods, each written `key=value`.
    pub(super) pods: Vec<String>,
    /// What they say of the controller of Ingresses without a class.
    pub(super) hint: Hint,
}

/// A loop over charts of one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Loop {
    /// The last steps of the folder's path, as far as they are known.
    pub(super) folder: String,
    pub(super) namespace: String,
    /// The words of the script, among which the charts are named.
    words: BTreeSet<String>,
}

impl Loop {
    /// Whether a chart in a folder is one of them.
    pub(super) fn installs(&self, root: &str) -> bool {
        root.rsplit_once('/').is_some_and(|(folder, name)| {
            let rest = folder.strip_suffix(self.folder.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
                && self.words.contains(name)
        })
    }
}

impl Scripts {
    /// Reads scripts among some texts, and what the objects' files hold of such commands.
    pub(super) fn read(resources: &[Resource], texts: &[Arc<Artifact>]) -> Self {
        let mut found = Self::default();
        let scripts = texts
            .iter()
            .filter(|one| holds_commands(&one.uri, &one.text));
        let told = resources
            .iter()
            .filter(|one| matches!(one.role, Role::Build | Role::Values | Role::Given));
        let told = told.map(|one| &one.artifact);
        found.targets = resources.iter().flat_map(step::targets).collect();
        found
            .targets
            .extend(texts.iter().filter_map(|one| step::of_fleet(one)));
        let mut seen = BTreeSet::new();
        for artifact in scripts
            .chain(told)
            .filter(|one| seen.insert(one.uri.clone()))
        {
            found.hint = found.hint.max(Hint::of_script(&artifact.text));
            let home = normalized(folder(&artifact.display));
            found.add((&artifact.uri, &artifact.text), &home, &|chart| {
                is_there(chart, artifact, resources)
            });
        }
        found
    }

    /// Whether they make pods with the labels that a selector asks for.
    pub(super) fn may_make(&self, selector: &Selector) -> bool {
        let mut pods = self.pods.iter();
        pods.any(|pods| selector.requirements().iter().all(|one| gives(pods, one)))
    }

    /// Whether they may give a namespace a label of a key.
    pub(super) fn may_label(&self, key: &str, namespace: &str) -> bool {
        self.spaces.may_label(key, namespace)
    }

    /// Whether they make a namespace, and none gives it a label of a key.
    pub(super) fn make_without(&self, key: &str, namespace: &str) -> bool {
        self.spaces.are_without(key, namespace)
    }

    /// Adds what a text in a folder says, where it is known which charts are among the files, and, with a `*` as last
    /// step, which folders hold charts.
    fn add(&mut self, (file, text): (&str, &str), home: &str, is_local: &dyn Fn(&str) -> bool) {
        const PROGRAMS: [&str; 8] = [
            "helm ",
            "kubectl ",
            "HELM",
            "KUBECTL",
            "oc -n",
            "oc apply",
            "oc create",
            "oc replace",
        ];
        if !PROGRAMS.iter().any(|word| text.contains(word)) {
            return;
        }
        let text = &*as_variables(text);
        let mut session = Session::of(file, text);
        for (line, is_comment) in joined_lines(text) {
            let targets = match is_comment {
                true => session.aside(|aside| Target::of_line(&line, home, aside)),
                false => Target::of_line(&line, home, &mut session),
            };
            self.targets.extend(targets);
            let words: Vec<&str> = line.split_whitespace().map(unquoted).collect();
            let is_here = |chart: &str| is_among(chart, text, is_local);
            if let Some(install) = installed(&words, text).filter(|one| !is_here(one.chart)) {
                self.fill(&install, &session, is_comment);
            }
            self.loops.extend(looped(&words, text));
            self.pods.extend(run(&words));
            self.spaces.add(&words, text);
        }
        self.pods.extend(here_documents(text));
    }

    /// Adds the pods of a chart from elsewhere: in the current namespace, where a command names none, as those objects
    /// are which name none. Of a namespace that is not known, the release's label may be anywhere.
    fn fill(&mut self, install: &Install<'_>, session: &Session<'_>, is_comment: bool) {
        let current = session.namespace().unwrap_or(DEFAULT_NAMESPACE);
        match install.namespace {
            None if is_comment => {}
            None => drop(self.filled.insert(current.to_owned())),
            Some(namespace) => match session.resolved(namespace) {
                Some(namespace) => {
                    let name = install.chart.rsplit('/').next().unwrap_or_default();
                    self.charts.insert((name.to_owned(), namespace.clone()));
                    self.filled.insert(namespace);
                }
                None => self
                    .pods
                    .push(format!("{RELEASE_LABEL}={}", install.release)),
            },
        }
    }
}

/// Whether labels, each written `key=value`, have one that is asked for.
fn gives(labels: &str, asked: &Expression) -> bool {
    let key = label_key(asked);
    let mut own = labels
        .split([' ', ',', '{', '}', '\n'])
        .filter_map(|label| label.split_once('='));
    let values = asked_values(asked);
    own.any(|(name, value)| name == key && (values.is_empty() || values.contains(&value)))
}

/// The charts that a command installs, whose last step is a variable.
fn looped(words: &[&str], text: &str) -> Option<Loop> {
    let Install {
        chart, namespace, ..
    } = install(words)?;
    let namespace = namespace?;
    let (folder, name) = chart.rsplit_once('/')?;
    let folder = match folder.strip_prefix('$') {
        Some(variable) => assigned(variable.trim_matches(['{', '}']), text)?,
        None => folder,
    };
    let steps = folder.rsplit('/');
    let steps = steps.take_while(|step| !step.contains(['$', '(', ')', '.']));
    let mut steps: Vec<&str> = steps.filter(|step| !step.is_empty()).collect();
    steps.reverse();
    let is_known = name.starts_with('$') && !steps.is_empty();
    let words = text.split(|letter: char| !letter.is_alphanumeric() && !"-_.".contains(letter));
    is_known.then_some(())?;
    Some(Loop {
        folder: steps.join("/"),
        namespace: resolved(namespace, text)?,
        words: words.map(str::to_owned).collect(),
    })
}

/// The name and the labels of the pod that a command runs.
fn run(words: &[&str]) -> Option<String> {
    let words = after(words, "kubectl").or_else(|| after(words, "oc"))?;
    let verb = words.iter().position(|word| *word == "run")?;
    let words = &words[verb + 1..];
    let name = words.first().filter(|word| !word.starts_with('-'));
    let labels = option(words, &["-l", "--labels"]).unwrap_or_default();
    Some(format!(
        "run={} {labels}",
        name.copied().unwrap_or_default()
    ))
}

/// The here-documents of a text that are objects with pods.
fn here_documents(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((_, rest)) = line.split_once("<<") else {
            continue;
        };
        let end = rest.trim_start_matches('-').split_whitespace().next();
        let Some(end) = end.map(unquoted).filter(|end| !end.is_empty()) else {
            continue;
        };
        let body: Vec<&str> = lines
            .by_ref()
            .take_while(|line| line.trim() != end)
            .collect();
        let body = body.join("\n");
        if body.contains("kind:") && body.contains("containers:") {
            found.push(body.replace(['"', '\''], "").replace(": ", "="));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Scripts {
        let mut found = Scripts::default();
        let is_local = |path: &str| matches!(path, "charts/own" | "charts/*");
        found.add(("", text), "", &is_local);
        found
    }

    #[test]
    fn charts_of_other_repositories_fill_the_namespace_they_are_installed_into() {
        for (text, expected) in [
            ("helm install db example/db -n shop", vec!["shop"]),
            (
                "# Deploy with: helm upgrade --install db oci://example.com/db \\\n#   --namespace=shop",
                vec!["shop"],
            ),
            (
                "NS=\"${NS:-shop}\"\nhelm upgrade -i db example/db -n \"$NS\" && helm list",
                vec!["shop"],
            ),
            (
                "NS := shop\nrun:\n\t@helm install db example/db --namespace $(NS)",
                vec!["shop"],
            ),
            (
                "helm install db db --repo https://example.com -n shop",
                vec!["shop"],
            ),
            ("helm install web ./chart -n shop", vec![]),
            ("helm install web charts/own -n shop", vec![]),
            (
                "for c in own; do helm install $c \"charts/$c\" -n shop; done",
                vec![],
            ),
            (
                "helm upgrade -i web charts/${{ matrix.chart }} -n shop",
                vec![],
            ),
            (
                "for c in db; do helm install $c example/$c -n shop; done",
                vec!["shop"],
            ),
            (
                "helm upgrade -i db example/${{ matrix.chart }} -n shop",
                vec!["shop"],
            ),
            (
                "helm repo add charts https://example.com\nhelm install db charts/own -n shop",
                vec!["shop"],
            ),
            ("helm diff upgrade db example/db -n shop", vec![]),
            ("helm upgrade -i db example/db -n shop --dry-run", vec![]),
            ("helm template db example/db -n shop", vec![]),
            (
                "helm template db example/db -n shop | kubeconform -strict",
                vec![],
            ),
            ("helm template db example/db -n shop > /dev/null", vec![]),
            ("helm template db example/db -n shop > db.yaml", vec![]),
            (
                "helm template db example/db -n shop --output-dir out",
                vec![],
            ),
            (
                "helm template db example/db -n shop > db.yaml\nkubectl apply --dry-run=client -f db.yaml",
                vec![],
            ),
            (
                "helm template db example/db -n shop > out/db.yaml\nkubectl apply -f out/db.yaml",
                vec!["shop"],
            ),
            (
                "helm template db example/db -n shop >\"out/$A.yaml\"\nkubectl apply -f out/",
                vec!["shop"],
            ),
            (
                "helm template db example/db -n shop --output-dir out\nkubectl apply -R -f out",
                vec!["shop"],
            ),
            (
                "helm template db example/db -n shop > db.yaml\ngit commit -am rendered",
                vec!["shop"],
            ),
            (
                "helm template db example/db -n shop | kubectl apply -f -",
                vec!["shop"],
            ),
            (
                "ALL=$(helm template db example/db -n shop \\\n  --set a=b)",
                vec!["shop"],
            ),
            ("helm install web -f values/prod.yaml web -n shop", vec![]),
            ("helm uninstall db -n shop", vec![]),
            ("helm install db example/db", vec!["default"]),
            (
                "up:\n\t$(HELM) upgrade --install db oci://example.com/db \\\n  --set a=b",
                vec!["default"],
            ),
            ("# helm install db example/db", vec![]),
            ("helm install web ./chart", vec![]),
            ("helm uninstall db example/db", vec![]),
            ("helm install db example/db -n $UNKNOWN", vec![]),
            ("kubectl get pods -n shop # helm is not used", vec![]),
        ] {
            let found: Vec<String> = read(text).filled.into_iter().collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_release_in_a_namespace_that_is_not_known_may_be_anywhere() {
        let found = read("helm install db example/db -n $UNKNOWN");
        let asking = |name: &str| {
            let label = (RELEASE_LABEL.to_owned(), name.to_owned());
            Selector::of(&[label].into_iter().collect())
        };
        assert!(found.may_make(&asking("db")));
        assert!(!found.may_make(&asking("web")));
    }

    #[test]
    fn a_loop_installs_charts_of_a_folder() {
        let install = "\nfor s in web db; do helm upgrade --install \"$s\" CHART -n shop; done";
        for (before, chart, expected) in [
            ("", "\"charts/$s\"", Some("charts")),
            ("", "./deploy/charts/${s}", Some("deploy/charts")),
            (
                "DIR=\"$(dirname \"$0\")/charts\"",
                "\"$DIR/$s\"",
                Some("charts"),
            ),
            ("DIR=$(pwd)", "$DIR/$s", None),
            ("", "$DIR/$s", None),
            ("", "$s", None),
            ("", "./charts/web", None),
        ] {
            let text = format!("{before}{}", install.replace("CHART", chart));
            let found = read(&text).loops;
            let folder = found.first().map(|one| one.folder.as_str());
            assert_eq!(folder, expected, "{text}");
            for one in &found {
                assert_eq!(one.namespace, "shop");
                assert!(one.installs(&format!("a/{}/web", one.folder)));
                assert!(!one.installs(&format!("a/{}/api", one.folder)));
                assert!(!one.installs(&format!("a/my-{}/web", one.folder)));
            }
        }
    }

    #[test]
    fn charts_of_other_repositories_are_known_by_their_names() {
        let found = read("NS=edge\nhelm upgrade --install i ingress-nginx/ingress-nginx -n $NS\n");
        let known = ("ingress-nginx".to_owned(), "edge".to_owned());
        assert_eq!(found.charts.into_iter().collect::<Vec<_>>(), [known]);
        assert!(
            read("helm install i ingress-nginx/ingress-nginx")
                .charts
                .is_empty()
        );
    }

    #[test]
    fn pods_that_are_run_or_handed_over_have_labels() {
        let text = "kubectl -n \"$NS\" run \"$POD\" --image=x \\\n  --labels=\"smoke=yes\"\nkubectl apply -f - <<EOF\nkind: Pod\nmetadata: {labels: {load: heavy}}\nspec: {containers: []}\nEOF\nkubectl apply -f - <<EOF\nkind: ConfigMap\ndata: {a: b}\nEOF\nkubectl get pods -l app=web\n";
        let found = read(text).pods;
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], "run=$POD smoke=yes");
        assert!(found[1].contains("load=heavy"));
    }
}
