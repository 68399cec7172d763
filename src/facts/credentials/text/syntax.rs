//! How a string is written.

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::facts::credentials) enum Syntax {
    /// One value: only connection strings and JSON hold settings.
    Inline,
    /// A configuration file, or a shell script.
    Config,
    /// A program: what has no quotes is a variable.
    Code,
    /// Text for people.
    Prose,
}

impl Syntax {
    /// By the name of a file, or of the key that a text stands under.
    pub(in crate::facts::credentials) fn of_file(name: &str) -> Self {
        let ending = name
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match ending.as_str() {
            "py" | "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "lua" | "rb"
            | "go" | "rego" | "groovy" | "java" | "pl" | "php" | "c" | "rs" | "jsonnet"
            | "libsonnet" | "kts" | "gradle" => Self::Code,
            "md" | "html" | "htm" | "css" | "adoc" | "rst" | "svg" => Self::Prose,
            _ => Self::Config,
        }
    }

    /// By key and value of a ConfigMap or Secret.
    pub(in crate::facts::credentials) fn of_data(key: &str, text: &str) -> Self {
        if text.trim_end().contains('\n') || key.contains('.') {
            Self::of_file(key)
        } else {
            Self::Inline
        }
    }
}
