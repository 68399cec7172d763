//! In which order scripts apply files, as far as one text says it plainly.

use super::meant::{Script, name_of, only_prints};

/// When a text applies a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// After the other one.
    After,
    /// Before it, or in another part than it.
    Otherwise,
    /// Without the other one, or it only names the file in a comment.
    Alone,
}

/// When a text applies one file in view of another one, by their paths; `None` where it does not apply the first. Where an
/// array or a variable names a file, who uses that tells when: only files of one array are in its order.
pub(super) fn turn(script: Script<'_>, file: &str, other: &str) -> Option<Turn> {
    let text = script.text;
    let is_other_told = || meant(script, other).any(|at| is_told(text, at));
    let mut named = meant(script, file).filter(|at| !is_left_out(text, *at) || is_other_told());
    named.next()?;
    Some(match (applied(script, other), applied(script, file)) {
        (Some(before), Some(own)) if is_after(text, before, own) => Turn::After,
        (Some(_), Some(_)) => Turn::Otherwise,
        (None, _) | (_, None) => Turn::Alone,
    })
}

/// Where a text applies a file, with the array or the variable that it is named in: the first place without one, or
/// else the first with one.
fn applied(script: Script<'_>, path: &str) -> Option<(usize, Option<usize>)> {
    let places = meant(script, path).filter(|at| !is_told(script.text, *at));
    let places = places.map(|at| (at, definition(script.text, at)));
    // Of equal ones the first counts.
    places.min_by_key(|(_, definition)| definition.is_some())
}

/// Whether one of two places is after the other, in the same part of a text.
fn is_after(text: &str, before: (usize, Option<usize>), own: (usize, Option<usize>)) -> bool {
    let ((before, of_before), (own, of_own)) = (before, own);
    before < own && of_before == of_own && !text[before..own].lines().any(begins_part)
}

/// Where a text means a file with a path, other than to delete it or to print its name.
fn meant<'t>(script: Script<'t>, path: &'t str) -> impl Iterator<Item = usize> + 't {
    let text = script.text;
    mentions(text, name_of(path)).filter(move |at| match is_told(text, *at) {
        // A comment that names no folder may be about any file.
        true => script.finds(*at, path),
        false => {
            !is_deleted(text, *at)
                && !is_printed(text, *at)
                && !is_unused(text, *at)
                && script.may_mean(*at, path)
        }
    })
}

/// Where a text names a file, with or without its folder.
fn mentions<'t>(text: &'t str, file: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let found = text.match_indices(file).map(|(at, _)| at);
    found.filter(move |at| {
        let rest = &text[at + file.len()..];
        // A full stop may end a sentence.
        let is_longer =
            rest.starts_with(|next: char| next.is_alphanumeric() || "-_".contains(next));
        !text[..*at].ends_with(is_part) && !is_longer
    })
}

/// Whether the command around a place deletes.
fn is_deleted(text: &str, at: usize) -> bool {
    let mut words = command_before(text, at).split_whitespace();
    words.any(|word| word == "delete")
}

/// Whether the command around a place only prints, and nothing takes what it prints.
fn is_printed(text: &str, at: usize) -> bool {
    let rest = text[at..].lines().next().unwrap_or_default();
    only_prints(command_before(text, at)) && !rest.contains(['|', '>'])
}

/// Whether a place is in the value of a variable that the text uses nowhere.
fn is_unused(text: &str, at: usize) -> bool {
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    let Some((name, value)) = line.trim_start().split_once('=') else {
        return false;
    };
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let is_variable = !name.is_empty() && name.chars().all(is_of_name);
    is_variable && !value.contains(['(', ' ']) && text.matches(name).nth(1).is_none()
}

/// Whether a place is in a comment.
fn is_told(text: &str, at: usize) -> bool {
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    line.trim_start().starts_with('#')
}

/// Whether a place is in a command that a comment leaves out.
fn is_left_out(text: &str, at: usize) -> bool {
    const COMMANDS: [&str; 5] = ["echo", "helm", "kubectl", "oc", "sudo"];
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    let words = line.trim_start_matches(['#', '@', ' ', '\t']);
    let first = words.split_whitespace().next().unwrap_or_default();
    is_told(text, at) && COMMANDS.contains(&first)
}

/// Where the array or the variable begins that a place is in the value of; `None` for what a command takes.
fn definition(text: &str, at: usize) -> Option<usize> {
    let bracket = bracket_around(&text[..at]);
    let start = bracket.unwrap_or(at);
    let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let (name, value) = text[line..at].split_once('=')?;
    let is_loose = name.ends_with([':', ' ']);
    let name = name.trim_end_matches(['+', ':', '?', ' ']);
    let name = name.rsplit(char::is_whitespace).next().unwrap_or_default();
    let name = name.trim_start_matches('$');
    let is_name = !name.is_empty() && name.chars().all(|one| one.is_alphanumeric() || one == '_');
    let is_open = bracket.is_some() || is_loose || !value.contains(char::is_whitespace);
    let is_command = ["$(", "apply", "create"]
        .iter()
        .any(|sign| value.contains(sign));
    (is_name && (is_open || is_quoted(value)) && !is_command).then_some(line)
}

/// The last bracket of a text that is not closed.
fn bracket_around(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices().rev() {
        match letter {
            ')' | ']' => depth += 1,
            '(' | '[' if depth == 0 => return Some(at),
            '(' | '[' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether a value begins with a quotation mark that is not closed.
fn is_quoted(value: &str) -> bool {
    let mark = value.chars().next().filter(|mark| "\"'".contains(*mark));
    mark.is_some_and(|mark| value.matches(mark).count() == 1)
}

/// What stands before a place in its command.
fn command_before(text: &str, at: usize) -> &str {
    let bytes = text.as_bytes();
    let ends = |end: &usize| match bytes[*end] {
        b'\n' => *end == 0 || bytes[end - 1] != b'\\',
        byte => matches!(byte, b';' | b'&' | b'|'),
    };
    let start = (0..at).rev().find(ends);
    &text[start.map_or(0, |end| end + 1)..at]
}

/// Whether a line begins a target of a Makefile or a function: who runs it first is not told by where it stands.
fn begins_part(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or_default();
    let is_target = first.ends_with(':') && line.starts_with(first);
    is_target || line.contains("()") && line.trim_end().ends_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_in_a_script_tells_the_order() {
        for (text, expected) in [
            (
                "kubectl apply -f k8s/web.yaml\nkubectl apply -f k8s/np.yaml",
                Some(Turn::After),
            ),
            (
                "kubectl apply -f np.yaml\nkubectl apply -f web.yaml",
                Some(Turn::Otherwise),
            ),
            ("kubectl apply -f web.yaml -f np.yaml", Some(Turn::After)),
            (
                "for f in web.yaml np.yaml; do kubectl apply -f $f; done",
                Some(Turn::After),
            ),
            ("kubectl apply -f np.yaml", Some(Turn::Alone)),
            ("kubectl apply -f .", None),
            ("kubectl apply -f my-np.yaml", None),
            ("kubectl delete -f np.yaml", None),
            ("echo \"kubectl apply -f np.yaml\"", None),
            ("NP=np.yaml", None),
            ("NP=np.yaml\nkubectl apply -f $NP", Some(Turn::Alone)),
            (
                "kubectl apply -f web.yaml\necho then np.yaml\nkubectl apply -f np.yaml",
                Some(Turn::After),
            ),
            ("kubectl delete -f web.yaml \\\n  -f np.yaml", None),
            (
                "kubectl delete -f np.yaml; kubectl apply -f np.yaml",
                Some(Turn::Alone),
            ),
            (
                "kubectl delete -f web.yaml && kubectl apply -f np.yaml && kubectl apply -f web.yaml",
                Some(Turn::Otherwise),
            ),
            (
                "# web.yaml, then np.yaml\nkubectl apply -f .",
                Some(Turn::Alone),
            ),
            (
                "app:\n\tkubectl apply -f web.yaml\npolicies:\n\tkubectl apply -f np.yaml",
                Some(Turn::Otherwise),
            ),
            (
                "# kubectl apply -f np.yaml\nkubectl apply -f web.yaml",
                None,
            ),
            (
                "\t@echo \"kubectl apply -f web.yaml\"\n\t#@echo \"kubectl apply -f np.yaml\"",
                None,
            ),
            (
                "# kubectl apply -f np.yaml\n# kubectl apply -f web.yaml",
                Some(Turn::Alone),
            ),
            // What is named in an array or a variable is applied where that is used.
            (
                "APPS=(\n  \"web.yaml\"\n)\nFIRST=(\n  \"np.yaml\"\n)\nup \"${FIRST[@]}\"\nup \"${APPS[@]}\"",
                Some(Turn::Otherwise),
            ),
            (
                "APP=web.yaml\nPOLICY=np.yaml\nkubectl apply -f $POLICY\nkubectl apply -f $APP",
                Some(Turn::Otherwise),
            ),
            (
                "APP=web.yaml\nkubectl apply -f np.yaml\nkubectl apply -f $APP",
                Some(Turn::Otherwise),
            ),
            (
                "ALL=(web.yaml np.yaml)\nkubectl apply -f np.yaml\nkubectl apply -f web.yaml",
                Some(Turn::Otherwise),
            ),
            (
                "ALL=(web.yaml\n  np.yaml)\nfor f in \"${ALL[@]}\"; do kubectl apply -f $f; done",
                Some(Turn::After),
            ),
            (
                "ALL=\"web.yaml np.yaml\"\nfor f in $ALL; do kubectl apply -f $f; done",
                Some(Turn::After),
            ),
            (
                "ALL := web.yaml np.yaml\nup:\n\tfor f in $(ALL); do kubectl apply -f $$f; done",
                Some(Turn::After),
            ),
            (
                "NS=a kubectl apply -f web.yaml\nOUT=$(kubectl apply -f np.yaml)",
                Some(Turn::After),
            ),
            (
                "app() {\n  kubectl apply -f web.yaml\n}\npolicies() {\n  kubectl apply -f np.yaml\n}",
                Some(Turn::Otherwise),
            ),
        ] {
            let script = Script {
                path: "up.sh",
                text,
            };
            assert_eq!(turn(script, "np.yaml", "web.yaml"), expected, "{text}");
        }
    }

    #[test]
    fn another_file_of_the_name_is_in_no_turn() {
        let turn = |text: &str| {
            let path = "scripts/up.sh";
            turn(Script { path, text }, "k8s/web/np.yaml", "k8s/web/web.yaml")
        };
        assert_eq!(turn("kubectl apply -f k8s/np.yaml"), None);
        assert_eq!(turn("# see np.yaml"), None);
        assert_eq!(turn("# see k8s/web/np.yaml"), Some(Turn::Alone));
        assert_eq!(turn("cd k8s\nkubectl apply -f np.yaml"), None);
        assert_eq!(
            turn("kubectl apply -f k8s/web/web.yaml -f k8s/web/np.yaml"),
            Some(Turn::After)
        );
        // Of which file it is before, it does not say.
        assert_eq!(
            turn("kubectl apply -f k8s/api/web.yaml -f k8s/web/np.yaml"),
            Some(Turn::Alone)
        );
    }
}
