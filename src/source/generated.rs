//! The object that a generator makes of a file: a ConfigMap or Secret, with the whole text under a key or a
//! setting for each line.

/// What a kustomization's generator makes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Generated {
    /// `ConfigMap` or `Secret`.
    pub(super) kind: &'static str,
    /// The object's name, without the hash that kustomize adds.
    pub(super) name: String,
    /// The key under which the whole text stands; `None` where each line is a setting.
    pub(super) key: Option<String>,
}

impl Generated {
    /// An object of a kind that holds a text under a key.
    pub(super) fn of_text(kind: &'static str, key: &str) -> Self {
        Self {
            kind,
            name: String::new(),
            key: Some(key.to_owned()),
        }
    }

    /// An object with a setting for each line of a text.
    pub(super) fn of_lines(kind: &'static str) -> Self {
        Self {
            kind,
            name: String::new(),
            key: None,
        }
    }

    /// The object that holds a file under the file's own name instead; none where each line is a setting.
    pub(super) fn of_file(&self, name: &str) -> Option<Self> {
        self.key.as_ref()?;
        Some(Self {
            key: Some(name.to_owned()),
            ..self.clone()
        })
    }

    /// Where the settings of such an object stand in clear.
    pub(super) fn field(&self) -> &'static str {
        match self.kind {
            "Secret" => "stringData",
            _ => "data",
        }
    }
}
