//! Lines of `pg_hba.conf` that let other machines in without a password.

use std::ops::Range;

/// The `trust` of a line in `pg_hba.conf` that lets other machines in.
pub(super) fn trusted_hosts(line: &str) -> Option<Range<usize>> {
    let line_text = line.trim_start().trim_start_matches("- ").trim_start();
    let mut words = line_text.split_whitespace();
    let kind = words.next()?;
    if !matches!(
        kind,
        "host" | "hostssl" | "hostnossl" | "hostgssenc" | "hostnogssenc"
    ) {
        return None;
    }
    let address = words.nth(2)?;
    let is_local = ["127.", "::1", "localhost", "samehost"]
        .iter()
        .any(|local| address.starts_with(local));
    let method = words.find(|word| !word.starts_with(|first: char| first.is_ascii_digit()))?;
    if is_local || method.trim_end_matches(['"', '\'', ',']) != "trust" {
        return None;
    }
    let start = line.rfind("trust")?;
    Some(start..start + "trust".len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_trusted_only_where_others_may_come_in() {
        assert!(trusted_hosts("host all all 0.0.0.0/0 trust").is_some());
        assert!(trusted_hosts("  - host all all all trust").is_some());
        assert!(trusted_hosts("host all all 10.0.0.0 255.0.0.0 trust").is_some());
        for line in [
            "local all all trust",
            "host all all 127.0.0.1/32 trust",
            "host all all 0.0.0.0/0 md5",
            "hosts trust",
        ] {
            assert_eq!(trusted_hosts(line), None, "{line}");
        }
    }
}
