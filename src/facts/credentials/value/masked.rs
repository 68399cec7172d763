//! Values of which what opens is crossed out.

use super::characters::is_only_one;

/// Whether a value is masked, all of it or the part that counts.
pub(super) fn is_masked(value: &str) -> bool {
    is_only_one(value, "*xX.•")
        || value.contains("***")
        || value.contains("...")
        || is_crossed_out(value)
        || is_masked_at_end(value)
        || is_masked_in_groups(value)
}

/// `xxSECRETxx`.
fn is_crossed_out(value: &str) -> bool {
    value.len() > 6
        && [["xx", "xx"], ["XX", "XX"]]
            .iter()
            .any(|[open, close]| value.starts_with(open) && value.ends_with(close))
}

/// `xoxb-1927235134881-XXX`: the last part, which is what opens, is crossed out.
fn is_masked_at_end(value: &str) -> bool {
    let parts = value.rsplit_once(['-', '_']);
    parts.is_some_and(|(head, last)| !head.is_empty() && last.len() >= 3 && is_only_one(last, "xX"))
}

/// `aaaa bbbb cccc dddd`: each group of what is written in groups is one letter again and again.
fn is_masked_in_groups(value: &str) -> bool {
    let is_masked = |group: &str| {
        let first = group.chars().next();
        group.len() >= 3
            && first.is_some_and(|first| {
                first.is_ascii_alphabetic() && group.chars().all(|one| one == first)
            })
    };
    let groups = || value.split([' ', '-']);
    groups().count() >= 3 && groups().all(is_masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_crossed_out_opens_nothing() {
        for value in [
            "****",
            "hQ7***",
            "hQ7tr...",
            "xxSECRETxx",
            "xoxb-1927235134881-XXX",
            "aaaa bbbb cccc dddd",
        ] {
            assert!(is_masked(value), "{value}");
        }
        for value in ["hQ7tr99x", "xx7", "aaaa bbbb cccc ddde", "a-b"] {
            assert!(!is_masked(value), "{value}");
        }
    }
}
