//! Which files hold commands of a shell: by their names, and where these have no extension by their first line.

/// How much of a file says by which program it is run.
pub(crate) const BEGINNING: usize = 64;

/// Programs that run a script of a shell.
const PROGRAMS: [&str; 6] = ["ash", "bash", "dash", "ksh", "sh", "zsh"];

/// Whether a file holds commands.
pub(crate) fn is_script(path: &str, text: &str) -> bool {
    is_called_script(path) || (is_unnamed(path) && begins_script(text.as_bytes()))
}

/// Whether a file is called as one that holds commands.
pub(crate) fn is_called_script(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    matches!(end, "bash" | "ksh" | "mk" | "sh" | "zsh")
        || matches!(name, "Justfile" | "Makefile" | "justfile" | "makefile")
}

/// Whether a file's name says nothing of what it holds, as that of `bin/deploy`.
pub(crate) fn is_unnamed(path: &str) -> bool {
    !path.rsplit('/').next().unwrap_or_default().contains('.')
}

/// Whether a text begins with the line that has a shell run it: `#!/usr/bin/env bash`.
pub(crate) fn begins_script(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next();
    let line = line.and_then(|line| line.strip_prefix(b"#!"));
    let line = line.and_then(|line| std::str::from_utf8(line).ok());
    let mut words = line.unwrap_or_default().split_whitespace();
    words.any(|word| {
        let program = word.rsplit('/').next().unwrap_or_default();
        PROGRAMS.contains(&program)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_say_by_name_or_first_line_what_they_are() {
        for (path, text) in [
            ("a/deploy.sh", ""),
            ("a/up.zsh", ""),
            ("Makefile", ""),
            ("bin/deploy", "#!/bin/bash -e\nkubectl"),
            ("bin/deploy", "#! /usr/bin/env -S bash -e\n"),
            ("bin/deploy", "#!/bin/sh"),
        ] {
            assert!(is_script(path, text), "{path} {text}");
        }
        for (path, text) in [
            ("bin/deploy", "#!/usr/bin/env python3\n# bash"),
            ("bin/deploy", "kubectl\n#!/bin/sh\n"),
            ("bin/deploy.py", "#!/bin/sh\n"),
            ("sh/deploy", ""),
        ] {
            assert!(!is_script(path, text), "{path} {text}");
        }
    }
}
