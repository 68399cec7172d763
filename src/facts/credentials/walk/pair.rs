//! Values whose name stands beside them: variables, headers, JSON patches, literals of generators.

use super::candidate::Whole;
use super::context::Context;
use super::{Visited, Walk};
use crate::facts::credentials::Kind;
use crate::facts::credentials::key::header::{is_value_of, names_header, says_header};
use crate::facts::credentials::key::words::{contains_ignoring_case, ends_ignoring_case};
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::text::shell::without_quotes;
use crate::facts::credentials::text::syntax::Syntax;
use crate::facts::credentials::value::off::Place;
use crate::facts::credentials::value::shape::{Shape, shape};
use crate::model::{Node, Part};

impl<'r> Walk<'_, 'r> {
    /// Grafana's headers: `jsonData: {httpHeaderName1: X-Api-Key}` beside
    /// `secureJsonData: {httpHeaderValue1: x}`.
    pub(super) fn headers(&mut self, node: Node<'r>, context: Context<'_>) {
        let (Some(names), Some(values)) = (node.get("jsonData"), node.get("secureJsonData")) else {
            return;
        };
        for (key, value) in values.entries() {
            let key = key.as_str().unwrap_or_default();
            let number = key.strip_prefix("httpHeaderValue");
            let name = number.map(|number| format!("httpHeaderName{number}"));
            let Some(header) = name.and_then(|name| names.get(&name)?.as_str()) else {
                continue;
            };
            self.path
                .extend([Visited::Key("secureJsonData"), Visited::Key(key)]);
            let whole = Whole {
                key: header,
                meaning: meaning(header),
                kind: Kind::Field,
                may_be_name: false,
            };
            self.whole(value, &whole, context);
            self.path.truncate(self.path.len() - 2);
        }
    }

    /// A header whose name and value stand under keys of their own: `{header_key: X-Api-Key, header_value: x}`,
    /// `{auth_header: X-Api-Key, auth_value: x}`.
    pub(super) fn header_in_two(&mut self, node: Node<'r>, context: Context<'_>) {
        let Some((own, name)) = entry_of(node, names_header) else {
            return;
        };
        let is_its_value = |key: &str| says_header(key) && is_value_of(key, own);
        let Some((key, value)) = entry_of(node, is_its_value) else {
            return;
        };
        let header = name.as_str().unwrap_or_default();
        let whole = Whole {
            key: header,
            meaning: meaning(header),
            kind: Kind::Field,
            may_be_name: false,
        };
        self.path.push(Visited::Key(key));
        self.whole(value, &whole, context);
        self.path.pop();
    }

    /// The value that an operation of a JSON patch puts at a path; below `/data` it may be encoded.
    pub(super) fn operation(&mut self, target: &'r str, value: Node<'r>, context: Context<'_>) {
        let key = target.rsplit('/').next().unwrap_or_default();
        if target.starts_with("/data/") && self.encoded_entry(key, value, context) {
            return;
        }
        let whole = Whole {
            key,
            meaning: self.detector.known().meaning(key),
            kind: Kind::Field,
            may_be_name: true,
        };
        self.whole(value, &whole, context);
    }

    /// `key=value` of a kustomization's generator.
    pub(super) fn literal(&mut self, item: Node<'r>, key: &'r str, context: Context<'_>) {
        let Some(text) = item.as_str() else { return };
        let start = key.len() + 1;
        let range = without_quotes(text.as_bytes(), start..text.len());
        let value = &text[range.clone()];
        let around = context.around(key);
        if meaning(key).is_credential() {
            self.add(item, Some(range), value, meaning(key), Kind::Config, around);
            return;
        }
        let switches = self.detector.known().switches();
        let place = Place {
            surroundings: context.surroundings,
            ..Place::default()
        };
        if let Some(verdict) = switches.judge(key, Some(value), place) {
            let credential = self.credential(key, Kind::Config, verdict, value);
            let part = Part {
                start: range.start,
                length: range.len(),
            };
            self.push(item, Some(part), credential);
        } else {
            self.string(item, text, Syntax::Inline, Kind::Config, context);
        }
    }

    /// Whether a variable is of a container that ends before the others begin and whose own command starts no server:
    /// what its image's entrypoint would do with the variable is not done.
    fn is_of_finished_start(&self, context: Context<'_>) -> bool {
        const STARTING: [&str; 5] = ["entrypoint", "initdb", "mysqld", "mongod", "setup.sh"];
        let is_first = matches!(
            self.path.as_slice(),
            [
                ..,
                Visited::Key("initContainers"),
                Visited::Index(_),
                Visited::Key(_),
                Visited::Index(_),
                Visited::Key(_)
            ]
        );
        let container = context.above.filter(|_| is_first);
        container.is_some_and(|container| {
            let stays = container.get("restartPolicy").is_some();
            let words = |key| container.get(key).into_iter().flat_map(Node::items);
            let mut command = words("command")
                .chain(words("args"))
                .filter_map(Node::as_str);
            let starts = |word: &str| STARTING.iter().any(|sign| word.contains(sign));
            !stays && container.get("command").is_some() && !command.any(starts)
        })
    }

    /// A `{name, value}` pair, such as an environment variable; says whether it is one.
    pub(super) fn pair(&mut self, node: Node<'r>, context: Context<'_>) -> bool {
        let name = node.get("name").and_then(Node::as_str);
        let name = name.or_else(|| keyed_name(node));
        // Parameters of Tekton and Argo have a value for where none is given.
        let is_parameter = matches!(context.parent, "params" | "parameters");
        let fields = ["value", "default"]
            .iter()
            .take(1 + usize::from(is_parameter));
        let value = fields
            .filter_map(|field| Some((*field, node.get(field)?)))
            .find(|(_, value)| value.scalar().is_some());
        let (Some(name), Some((field, value))) = (name, value) else {
            return false;
        };
        let is_environment = contains_ignoring_case(context.parent, "env");
        let kind = if is_environment {
            Kind::Environment
        } else {
            Kind::Field
        };
        self.path.push(Visited::Key(field));
        if let Some(text) = value.as_str() {
            self.accounts(value, text, name, context);
            let syntax = if text.contains('\n') {
                Syntax::of_file(name)
            } else {
                Syntax::Inline
            };
            self.string(
                value,
                text,
                syntax,
                kind,
                Context {
                    parent: name,
                    ..context
                },
            );
        }
        if !(is_environment && self.is_of_finished_start(context)) {
            self.switch(name, value, context);
        }
        let meaning = match name {
            "PWD" | "OLDPWD" => Meaning::Other,
            name if context.parent == "params"
                && value
                    .as_str()
                    .is_some_and(|text| is_secret_of_task(name, text)) =>
            {
                Meaning::Other
            }
            name if meaning(name).is_credential()
                && value
                    .as_str()
                    .is_some_and(|text| context.names_secret_by_variables(name, text)) =>
            {
                Meaning::Other
            }
            // `ACCOUNT_shop`: the password of that account, or its line of hashes.
            name if name.starts_with("ACCOUNT_") && is_of_samba(context) => {
                let is_hashed = value.as_str().is_some_and(|value| value.contains(':'));
                if is_hashed {
                    Meaning::Other
                } else {
                    Meaning::Password
                }
            }
            name => self.detector.known().meaning(name),
        };
        // `AUTH_VALUE` beside the variable `AUTH_HEADER`.
        let header = context
            .header_beside(name)
            .filter(|_| meaning == Meaning::Other);
        let (key, meaning) = header.map_or((name, meaning), |name| (name, self::meaning(name)));
        self.whole(
            value,
            &Whole {
                key,
                meaning,
                kind,
                may_be_name: !is_environment,
            },
            context,
        );
        self.path.pop();
        true
    }
}

/// The first entry of an object whose key is of a kind.
fn entry_of<'r>(node: Node<'r>, is_of: impl Fn(&str) -> bool) -> Option<(&'r str, Node<'r>)> {
    let mut entries = node.entries();
    entries.find_map(|(key, value)| Some((key.as_str().filter(|key| is_of(key))?, value)))
}

/// The name of a pair that charts write as `{key: DB_PWD, value: x}`; tolerations and selectors compare
/// with what they call so.
fn keyed_name(node: Node<'_>) -> Option<&str> {
    let is_compared = ["operator", "effect"]
        .iter()
        .any(|field| node.get(field).is_some());
    let name = node.get("key").and_then(Node::as_str);
    name.filter(|name| !is_compared && meaning(name).is_credential())
}

/// Whether a parameter of Tekton's that is called a secret has the name of one, as tasks ask for it:
/// `{name: signing_secret, value: shop-signing}`. What is called a secret itself may be one: `dev-secret`.
fn is_secret_of_task(name: &str, value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    let is_called_secret = || value.replace("secrets", "").contains("secret");
    ends_ignoring_case(name, "secret")
        && !is_called_secret()
        && value.bytes().all(is_plain)
        && shape(value) == Shape::Plain
}

fn is_of_samba(context: Context<'_>) -> bool {
    context.image.is_some_and(|image| image.contains("samba"))
}

/// The path that an operation of a JSON patch gives its value to.
pub(super) fn patched(node: Node<'_>) -> Option<&str> {
    let text = |key| node.get(key).and_then(Node::as_str);
    let target = text("path").filter(|path| path.starts_with('/'));
    target.filter(|_| matches!(text("op"), Some("add" | "replace")))
}
