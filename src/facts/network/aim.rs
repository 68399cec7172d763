//! What patches of kustomizations are laid over.

use crate::model::{Node, Resource};

/// The objects that one patch is laid over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aim {
    /// Those of a kind and a name; of any where there is none.
    Named(Option<String>, Option<String>),
    /// Those of which a text says both.
    Said(String),
}

impl Aim {
    /// Reads the patches of one list; those in files are found by their entry.
    pub(super) fn read<'t>(
        patch: Node<'_>,
        file: &dyn Fn(&str) -> Option<&'t [&'t Resource]>,
    ) -> Vec<Self> {
        let text = |key| patch.string(key);
        if let Some(target) = patch.get("target") {
            let asked = |key| target.string(key);
            return vec![Self::Named(
                asked("kind").and_then(plain),
                asked("name").and_then(plain),
            )];
        }
        match text("patch").or(text("path")).or(patch.as_str()) {
            Some(said) if text("patch").is_some() || said.contains('\n') => {
                vec![Self::Said(said.to_owned())]
            }
            Some(entry) => file(entry)
                .into_iter()
                .flatten()
                .map(|one| Self::of(one))
                .collect(),
            None => Vec::new(),
        }
    }

    /// The object of a patch that names what it is laid over.
    pub(super) fn of(patch: &Resource) -> Self {
        let (kind, name) = (patch.gvk.kind.clone(), patch.identity.name.clone());
        Self::Named(Some(kind), Some(name))
    }

    /// Whether it may be about policies.
    pub(super) fn may_be_of_policy(&self) -> bool {
        match self {
            Self::Named(kind, _) => kind.as_ref().is_none_or(|kind| kind.contains("Policy")),
            Self::Said(text) => text.contains("Policy"),
        }
    }

    /// Whether it is about an object.
    pub(super) fn meets(&self, resource: &Resource) -> bool {
        let own_name = &resource.identity.name;
        self.is_of_kind(resource)
            && match self {
                Self::Named(_, name) => name.as_ref().is_none_or(|name| name == own_name),
                Self::Said(text) => has_word(text, own_name),
            }
    }

    /// Whether it is about an object's kind.
    pub(super) fn is_of_kind(&self, resource: &Resource) -> bool {
        let own_kind = &resource.gvk.kind;
        match self {
            Self::Named(kind, _) => kind.as_ref().is_none_or(|kind| kind == own_kind),
            Self::Said(text) => has_word(text, own_kind),
        }
    }
}

/// What is asked for, unless it is an expression that others fit as well.
fn plain(asked: &str) -> Option<String> {
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || "-.".contains(one);
    let is_plain = asked.chars().all(is_of_name) && !asked.is_empty();
    is_plain.then(|| asked.to_owned())
}

/// Whether a text has a word between characters that stand in no name.
fn has_word(text: &str, word: &str) -> bool {
    let is_apart = |one: char| !(one.is_ascii_alphanumeric() || "-.".contains(one));
    text.split(is_apart).any(|own| own == word)
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    /// Whether a patch is about the policy `web`.
    fn meets(patch: &str) -> bool {
        let policy =
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\n";
        let policy = read_text(policy).remove(0);
        let root = read_text(&format!("apiVersion: v1\nkind: X\npatch:\n{patch}")).remove(0);
        let patch = root.node().get("patch").expect("is there");
        let file = [&policy];
        let aims = Aim::read(patch, &|path| (path == "np.yaml").then_some(&file));
        aims.iter()
            .any(|aim| aim.may_be_of_policy() && aim.meets(&policy))
    }

    #[test]
    fn patches_name_what_they_are_laid_over() {
        for (patch, expected) in [
            ("  target: {kind: NetworkPolicy, name: web}\n", true),
            ("  target: {kind: NetworkPolicy}\n", true),
            ("  target: {kind: NetworkPolicy, name: 'web|api'}\n", true),
            ("  target: {kind: NetworkPolicy, name: api}\n", false),
            ("  target: {kind: Deployment, name: web}\n", false),
            ("  path: np.yaml\n", true),
            ("  path: other.yaml\n", false),
            ("  np.yaml\n", true),
            (
                "  patch: |-\n    kind: NetworkPolicy\n    metadata:\n      name: web\n",
                true,
            ),
            (
                "  |\n    kind: NetworkPolicy\n    metadata: {name: web-db}\n",
                false,
            ),
        ] {
            assert_eq!(meets(patch), expected, "{patch}");
        }
    }
}
