//! Which environment something belongs to, told from the words in its names.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::model::Resource;

/// The environment that others must not reach into.
const PRODUCTION: &str = "production";

/// Words before one of production's that make it something else: `pre-prod`, `non-prod`.
const NEGATIONS: [&str; 5] = ["pre", "non", "not", "no", "un"];

/// Labels whose value is the name of an environment.
const LABELS: [&str; 4] = [
    "environment",
    "env",
    "app.kubernetes.io/environment",
    "stage",
];

/// Words that tell an environment only as the whole of a name: `local-storage` is of any.
const ALONE: [&str; 1] = ["local"];

/// `settings.environments`: the words of each environment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Settings {
    #[serde(default)]
    environments: BTreeMap<String, Vec<String>>,
}

/// The environments of a scan by their words.
pub(super) struct Environments {
    words: BTreeMap<String, String>,
}

impl Environments {
    pub(super) fn new(settings: Settings) -> Self {
        let words = settings
            .environments
            .into_iter()
            .flat_map(|(environment, words)| {
                words
                    .into_iter()
                    .map(move |word| (word.to_lowercase(), environment.clone()))
            });
        Self {
            words: words.collect(),
        }
    }

    /// The words of production, in lower case.
    pub(super) fn of_production(&self) -> Vec<&str> {
        let words = self.words.iter();
        words
            .filter(|(_, environment)| *environment == PRODUCTION)
            .map(|(word, _)| word.as_str())
            .collect()
    }

    pub(super) fn is_production(environment: &str) -> bool {
        environment == PRODUCTION
    }

    /// Whether a name has the words of several environments, so that it tells none: `openbao-prod-of-dev`.
    fn tells_several(&self, name: &str) -> bool {
        let words = name.split(|one: char| !one.is_alphanumeric());
        let mut told = words.filter_map(|word| self.of_name(word));
        let first = told.next();
        told.any(|other| Some(other) != first)
    }

    /// The environment that a name's words tell; `None` where they tell none or more than one.
    pub(super) fn of_name(&self, name: &str) -> Option<&str> {
        let mut found: Option<&str> = None;
        let mut previous = "";
        let lower = name.to_lowercase();
        // Let's Encrypt has a staging of its own, which production may use and others production's.
        if lower.contains("letsencrypt") || lower.contains("lets-encrypt") {
            return None;
        }
        for word in lower.split(|one: char| !one.is_alphanumeric()) {
            let word = word.trim_end_matches(|one: char| one.is_ascii_digit());
            let may_tell = !ALONE.contains(&word) || lower == word;
            if let Some(environment) = self.words.get(word).filter(|_| may_tell) {
                let is_negated = NEGATIONS.contains(&previous);
                if is_negated || found.is_some_and(|found| found != environment) {
                    return None;
                }
                found = Some(environment);
            }
            previous = word;
        }
        found
    }
}

impl Environments {
    /// The environment that the folders of a file tell, the nearest first.
    pub(super) fn of_path(&self, uri: &str) -> Option<&str> {
        uri.rsplit('/').find_map(|folder| self.of_name(folder))
    }
}

/// Tells the environments of resources, which share most of their names: each name is read once.
pub(super) struct Teller<'a> {
    environments: &'a Environments,
    names: HashMap<&'a str, Option<&'a str>>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(environments: &'a Environments) -> Self {
        Self {
            environments,
            names: HashMap::new(),
        }
    }

    /// The environment of a resource: by its namespace, else its labels, else the folders and
    /// the file it stands in, the nearest first, else its own name, unless the file's tells several; a Namespace's own
    /// name before all.
    pub(super) fn of(&mut self, resource: &'a Resource) -> Option<&'a str> {
        let identity = &resource.identity;
        let first = (resource.gvk.kind == "Namespace").then_some(identity.name.as_str());
        let label = || {
            let labels = resource.node().find(&["metadata", "labels"])?;
            let value = |key: &&str| labels.string(key);
            LABELS.iter().find_map(value)
        };
        let parts = resource.artifact.uri.rsplit('/');
        let folders = parts.map(|part| part.split('.').next().unwrap_or(part));
        let names = first.into_iter().chain(identity.namespace.as_deref());
        let names = names.chain(std::iter::once_with(label).flatten());
        // What leads from one environment into another is called after both where its file is, and after the other alone
        // itself.
        let file = resource.artifact.uri.rsplit('/').next();
        let is_between = || file.is_some_and(|file| self.environments.tells_several(file));
        let own = (!is_between()).then_some(identity.name.as_str());
        let mut names = names.chain(folders).chain(own);
        names.find_map(|name| self.of_name(name))
    }

    /// The environment of a file of values: by its name or its folder's, or by one above that is called so and
    /// no more, since the own values of charts lie below folders of many names.
    pub(super) fn of_values(&mut self, resource: &'a Resource) -> Option<&'a str> {
        let is_word = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let parts = resource.artifact.uri.rsplit('/').enumerate();
        let mut names = parts
            .map(|(above, part)| (above, part.split('.').next().unwrap_or(part)))
            .filter(|(above, name)| *above < 2 || is_word(name));
        names.find_map(|(_, name)| self.of_name(name))
    }

    fn of_name(&mut self, name: &'a str) -> Option<&'a str> {
        let read = || self.environments.of_name(name);
        *self.names.entry(name).or_insert_with(read)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn environments() -> Environments {
        let text = include_str!("../../policies/settings.yaml");
        let mut file: BTreeMap<String, Settings> = serde_yaml::from_str(text).expect("is a table");
        Environments::new(file.remove("settings").expect("has the key"))
    }

    #[test]
    fn names_tell_environments_by_whole_words() {
        let environments = environments();
        for (name, environment) in [
            ("shop-prod", Some("production")),
            ("PRODUCTION", Some("production")),
            ("prod1", Some("production")),
            ("shop-dev", Some("development")),
            ("uat", Some("staging")),
            ("local", Some("development")),
            ("local-path-storage", None),
            ("pre-prod", None),
            ("nonprod", None),
            ("product-catalog", None),
            ("devops", None),
            ("dev-to-prod", None),
            ("shop", None),
            ("letsencrypt-staging", None),
            ("lets-encrypt-prod-issuer", None),
        ] {
            assert_eq!(environments.of_name(name), environment, "{name}");
        }
        assert!(environments.tells_several("openbao-prod-endpoint-dev.yaml"));
        assert!(!environments.tells_several("shop-prod-production.yaml"));
        assert!(!environments.tells_several("shop-dev.yaml"));
    }
}
