//! Dockerfiles: the variables and arguments that they set, and the commands that they run.

use super::container::Item;
use super::context::Context;
use super::{Visited, Walk};
use crate::facts::credentials::Kind;
use crate::facts::credentials::key::meaning;
use crate::facts::credentials::text::shell::without_quotes;
use crate::facts::credentials::text::syntax::Syntax;
use crate::model::Node;

impl<'r> Walk<'_, 'r> {
    /// `spec: {run: [line, [word, …]], env: ["NAME=value …"]}`, which a file of Docker is read as.
    pub(super) fn build(&mut self, node: Node<'r>, context: Context<'_>) {
        let Some(spec) = node.get("spec") else { return };
        let list = |key| spec.get(key).into_iter().flat_map(Node::items).enumerate();
        self.path.push(Visited::Key("spec"));
        for (index, line) in list("run") {
            self.run(line, index, context);
        }
        for (index, item) in list("env") {
            self.path
                .extend([Visited::Key("env"), Visited::Index(index)]);
            self.variables(item, context);
            self.path.truncate(self.path.len() - 2);
        }
        self.path.pop();
        self.node(node, context);
    }

    /// A command: one line for a shell, or a list of words.
    fn run(&mut self, line: Node<'r>, index: usize, context: Context<'_>) {
        if line.as_str().is_some() {
            return self.words(&[(line, Some("run"), Some(index))], context);
        }
        let words = line.items().enumerate();
        let words: Vec<Item<'r>> = words.map(|(at, word)| (word, None, Some(at))).collect();
        self.path
            .extend([Visited::Key("run"), Visited::Index(index)]);
        self.words(&words, context);
        self.path.truncate(self.path.len() - 2);
    }

    /// `NAME=value NAME=value`, and `NAME value` of old.
    fn variables(&mut self, item: Node<'r>, context: Context<'_>) {
        let Some(text) = item.as_str() else { return };
        let is_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
        let end = text.find(|one| !is_name(one)).unwrap_or(text.len());
        let (key, rest) = text.split_at(end);
        if !rest.starts_with([' ', '\t']) {
            let kind = Kind::Environment;
            return self.string(item, text, Syntax::Config, kind, context);
        }
        let start = text.len() - rest.trim_start().len();
        let range = without_quotes(text.as_bytes(), start..text.trim_end().len());
        let (value, meaning) = (&text[range.clone()], meaning(key));
        if meaning.is_credential() {
            let around = context.around(key);
            self.add(item, Some(range), value, meaning, Kind::Environment, around);
        }
    }
}
