//! Settings that a script shows to whoever reads its output, as an example of what belongs somewhere.

use super::Setting;

/// Whether a setting stands in escaped quotes within a line that a script prints, behind other words or
/// indented: `echo "    export PASSWORD=\"x\""`. What goes on into a file or a program is set.
pub(super) fn is_shown(line: &str, setting: &Setting, text: &str) -> bool {
    let Some(printed) = printed(line) else {
        return false;
    };
    let before = printed.len().saturating_sub(line.len() - setting.key.start);
    let is_escaped = line[..setting.value.start].ends_with("\\\"");
    is_escaped
        && setting.value_is_quoted
        && printed[..before].starts_with(char::is_whitespace)
        && !goes_on(&line[setting.value.end..])
        && !is_in_group(text)
}

/// What stands behind the quote of what a line prints.
fn printed(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line
        .strip_prefix("echo ")
        .or(line.strip_prefix("printf "))?;
    let rest = rest.trim_start();
    rest.strip_prefix("-e ")
        .unwrap_or(rest)
        .trim_start()
        .strip_prefix('"')
}

/// Whether what a line prints goes elsewhere than to who reads it.
fn goes_on(rest: &str) -> bool {
    let rest = rest.replace(">&2", "");
    rest.contains(['>', '|'])
}

/// Whether a text has a group of commands whose output goes on: a line that begins with `} > file` or `done | program`.
fn is_in_group(text: &str) -> bool {
    text.lines().any(|line| {
        let mut ends = ["}", ")", "done"].iter();
        let rest = ends.find_map(|end| line.trim_start().strip_prefix(end));
        rest.map(str::trim_start).is_some_and(|rest| {
            rest.starts_with('>') || (rest.starts_with('|') && !rest.starts_with("||"))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::settings;
    use super::*;

    fn told(line: &str, text: &str) -> bool {
        let setting = settings(line, |key| key == "PASSWORD").remove(0);
        is_shown(line, &setting, text)
    }

    #[test]
    fn an_example_is_shown() {
        for line in [
            r#"echo "    export PASSWORD=\"x\"""#,
            r#"  echo "  PASSWORD=\"x\"" >&2"#,
        ] {
            assert!(told(line, line), "{line}");
        }
        for line in [
            r#"echo "  export PASSWORD=\"x\"" >> ~/.bashrc"#,
            r#"echo "  PASSWORD=\"x\"" | tee a.env"#,
            r#"echo "PASSWORD=\"x\"""#,
            r#"export PASSWORD="x""#,
        ] {
            assert!(!told(line, line), "{line}");
        }
        let line = r#"  echo "  PASSWORD=\"x\"""#;
        assert!(!told(line, &format!("{{\n{line}\n}} > a.env\n")));
        assert!(!told(
            line,
            &format!("for a in b; do\n{line}\ndone | tee a.env\n")
        ));
        assert!(told(
            line,
            &format!("if [ ! -d ${{A}} || ! -w ${{A}} ]; then\n{line}\nfi\n")
        ));
    }
}
