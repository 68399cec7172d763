//! Where the output of a command goes.

/// Programs that show or count what they are given, or say whether it is right.
const LOOKING: [&str; 21] = [
    "checkov",
    "conftest",
    "datree",
    "diff",
    "egrep",
    "grep",
    "head",
    "kube-linter",
    "kube-score",
    "kubeconform",
    "kubesec",
    "kubeval",
    "landfall",
    "less",
    "md5sum",
    "pluto",
    "polaris",
    "sha256sum",
    "tail",
    "wc",
    "yamllint",
];

/// Whether what a command prints is only looked at, by what stands behind it: `| grep -c kind`,
/// `>/dev/null`, `| kubectl apply --dry-run=client -f -`.
pub(super) fn is_only_looked_at(rest: &str) -> bool {
    let rest = rest.replace("2>&1", " ").replace("> ", ">");
    let rest = rest.split([';', '&']).next().unwrap_or_default();
    let rest = rest.split("||").next().unwrap_or_default();
    let commands: Vec<&str> = rest.split('|').skip(1).collect();
    let redirections = || rest.split_whitespace().filter(|word| word.contains('>'));
    let is_dropped = redirections().any(|word| word.starts_with(['>', '1']));
    (is_dropped || !commands.is_empty())
        && redirections().all(|word| word.ends_with(">/dev/null"))
        && commands.iter().all(|one| is_looking(one))
}

/// Whether a command hands on nothing of what it is given but what somebody looks at.
fn is_looking(command: &str) -> bool {
    let mut words = command.split_whitespace();
    let program = words.next().unwrap_or_default();
    match program.rsplit('/').next().unwrap_or(program) {
        "kubectl" | "oc" => words.any(|word| word == "diff" || is_dry_run(word)),
        program => LOOKING.contains(&program),
    }
}

/// Whether an option has a command of kubectl or helm change nothing: `--dry-run=client`.
pub(super) fn is_dry_run(word: &str) -> bool {
    let mode = word.strip_prefix("--dry-run");
    mode.is_some_and(|mode| !matches!(mode, "=none" | "=false"))
}

/// Whether a text hands to a cluster what a command gets on its input.
pub(super) fn applies_input(text: &str) -> bool {
    let signs = ["-f -", "-f-", "--filename=-", "--filename -", "/dev/stdin"];
    signs.iter().any(|sign| text.contains(sign))
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
            " | kubeconform -strict -summary",
            " | bin/kubeconform",
            " | kubectl apply --dry-run=client -f -",
            " | kubectl diff -f -",
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
            " | kubectl apply --dry-run=none -f -",
            " || exit 1",
        ] {
            assert!(!is_only_looked_at(rest), "{rest}");
        }
    }
}
