//! Files of variables that a script takes in, and which of the variables its commands hand to a cluster:
//! `source app.env`, `export $(cat .env | xargs)`, make's `include .env`.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::{Script, command, is_object, variable};
use crate::model::{Artifact, Resource};
use crate::shell::{commands, here_documents};
use crate::source::handed_values::bare as known_part;
use crate::source::settings::of_pairs;
use crate::source::tried::is_test;

/// Commands that take in the file behind them.
const TAKES: [&str; 5] = [".", "source", "include", "-include", "sinclude"];

/// Programs that print the file whose lines are exported.
const PRINTS: [&str; 3] = ["cat", "grep", "sed"];

/// Words in the name of a file that is to be copied.
const COPIED: [&str; 5] = ["dist", "example", "sample", "template", "tmpl"];

/// What a script takes in, paths as it writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::source) struct Sourced {
    /// Files of variables.
    pub(in crate::source) files: Vec<String>,
    /// Variables that its commands hand to a cluster, and that it gives nothing itself.
    pub(in crate::source) names: BTreeSet<String>,
    /// Texts of which a cluster gets what the variables make of them: `envsubst < a.yaml`.
    pub(in crate::source) filled: Vec<String>,
}

impl Script<'_> {
    /// What it takes in; `None` where that is nothing, or only tried.
    pub(in crate::source) fn sourced(&self) -> Option<Sourced> {
        let text = &*self.text;
        let may_take = ["source ", ". ", "include ", "export $("];
        let is_tried = is_test(Path::new(&*self.artifact.uri));
        if is_tried || !may_take.iter().any(|sign| text.contains(sign)) {
            return None;
        }
        let commands = commands(text);
        let commands = || commands.iter().map(|one| one.words.as_slice());
        let files: Vec<String> = commands().filter_map(|words| taken(text, words)).collect();
        if files.is_empty() {
            return None;
        }
        let handed = commands().flat_map(|words| command::handed(text, words));
        let written = here_documents(text).into_iter();
        let written =
            written.filter(|range| is_object(&text[range.clone()]) && !self.is_in_quotes(range));
        let names = handed.chain(written);
        // Between single quotes nothing is replaced.
        let names = names.filter(|range| !text[..range.start].ends_with('\''));
        let names = names.flat_map(|range| variables(&text[range]));
        let names = names.filter(|name| !variable::is_given(text, name));
        Some(Sourced {
            files,
            names: names.map(str::to_owned).collect(),
            filled: commands().filter_map(|words| filled(text, words)).collect(),
        })
    }
}

/// The file of variables that a command takes in, as far as its path is known.
fn taken(text: &str, words: &[Range<usize>]) -> Option<String> {
    let first = &text[words[0].clone()];
    let is_exported = || text[..words[0].start].trim_end().ends_with("export $(");
    let path = match first {
        first if TAKES.contains(&first) => words.get(1),
        first if PRINTS.contains(&first) && is_exported() => words.last(),
        _ => None,
    };
    // A variable may name it.
    let word = variable::bare(text, path?.clone());
    let named = variable::meanings(text, word.clone()).into_iter().next();
    let path = known_part(&text[named.unwrap_or(word)]);
    if path.contains(['<', '>', '*', ':']) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_copied = name
        .split(['.', '-', '_'])
        .any(|word| COPIED.contains(&word));
    (!path.is_empty() && !is_copied).then(|| path.to_owned())
}

/// The text that a command fills in.
fn filled(text: &str, words: &[Range<usize>]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    let is_filled = text[first.clone()].ends_with("envsubst");
    let mut rest = rest.iter().map(|word| &text[word.clone()]);
    let input = rest
        .find(|word| word.starts_with('<'))
        .filter(|_| is_filled)?;
    let path = match input {
        "<" => rest.next()?,
        joined => &joined[1..],
    };
    Some(known_part(path).to_owned())
}

/// The variables in a text: `$NAME`, `${NAME}`, `${NAME:-x}`, `$(NAME)` of make.
pub(in crate::source) fn variables(text: &str) -> impl Iterator<Item = &str> {
    let is_literal = text.starts_with('\'') || text.contains("='");
    let own = text.split('$').skip(1).filter(move |_| !is_literal);
    own.filter_map(|own| {
        let inner = own.trim_start_matches(['{', '(']);
        let end = inner.find(|one| !variable::is_of_name(one));
        let (name, rest) = inner.split_at(end.unwrap_or(inner.len()));
        let is_whole = match own.as_bytes().first() {
            Some(b'{') => rest.starts_with(['}', ':']),
            Some(b'(') => rest.starts_with(')'),
            _ => true,
        };
        (is_whole && !name.is_empty()).then_some(name)
    })
}

/// What a file of variables gives to some of them literally.
pub(in crate::source) fn resource(
    artifact: &Arc<Artifact>,
    names: &BTreeSet<String>,
) -> Option<Resource> {
    let text = &artifact.text;
    let pair = |name: &String| {
        let value = variable::of_name(text, name)?;
        let start = text[..value.start].rfind(name)?;
        Some((start..start + name.len(), value))
    };
    let mut pairs: Vec<_> = names.iter().filter_map(pair).collect();
    pairs.sort_by_key(|(name, _)| name.start);
    (!pairs.is_empty()).then(|| of_pairs(artifact, &pairs))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sourced(text: &str) -> Option<Sourced> {
        let artifact = Arc::new(Artifact::new("a.sh", "a.sh", text.to_owned()));
        Script::of_text(&artifact, text.to_owned()).sourced()
    }

    #[test]
    fn a_script_takes_in_files_of_variables() {
        for text in [
            ". ./ci/a.env",
            "set -a; source \"ci/a.env\"; set +a",
            "source \"$(dirname \"$0\")/ci/a.env\"",
            "  . \"${HERE}/ci/a.env\" || exit 1",
            "export $(cat ci/a.env | xargs)",
            "export $(grep -v '^#' ci/a.env | xargs -d '\\n')",
            "-include ci/a.env\nall:\n",
            "FILE=\"$HERE/ci/a.env\"\nsource \"$FILE\"",
        ] {
            let files = sourced(text).map(|own| own.files).unwrap_or_default();
            let files: Vec<&str> = files
                .iter()
                .map(|file| file.trim_start_matches("./"))
                .collect();
            assert_eq!(files, ["ci/a.env"], "{text}");
        }
        for text in [
            "source ci/a.env.example",
            "cat ci/a.env",
            "source <(kubectl completion bash)",
            "source $FILE",
        ] {
            assert_eq!(sourced(text), None, "{text}");
        }
    }

    #[test]
    fn what_commands_hand_on_is_used() {
        for text in [
            "kubectl create secret generic x --from-literal=password=\"$A\"",
            "helm upgrade x y --set auth.password=${A} --wait",
            "helm upgrade x y --set auth.url=u:${A:-b}@c",
            "kubectl set env deploy/x PASSWORD=$A",
            "kubectl apply -f - <<EOF\napiVersion: v1\nkind: Secret\nstringData: {a: $A}\nEOF",
            "argocd repo add x --password $A",
        ] {
            let own = sourced(&format!("source a.env\n{text}\n")).expect("takes in a file");
            assert_eq!(own.names.into_iter().collect::<Vec<_>>(), ["A"], "{text}");
        }
        for text in [
            "kubectl get secret $A",
            "A=$(x)\nkubectl create secret generic x --from-literal=password=\"$A\"",
            "read -rs A\nhelm upgrade x y --set auth.password=${A}",
            "helm upgrade x y --set 'auth.password=$A'",
            "kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: Secret\nstringData: {a: $A}\nEOF",
            "argocd login x --password $A",
            "echo $A",
        ] {
            let own = sourced(&format!("source a.env\n{text}\n")).expect("takes in a file");
            assert!(own.names.is_empty(), "{text}");
        }
        let filled =
            sourced(". a.env\nenvsubst < t.yaml | kubectl apply -f -").map(|own| own.filled);
        assert_eq!(filled, Some(vec!["t.yaml".to_owned()]));
    }
}
