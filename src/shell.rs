//! Where in a shell's text commands begin, and the words of each: enough of the grammar of POSIX
//! shells and of PowerShell to tell a command from a string, a comment or a here-document.

use std::ops::Range;

mod cluster;
mod file;
mod here_document;
mod scan;
mod wrapper;

pub(crate) use cluster::{feeds_cluster, is_passing, serves_cluster};
pub(crate) use file::{
    BEGINNING, begins_script, holds_commands, is_called_jenkinsfile, is_called_pipeline,
    is_called_script, is_script, is_unnamed,
};
pub(crate) use here_document::{here_documents, line_of};
pub(crate) use wrapper::{is_before_given, may_run_given, runs_given};

use self::scan::Scan;

/// A command: its words, without assignments and prefixes in front.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    /// In bytes of the text.
    pub(crate) words: Vec<Range<usize>>,
}

/// The commands of a text, in the order in which they begin.
pub(crate) fn commands(text: &str) -> Vec<Command> {
    let mut found = Scan::of(text).commands();
    found.sort_by_key(|command| command.words[0].start);
    found
}

#[cfg(test)]
mod tests {
    use super::commands;

    fn found(text: &str) -> Vec<String> {
        let join = |words: &[std::ops::Range<usize>]| {
            words
                .iter()
                .map(|word| &text[word.clone()])
                .collect::<Vec<_>>()
                .join(" ")
        };
        commands(text)
            .iter()
            .map(|command| join(&command.words))
            .collect()
    }

    #[test]
    fn commands_begin_where_a_shell_begins_them() {
        let cases: [(&str, &[&str]); 17] = [
            (
                "a b; c && d || e | f & g",
                &["a b", "c", "d", "e", "f", "g"],
            ),
            ("X=1 Y=$(a b) c", &["a b", "c"]),
            ("if ! a; then b; else c; fi", &["a", "b", "c", "fi"]),
            ("sudo -E a b", &["a b"]),
            ("timeout 60 a", &["a"]),
            (
                "echo \"x $(a \"b c\") y\" z",
                &["echo \"x $(a \"b c\") y\" z", "a \"b c\""],
            ),
            ("bash -c 'a b; c'", &["bash -c", "a b", "c"]),
            ("ssh a@b 'c d; e'", &["ssh a@b", "c d", "e"]),
            ("ssh -i 'a' b", &["ssh -i 'a' b"]),
            (
                "run_cmd \"a 'b'; c\"\nrun_step \"Don't b\"\nlog \"a b\"",
                &[
                    "run_cmd",
                    "a 'b'",
                    "c",
                    "run_step \"Don't b\"",
                    "log \"a b\"",
                ],
            ),
            ("$x = a b", &["a b"]),
            ("a \\\n  # why\n  b", &["a b"]),
            ("cat <<'EOF' > f\na b\nEOF\nc", &["cat > f", "c"]),
            ("bash <<EOF\na b\nEOF", &["bash", "a b", "EOF"]),
            ("x=`a b`", &["a b"]),
            ("case $1 in\n x) a ;;\n esac", &["case $1 in", "a", "esac"]),
            ("a # b\nc", &["a", "c"]),
        ];
        for (text, expected) in cases {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn any_text_is_survived() {
        for piece in [
            "$(",
            "\"",
            "'",
            "`",
            "\\",
            "<<",
            "<<A\n",
            ")",
            "ä\\",
            "bash -c \"",
            "run \"a ",
            "\"$(",
        ] {
            let text = piece.repeat(500);
            for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
                let _ = found(&text[..end]);
            }
        }
    }
}
