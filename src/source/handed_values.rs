//! Files that commands take, in scripts and in what pipelines run: those of values that helm, and those of
//! objects that kubectl is handed.

use std::path::Path;
use std::sync::Arc;

use super::chart::is_called_otherwise;
use super::mentions::Mentions;
use crate::model::{Artifact, Resource};
use crate::shell::{commands, serves_cluster};

/// Verbs of helm that take values.
const VERBS: [&str; 4] = ["install", "lint", "template", "upgrade"];

/// Verbs of kubectl that take objects.
const APPLIES: [&str; 3] = ["apply", "create", "replace"];

/// What a script says of such files.
pub(super) fn of_script(script: &Artifact) -> Mentions {
    let mut mentions = Mentions::default();
    add(&script.text, &mut mentions);
    mentions
}

/// Adds what a pipeline's commands say of such files.
pub(super) fn of_pipeline(pipeline: &Resource, mentions: &mut Mentions) {
    if !serves_cluster(pipeline.node().text()) {
        return;
    }
    pipeline.node().visit_scalars(&mut |_, node| {
        let text = node.as_str().filter(|text| serves_cluster(text));
        text.into_iter().for_each(|text| add(text, mentions));
    });
}

/// The scripts among some texts.
pub(super) fn scripts(texts: &[Arc<Artifact>]) -> impl Iterator<Item = &Artifact> {
    let texts = texts.iter().map(Arc::as_ref);
    texts.filter(|text| crate::shell::is_script(&text.uri, &text.text))
}

/// Adds what the commands of a text say of such files. What yq reads of a file becomes values where helm is
/// given single ones.
pub(super) fn add(text: &str, mentions: &mut Mentions) {
    let (mut asked, mut is_set) = (Vec::new(), false);
    let mut copies: Vec<(&str, &str)> = Vec::new();
    for command in commands(text) {
        let words: Vec<&str> = command
            .words
            .iter()
            .map(|word| &text[word.clone()])
            .collect();
        let is = |name: &str| {
            words.first().is_some_and(|program| {
                let program = program.trim_start_matches(['@', '-']);
                program.rsplit('/').next() == Some(name)
            })
        };
        let has = |verbs: &[&str]| words.iter().any(|word| verbs.contains(word));
        if is("helm") && has(&VERBS) {
            let files = files(&words, &["-f", "--values"]);
            for file in files {
                let of_copy = copies.iter().find(|(_, copy)| *copy == file);
                of_copy
                    .into_iter()
                    .for_each(|(own, _)| mentions.add_file(own, None));
                mentions.add_file(file, None);
            }
            is_set |= words.iter().any(|word| word.starts_with("--set"));
        } else if is("cp") || is("mv") {
            copies.extend(copied(&words));
        } else if is("yq") {
            asked.extend(asked_of(&words));
        } else if (is("kubectl") || is("oc")) && has(&APPLIES) {
            let files = files(&words, &["-f", "--filename"]);
            files.for_each(|file| mentions.add_applied(file));
        }
    }
    let asked = asked.into_iter().filter(|_| is_set);
    asked.for_each(|file| mentions.add_file(file, None));
}

/// The file that a command copies, and the copy: `cp values.yaml ~/shop.yaml`.
fn copied<'w>(words: &[&'w str]) -> Option<(&'w str, &'w str)> {
    let mut files = words.iter().skip(1).filter(|word| !word.starts_with('-'));
    let (own, copy) = (bare(files.next()?), bare(files.next()?));
    let is_file = |file: &str| file.ends_with(".yaml") || file.ends_with(".yml");
    (files.next().is_none() && is_file(own) && is_file(copy)).then_some((own, copy))
}

/// The file that yq reads something of, `yq -r .redis.password ./cluster.yaml`, if it changes none.
fn asked_of<'w>(words: &[&'w str]) -> Option<&'w str> {
    const CHANGES: [&str; 2] = ["-i", "--inplace"];
    let file = bare(words.last()?);
    let is_yaml = file.ends_with(".yaml") || file.ends_with(".yml");
    let changes = words.iter().any(|word| CHANGES.contains(word));
    (is_yaml && !changes && !is_called_otherwise(Path::new(file))).then_some(file)
}

/// The files behind some options, as far as they are named: what a variable stands for is mostly the
/// script's own folder, or one below.
pub(super) fn files<'w>(words: &'w [&'w str], options: &[&str]) -> impl Iterator<Item = &'w str> {
    let given = words.iter().enumerate().filter_map(|(at, word)| {
        let joined = word.split_once('=');
        let joined = joined.filter(|(option, _)| options.contains(option));
        let is_option = options.contains(word);
        let next = || words.get(at + 1).copied().filter(|_| is_option);
        joined.map(|(_, file)| file).or_else(next)
    });
    let each = given.flat_map(|files| files.split(',').map(bare));
    each.filter(|file| !file.is_empty() && !file.contains(['*', ':']))
}

/// The word without quotes, and without all up to the last variable in it.
pub(super) fn bare(word: &str) -> &str {
    const QUOTES: [char; 2] = ['"', '\''];
    let word = word.trim_matches(QUOTES);
    let known = match word.rfind(['$', '(', ')', '{', '}']) {
        None => word,
        Some(at) => word[at..].split_once('/').map_or("", |(_, rest)| rest),
    };
    // `~/` is as little known as `$HOME/`.
    let known = known.trim_matches(QUOTES);
    known.strip_prefix("~/").unwrap_or(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_behind_options_of_helm() {
        let told = |text: &str| {
            let command = &commands(text)[0];
            let words: Vec<&str> = command
                .words
                .iter()
                .map(|word| &text[word.clone()])
                .collect();
            files(&words, &["-f", "--values"])
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        for (text, expected) in [
            ("helm upgrade web x --values helm.yml", vec!["helm.yml"]),
            (
                "helm upgrade web x \\\n  -f a.yml -f b.yml",
                vec!["a.yml", "b.yml"],
            ),
            (
                "helm install web x --values=a.yml,\"b.yml\"",
                vec!["a.yml", "b.yml"],
            ),
            ("helm install web x -f \"$HERE/a.yml\"", vec!["a.yml"]),
            ("helm install web x -f \"${HERE}\"/a.yml", vec!["a.yml"]),
            ("helm install web x -f env/$ENV/a.yml", vec!["a.yml"]),
            ("helm install web x -f ~/env/a.yml", vec!["env/a.yml"]),
            ("helm install web x -f $FILE", vec![]),
            ("helm install web x -f https://example.com/a.yml", vec![]),
            ("helm install web x -f", vec![]),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn what_yq_reads_becomes_values_where_helm_is_given_single_ones() {
        let told = |text: &str| {
            let script = Artifact::new("a.sh", "a.sh", text.to_owned());
            !of_script(&script).is_empty()
        };
        let read = "read -r P < <(yq -r '.redis.password' ./cluster.yaml)\n";
        let set = "helm upgrade web x --set auth.password=\"$P\"\n";
        assert!(told(&format!("{read}{set}")));
        assert!(told(&format!("P=$(yq .a \"$HERE/cluster.yml\")\n{set}")));
        for other in [
            read.to_owned(),
            format!("{read}helm upgrade web x\n"),
            format!("yq -i '.a = 1' cluster.yaml\n{set}"),
            format!("V=$(yq .version Chart.yaml)\n{set}"),
            format!("V=$(yq .services docker-compose.yml)\n{set}"),
        ] {
            assert!(!told(&other), "{other}");
        }
    }

    #[test]
    fn of_a_copy_that_helm_is_handed_the_file_is_named() {
        let told = |text: &str| {
            let mut mentions = Mentions::default();
            let mut expected = Mentions::default();
            add(text, &mut mentions);
            expected.add_file("env/a.yaml", None);
            expected.add_file("shop.yaml", None);
            format!("{mentions:?}") == format!("{expected:?}")
        };
        assert!(told(
            "cp ~/env/a.yaml ~/shop.yaml\nhelm upgrade web x -f ~/shop.yaml\n"
        ));
        assert!(told(
            "mv -f env/a.yaml shop.yaml\nhelm install web x -f shop.yaml\n"
        ));
        assert!(!told(
            "cp env/b.yaml shop.yaml\nhelm install web x -f shop.yaml\n"
        ));
        assert!(!told(
            "cp env/a.yaml other.yaml\nhelm install web x -f shop.yaml\n"
        ));
    }

    #[test]
    fn other_programs_take_no_values() {
        let told = |text: &str| {
            let script = Artifact::new("a.sh", "a.sh", text.to_owned());
            of_script(&script).is_empty()
        };
        assert!(!told("set -e\n@helm upgrade web x -f a.yml\n"));
        assert!(told(
            "kubectl apply -f a.yml\nhelm list -f a\necho helm install -f a.yml"
        ));
    }
}
