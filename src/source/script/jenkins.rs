//! The commands of a Jenkinsfile, which stand in strings of Groovy: `sh 'helm upgrade …'`; and what it gives them,
//! `environment { NAME = 'x' }`. The pods that run them belong to `agent`.

mod agent;

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

pub(super) use self::agent::{pods, starts_pods};
use super::alone;
use super::setting::{self, Setting};
use crate::model::{Artifact, Resource};
use crate::shell::serves_cluster;
use crate::source::settings::object;

/// Steps whose string is a script.
const STEPS: [&str; 4] = ["bat", "powershell", "pwsh", "sh"];

/// A string of Groovy: its bytes with its quotes and without.
struct Literal {
    whole: Range<usize>,
    inner: Range<usize>,
}

/// The commands of a Jenkinsfile in their places, with the literals that it gives to variables; the rest is blank.
pub(super) fn commands(text: &str) -> String {
    let (mut kept, mut given) = (Vec::new(), Vec::new());
    for one in literals(text) {
        let is_commands = is_script(text, &one) && !agent::is_pod(text, &one);
        match assigned(text, &one).filter(|_| !is_commands) {
            Some(name) => given.push((name, one)),
            None if is_commands || is_pair(text, &one) => kept.push(one),
            None => {}
        }
    }
    let shown = kept.iter().map(|one| one.inner.clone());
    let shown = shown.chain(given.iter().map(|(_, one)| one.whole.clone()));
    let shown: Vec<Range<usize>> = shown.collect();
    let mut told = alone(text, &shown, std::iter::empty()).into_bytes();
    // Each is a line of its own; the sign with which a line goes on is written twice in Groovy.
    for one in &kept {
        for at in one.inner.clone() {
            if told[at..one.inner.end].starts_with(b"\\\\\n") {
                told[at] = b' ';
            }
        }
        told[one.whole.start] = b'\n';
        told[one.whole.end - 1] = b'\n';
    }
    for (name, one) in given {
        // As a shell writes it, right in front of the value, where name and sign stood with more between them.
        let sign = one.whole.start - 1;
        let start = sign - name.len();
        told[start..sign].copy_from_slice(&text.as_bytes()[name]);
        told[sign] = b'=';
        for around in [start.checked_sub(1), Some(one.whole.end)]
            .into_iter()
            .flatten()
        {
            if let Some(byte) = told.get_mut(around) {
                *byte = b'\n';
            }
        }
    }
    String::from_utf8(told).unwrap_or_default()
}

/// What a Jenkinsfile gives to what its stages run; that of a stage which puts nothing into a cluster, as one of
/// tests, is none.
pub(super) fn environment(artifact: &Arc<Artifact>) -> Option<Resource> {
    let text = &artifact.text;
    if !text.contains("environment") {
        return None;
    }
    let literals = literals(text);
    let blocks = blocks(text, &literals);
    let around = |at: usize, word: &str| {
        let begins = |block: &Range<usize>| {
            let rest = text[block.start..].trim_start().strip_prefix(word);
            rest.is_some_and(|rest| rest.trim_start().starts_with(['(', '{']))
        };
        let mut own = blocks.iter().rev();
        own.find(|block| block.contains(&at) && begins(block))
    };
    let settings = literals.iter().filter_map(|one| {
        let name = assigned(text, one)?;
        around(name.start, "environment")?;
        let stage = around(name.start, "stage");
        let is_live = stage.is_none_or(|stage| serves_cluster(&text[stage.clone()]));
        (is_live && !one.inner.is_empty()).then(|| Setting {
            keys: vec![name],
            value: one.inner.clone().into(),
        })
    });
    let settings: Vec<Setting> = settings.collect();
    let tree = (!settings.is_empty()).then(|| setting::tree(text, Some("env"), &settings))?;
    object(artifact, tree.ok()?, ("v1", "Pod"), "")
}

/// The name that a string is assigned to: `NAME = 'x'`, `def name = "x"`.
fn assigned(text: &str, one: &Literal) -> Option<Range<usize>> {
    let before = text[..one.whole.start].trim_end_matches(' ');
    let before = before.strip_suffix('=')?.trim_end_matches(' ');
    let rest = before.trim_end_matches(is_of_name);
    let is_begin = rest.is_empty() || rest.ends_with(['\n', ' ', '\t', '{', ';']);
    (is_begin && rest.len() < before.len()).then_some(rest.len()..before.len())
}

/// Whether a string is what a step runs, or commands that one may run.
fn is_script(text: &str, one: &Literal) -> bool {
    is_step(text, one) || serves_cluster(&text[one.inner.clone()])
}

/// Whether a string is what a step runs.
fn is_step(text: &str, one: &Literal) -> bool {
    let before = text[..one.whole.start].trim_end();
    let before = before.strip_suffix("script:").unwrap_or(before).trim_end();
    let before = before.trim_end_matches('(').trim_end();
    let step = &before[before.trim_end_matches(is_of_name).len()..];
    STEPS.contains(&step)
}

/// Whether a string is a variable for some steps: `withEnv(['NAME=x'])`.
fn is_pair(text: &str, one: &Literal) -> bool {
    let name = text[one.inner.clone()]
        .split_once('=')
        .map(|(name, _)| name);
    let is_in_list = text[..one.whole.start].trim_end().ends_with(['[', ',']);
    is_in_list && name.is_some_and(|name| !name.is_empty() && name.chars().all(is_of_name))
}

fn is_of_name(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '_'
}

/// The strings of Groovy, in their order; what stands in comments is none.
fn literals(text: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        let behind = |sign: &[u8]| {
            let end = rest.windows(sign.len()).skip(2).position(|one| one == sign);
            end.map_or(rest.len(), |end| end + 2 + sign.len())
        };
        match rest {
            [b'/', b'/', ..] => at += behind(b"\n"),
            [b'/', b'*', ..] => at += behind(b"*/"),
            [quote @ (b'"' | b'\''), ..] => {
                let is_long = rest.starts_with(&[*quote; 3]);
                let quote = &rest[..if is_long { 3 } else { 1 }];
                let start = at + quote.len();
                at = start;
                if let Some(length) = closed(&rest[quote.len()..], quote) {
                    let inner = start..start + length;
                    at = inner.end + quote.len();
                    let whole = start - quote.len()..at;
                    found.push(Literal { whole, inner });
                }
            }
            _ => at += 1,
        }
    }
    found
}

/// How long a string is up to its quote; one of a single quote ends on its line.
fn closed(bytes: &[u8], quote: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' if quote.len() == 1 => return None,
            _ if bytes[at..].starts_with(quote) => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// The blocks in braces, each from the line that it begins on; outer ones first.
fn blocks(text: &str, literals: &[Literal]) -> Vec<Range<usize>> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    let mut strings = literals.iter().peekable();
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        if let Some(one) = strings.next_if(|one| one.whole.start == at) {
            at = one.whole.end;
            continue;
        }
        match byte {
            b'{' => open.push(text[..at].rfind('\n').map_or(0, |line| line + 1)),
            b'}' => found.extend(open.pop().map(|start| start..at)),
            _ => {}
        }
        at += 1;
    }
    found.sort_by_key(|block| (block.start, Reverse(block.end)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Node, Visited};
    use crate::source::script::Script;

    /// What stands in what a Jenkinsfile's commands make, as `key=value`.
    fn made(text: &str) -> Vec<String> {
        let artifact = Arc::new(Artifact::new("Jenkinsfile", "Jenkinsfile", text.to_owned()));
        let script = Script::of_file(&artifact).expect("serves a cluster");
        let mut told = Vec::new();
        for resource in script.resources() {
            resource.node().visit_scalars(&mut |path, node: Node<'_>| {
                let key = path.iter().rev().find_map(|step| match step {
                    Visited::Key(key) => key.as_str(),
                    Visited::Index(_) => None,
                });
                let value = &text[node.span().range()];
                told.push(format!("{}={value}", key.unwrap_or_default()));
            });
        }
        told
    }

    #[test]
    fn strings_of_groovy_hold_commands() {
        for (text, expected) in [
            ("sh 'helm upgrade a b --set c.d=e'", "d=e"),
            (
                "sh \"\"\"\n  x\n  helm upgrade a b \\\n --set c.d=e\n\"\"\"",
                "d=e",
            ),
            (
                "sh(script: 'helm upgrade a b --set c.d=e', returnStdout: true)",
                "d=e",
            ),
            ("def run = \"helm upgrade a b --set c.d=e\"\nsh run", "d=e"),
            ("def p = 'e'\nsh \"helm upgrade a b --set c.d=${p}\"", "d=e"),
            (
                "withEnv(['P=e', 'Q=f']) { sh 'helm upgrade a b --set c.d=$P' }",
                "d=e",
            ),
            (
                "sh \"kubectl create secret generic a --from-literal=d=\\\"e\\\"\"",
                "d=e",
            ),
            (
                "sh 'docker login -p e'; sh 'helm ls'",
                "command=docker command=login command=-p command=e",
            ),
            ("// sh 'helm upgrade a b --set c.d=e'\nsh 'helm ls'", ""),
            ("sh \"helm upgrade a b --set c.d=${params.D}\"", ""),
            (
                "P = credentials('e')\nsh 'helm upgrade a b --set c.d=$P'",
                "",
            ),
            ("echo 'it is not \\' so'; sh 'helm ls'", ""),
        ] {
            assert_eq!(made(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn what_a_stage_is_given_is_told_where_it_deploys() {
        let file = |stage: &str| {
            format!(
                "pipeline {{\n  stages {{\n{stage}\n    stage('x') {{\n      sh 'kubectl get pods'\n    }}\n  }}\n}}\n"
            )
        };
        let live = "    stage('a') {\n      environment {\n        P = 'e}'\n        Q = credentials('f')\n      }\n      sh 'helm upgrade a b'\n    }";
        assert_eq!(made(&file(live)), ["P=e}"]);
        let test = live.replace("helm upgrade a b", "make test");
        assert_eq!(made(&file(&test)), [""; 0]);
        let all = "environment {\n  P = 'e'\n}\nsh 'kubectl get pods'\n";
        assert_eq!(made(all), ["P=e"]);
    }

    #[test]
    fn any_jenkinsfile_is_survived() {
        let text = "A='b'\né = 'a'\n\"\"\"'''kubectl \\\" {{}} } /* // */ sh '''x='é''' environment { A='b' }\\";
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let artifact = Arc::new(Artifact::new("a", "a", text[..end].to_owned()));
            assert_eq!(commands(&text[..end]).len(), end);
            let _ = (environment(&artifact), pods(&artifact));
        }
    }
}
