//! Requirements of Python packages as PEP 508 writes them: `name[extra] >=1,<2 ; marker`. Only
//! what names the package is read; a version that is against the grammar is no reason to miss it.

use std::ops::Range;

/// Where a requirement's name and version specifiers stand in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    /// Bytes of the name.
    pub name: Range<usize>,
    /// Bytes of the specifiers with their operators, as in `>=1,<2`.
    pub version: Option<Range<usize>>,
}

/// Reads a requirement, which may be followed by options as in `requirements.txt`. `None` if the
/// text does not start with a name and what may follow one.
pub(super) fn requirement(text: &str) -> Option<Requirement> {
    let name = name(text)?;
    let rest = without_extras(text[name.end..].trim_start())?;
    let start = text.len() - rest.len();
    let version = match rest.bytes().next() {
        None | Some(b';' | b'@' | b'-') => None,
        Some(b'<' | b'>' | b'=' | b'!' | b'~') => Some(start..start + specifiers(rest)),
        Some(b'(') => Some(start + 1..start + rest.find(')')?),
        Some(_) => return None,
    };
    let version = version.map(|range| trimmed(text, range));
    Some(Requirement {
        name,
        version: version.filter(|range| is_specifier(&text[range.clone()])),
    })
}

/// The name that the text starts with, after spaces: letters and digits, with `.`, `_`, `-` inside.
pub(super) fn name(text: &str) -> Option<Range<usize>> {
    let start = text.len() - text.trim_start().len();
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let length = text[start..]
        .find(|c| !is_inside(c))
        .unwrap_or(text.len() - start);
    let name = &text[start..start + length];
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    is_name(name).then_some(start..start + length)
}

fn without_extras(rest: &str) -> Option<&str> {
    match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']').map(|(_, rest)| rest.trim_start()),
        None => Some(rest),
    }
}

/// Length of the specifiers: up to a marker or to an option, which a space precedes.
fn specifiers(text: &str) -> usize {
    let option = [" -", "\t-"]
        .iter()
        .filter_map(|option| text.find(option))
        .min();
    let end = option.unwrap_or(text.len());
    text.find(';').map_or(end, |marker| marker.min(end))
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}

fn is_specifier(text: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || " \t<>=!~,.*+_-".contains(c);
    !text.is_empty() && text.chars().all(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_versions_are_found() {
        let cases = [
            ("azure-identity", "azure-identity", None),
            (
                "  azure.core[aio, x] >= 1.0 , <2 ; python_version<'4'",
                "azure.core",
                Some(">= 1.0 , <2"),
            ),
            ("azure_core(>=1)", "azure_core", Some(">=1")),
            ("a==1.0 --hash=sha256:00", "a", Some("==1.0")),
            ("a --hash=sha256:00", "a", None),
            ("a~=1.0-1", "a", Some("~=1.0-1")),
            ("a;extra=='b'", "a", None),
            ("a @ https://user:secret@example.com/a.whl", "a", None),
            ("a=={{ secret }}", "a", None),
        ];
        for (text, name, version) in cases {
            let found = requirement(text).expect(text);
            assert_eq!(&text[found.name], name);
            assert_eq!(found.version.map(|range| &text[range]), version);
        }
    }

    #[test]
    fn what_is_no_requirement_is_refused() {
        for text in [
            "",
            "git+https://x/y",
            "./a",
            "a/b",
            "-r x",
            "two words",
            "ä",
            "a-",
            "a[b",
        ] {
            assert_eq!(requirement(text), None, "{text}");
        }
    }
}
