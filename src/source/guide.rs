//! Commands in texts that people read (`README.md`): which values files they say that helm is handed.

use std::sync::Arc;

use super::handed_values::add;
use super::mentions::Mentions;
use crate::model::Artifact;

/// The program whose commands count.
const PROGRAM: &str = "helm ";

/// What a guide says of values files.
pub(super) fn of_guide(guide: &Arc<Artifact>) -> Mentions {
    let mut mentions = Mentions::default();
    for command in commands(&guide.text) {
        add(&command, &mut mentions);
    }
    mentions
}

/// Whether a text hands a file to helm somewhere.
pub(super) fn hands_values(text: &str) -> bool {
    let options = [" -f", " --values"];
    text.contains(PROGRAM) && options.iter().any(|option| text.contains(option))
}

/// Each command of helm, to the end of its line or of its code; a line that ends with `\` goes on in the next.
/// What stands around is prose, in which quotes mean nothing.
fn commands(text: &str) -> Vec<String> {
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let Some(at) = begin(line) else { continue };
        let mut command = code(&line[at..]).to_owned();
        while command.trim_end().ends_with('\\') {
            let Some(next) = lines.next() else { break };
            command.push('\n');
            command.push_str(code(next));
        }
        found.push(command);
    }
    found
}

/// Where a command of helm begins in a line, at its start or behind what no word goes on from.
fn begin(line: &str) -> Option<usize> {
    let is_begin = |(at, _): &(usize, &str)| {
        let before = line[..*at].chars().next_back();
        before.is_none_or(|one| one.is_whitespace() || "`;&|(\"".contains(one))
    };
    line.match_indices(PROGRAM).find(is_begin).map(|(at, _)| at)
}

fn code(line: &str) -> &str {
    line.split('`').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_end_where_their_code_does() {
        let text = "It's helm's way:\n```sh\n$ helm upgrade a b \\\n  -f c.yaml\n```\nor `helm install a b` don't.\nmyhelm x\n";
        assert_eq!(
            commands(text),
            ["helm upgrade a b \\\n  -f c.yaml", "helm install a b"]
        );
    }
}
