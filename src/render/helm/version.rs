//! Versions of charts, and what dependencies ask for of them: as much of it as tells that a version is surely meant.

/// Whether a version is one that is asked for: `1.2.3`, `1.2.x`, `~1.2.0`, `^1.2.0`, `>=1.2.0`, `*`. Whatever else may be
/// asked for is none.
pub(super) fn allows(asked: &str, version: &str) -> bool {
    let asked = asked.trim();
    let Some(own) = steps(version) else {
        return false;
    };
    if asked.trim_start_matches('v') == version.trim_start_matches('v') {
        return true;
    }
    let (sign, rest) = asked.split_at(asked.len() - asked.trim_start_matches(SIGNS).len());
    let first: Vec<u64> = match partial(rest) {
        Some(first) => first,
        None => return false,
    };
    let from = || own[..] >= first[..];
    let same = |count: usize| {
        own.iter()
            .zip(&first)
            .take(count)
            .all(|(own, one)| own == one)
    };
    match sign {
        "" => first.len() < 3 && same(3),
        "~" => from() && same(2),
        // Before 1.0.0 each minor version may break what used the one before.
        "^" => from() && same(if first.first() == Some(&0) { 2 } else { 1 }),
        ">=" => from(),
        _ => false,
    }
}

/// What stands before a version that is a bound.
const SIGNS: [char; 5] = ['~', '^', '>', '=', '<'];

/// The numbers of a whole version without more behind them.
fn steps(version: &str) -> Option<[u64; 3]> {
    let steps: Vec<u64> = partial(version)?;
    steps.try_into().ok()
}

/// The numbers of a version up to the first that may be any.
fn partial(version: &str) -> Option<Vec<u64>> {
    let version = version.trim().trim_start_matches('v');
    let steps = version.split('.');
    let known = steps.take_while(|step| !matches!(*step, "x" | "X" | "*"));
    known.map(|step| step.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_asked_for_in_many_ways() {
        for asked in [
            "1.4.2", "v1.4.2", "1.4.x", "1.x.x", "1.4", "1", "*", "~1.4.0", "^1.2", ">=1.4.0",
            ">= 1.3",
        ] {
            assert!(allows(asked, "1.4.2"), "{asked}");
        }
        for asked in [
            "1.4.1",
            "1.5.x",
            "2",
            "~1.5.0",
            "~1.3.0",
            "^2.0.0",
            "^1.5.0",
            ">=1.4.3",
            "<2.0.0",
            ">=1.0.0 <1.4.0",
            "1.4.2-rc1",
            "newest",
        ] {
            assert!(!allows(asked, "1.4.2"), "{asked}");
        }
        assert!(allows("^0.1.0", "0.1.9") && !allows("^0.1.0", "0.2.0"));
        assert!(!allows("*", "1.4"));
    }
}
