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

/// Whether a text of commands logs in to a registry of images or to Azure, keeps a secret in a vault of Azure or Conjur, or makes a
/// node of a machine: a cluster gets from there what it runs, and where.
pub(crate) fn feeds_cluster(text: &str) -> bool {
    const REGISTRIES: [&str; 7] = [
        "buildah",
        "crane auth",
        "docker",
        "nerdctl",
        "oras",
        "podman",
        "skopeo",
    ];
    const SIGNS: [&str; 6] = [
        "az keyvault secret set",
        "az login",
        "conjur variable set",
        "kubeadm init",
        "kubeadm join",
        "Set-AzKeyVaultSecret",
    ];
    let is_begin = |before: &str| {
        let before = before.trim_end_matches(' ');
        let before = before
            .strip_suffix("sudo")
            .unwrap_or(before)
            .trim_end_matches(' ');
        before.is_empty() || before.ends_with([';', '&', '|', '(', '\n', '@', '\t'])
    };
    let logs_in = || {
        let mut logins = text.match_indices(" login");
        logins.any(|(at, _)| {
            let line = text[..at].rsplit('\n').next().unwrap_or_default();
            let mut programs = REGISTRIES.into_iter();
            programs.any(|program| line.strip_suffix(program).is_some_and(is_begin))
        })
    };
    SIGNS.into_iter().any(|sign| text.contains(sign)) || logs_in()
}

/// Whether a text names a program that puts something into a cluster, or writes an object into a file, from where another
/// text may put it there.
pub(crate) fn serves_cluster(text: &str) -> bool {
    // Options of helm may wait in a list of their own for the script that runs it.
    const PROGRAMS: [&str; 9] = [
        "kapp deploy",
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
    fn clusters_are_fed_from_registries_and_vaults() {
        for text in [
            "set -e\ndocker login -u a -p b r.example.com\n",
            "echo \"$P\" | podman login --password-stdin r.example.com",
            "  az keyvault secret set --vault-name a --name b --value c",
            "az login --service-principal -u a -p b --tenant c",
            "conjur variable set -i a/password -v b",
            "sudo kubeadm join 10.0.0.1:6443 --token a",
        ] {
            assert!(feeds_cluster(text), "{text}");
        }
        for text in [
            "echo \"first docker login, please\"",
            "# docker login\n",
            "docker build .\nnpm login\n",
            "az keyvault secret show --name b",
        ] {
            assert!(!feeds_cluster(text), "{text}");
        }
    }

    #[test]
    fn programs_that_deploy_serve_clusters() {
        assert!(serves_cluster("kapp deploy -a shop -f k8s/"));
        assert!(!serves_cluster("kapp version\ndocker build .\n"));
    }

    #[test]
    fn a_pipeline_may_make_its_own_cluster() {
        assert!(is_passing("- uses: helm/kind-action@v1"));
        assert!(!is_passing(
            "- run: kind create cluster\n- run: aws eks update-kubeconfig"
        ));
        assert!(!is_passing("kubectl apply -f a.yaml # of a kind"));
    }
}
