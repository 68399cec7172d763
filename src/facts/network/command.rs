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

/// The chart of another repository that a command installs.
pub(super) fn installed<'w>(words: &[&'w str]) -> Option<Install<'w>> {
    let found = install(words)?;
    let chart = found.chart;
    let is_elsewhere = chart.contains('/') && !chart.starts_with(['.', '/', '~', '$']);
    ((is_elsewhere || found.has_repository) && !only_shows(words)).then_some(found)
}

/// Whether a command of `helm` leaves nothing in the cluster: it compares, tries, or renders what only a reader gets.
pub(super) fn only_shows(words: &[&str]) -> bool {
    let Some(own) = after(words, "helm") else {
        return false;
    };
    let is_try = |word: &&str| word.starts_with("--dry-run") && *word != "--dry-run=none";
    let renders = || own.contains(&"template") && !own.contains(&"--output-dir");
    own.contains(&"diff") || own.iter().any(is_try) || renders() && is_only_read(words)
}

/// Whether what a command prints goes nowhere but to a reader.
fn is_only_read(words: &[&str]) -> bool {
    let Some(start) = words.iter().position(|word| is_program(word, "helm")) else {
        return false;
    };
    let own = &words[start..];
    let is_way = |word: &&str| *word == "|" || word.trim_start_matches('1').starts_with('>');
    let way = own.iter().position(is_way);
    let end = way.and_then(|at| own.get(at + 1)).copied();
    let is_captured = own[0].contains(['(', '`']);
    !is_captured
        && match way.map(|at| own[at]) {
            None => true,
            Some("|") => end.is_some_and(|program| READERS.contains(&program)),
            Some(way) => way.ends_with("/dev/null") || end == Some("/dev/null"),
        }
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

/// The lines of a text, each with those that go on from it, without the marks of comments, and whether it has one.
pub(super) fn joined_lines(text: &str) -> Vec<(String, bool)> {
    let mut found: Vec<(String, bool)> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let is_comment = line.trim_start().starts_with('#');
        let line = line.trim().trim_start_matches('#');
        let rest = line.trim_end_matches('\\');
        match found.last_mut().filter(|_| goes_on) {
            Some((last, _)) => last.push_str(rest),
            None => found.push((rest.to_owned(), is_comment)),
        }
        goes_on = rest.len() < line.len();
    }
    found
}
