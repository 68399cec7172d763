//! Clusters that are gone when the job of a pipeline ends that made them.

/// What makes such a cluster, or installs charts to try them.
const MAKERS: [&str; 10] = [
    "kind-action",
    "setup-kind",
    "kind create",
    "kind load",
    "kindest/node",
    "minikube",
    "k3d",
    "setup-k3s",
    "microk8s",
    "ct install",
];

/// Whether a text of commands makes a cluster that does not stay.
pub(super) fn makes_cluster(text: &str) -> bool {
    MAKERS.iter().any(|program| text.contains(program))
}

/// Of a pipeline with jobs the one around a byte, from its key to the next one's; else all of it.
pub(super) fn job_around(text: &str, at: usize) -> &str {
    let Some(start) = text.find("\njobs:").map(|found| found + 1) else {
        return text;
    };
    let mut end = start;
    let lines = text[start..].split_inclusive('\n').map(|line| {
        end += line.len();
        (end - line.len(), line)
    });
    let is_told = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let told = lines.skip(1).filter(|(_, line)| is_told(line));
    let told: Vec<(usize, &str)> = told.collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = told.first().map_or(0, |(_, line)| indent(line));
    let keys = told.iter().filter(|(_, line)| indent(line) <= own);
    let keys: Vec<usize> = keys.map(|(begin, _)| *begin).collect();
    let next = keys.partition_point(|begin| *begin <= at);
    match next.checked_sub(1).and_then(|last| keys.get(last)) {
        Some(begin) => &text[*begin..keys.get(next).copied().unwrap_or(text.len())],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_reaches_to_the_next_one() {
        let text = "on: push\njobs:\n  # first\n  a:\n    steps:\n    - run: kind create cluster\n  b:\n    steps:\n    - run: x\n";
        let job = |word: &str| job_around(text, text.find(word).unwrap_or_default());
        assert!(
            job("kind create").starts_with("  a:") && job("kind create").ends_with("cluster\n")
        );
        assert!(makes_cluster(job("kind create")) && !makes_cluster(job("run: x")));
        assert_eq!(job("push"), text);
        assert_eq!(job_around("script:\n- x\n", 9), "script:\n- x\n");
    }
}
