//! The programs whose commands are read.

/// Programs that have kubectl in them: `k3s kubectl`, `minikube kubectl --`.
pub(super) const AROUND: [&str; 5] = ["k0s", "k3s", "microk8s", "minikube", "rke2"];

/// A program that puts something into a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    Argo,
    Flux,
    Kubectl,
    Kustomize,
    Helm,
    /// One that logs in to a registry, from which a cluster may pull.
    Registry,
}

impl Program {
    pub(super) fn of(word: &str) -> Option<Self> {
        const PROGRAMS: [(&str, Program); 13] = [
            ("argocd", Program::Argo),
            ("flux", Program::Flux),
            ("kubectl", Program::Kubectl),
            ("oc", Program::Kubectl),
            ("kustomize", Program::Kustomize),
            ("helm", Program::Helm),
            ("buildah", Program::Registry),
            ("crane", Program::Registry),
            ("docker", Program::Registry),
            ("nerdctl", Program::Registry),
            ("oras", Program::Registry),
            ("podman", Program::Registry),
            ("skopeo", Program::Registry),
        ];
        let mut programs = PROGRAMS.into_iter();
        programs
            .find(|(name, _)| is_program(word, name))
            .map(|(_, program)| program)
    }
}

/// Whether a word calls a program, by its path or by a variable of its name.
pub(in crate::source::script) fn is_program(word: &str, name: &str) -> bool {
    let own = word.trim_matches(|one| "@-\"'${}()[]*".contains(one));
    let own = own.rsplit(['/', '.']).next().unwrap_or(own);
    own.eq_ignore_ascii_case(name)
}
