//! Where the output of a command goes.

/// Whether what a command prints is only looked at, by what stands behind it: `| grep -c kind`,
/// `>/dev/null`.
pub(super) fn is_only_looked_at(rest: &str) -> bool {
    const LOOKING: [&str; 6] = ["grep", "egrep", "wc", "head", "tail", "less"];
    let rest = rest.replace("2>&1", " ").replace("> ", ">");
    let rest = rest.split([';', '&']).next().unwrap_or_default();
    let rest = rest.split("||").next().unwrap_or_default();
    let program = |part: &str| {
        part.split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let programs: Vec<String> = rest.split('|').skip(1).map(program).collect();
    let redirections = || rest.split_whitespace().filter(|word| word.contains('>'));
    let is_dropped = redirections().any(|word| word.starts_with(['>', '1']));
    (is_dropped || !programs.is_empty())
        && redirections().all(|word| word.ends_with(">/dev/null"))
        && programs.iter().all(|one| LOOKING.contains(&one.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_deploys_nothing() {
        for rest in [
            " | grep -c '^kind:'",
            " 2>&1 | grep x | wc -l",
            " > /dev/null",
            " >/dev/null 2>&1 || exit 1",
            " | grep -q x && echo ok",
        ] {
            assert!(is_only_looked_at(rest), "{rest}");
        }
        for rest in [
            "",
            " | kubectl apply -f -",
            " | grep -v '^#' | kubectl apply -f -",
            " > out.yaml",
            " 2>/dev/null > out.yaml",
            " | grep -v x > out.yaml",
            " 2>/dev/null",
            " || exit 1",
        ] {
            assert!(!is_only_looked_at(rest), "{rest}");
        }
    }
}
