//! Which cluster commands serve: one that stays, or one that a pipeline makes for itself.

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
