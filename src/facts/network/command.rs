//! Commands of scripts by their lines and words: which program runs, with which options, and what `helm` installs.

/// Options of `helm` behind which a value stands.
const WITH_VALUE: [&str; 20] = [
    "--api-versions",
    "--description",
    "--history-max",
    "--kube-context",
    "--kube-version",
    "--kubeconfig",
    "--namespace",
    "--output-dir",
    "--post-renderer",
    "--repo",
    "--set",
    "--set-file",
    "--set-json",
    "--set-literal",
    "--set-string",
    "--timeout",
    "--values",
    "--version",
    "-f",
    "-n",
];

/// Programs that only look at what is rendered.
const READERS: [&str; 11] = [
    "checkov",
    "conftest",
    "datree",
    "grep",
    "kube-linter",
    "kube-score",
    "kubeconform",
    "kubeval",
    "less",
    "pluto",
    "yamllint",
];

/// A chart that a command installs.
pub(super) struct Install<'w> {
    pub(super) release: &'w str,
    pub(super) chart: &'w str,
    /// The namespace, where the command names one.
    pub(super) namespace: Option<&'w str>,
    /// Whether it is from the repository that the command names.
    pub(super) has_repository: bool,
}

/// The chart of another repository that a command of a text installs.
pub(super) fn installed<'w>(words: &[&'w str], text: &str) -> Option<Install<'w>> {
    let found = install(words)?;
    let chart = found.chart;
    let is_elsewhere = chart.contains('/') && !chart.starts_with(['.', '/', '~', '$']);
    let is_one = is_elsewhere || found.has_repository;
    (is_one && Effect::of(words, text) == Effect::Cluster).then_some(found)
}

/// What a command of `helm` leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Objects in a cluster, as far as anybody knows.
    Cluster,
    /// A file or a folder that nothing takes further.
    File,
    /// Nothing: it compares, tries, or renders what only a reader gets.
    Nothing,
}

impl Effect {
    /// That of a command in a text.
    pub(super) fn of(words: &[&str], text: &str) -> Self {
        match after(words, "helm") {
            Some(own) if own.contains(&"diff") || are_tried(own) => Self::Nothing,
            Some(own) if own.contains(&"template") => Self::of_rendering(words, text),
            Some(_) | None => Self::Cluster,
        }
    }

    fn of_rendering(words: &[&str], text: &str) -> Self {
        let start = words.iter().position(|word| is_program(word, "helm"));
        let own = &words[start.unwrap_or_default()..];
        let is_way = |word: &&str| *word == "|" || word.trim_start_matches('1').starts_with('>');
        let way = own.iter().position(is_way);
        let end = way.and_then(|at| own.get(at + 1)).copied();
        let is_captured = own.first().is_some_and(|first| first.contains(['(', '`']));
        let file = |path: &str| match is_taken_further(path, text) {
            true => Self::Cluster,
            false => Self::File,
        };
        match (option(own, &["--output-dir"]), way.map(|at| own[at])) {
            _ if is_captured => Self::Cluster,
            (Some(folder), _) => file(folder),
            (None, None) => Self::Nothing,
            (None, Some("|")) => match end.is_some_and(|program| READERS.contains(&program)) {
                true => Self::Nothing,
                false => Self::Cluster,
            },
            (None, Some(way)) => {
                let joined = way.trim_start_matches(['1', '>']);
                let path = Some(joined).filter(|path| !path.is_empty()).or(end);
                match path {
                    Some("/dev/null") => Self::Nothing,
                    path => path.map_or(Self::Cluster, file),
                }
            }
        }
    }
}

/// Whether the words of a command only try what it would do.
pub(super) fn are_tried(words: &[&str]) -> bool {
    let mut words = words.iter();
    words.any(|word| word.starts_with("--dry-run") && *word != "--dry-run=none")
}

/// Whether a text hands a file, or a folder, to what puts it into a cluster, or commits what it has made.
fn is_taken_further(path: &str, text: &str) -> bool {
    const COMMITS: [&str; 3] = ["git add", "git commit", "git push"];
    const PROGRAMS: [&str; 3] = ["kapp", "kubectl", "oc"];
    const VERBS: [&str; 4] = ["apply", "create", "deploy", "replace"];
    // `$OUT` is `${OUT}`, and a line goes on behind its end.
    let text = text.replace("\\\n", " ").replace(['{', '}'], "");
    let path = unquoted(path).replace(['{', '}'], "");
    let path = path.trim_end_matches('/');
    let (around, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_handed = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().map(unquoted).collect();
        let runs = |program: &&str| words.iter().any(|word| is_program(word, program));
        let names = |part: &str| {
            let mut words = words.iter();
            !part.is_empty() && words.any(|word| word.contains(part))
        };
        !are_tried(&words)
            && PROGRAMS.iter().any(runs)
            && words.iter().any(|word| VERBS.contains(word))
            && (names(name) || names(around))
    };
    COMMITS.iter().any(|command| text.contains(command)) || text.lines().any(is_handed)
}

/// What a command of `helm` installs.
pub(super) fn install<'w>(words: &[&'w str]) -> Option<Install<'w>> {
    let words = after(words, "helm")?;
    let verb = words
        .iter()
        .position(|word| matches!(*word, "install" | "upgrade" | "template"))?;
    let words = &words[verb + 1..];
    let is_free = |at: &usize| {
        let before = at.checked_sub(1).map(|before| words[before]);
        !words[*at].starts_with('-') && before.is_none_or(|word| !WITH_VALUE.contains(&word))
    };
    let mut free = (0..words.len()).filter(is_free).map(|at| words[at]);
    Some(Install {
        release: free.next()?,
        chart: free.next()?,
        namespace: option(words, &["-n", "--namespace"]),
        has_repository: option(words, &["--repo"]).is_some(),
    })
}

/// The words of a command behind the name of its program, up to the next command.
pub(super) fn after<'s, 'w>(words: &'s [&'w str], program: &str) -> Option<&'s [&'w str]> {
    let start = words.iter().position(|word| is_program(word, program))? + 1;
    let rest = &words[start..];
    let end = rest
        .iter()
        .position(|word| matches!(*word, "&&" | "||" | "|" | ";"));
    Some(&rest[..end.unwrap_or(rest.len())])
}

/// Whether a word runs a program: by its name, with a path, or by a variable that is called as it, `$(HELM)`.
pub(super) fn is_program(word: &str, program: &str) -> bool {
    let name = word.rsplit(['/', '@', '(', '`', '$', '{']).next();
    let name = name.unwrap_or_default();
    let is_variable = word.contains('$')
        && name
            .trim_end_matches([')', '}'])
            .eq_ignore_ascii_case(program);
    name == program || is_variable
}

/// The value of an option, behind it or behind `=`.
pub(super) fn option<'w>(words: &[&'w str], names: &[&str]) -> Option<&'w str> {
    options(words, names).next()
}

/// The values of all options of some names, in order.
pub(super) fn options<'w>(words: &[&'w str], names: &[&str]) -> impl Iterator<Item = &'w str> {
    let found = words.iter().enumerate().filter_map(|(at, word)| {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (*word, words.get(at + 1).copied()),
        };
        names.contains(&name).then_some(value).flatten()
    });
    found.map(unquoted)
}

/// A word without quotes around it, and without the end of a command behind it.
pub(super) fn unquoted(word: &str) -> &str {
    word.trim_end_matches(';').trim_matches(['"', '\''])
}

/// How a line ends that goes on, in PowerShell and in files of `cmd`; behind a word both mean something else.
const CONTINUATIONS: [char; 2] = ['`', '^'];

/// A line without the sign at its end by which it goes on.
pub(super) fn without_continuation(line: &str) -> &str {
    let rest = line.strip_suffix(CONTINUATIONS);
    let rest = rest.filter(|rest| rest.ends_with(' '));
    rest.unwrap_or(line.trim_end_matches('\\'))
}

/// The lines of a text, each with those that go on from it, without the marks of comments, and whether it has one.
pub(super) fn joined_lines(text: &str) -> Vec<(String, bool)> {
    let mut found: Vec<(String, bool)> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let is_comment = line.trim_start().starts_with('#');
        let line = line.trim().trim_start_matches('#');
        let rest = without_continuation(line);
        match found.last_mut().filter(|_| goes_on) {
            Some((last, _)) => last.push_str(rest),
            None => found.push((rest.to_owned(), is_comment)),
        }
        goes_on = rest.len() < line.len();
    }
    found
}
