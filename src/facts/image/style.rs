//! How tools write parameters: where they list them, and how something refers to one.

/// How a tool writes parameters.
pub(super) struct Style {
    /// The key of lists of parameters.
    pub(super) list: &'static str,
    /// What a reference to a parameter begins with.
    opens: &'static [&'static str],
    /// What it ends with.
    pub(super) close: &'static str,
}

/// Tekton's, old and new.
pub(super) const TEKTON: Style = Style {
    list: "params",
    opens: &[
        "$(params.",
        "$(inputs.params.",
        "$(tt.params.",
        // Within a policy of Kyverno, which has the sign for itself.
        "\\$(params.",
    ],
    close: ")",
};

/// Those of Argo's workflows.
pub(super) const ARGO: Style = Style {
    list: "parameters",
    opens: &["{{workflow.parameters.", "{{inputs.parameters."],
    close: "}}",
};

/// Those of OpenShift's templates.
pub(super) const OPENSHIFT: Style = Style {
    list: "parameters",
    opens: &["${"],
    close: "}",
};

impl Style {
    /// The parameter that a reference consists of.
    pub(super) fn parameter<'a>(&self, reference: &'a str) -> Option<&'a str> {
        let open = |open: &&str| reference.strip_prefix(*open);
        let rest = self.opens.iter().find_map(open)?;
        rest.strip_suffix(self.close)
            .filter(|name| !name.contains(['$', '(', ')', '{', '}']))
    }

    /// The parameter that names an image: all of a reference, or what stands before the parameter of its tag.
    pub(super) fn named_by<'a>(&self, reference: &'a str) -> Option<&'a str> {
        let before_tag = || {
            let (name, tag) = reference.rsplit_once(':')?;
            self.parameter(tag).and_then(|_| self.parameter(name))
        };
        self.parameter(reference).or_else(before_tag)
    }

    /// The parameter of the tag in a reference whose name is another one.
    pub(super) fn tag_beside<'a>(&self, reference: &'a str, name: &str) -> Option<&'a str> {
        let (before, tag) = reference.rsplit_once(':')?;
        let tag = self.parameter(tag)?;
        (self.parameter(before) == Some(name)).then_some(tag)
    }
}
