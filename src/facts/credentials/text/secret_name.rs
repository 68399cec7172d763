//! Variables of a script that hold the name of a Secret or of a key in one, told by the commands that they are
//! handed to.

use super::key_pair::{is_key_beside_name, is_name_beside_name};

/// What stands right before a variable that is the name of a key in a Secret.
const BEFORE_KEYS: [&str; 5] = [
    ".data.",
    ".data[",
    ".stringData.",
    "--from-literal=",
    "--from-file=",
];

/// Whether a setting of a script says how a Secret or its key is called: by the one beside it, or by what is done
/// with it.
pub(in crate::facts::credentials) fn names_secret(text: &str, key: &str, value: &str) -> bool {
    let has = |name: &str| text.contains(name);
    is_key_beside_name(key, has)
        || is_name_beside_name(key, value, has)
        || (has("kubectl") || has("oc ")) && is_handed_over(text, key)
}

/// Whether some characters of a script stand where kubectl expects the path of a file, behind the name of a key or
/// not: `--from-file=password=p.txt`.
pub(in crate::facts::credentials) fn is_file_of_secret(text: &str, at: usize) -> bool {
    const OPTIONS: [&str; 2] = ["--from-file", "--from-env-file"];
    let head = text.get(..at).unwrap_or_default();
    let word = head.rsplit(char::is_whitespace).next().unwrap_or_default();
    let before = &head[..head.len() - word.len()];
    let mut options = OPTIONS.iter();
    options.any(|option| word.starts_with(option) || before.trim_end().ends_with(option))
}

/// Whether a variable stands where a command expects such a name.
fn is_handed_over(text: &str, variable: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('{');
        let behind = rest.strip_prefix(variable);
        let is_it = behind.is_some_and(|behind| !behind.starts_with(is_of_name));
        is_it && (is_key(&text[..at]) || is_secret(&text[..at]))
    })
}

fn is_of_name(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '_'
}

/// Whether the name of a key comes next: `.data.`, `--from-literal=`.
fn is_key(head: &str) -> bool {
    let head = head.trim_end_matches(['"', '\'', '\\']);
    BEFORE_KEYS.iter().any(|before| head.ends_with(before))
}

/// Whether the name of a Secret comes next: `kubectl get secret "`, `oc delete secret/`.
fn is_secret(head: &str) -> bool {
    let start = head.rfind([';', '|', '&', '(', '`']).map_or(0, |at| at + 1);
    let own = &head[start..];
    // A command goes on behind a backslash.
    let line = own.match_indices('\n').map(|(at, _)| at).rev();
    let mut ends = line.filter(|at| !own[..*at].trim_end().ends_with('\\'));
    let own = ends.next().map_or(own, |at| &own[at + 1..]);
    let mut words: Vec<&str> = own.split_whitespace().collect();
    let begun = words.pop_if(|_| !own.ends_with(char::is_whitespace));
    let begun = begun.unwrap_or_default().trim_matches(['"', '\'']);
    let is_program = |word: &&str| word.ends_with("kubectl") || *word == "oc";
    let is_kind = |word: &&str| matches!(*word, "secret" | "secrets");
    let is_option = words
        .last()
        .is_some_and(|word| word.starts_with('-') && !word.contains('='));
    words.iter().any(is_program)
        && (matches!(begun, "secret/" | "secrets/")
            || (begun.is_empty() && !is_option && words.iter().any(is_kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_secret_is_a_path() {
        for (text, expected) in [
            (
                "kubectl create secret generic a --from-file htpasswd=h.sec",
                true,
            ),
            (
                "kubectl create secret generic a --from-file=password=h.sec",
                true,
            ),
            (
                "kubectl create secret generic a --from-literal htpasswd=h.sec",
                false,
            ),
            (
                "PASSWORD=h.sec kubectl create secret generic a --from-file b",
                false,
            ),
            ("--from-file\u{3000}h.sec", true),
        ] {
            let at = text.find("h.sec").unwrap_or_default();
            assert_eq!(is_file_of_secret(text, at), expected, "{text}");
        }
    }

    #[test]
    fn what_commands_do_with_a_variable_tells_it() {
        for text in [
            "kubectl get secret \"$X\" -o yaml",
            "kubectl -n shop patch secret $X -p '{}'",
            "oc delete secret/${X}",
            "kubectl create secret generic \\\n  \"${X}\" --from-literal=a=b",
            "A=$(kubectl get secrets $X -o jsonpath='{.data.a}')",
            "kubectl get secret a -o jsonpath=\"{.data.$X}\"",
            "kubectl get secret a -o json | jq -r \".data[\\\"$X\\\"]\"",
            "kubectl create secret generic a --from-literal=\"$X\"=\"$B\"",
        ] {
            assert!(names_secret(text, "X", "shop"), "{text}");
        }
        for text in [
            "curl -H \"Authorization: Bearer $X\" https://a; kubectl apply -f a",
            "kubectl create secret generic a --from-literal=b=$X",
            "kubectl create secret generic a --from-literal=$XY=b",
            "kubectl get secret a\ncurl $X",
            "kubectl get secret a | grep $X",
            "kubectl patch secret a -p $X",
        ] {
            assert!(!names_secret(text, "X", "shop"), "{text}");
        }
    }
}
