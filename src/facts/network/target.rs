//! Charts, folders and files of the repository that commands put into a namespace: `helm install web ./chart -n
//! shop`, `kubectl apply -n shop -f k8s/`, `envsubst < job.yaml | kubectl apply -n shop -f -`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{folder, normalized};
use super::command::{install, is_program, option, unquoted};
use super::variable::resolved;

/// Verbs of kubectl that put objects into a cluster.
const VERBS: [&str; 3] = ["apply", "create", "replace"];
/// Options of kubectl behind which files and folders stand.
const TAKES: [&str; 4] = ["-f", "--filename", "-k", "--kustomize"];
/// How files of objects end, also those that something fills in first.
const ENDS: [&str; 5] = [".yaml", ".yml", ".json", ".tpl", ".tmpl"];

/// What a command puts into a namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// The folder of the file that has the command.
    home: String,
    /// As the command names it, from a folder that is not known: its own one or one around it.
    path: String,
    pub(super) namespace: String,
}

impl Target {
    /// Those of a line of a text in a folder, charts and what kubectl takes.
    pub(super) fn of_line(line: &str, text: &str, home: &str) -> Vec<Self> {
        let mut found = Vec::new();
        if !line.contains("-n") {
            return found;
        }
        let line = line.replace("||", ";");
        for command in line.split([';', '&']) {
            let words: Vec<&str> = command.split_whitespace().map(unquoted).collect();
            let chart = install(&words).and_then(|one| Some((vec![one.chart], one.namespace?)));
            let Some((paths, namespace)) = chart.or_else(|| taken(&words)) else {
                continue;
            };
            let Some(namespace) = resolved(namespace, text) else {
                continue;
            };
            let paths = paths.into_iter().filter_map(path);
            found.extend(paths.map(|path| Self {
                home: home.to_owned(),
                path,
                namespace: namespace.clone(),
            }));
        }
        found
    }

    /// Where it is, among paths that are known: the nearest one to the command.
    fn place(&self, is_known: &dyn Fn(&str) -> bool) -> Option<String> {
        let mut home = self.home.as_str();
        loop {
            let path = normalized(&format!("{home}/{}", self.path));
            if is_known(&path) {
                return Some(path);
            }
            if home.is_empty() {
                return None;
            }
            home = folder(home);
        }
    }
}

/// The namespaces into which commands put what is at some paths.
pub(super) fn places(
    targets: &[Target],
    is_known: &dyn Fn(&str) -> bool,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for target in targets {
        if let Some(path) = target.place(is_known) {
            let own = found.entry(path).or_default();
            own.insert(target.namespace.clone());
        }
    }
    found
}

/// The files and folders that a command of kubectl takes, itself or from those that it is behind in a row of
/// pipes, and their namespace.
fn taken<'w>(words: &[&'w str]) -> Option<(Vec<&'w str>, &'w str)> {
    let is_one = |word: &str| ["kubectl", "oc"].iter().any(|name| is_program(word, name));
    // `kubectl kustomize x | kubectl apply -f -`
    let start = words.iter().rposition(|word| is_one(word))?;
    let (before, own) = words.split_at(start);
    let end = own.iter().position(|word| *word == "|");
    let own = &own[..end.unwrap_or(own.len())];
    own.iter().find(|word| VERBS.contains(word))?;
    let namespace = option(own, &["-n", "--namespace"])?;
    let files = own.iter().enumerate().filter_map(|(at, word)| {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let next = || own.get(at + 1).copied();
        let value = Some(value).filter(|value| !value.is_empty()).or_else(next);
        value.filter(|_| TAKES.contains(&name)).map(unquoted)
    });
    let (input, mut files): (Vec<_>, Vec<_>) = files
        .flat_map(|files| files.split(','))
        .partition(|file| *file == "-" || *file == "/dev/stdin");
    if !input.is_empty() {
        files.extend(piped(before));
    }
    Some((files, namespace))
}

/// The files and folders of objects among the words in front of a pipe.
fn piped<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let is_built = |at: usize| at > 0 && matches!(words[at - 1], "build" | "kustomize");
    let word = |at: usize| words[at].trim_start_matches('<');
    let is_file = |at: &usize| {
        let word = word(*at);
        ENDS.iter().any(|end| word.ends_with(end)) || is_built(*at)
    };
    let named = (0..words.len()).filter(is_file).map(word);
    named.filter(|word| !word.starts_with('-')).collect()
}

/// A path as far as it is known: what a variable in front stands for is mostly a folder around the command.
fn path(word: &str) -> Option<String> {
    let rest = match word.split_once('/') {
        Some((first, rest)) if first.starts_with('$') => rest,
        _ => word,
    };
    let rest = match rest.rsplit_once('/') {
        Some((folder, name)) if name.starts_with('*') => folder,
        _ => rest,
    };
    let is_elsewhere = rest.starts_with(['/', '~', '-']) || rest.contains(['$', '*', ':', '{']);
    (!is_elsewhere && !rest.is_empty()).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the commands of a text in `ops` put what is known: `path namespace`.
    fn read(text: &str) -> Vec<String> {
        let known = [
            "ops/chart",
            "charts/web",
            "k8s",
            "ops/k8s",
            "k8s/a.yaml",
            "overlays/dev",
            "ops",
        ];
        let lines = text.lines();
        let targets = lines.flat_map(|line| Target::of_line(line, text, "ops"));
        let targets: Vec<Target> = targets.collect();
        let places = places(&targets, &|path| known.contains(&path)).into_iter();
        let told = places.flat_map(|(path, namespaces)| {
            let each = namespaces.into_iter();
            each.map(move |namespace| format!("{path} {namespace}"))
        });
        told.collect()
    }

    #[test]
    fn a_chart_is_put_into_the_namespace_it_is_installed_into() {
        for (text, expected) in [
            ("helm install web charts/web -n shop", "charts/web shop"),
            (
                "@helm upgrade --install web ./chart --namespace=shop",
                "ops/chart shop",
            ),
            (
                "NS=shop\nhelm upgrade -i web \"$ROOT/charts/web\" -n \"$NS\"",
                "charts/web shop",
            ),
            (
                "cd x && helm upgrade -i web ../charts/web -n shop || exit 1",
                "charts/web shop",
            ),
            ("helm install web . -n shop", "ops shop"),
        ] {
            assert_eq!(read(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_kubectl_takes_is_put_into_its_namespace() {
        for (text, expected) in [
            ("kubectl apply -n shop -f k8s/", "ops/k8s shop"),
            ("kubectl -n shop apply -f ../k8s", "k8s shop"),
            (
                "kubectl apply --filename=k8s/a.yaml --namespace shop",
                "k8s/a.yaml shop",
            ),
            ("kubectl apply -n shop -f ../k8s/*.yaml", "k8s shop"),
            (
                "oc apply -k \"$ROOT/overlays/dev\" -n shop",
                "overlays/dev shop",
            ),
            (
                "env:\n  NS: shop\nenvsubst < k8s/a.yaml | kubectl apply -n \"$NS\" -f -",
                "k8s/a.yaml shop",
            ),
            (
                "sed 's/a/b/' k8s/a.yaml | kubectl apply -f - -n shop",
                "k8s/a.yaml shop",
            ),
            (
                "kubectl kustomize overlays/dev | kubectl apply -n shop -f -",
                "overlays/dev shop",
            ),
            (
                "kustomize build overlays/dev | kubectl apply -n shop -f - && kubectl get po",
                "overlays/dev shop",
            ),
        ] {
            assert_eq!(read(text), [expected], "{text}");
        }
        let both = "kubectl apply -n a -f k8s/a.yaml; kubectl apply -n b -f k8s/a.yaml";
        assert_eq!(read(both), ["k8s/a.yaml a", "k8s/a.yaml b"]);
    }

    #[test]
    fn what_is_elsewhere_or_in_no_known_namespace_is_put_nowhere() {
        for text in [
            "helm install web example/web -n shop",
            "helm install web charts/web",
            "helm install web charts/web -n \"$1\"",
            "helm install web charts/web -n <namespace>",
            "helm uninstall charts/web -n shop",
            "kubectl delete -n shop -f k8s/a.yaml",
            "kubectl apply -f k8s/a.yaml",
            "kubectl apply -n shop -f https://example.com/k8s/a.yaml",
            "kubectl apply -n shop -f k8s/$NAME.yaml",
            "kubectl get pods -n shop; kubectl apply -f k8s/a.yaml",
            "env:\n  NS: shop\nother:\n  NS: dev\nkubectl apply -n $NS -f k8s/a.yaml",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }
}
