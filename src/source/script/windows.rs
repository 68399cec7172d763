//! Scripts of PowerShell and of Windows' own shell as a POSIX shell reads them, byte by byte in their place: what
//! escapes and goes on in the next line, what is a comment or a variable.

use std::borrow::Cow;

/// The text of a script as a POSIX shell reads it, told by its name.
pub(super) fn as_posix<'t>(path: &str, text: &'t str) -> Cow<'t, str> {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    let bytes = match end {
        "ps1" => of_powershell(text),
        "bat" | "cmd" => of_batch(text),
        _ => return Cow::Borrowed(text),
    };
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// PowerShell escapes with a grave accent; a backslash is a sign as any other.
fn of_powershell(text: &str) -> Vec<u8> {
    let mut bytes = with_escapes(text, b'`');
    let mut from = 0;
    while let Some(start) = text[from..].find("<#").map(|at| from + at) {
        let end = text[start..]
            .find("#>")
            .map_or(text.len(), |at| start + at + 2);
        let comment = bytes[start..end].iter_mut();
        comment
            .filter(|byte| **byte != b'\n')
            .for_each(|byte| *byte = b' ');
        from = end;
    }
    join_assignments(text, &mut bytes);
    bytes
}

/// A batch file goes on in the next line behind a caret, has its variables between `%`, and no single quotes.
fn of_batch(text: &str) -> Vec<u8> {
    let mut bytes = with_escapes(text, b'^');
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + line.len() - line.trim_start().len();
        let own = line.trim().trim_start_matches('@').to_ascii_lowercase();
        let is_comment = own == "rem" || own.starts_with("rem ") || own.starts_with("::");
        if is_comment {
            bytes[start] = b'#';
        }
        at += line.len();
    }
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' => bytes[at] = b' ',
            b'%' => bytes[at] = b'_',
            _ => {}
        }
    }
    for (at, _) in text.match_indices('%') {
        let name = text[at + 1..].split('%').next().unwrap_or_default();
        let is_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
        if !name.is_empty() && name.starts_with(is_name) && bytes[at] == b'_' {
            bytes[at] = b'$';
        }
    }
    bytes
}

/// Puts the name of a variable right before `=` and its value, which stays in its place: `$name = "x"` is `name="x"`.
fn join_assignments(text: &str, bytes: &mut [u8]) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + line.len() - line.trim_start().len();
        let end = at + line.len();
        at = end;
        let assigned = text[start..end]
            .strip_prefix('$')
            .and_then(|own| own.split_once('='));
        let Some((name, value)) = assigned else {
            continue;
        };
        let name = name.trim_end();
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name || name.is_empty() || value.starts_with('=') {
            continue;
        }
        let value = end - value.trim_start().len();
        let name_at = value - 1 - name.len();
        let name = name.as_bytes().to_vec();
        bytes[start..value].fill(b' ');
        bytes[name_at..value - 1].copy_from_slice(&name);
        bytes[value - 1] = b'=';
    }
}

/// A text in which a backslash escapes where another sign did, also the end of a line, and stands nowhere else.
fn with_escapes(text: &str, sign: u8) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\\' => bytes[at] = b'/',
            own if own == sign && text[at + 1..].starts_with("\r\n") => {
                bytes[at] = b' ';
                bytes[at + 1] = b'\\';
            }
            own if own == sign => bytes[at] = b'\\',
            _ => {}
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_windows_are_read_as_any_other() {
        for (path, text, expected) in [
            (
                "a.ps1",
                "helm upgrade a `\n  --set b=c",
                "helm upgrade a \\\n  --set b=c",
            ),
            ("a.ps1", "a `\r\n b", "a  \\\n b"),
            ("a.ps1", "$name = \"x\"", "   name=\"x\""),
            ("a.ps1", "if ($a -eq 'x') {}", "if ($a -eq 'x') {}"),
            ("a.ps1", "<# é\n it's #>\na", "     \n        \na"),
            ("a.ps1", "\"C:\\x\\\"", "\"C:/x/\""),
            ("a.cmd", "kubectl ^\n get", "kubectl \\\n get"),
            (
                "a.bat",
                "REM it's\n@rem x\n:: y\na",
                "#EM it s\n#rem x\n#: y\na",
            ),
            ("a.bat", "a --b=%C_D% %1", "a --b=$C_D_ $1"),
            ("a.sh", "a `b` 'c' %d% \\\n", "a `b` 'c' %d% \\\n"),
        ] {
            let read = as_posix(path, text);
            assert_eq!(read.len(), text.len(), "{text}");
            assert_eq!(read.replace('\r', ""), expected, "{text}");
        }
    }
}
