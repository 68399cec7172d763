//! Functions of templates that give something else at each run: those that make something up, those that salt, and
//! those that look at the clock.

use std::sync::OnceLock;

use regex::Regex;

use super::chart::Chart;
use super::marked::is_template;

/// Functions that make something up.
const MAKING: &str = r"(?-u:\b(?:rand[A-Z][A-Za-z]*|gen[A-Z][A-Za-z]*|uuidv4|shuffle)\b)";
/// An action that looks at the clock.
const TIMELY: &str = r"\{\{[^}]*(?-u:\b(?:now|ago)\b)";
/// Functions that give another result at each run for what somebody wrote.
const SALTING: &str = r"(?-u:\b(?:bcrypt|htpasswd|encryptAES)\b)";

fn calls(cell: &'static OnceLock<Option<Regex>>, pattern: &str, text: &str) -> bool {
    let regex = cell.get_or_init(|| Regex::new(pattern).ok());
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// Whether a text calls a function that makes something up.
pub(super) fn makes(text: &str) -> bool {
    static MAKES: OnceLock<Option<Regex>> = OnceLock::new();
    calls(&MAKES, MAKING, text)
}

/// Whether a text calls a function that salts what somebody wrote.
pub(super) fn salts(text: &str) -> bool {
    static SALTS: OnceLock<Option<Regex>> = OnceLock::new();
    calls(&SALTS, SALTING, text)
}

/// Whether what a chart makes of its values may depend on the day.
pub(super) fn is_timely(chart: &Chart) -> bool {
    static TIMELY_ACTION: OnceLock<Option<Regex>> = OnceLock::new();
    // Values, and files that templates read, may be templates, too.
    let mut files = chart.files.iter();
    files.any(|file| calls(&TIMELY_ACTION, TIMELY, &file.artifact.text))
}

/// Whether templates of a chart make something up, or actions in values and files that `tpl` may read.
pub(super) fn makes_things_up(chart: &Chart) -> bool {
    let mut files = chart.files.iter();
    files.any(|file| {
        let text = &file.artifact.text;
        (is_template(&file.path) || text.contains("{{")) && makes(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_told_by_their_whole_name() {
        assert!(makes("{{ randAlphaNum 16 | b64enc }}") && makes("genSignedCert \"a\""));
        assert!(!makes(
            "{{ .Values.random }} {{ .Values.general }} # operand"
        ));
    }
}
