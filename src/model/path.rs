//! Value paths: keys and indices from a resource's root, the language in which rules say where.

use std::fmt;

use serde::{Serialize, Serializer};

/// One step of a value path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A key of a mapping.
    Key(String),
    /// An index of a sequence, from 0.
    Index(usize),
}

/// Keys and indices from a resource's root to a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValuePath(pub Vec<Step>);

impl ValuePath {
    /// The path extended by a key.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.0.push(Step::Key(key.to_owned()));
        self
    }

    /// The path extended by an index.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0.push(Step::Index(index));
        self
    }

    /// The steps from the root.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl<'a> FromIterator<&'a str> for ValuePath {
    fn from_iter<T: IntoIterator<Item = &'a str>>(keys: T) -> Self {
        Self(
            keys.into_iter()
                .map(|key| Step::Key(key.to_owned()))
                .collect(),
        )
    }
}

/// Dots between keys, brackets around indices and around keys that hold a dot, a bracket or a
/// blank: `spec.containers[0].image`, `data["app.properties"]`.
impl fmt::Display for ValuePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(formatter, "[{index}]")?,
                Step::Key(key) if key.is_empty() || key.contains(['.', '[', ']', '"', ' ']) => {
                    write!(formatter, "[{key:?}]")?;
                }
                Step::Key(key) if position == 0 => formatter.write_str(key)?,
                Step::Key(key) => write!(formatter, ".{key}")?,
            }
        }
        Ok(())
    }
}

impl Serialize for ValuePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_reads_as_people_write_it() {
        let path = ValuePath::from_iter(["spec", "containers"])
            .index(0)
            .key("image");
        assert_eq!(path.to_string(), "spec.containers[0].image");
        let path = ValuePath::from_iter(["data", "app.properties"]);
        assert_eq!(path.to_string(), "data[\"app.properties\"]");
    }
}
