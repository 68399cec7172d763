//! What a server of OpenLDAP logs in with to another one, to copy from it: `syncrepl … credentials=x`.

use std::ops::Range;

const MARK: &str = "credentials=";

/// The password of a line, in a text that says how it logs in: `bindmethod=simple`.
pub(super) fn password_of_replica(line: &str, text: &str) -> Option<Range<usize>> {
    let at = line.find(MARK)?;
    let begins = line[..at].is_empty() || line[..at].ends_with([' ', '\t']);
    if !begins || !text.contains("bindmethod=simple") {
        return None;
    }
    let rest = &line[at + MARK.len()..];
    let (value, end) = match rest.strip_prefix('"') {
        Some(quoted) => (quoted, quoted.find('"')?),
        None => (rest, rest.find(char::is_whitespace).unwrap_or(rest.len())),
    };
    let start = line.len() - value.len();
    (end > 0).then_some(start..start + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_logs_in_with_its_credentials() {
        let told = |line: &'static str, text| password_of_replica(line, text).map(|at| &line[at]);
        for line in [
            "  credentials=hQ7tr99x",
            "olcSyncrepl: rid=1 bindmethod=simple credentials=hQ7tr99x retry=\"60 +\"",
            "syncrepl rid=1 credentials=\"hQ7tr99x\" type=refreshOnly",
        ] {
            assert_eq!(told(line, "bindmethod=simple"), Some("hQ7tr99x"), "{line}");
            assert_eq!(told(line, "bindmethod=sasl"), None, "{line}");
        }
        for line in [
            "  credentials= x",
            "fetch?credentials=include",
            "credentials=\"\"",
        ] {
            assert_eq!(told(line, "bindmethod=simple"), None, "{line}");
        }
    }
}
