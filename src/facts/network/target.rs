//! Charts, folders and files of the repository that commands put into a namespace: `helm install web ./chart -n
//! shop`, `kubectl apply -n shop -f k8s/`, `envsubst < job.yaml | kubectl apply -n shop -f -`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{folder, normalized};
use super::command::{Effect, are_tried, install, is_program, option, unquoted};
use super::flow::assigned;
use super::picked::is_like;
use super::session::Session;
use super::variable::Named;
use crate::network::is_open;

/// Verbs of kubectl that put objects into a cluster.
const VERBS: [&str; 3] = ["apply", "create", "replace"];
/// Options of kubectl behind which files and folders stand.
pub(super) const TAKES: [&str; 5] = ["-f", "--filename", "-k", "--kustomize", "-Rf"];
/// Those by which it takes all below a folder.
const BELOW: [&str; 3] = ["-R", "--recursive", "-Rf"];
/// How files of objects end, also those that something fills in first.
const ENDS: [&str; 5] = [".yaml", ".yml", ".json", ".tpl", ".tmpl"];

/// What a command puts into a namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// The folder of the file that has the command.
    pub(super) home: String,
    /// As the command names it, from a folder that is not known: its own one or one around it. A `*` in a step stands
    /// for anything.
    pub(super) path: String,
    /// With variables in it where nobody knows it: `shop-${ID}`. Empty, where only the files say it.
    pub(super) namespace: String,
    /// Whether all below a folder goes there.
    pub(super) is_deep: bool,
}

impl Target {
    /// Those of a line of a text in a folder, charts and what kubectl takes. What the line says of the folder and of the
    /// context is followed.
    pub(super) fn of_line(line: &str, home: &str, session: &mut Session<'_>) -> Vec<Self> {
        const SIGNS: [&str; 6] = [
            "apply", "create", "install", "replace", "template", "upgrade",
        ];
        let mut found = Vec::new();
        session.begin(line);
        let is_command = SIGNS.iter().any(|sign| line.contains(sign));
        if is_command || session.may_be_moved(line) {
            let whole = line
                .replace("||", ";")
                .replace("$(dirname \"$0\")", "$HERE");
            for command in whole.split([';', '&']) {
                // A list of YAML may stand in one line: `cmds: [kubectl apply]`.
                let words = command
                    .split_whitespace()
                    .map(|word| unquoted(word.trim_start_matches('[').trim_end_matches(']')));
                let mut words: Vec<&str> = words.collect();
                session.follow(&words);
                if is_command {
                    expand(&mut words, session.text());
                    found.extend(Self::of_command(&words, home, session));
                }
            }
        }
        session.end(line);
        found
    }

    /// What is named without a command, from a folder; `None` where that is elsewhere.
    pub(super) fn of_path(path: &str, home: String, namespace: String) -> Option<Self> {
        let named = Named {
            path: path.to_owned(),
            is_anchored: false,
        };
        Some(Self {
            home,
            path: plain(named)?.path,
            namespace,
            is_deep: false,
        })
    }

    fn of_command(words: &[&str], home: &str, session: &Session<'_>) -> Vec<Self> {
        let is_deployed = || Effect::of(words, session.text()) == Effect::Cluster;
        let chart = install(words).filter(|_| is_deployed());
        let (paths, namespace) = match (chart, taken(words)) {
            (Some(chart), _) if chart.namespace.is_some() => (vec![chart.chart], chart.namespace),
            // `helm template web ./chart | kubectl apply -n shop -f -`
            (chart, Some((mut paths, namespace))) => {
                paths.extend(chart.map(|one| one.chart));
                (paths, namespace)
            }
            (Some(chart), None) => (vec![chart.chart], None),
            (None, None) => return Vec::new(),
        };
        let namespace = match namespace {
            Some(namespace) => session
                .resolved(namespace)
                .or_else(|| session.open(namespace)),
            None => Some(session.namespace().unwrap_or_default().to_owned()),
        };
        let Some(namespace) = namespace else {
            return Vec::new();
        };
        let paths = paths.into_iter().flat_map(|word| session.named(word));
        let paths = paths.filter_map(plain).filter_map(|one| session.path(&one));
        let is_deep = words.iter().any(|word| BELOW.contains(word));
        paths
            .map(|path| Self {
                home: home.to_owned(),
                path,
                namespace: namespace.clone(),
                is_deep,
            })
            .collect()
    }

    /// Whether the namespace is known.
    pub(super) fn is_known(&self) -> bool {
        !self.namespace.is_empty() && !is_open(&self.namespace)
    }

    /// Where it is, among paths that are known: the nearest ones to the command.
    fn places(&self, known: &BTreeSet<String>) -> Vec<String> {
        let mut home = self.home.as_str();
        loop {
            let path = normalized(&format!("{home}/{}", self.path));
            let found = match path.contains('*') {
                true => known
                    .iter()
                    .filter(|one| fits(&path, one))
                    .cloned()
                    .collect(),
                false => Vec::from_iter(known.get(&path).cloned()),
            };
            if !found.is_empty() || home.is_empty() {
                return found;
            }
            home = folder(home);
        }
    }
}

/// The namespaces into which commands put what is at some paths.
pub(super) fn places<'t>(
    targets: impl IntoIterator<Item = &'t Target>,
    known: &BTreeSet<String>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for target in targets {
        for path in target.places(known) {
            let own = found.entry(path).or_default();
            own.insert(target.namespace.clone());
        }
    }
    found
}

/// Whether each step of a path is as that of a pattern says.
fn fits(pattern: &str, path: &str) -> bool {
    let mut steps = pattern.split('/').zip(path.split('/'));
    pattern.matches('/').count() == path.matches('/').count()
        && steps.all(|(pattern, step)| is_like(pattern, step))
}

/// Puts a program with its options in the place of the variable that stands for both: `KUBECTL="kubectl -n shop"`.
fn expand<'w>(words: &mut Vec<&'w str>, text: &'w str) {
    const PROGRAMS: [&str; 3] = ["helm", "kubectl", "oc"];
    let known = words.iter().enumerate().find_map(|(at, word)| {
        let name = word.strip_prefix('$')?.trim_matches(['{', '}', '(', ')']);
        let mut value = assigned(name, text)?.split_whitespace().peekable();
        let first = value
            .peek()
            .map(|first| first.rsplit('/').next().unwrap_or(first));
        first.filter(|first| PROGRAMS.contains(first))?;
        Some((at, value.map(unquoted).collect::<Vec<&str>>()))
    });
    if let Some((at, value)) = known {
        words.splice(at..=at, value);
    }
}

/// The files and folders that a command of kubectl takes, itself or from those that it is behind in a row of
/// pipes, and their namespace.
pub(super) fn taken<'w>(words: &[&'w str]) -> Option<(Vec<&'w str>, Option<&'w str>)> {
    let is_one = |word: &str| ["kubectl", "oc"].iter().any(|name| is_program(word, name));
    // `kubectl kustomize x | kubectl apply -f -`
    let start = words.iter().rposition(|word| is_one(word))?;
    let (before, own) = words.split_at(start);
    let end = own.iter().position(|word| *word == "|");
    let own = &own[..end.unwrap_or(own.len())];
    own.iter()
        .find(|word| VERBS.contains(word) && !are_tried(own))?;
    let namespace = option(own, &["-n", "--namespace"]);
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

/// A path in the repository; files of one folder by a pattern are that folder.
fn plain(one: Named) -> Option<Named> {
    let path = one.path.as_str();
    let path = match path.rsplit_once('/') {
        Some((folder, name)) if name.starts_with('*') && !folder.contains('*') => folder,
        _ => path,
    };
    let is_elsewhere =
        path.starts_with(['/', '~', '-']) || path.contains(['$', ':', '{', '<', '(']);
    (!is_elsewhere && !path.is_empty() && !path.contains("**")).then(|| Named {
        path: path.to_owned(),
        ..one
    })
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
        let known = known.map(str::to_owned).into();
        let mut session = Session::of("ops/a.sh", text);
        let targets = text
            .lines()
            .flat_map(|line| Target::of_line(line, "ops", &mut session));
        let targets: Vec<Target> = targets.filter(Target::is_known).collect();
        let places = places(&targets, &known).into_iter();
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
            (
                "helm template web charts/web | kubectl apply -n shop -f -",
                "charts/web shop",
            ),
            ("kubens shop\nhelm install web ./chart", "ops/chart shop"),
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
        for text in [
            "kubectl config set-context --current --namespace=shop\nkubectl apply -f k8s/a.yaml",
            "oc project shop\noc create -f ../k8s/a.yaml",
            "cd ../k8s\nkubectl apply -n shop -f a.yaml",
            "cd \"$(dirname \"$0\")/../k8s\" && kubectl apply -n shop -f a.yaml",
            "KUBECTL=\"kubectl -n shop\"\n$KUBECTL apply -f k8s/a.yaml",
            "DIR=k8s\nkubectl apply -n shop -f \"$DIR/a.yaml\"",
            "for f in k8s/*.yaml; do kubectl apply -n shop -f \"$f\"; done",
            "for f in */a.yaml; do kubectl apply -n shop -f \"$f\"; done",
            "for f in a b; do kubectl apply -n shop -f k8s/$f.yaml; done",
        ] {
            let expected = match text.contains("k8s/*.yaml") {
                true => "ops/k8s shop",
                false => "k8s/a.yaml shop",
            };
            assert_eq!(read(text), [expected], "{text}");
        }
        let each = "NS=a\nkubectl apply -n $NS -f k8s/a.yaml\nNS=b\nkubectl apply -n $NS -f ../overlays/dev";
        assert_eq!(read(each), ["k8s/a.yaml a", "overlays/dev b"]);
        let either =
            "F=k8s/a.yaml\nif [ $1 ]; then\n  F=../overlays/dev\nfi\nkubectl apply -n a -f $F";
        assert_eq!(read(either), ["k8s/a.yaml a", "overlays/dev a"]);
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
            "helm template web charts/web -n shop > web.yaml",
            "helm upgrade web charts/web -n shop --dry-run",
            "kubectl apply --dry-run=server -n shop -f k8s/a.yaml",
            "kubectl delete -n shop -f k8s/a.yaml",
            "kubectl apply -f k8s/a.yaml",
            "kubectl apply -n shop -f https://example.com/k8s/a.yaml",
            "kubectl apply -n shop -f k8s/$NAME.yaml",
            "cd /tmp\nkubectl apply -n shop -f k8s/a.yaml",
            "cd other\nkubectl apply -n shop -f a.yaml",
            "kubens $1\nkubectl apply -f k8s/a.yaml",
            "kubens shop\nkubectl apply -n $1 -f k8s/a.yaml",
            "NS=shop\nif [ $1 ]; then\n  NS=prod\nfi\nkubectl apply -n $NS -f k8s/a.yaml",
            "kubectl get pods -n shop; kubectl apply -f k8s/a.yaml",
            "env:\n  NS: shop\nother:\n  NS: dev\nkubectl apply -n $NS -f k8s/a.yaml",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }
}
