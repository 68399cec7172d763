//! Charts of the repository as commands of scripts and pipelines install them: under which name, where, and with which
//! values, as far as these are known. Whether a chart is there its reader knows.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::command::{Effect, after, install, is_program, joined_lines, options, unquoted};
use super::matrix::as_variables;
use super::session::Session;
use super::target::taken;
use super::variable::{Named, each_of_loops};
use crate::model::{Artifact, Resource, Role};
use crate::shell::{holds_commands, is_passing};

/// A chart as a command installs it.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    /// The file that has the command.
    pub(crate) file: Arc<Artifact>,
    /// The folder of the chart as it is named from a folder around the file.
    pub(crate) chart: String,
    /// The release, as far as its name is known.
    pub(crate) release: Option<String>,
    /// Its namespace, as far as that is known.
    pub(crate) namespace: Option<String>,
    /// Files of values, named likewise.
    pub(crate) values: Vec<String>,
    /// Files of values of whose name a part is chosen where the command runs, with a `*` in its place:
    /// `values/*.yaml`.
    pub(crate) chosen: Vec<String>,
    /// Single values, each `key=value`.
    pub(crate) set: Vec<String>,
    /// Whether it is given files of values of which nothing is known.
    pub(crate) has_unknown_values: bool,
    /// The folders in which a pipeline says that it runs commands.
    pub(crate) folders: Arc<[String]>,
}

/// What the commands of some texts, and of pipelines, install of what may be charts of the repository, in their
/// order. What a pipeline puts into a cluster of its own is gone with it.
pub(crate) fn installations(resources: &[Resource], texts: &[Arc<Artifact>]) -> Vec<Installation> {
    let scripts = texts
        .iter()
        .filter(|one| holds_commands(&one.uri, &one.text));
    let pipelines = resources.iter().filter(|one| one.role == Role::Build);
    let pipelines = pipelines
        .map(|one| &one.artifact)
        .filter(|one| !is_passing(&one.text));
    let mut seen = BTreeSet::new();
    let files = scripts
        .chain(pipelines)
        .filter(|one| may_install(&one.text) && seen.insert(one.uri.clone()));
    files.flat_map(of_file).collect()
}

fn may_install(text: &str) -> bool {
    const VERBS: [&str; 3] = ["install", "template", "upgrade"];
    (text.contains("helm") || text.contains("HELM")) && VERBS.iter().any(|verb| text.contains(verb))
}

fn of_file(file: &Arc<Artifact>) -> Vec<Installation> {
    let text = &*as_variables(&file.text);
    let folders: Arc<[String]> = folders(text).into();
    let mut session = Session::of(&file.uri, text);
    let mut found = Vec::new();
    for (line, _) in joined_lines(text)
        .iter()
        .filter(|(_, is_comment)| !is_comment)
    {
        session.begin(line);
        if may_install(line) || session.may_be_moved(line) {
            let whole = line.replace("||", ";").replace("&&", ";");
            for command in whole.split(';') {
                let words: Vec<&str> = command.split_whitespace().map(unquoted).collect();
                session.follow(&words);
                for command in each_of_loops(command, text) {
                    found.extend(of_command(&command, &session, (file, &folders)));
                }
            }
        }
        session.end(line);
    }
    found
}

fn of_command(
    command: &str,
    session: &Session<'_>,
    (file, folders): (&Arc<Artifact>, &Arc<[String]>),
) -> Option<Installation> {
    let words = words(command);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let text = session.text();
    let install = install(&words).filter(|one| !one.has_repository)?;
    let effect = Effect::of(&words, text);
    let own = after(&words, "helm")?;
    // `helm template web ./chart | kubectl apply -n shop -f -`
    let handed = || taken(&words).and_then(|(_, namespace)| namespace);
    let namespace = match (effect, install.namespace.or_else(handed)) {
        (Effect::Nothing, _) => return None,
        // Nothing is deployed, but these are values to render the chart with.
        (Effect::File, _) => None,
        (Effect::Cluster, Some(namespace)) => session.resolved(namespace),
        (Effect::Cluster, None) => session.namespace().map(str::to_owned),
    };
    let files = options(own, &["-f", "--values"]);
    let files: Vec<&str> = files.flat_map(|files| files.split(',')).collect();
    let values: Vec<String> = files
        .iter()
        .filter_map(|file| path(file, session))
        .collect();
    let chosen = files.iter().filter_map(|file| chosen(file, session));
    let chosen: Vec<String> = chosen.collect();
    let set = options(own, &["--set", "--set-string"]).flat_map(pairs);
    let set: Vec<String> = set.filter_map(|pair| known(pair, session)).collect();
    if effect == Effect::File && values.is_empty() && set.is_empty() {
        return None;
    }
    Some(Installation {
        file: Arc::clone(file),
        chart: path(install.chart, session)?,
        release: session.resolved(install.release),
        namespace,
        has_unknown_values: values.len() + chosen.len() < files.len(),
        chosen,
        values,
        set,
        folders: Arc::clone(folders),
    })
}

/// The path of a folder or a file of the repository, where that is one and known.
fn path(word: &str, session: &Session<'_>) -> Option<String> {
    let mut named = session.named(unquoted(word));
    let only = named.pop().filter(|_| named.is_empty())?;
    let is_elsewhere = only.path.starts_with(['/', '~', '-', '<'])
        || only.path.contains(['$', ':', '{', '(', '`', '*']);
    let is_known = !is_elsewhere && !only.path.is_empty();
    is_known.then(|| session.path(&only)).flatten()
}

/// The path of a file of which a part is chosen where the command runs, with a `*` in its place; `None` where all of it
/// is known, or nothing of its name.
fn chosen(word: &str, session: &Session<'_>) -> Option<String> {
    let word = unquoted(word);
    let gaps = Named {
        path: session.with_gaps(word),
        is_anchored: false,
    };
    let (before, after) = gaps.path.split_once('*').filter(|_| word.contains('$'))?;
    let is_elsewhere = before.starts_with(['/', '~', '-', '<']);
    let is_open = [before, after]
        .iter()
        .any(|part| part.contains(['*', '$', ':', '{', '(', '`']));
    let is_file = after.ends_with(".yaml") || after.ends_with(".yml");
    let is_named = is_file && !(before.is_empty() && after.starts_with(['/', '.']));
    (is_named && !is_elsewhere && !is_open)
        .then(|| session.path(&gaps))
        .flatten()
}

/// The settings of an option, each by itself, save where one holds a list.
fn pairs(given: &str) -> impl Iterator<Item = &str> {
    let is_list = given.contains(['{', '\\']) && !given.contains('$');
    let separator = if is_list { '\n' } else { ',' };
    given.split(separator)
}

/// A setting with what its variables stand for.
fn known(pair: &str, session: &Session<'_>) -> Option<String> {
    let mut named = session.named(pair);
    let only = named.pop().filter(|_| named.is_empty())?.path;
    let is_known = !only.contains(['$', '`', '<']) && !only.contains("{{");
    (is_known && only.split_once('=').is_some_and(|(key, _)| !key.is_empty())).then_some(only)
}

/// The words of a command of helm without quotes around them; what stands in quotes is one word. A quote that nothing
/// closes is of the text around the command.
fn words(command: &str) -> Vec<String> {
    let is_start = |word: &&str| is_program(unquoted(word), "helm");
    let Some(start) = command.split_whitespace().find(is_start) else {
        return Vec::new();
    };
    let start = start.as_ptr().addr() - command.as_ptr().addr();
    let mut rest = command[start..].trim_start_matches(['"', '\'', '[']);
    let mut found = Vec::new();
    while !rest.is_empty() {
        let end = end_of_word(rest);
        let plain = || rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end.unwrap_or_else(plain));
        found.push(match end {
            // Between double quotes, one of two backslashes is left.
            Some(_) if word.contains('"') => word.replace(['"', '\''], "").replace(r"\\", r"\"),
            Some(_) => word.replace('\'', ""),
            None => unquoted(word.trim_end_matches(']')).to_owned(),
        });
        rest = behind.trim_start();
    }
    found
}

/// Where the word ends with which a text begins; `None` where a quote in it is never closed.
fn end_of_word(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, one) in text.char_indices() {
        match quote {
            None if one.is_whitespace() => return Some(at),
            None if matches!(one, '"' | '\'') => quote = Some(one),
            Some(open) if open == one => quote = None,
            _ => {}
        }
    }
    quote.is_none().then_some(text.len())
}

/// The folders in which a pipeline says that it runs commands.
fn folders(text: &str) -> Vec<String> {
    const KEYS: [&str; 2] = ["working-directory:", "workingDirectory:"];
    let said = text.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("- ");
        let folder = KEYS.iter().find_map(|key| line.strip_prefix(key))?;
        let folder = unquoted(folder.trim());
        let is_known = !folder.is_empty() && !folder.starts_with('/') && !folder.contains('$');
        is_known.then(|| folder.to_owned())
    });
    let mut found: Vec<String> = said.collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text in `ops/a.sh` installs, as a person would say it.
    fn read(file: &str, text: &str) -> Vec<String> {
        let artifact = Arc::new(Artifact::new(file, file, text.to_owned()));
        let told = |one: Installation| {
            let words = [Some(one.chart), one.release, one.namespace];
            let words = words.into_iter().map(Option::unwrap_or_default);
            let open = one.has_unknown_values.then(|| "?".to_owned());
            let values = one.values.into_iter().chain(one.chosen);
            let all = words.chain(values).chain(one.set).chain(open);
            all.collect::<Vec<_>>().join(" ")
        };
        let found = installations(&[], &[artifact]);
        found.into_iter().map(told).collect()
    }

    #[test]
    fn a_chart_is_installed_with_what_its_command_gives_it() {
        for (text, expected) in [
            (
                "helm upgrade --install web ./chart -f chart/prod.yaml --set a.b=true -n shop",
                "./chart web shop chart/prod.yaml a.b=true",
            ),
            (
                "helm upgrade -i web chart \\\n  --namespace=shop \\\n  --values a.yaml,b.yaml --set 'a=b c',d=e",
                "chart web shop a.yaml b.yaml a=b c d=e",
            ),
            (
                "NS=shop\nENV=prod\nhelm install web chart -n $NS -f \"values-${ENV}.yaml\" --set env=$ENV",
                "chart web shop values-prod.yaml env=prod",
            ),
            (
                "F=a.yaml\nif [ $1 ]; then F=b.yaml; fi\nhelm install web chart -n shop -f $F",
                "chart web shop ?",
            ),
            (
                "F=a.yaml\nif [ $1 ]; then F=b.yaml; else NS=x; fi\nF=c.yaml\nhelm install web chart -n shop -f $F",
                "chart web shop c.yaml",
            ),
            (
                "helm install web chart -f values-$ENV.yaml --set image.tag=$TAG,on=true",
                "chart web  values-*.yaml on=true",
            ),
            (
                "helm upgrade -i web-${{ inputs.env }} chart --values=values/${{ inputs.env }}.yaml -f a.yaml",
                "chart   a.yaml values/*.yaml",
            ),
            (
                "cd ops\nhelm install web ../chart -f env/$ENV/values.yaml",
                "ops/../chart web  ops/env/*/values.yaml",
            ),
            (
                "helm install web chart -f $FILE -f $A.yaml -f $A-$B.yaml -f /etc/$A/x.yaml",
                "chart web  ?",
            ),
            (
                "helm install web chart `\n  -f a.yaml `\n  -n shop",
                "chart web shop a.yaml",
            ),
            ("helm install web chart ^\n  -n shop", "chart web shop"),
            (
                "helm install web chart --set \"a\\\\.b=c\" -n shop",
                "chart web shop a\\.b=c",
            ),
            (
                "helm install web chart --set list='{a,b}' --set tag=$(git log)",
                "chart web  list={a,b}",
            ),
            (
                "helm template web chart -f a.yaml | kubectl apply -n shop -f -",
                "chart web shop a.yaml",
            ),
            (
                "helm template web chart -f a.yaml -n shop > web.yaml\nkubeconform web.yaml",
                "chart web  a.yaml",
            ),
            (
                "cd deploy\nhelm install web . -f a.yaml",
                "deploy/. web  deploy/a.yaml",
            ),
            (
                "sh 'helm upgrade web chart -f a.yaml -n shop'",
                "chart web shop a.yaml",
            ),
        ] {
            assert_eq!(read("ops/a.sh", text), [expected], "{text}");
        }
        for text in [
            "helm lint chart",
            "helm template web chart -f a.yaml",
            "helm template web chart | kubeconform",
            "helm template web chart -n shop > web.yaml\nkubeconform web.yaml",
            "helm upgrade web chart --dry-run",
            "helm install web db --repo https://example.com",
            "helm install web oci://example.com/web",
            "helm install web $CHART",
            "# helm install web chart",
            "helm uninstall web",
        ] {
            assert_eq!(read("ops/a.sh", text), [""; 0], "{text}");
        }
    }

    #[test]
    fn loops_and_matrices_install_one_each() {
        let expected = [
            "chart web shop values/web.yaml",
            "chart api shop values/api.yaml",
        ];
        let command = |name: &str| {
            format!("helm upgrade -i \"{name}\" chart -n shop -f \"values/{name}.yaml\"")
        };
        for text in [
            format!("for s in web api; do\n  {}\ndone", command("$s")),
            format!(
                "ALL=(web api)\nfor s in \"${{ALL[@]}}\"; do {}; done",
                command("${s}")
            ),
            format!(
                "strategy:\n  matrix:\n    service: [web, api]\nsteps:\n- run: {}\n",
                command("${{ matrix.service }}")
            ),
            format!(
                "strategy:\n  matrix:\n    service:\n    - web\n    - \"api\"\nsteps:\n- run: {}\n",
                command("${{ matrix.service }}")
            ),
            format!(
                "parallel:\n  matrix:\n  - SERVICE: [web, api]\nscript:\n- {}\n",
                command("$SERVICE")
            ),
        ] {
            assert_eq!(read(".circleci/config.yml", &text), expected, "{text}");
        }
    }

    #[test]
    fn what_a_pipeline_puts_into_its_own_cluster_is_gone() {
        let pipeline = |step: &str| {
            let text = format!(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - {step}\n    - run: helm install web chart -f a.yaml\n      working-directory: ops\n"
            );
            crate::source::read_bytes(".github/workflows/a.yml", text.into_bytes()).resources
        };
        let found = |step: &str| installations(&pipeline(step), &[]);
        assert!(found("uses: helm/kind-action@v1").is_empty());
        let found = found("run: aws eks update-kubeconfig --name x");
        assert_eq!(found.len(), 1);
        assert_eq!(&*found[0].folders, ["ops".to_owned()]);
    }
}
