//! Which cluster commands serve: any at all, one that stays, or one that a pipeline makes for itself.

/// What makes a cluster that is gone with the pipeline's run.
const MAKES_CLUSTER: [&str; 8] = [
    "k3d cluster create",
    "k3d-action",
    "kind create cluster",
    "kind-action",
    "minikube start",
    "setup-k3s",
    "setup-kind",
    "setup-minikube",
];
/// What reaches one that is there.
const REACHES_CLUSTER: [&str; 4] = [
    "get-credentials",
    "update-kubeconfig",
    "KUBECONFIG",
    "KUBE_CONFIG",
];

/// Whether a pipeline makes the cluster that it puts something into: with its run all that is gone.
pub(crate) fn is_passing(pipeline: &str) -> bool {
    let has = |signs: &[&str]| signs.iter().any(|sign| pipeline.contains(sign));
    has(&MAKES_CLUSTER) && !has(&REACHES_CLUSTER)
}

/// Whether a text names a program that puts something into a cluster, or writes an object into a file, from where another
/// text may put it there.
pub(crate) fn serves_cluster(text: &str) -> bool {
    // Options of helm may wait in a list of their own for the script that runs it.
    const PROGRAMS: [&str; 8] = [
        "kubectl",
        "helm ",
        "kustomize ",
        "HELM)",
        "KUBECTL",
        "--set ",
        "argocd ",
        "flux ",
    ];
    let has = |word: &str| text.contains(word);
    let is_word = |(at, _): (usize, &str)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|one| one.is_whitespace() || "@;&|($`\"'".contains(one))
    };
    // What is only shown to a person goes to no file.
    let is_kept = |line: &str| line.contains("<<") && line.contains('>');
    let writes_object =
        || ["<<", "apiVersion:", "kind:"].into_iter().all(has) && text.lines().any(is_kept);
    PROGRAMS.into_iter().any(has) || writes_object() || text.match_indices("oc ").any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_may_make_its_own_cluster() {
        assert!(is_passing("- uses: helm/kind-action@v1"));
        assert!(!is_passing(
            "- run: kind create cluster\n- run: aws eks update-kubeconfig"
        ));
        assert!(!is_passing("kubectl apply -f a.yaml # of a kind"));
    }
}
