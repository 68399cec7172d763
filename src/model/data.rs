//! Data documents: bundled tables and settings, and what a user lays over them.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Data as rules see it under `data`. Bundled values are parsed when they are asked for, since a
/// small scan needs few of them.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// JSON texts by dotted path: `settings`, `azure.services`.
    bundled: BTreeMap<&'static str, &'static str>,
    laid_over: Value,
}

impl Data {
    /// The bundled values: dotted path and JSON text of each.
    #[must_use]
    pub fn new(bundled: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        Self {
            bundled: bundled.into_iter().collect(),
            laid_over: Value::Null,
        }
    }

    /// Whether a user laid anything over the bundled values.
    #[must_use]
    pub fn is_laid_over(&self) -> bool {
        !self.laid_over.is_null()
    }

    /// Lays a user's document over all others: mappings are merged, anything else is replaced.
    pub fn lay_over(&mut self, document: Value) {
        merge(&mut self.laid_over, document);
    }

    /// Everything whose dotted path is wanted, and all that the user laid over it.
    #[must_use]
    pub fn select(&self, is_wanted: impl Fn(&str) -> bool) -> Value {
        let mut selected = Value::Object(Map::new());
        for (path, text) in self.bundled.iter().filter(|(path, _)| is_wanted(path)) {
            let parsed = serde_json::from_str(text).unwrap_or(Value::Null);
            let document = path.rsplit('.').fold(parsed, |inner, key| {
                Value::Object(Map::from_iter([(key.to_owned(), inner)]))
            });
            merge(&mut selected, document);
        }
        if !self.laid_over.is_null() {
            merge(&mut selected, self.laid_over.clone());
        }
        selected
    }

    /// All values of a folder as one typed table.
    ///
    /// # Errors
    ///
    /// When what the user laid over them does not fit the table.
    pub fn folder<T: DeserializeOwned>(&self, name: &str) -> Result<T, serde_json::Error> {
        if self.laid_over.get(name).is_none() {
            return serde_json::from_str(&self.folder_text(name));
        }
        let mut selected = self.select(|path| path.split('.').next() == Some(name));
        serde_json::from_value(selected.get_mut(name).map_or(Value::Null, Value::take))
    }

    /// The bundled values of a folder as one JSON object.
    fn folder_text(&self, name: &str) -> String {
        let members = self.bundled.iter().filter_map(|(path, text)| {
            let key = path.strip_prefix(name)?.strip_prefix('.')?;
            Some(format!("\"{key}\":{text}"))
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    /// One value as a typed table.
    ///
    /// # Errors
    ///
    /// When what the user laid over it does not fit the table.
    pub fn table<T: DeserializeOwned>(&self, path: &str) -> Result<T, serde_json::Error> {
        let text = self.bundled.get(path).copied().unwrap_or("null");
        let pointer = format!("/{}", path.replace('.', "/"));
        match self.laid_over.pointer(&pointer) {
            None => serde_json::from_str(text),
            Some(over) => {
                let mut value: Value = serde_json::from_str(text)?;
                merge(&mut value, over.clone());
                serde_json::from_value(value)
            }
        }
    }
}

fn merge(value: &mut Value, over: Value) {
    match (value, over) {
        (Value::Object(value), Value::Object(over)) => {
            for (key, over) in over {
                merge(value.entry(key).or_insert(Value::Null), over);
            }
        }
        (value, over) => *value = over,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_users_document_lies_over_the_bundled_ones() {
        let mut data = Data::new([
            ("settings", r#"{"tags": ["latest"], "a": 1}"#),
            ("azure.services", r#"{"x": 1}"#),
            ("azure.kinds", r#"{"y": 2}"#),
        ]);
        data.lay_over(json!({"settings": {"tags": ["dev"]}, "own": true}));
        assert_eq!(
            data.select(|path| path != "azure.kinds"),
            json!({"settings": {"tags": ["dev"], "a": 1}, "azure": {"services": {"x": 1}}, "own": true})
        );
        let azure: Value = data.folder("azure").expect("is a folder");
        assert_eq!(azure, json!({"services": {"x": 1}, "kinds": {"y": 2}}));
        data.lay_over(json!({"azure": {"kinds": {"y": 3}}}));
        let azure: Value = data.folder("azure").expect("is a folder");
        assert_eq!(azure, json!({"services": {"x": 1}, "kinds": {"y": 3}}));
        let settings: Value = data.table("settings").expect("is a table");
        assert_eq!(settings, json!({"tags": ["dev"], "a": 1}));
    }
}
