//! Text that is safe to show on a terminal.

/// Names come from manifests: what would steer the terminal is shown as a replacement character.
pub(crate) fn printable(text: &str) -> String {
    let shown = |one: char| if one.is_control() { '\u{fffd}' } else { one };
    text.chars().map(shown).collect()
}
