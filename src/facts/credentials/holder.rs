//! ConfigMaps and Secrets: keys with values that are settings, whole files or, in a Secret,
//! encoded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::embedded::{Syntax, embedded};
use super::key::{self, Meaning, meaning};
use super::shape::{self, Shape, shape};
use super::walk::{Context, Visited, Walk, Whole, users};
use super::{Kind, Verdict};
use crate::model::Node;

/// Types of Secrets that hold what Helm made.
const PASSED_TYPES: [&str; 1] = ["helm.sh/release.v1"];

impl<'r> Walk<'_, 'r> {
    /// A ConfigMap or a Secret.
    pub(super) fn data_holder(&mut self, node: Node<'r>, kind: Kind, context: Context<'_>) {
        let of_type = node.get("type").and_then(Node::as_str).unwrap_or_default();
        if kind == Kind::Secret && PASSED_TYPES.contains(&of_type) {
            return;
        }
        let plain = if kind == Kind::Secret {
            "stringData"
        } else {
            "data"
        };
        let mut stored = Stored::default();
        for (key, value) in node.entries() {
            let key = key.as_str().unwrap_or_default();
            self.path.push(Visited::Key(key));
            if key == plain {
                self.data(value, kind, context);
                stored.count(self, key, value, |node| node.as_str().map(str::to_owned));
            } else if key == "data" && kind == Kind::Secret {
                self.encoded_data(value, context);
                stored.count(self, key, value, decode);
            } else if key == "metadata" {
                self.node(value, context);
            }
            self.path.pop();
        }
        let is_told = self
            .found
            .iter()
            .any(|found| found.credential.verdict.is_reported());
        if kind == Kind::Secret && !is_told {
            self.stored(stored);
        }
    }

    /// One finding for a Secret with real data of which nothing else is to be said.
    fn stored(&mut self, stored: Stored<'r>) {
        if let Some((holder, key, value, text)) = stored.first {
            let verdict = Verdict::Stored {
                entries: stored.entries,
            };
            let credential = self.credential(key, Kind::Secret, verdict, &text);
            self.found.retain(|found| found.node != value.id());
            self.path.extend([Visited::Key(holder), Visited::Key(key)]);
            self.push(value, None, credential);
            self.path.truncate(self.path.len() - 2);
        }
    }

    fn data(&mut self, data: Node<'r>, kind: Kind, context: Context<'_>) {
        let users = users(data, &[]);
        for (key, value) in data.entries() {
            let key = key.as_str().unwrap_or_default();
            let context = Context {
                users: &users,
                image: None,
                parent: key,
                ..context
            };
            self.path.push(Visited::Key(key));
            let mut is_text = false;
            if let Some(text) = value.as_str() {
                is_text = text.trim_end().contains('\n');
                self.string(value, text, Syntax::of_data(key, text), kind, context);
            }
            if !is_text {
                self.switch(key, value, context);
                let whole = Whole {
                    key,
                    meaning: self.meaning(key, kind),
                    kind,
                    may_be_name: false,
                };
                self.whole(value, &whole, context);
            }
            self.path.pop();
        }
    }

    /// Whether a value was judged to be no credential.
    fn knows_to_be_none(&self, node: Node<'r>) -> bool {
        let mut found = self.found.iter().filter(|found| found.node == node.id());
        found.any(|found| {
            matches!(
                found.credential.verdict,
                Verdict::Reference | Verdict::Placeholder | Verdict::Empty
            )
        })
    }

    /// In a Secret everything under a credential's name is one, also a short token.
    fn meaning(&self, key: &str, kind: Kind) -> Meaning {
        match self.detector.known().meaning(key) {
            Meaning::Token if kind == Kind::Secret => Meaning::Kept,
            Meaning::Secret if kind == Kind::Secret => Meaning::Password,
            meaning => meaning,
        }
    }

    /// A Secret's `data`: decoded to look; what is found marks the whole encoded value.
    fn encoded_data(&mut self, data: Node<'r>, context: Context<'_>) {
        // What does not decode to a text is looked at as it is written: somebody forgot to encode.
        let decoded: Vec<(&str, Node<'r>, String)> = data
            .entries()
            .filter_map(|(key, value)| {
                let raw = || {
                    value
                        .as_str()
                        .filter(|text| text.len() < 40)
                        .map(str::to_owned)
                };
                Some((key.as_str()?, value, decode(value).or_else(raw)?))
            })
            .collect();
        let users: Vec<&str> = decoded
            .iter()
            .filter(|(key, ..)| meaning(key) == Meaning::User)
            .map(|(.., text)| text.trim())
            .collect();
        for (key, value, text) in &decoded {
            self.path.push(Visited::Key(key));
            let context = Context {
                users: &users,
                ..context
            };
            self.encoded(*value, key, text, context);
            self.path.pop();
        }
    }

    fn encoded(&mut self, value: Node<'r>, key: &'r str, text: &str, context: Context<'_>) {
        let around = context.around(key);
        let known = self.detector.known();
        let syntax = Syntax::of_data(key, text);
        let found = embedded(known, text, syntax, Kind::Secret, around);
        let reported = found.into_iter().filter(|one| one.verdict.is_reported());
        let meaning = self.meaning(key, Kind::Secret);
        if let Some(found) = reported.min_by_key(|one| one.verdict.rank()) {
            let credential =
                self.credential(&found.key, Kind::Secret, found.verdict, &text[found.range]);
            self.push(value, None, credential);
        } else if meaning.is_credential() && !text.trim_end().contains('\n') {
            self.add(value, None, text, meaning, Kind::Secret, around);
        }
    }
}

/// The text that a Secret's value encodes; `None` where it is none.
fn decode(node: Node<'_>) -> Option<String> {
    let text: String = node.as_str()?.split_whitespace().collect();
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

/// The entries of a Secret that hold real data.
#[derive(Default)]
struct Stored<'r> {
    entries: usize,
    /// The field, key, value and text of the first whose key is telling, else of the first.
    first: Option<(&'r str, &'r str, Node<'r>, String)>,
}

impl<'r> Stored<'r> {
    fn count(
        &mut self,
        walk: &Walk<'_, 'r>,
        holder: &'r str,
        data: Node<'r>,
        read: impl Fn(Node<'r>) -> Option<String>,
    ) {
        for (key, value) in data.entries() {
            let key = key.as_str().unwrap_or_default();
            if walk.knows_to_be_none(value) || walk.is_made_up(value, None) {
                continue;
            }
            // What is no text is a key store or a key tab; a scalar that is no string says nothing.
            let is_binary = || {
                holder == "data"
                    && value.as_str().is_some_and(|text| {
                        text.len() >= 64
                            && text
                                .bytes()
                                .all(|byte| shape::is_base64(byte) || byte.is_ascii_whitespace())
                    })
            };
            let text = match read(value) {
                Some(text) if is_real(key, &text) => text,
                None if is_binary() => String::new(),
                _ => continue,
            };
            self.entries += 1;
            let is_more_telling = self
                .first
                .as_ref()
                .is_none_or(|(_, first, ..)| key::hides(key) && !key::hides(first));
            if is_more_telling {
                self.first = Some((holder, key, value, text));
            }
        }
    }
}

/// Whether an entry holds data that somebody may want to know.
fn is_real(key: &str, text: &str) -> bool {
    let value = text.trim();
    let is_named = key::hides(key);
    if shape(value) != Shape::Plain || is_public(value) || shape::is_variable_name(value) {
        return false;
    }
    if value.contains('\n') {
        // Settings were read already; what is left is a key file.
        return value
            .lines()
            .all(|line| line.trim().len() >= 16 && line.trim().bytes().all(shape::is_base64));
    }
    let is_phrase = shape::is_prose(value) && meaning(key) != Meaning::Password;
    !is_phrase && (is_named || (value.len() >= 6 && !is_benign(key, value)))
}

/// What everyone may read: certificates, public keys, addresses, numbers, names.
fn is_public(value: &str) -> bool {
    value.starts_with("-----BEGIN CERT")
        || value.starts_with("-----BEGIN PUBLIC")
        || value.starts_with("ecdsa-")
        || (value.contains("://") && !value.contains(['@', '?']))
        || shape::is_uuid(value)
}

fn is_benign(key: &str, value: &str) -> bool {
    const TELLING: [&str; 32] = [
        "host",
        "hostname",
        "port",
        "url",
        "uri",
        "endpoint",
        "address",
        "server",
        "name",
        "db",
        "database",
        "dbname",
        "namespace",
        "type",
        "project",
        "email",
        "mail",
        "region",
        "zone",
        "bucket",
        "id",
        "user",
        "username",
        "login",
        "domain",
        "org",
        "organization",
        "version",
        "path",
        "file",
        "insecure",
        "crt",
    ];
    let words = key::words(key);
    let last = words.last().map_or("", String::as_str);
    let is_number = value
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".:,/-".contains(&byte));
    let is_word = value
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || byte == b' ');
    let is_setting = value.split_once('=').is_some_and(|(name, rest)| {
        name.len() > 2
            && !rest.trim_matches('=').is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    });
    TELLING.contains(&last)
        || matches!(meaning(key), Meaning::User | Meaning::AccessKey)
        || is_setting
        || is_number
        || is_word
        || shape::is_name(value)
        || shape::is_prose(value)
}
