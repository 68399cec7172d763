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

/// When a text applies one file in view of another one, by their paths; `None` where it does not apply the first.
pub(super) fn turn(script: Script<'_>, file: &str, other: &str) -> Option<Turn> {
    let text = script.text;
    let mut named = meant(script, file).peekable();
    named.peek()?;
    let applied = named.find(|at| !is_told(text, *at));
    let before = meant(script, other).find(|at| !is_told(text, *at));
    Some(match (before, applied) {
        (Some(before), Some(at)) if before < at && !text[before..at].lines().any(begins_part) => {
            Turn::After
        }
        (Some(_), Some(_)) => Turn::Otherwise,
        (None, _) | (_, None) => Turn::Alone,
    })
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
