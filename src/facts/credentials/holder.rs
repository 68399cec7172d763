//! ConfigMaps and Secrets: keys with values that are settings, whole files or, in a Secret,
//! encoded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::embedded::{Syntax, embedded};
use super::encoded::hashes;
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
        if kind == Kind::Secret {
            self.stored(stored);
        }
    }

    /// A finding for each random value of a Secret of which nothing else is to be said, and one
    /// for the most telling entry where there is no other finding at all.
    fn stored(&mut self, mut stored: Stored<'r>) {
        let told: Vec<u32> = self
            .found
            .iter()
            .filter(|found| found.credential.verdict.is_reported())
            .map(|found| found.node)
            .collect();
        stored
            .entries
            .retain(|entry| !told.contains(&entry.value.id()));
        let entries = stored.entries.len();
        let is_telling = |entry: &&Entry<'r>| key::hides(entry.key);
        let first = stored
            .entries
            .iter()
            .find(is_telling)
            .or(stored.entries.first())
            .filter(|_| told.is_empty())
            .map(|entry| entry.value.id());
        for entry in &stored.entries {
            if first == Some(entry.value.id()) || shape::is_random(entry.text.trim(), 20) {
                self.entry_stored(entry, entries);
            }
        }
    }

    fn entry_stored(&mut self, entry: &Entry<'r>, entries: usize) {
        let verdict = match entry.bytes {
            Some(_) if entry.is_key_store => Verdict::PrivateKey,
            _ => Verdict::Stored {
                entries,
                is_binary: entry.bytes.is_some(),
            },
        };
        let mut credential = self.credential(entry.key, Kind::Secret, verdict, &entry.text);
        if let Some(bytes) = entry.bytes {
            credential.length = bytes;
        }
        self.found.retain(|found| found.node != entry.value.id());
        self.path
            .extend([Visited::Key(entry.holder), Visited::Key(entry.key)]);
        self.push(entry.value, None, credential);
        self.path.truncate(self.path.len() - 2);
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
                let own = [key];
                let (meaning, context) = match kind {
                    Kind::Secret if is_of_accounts(data, key) => {
                        let users = &own;
                        (Meaning::Password, Context { users, ..context })
                    }
                    // The name of a key pair is its user; its secret half is no name of itself.
                    Kind::Secret if meaning(key) == Meaning::AccessKey => {
                        let users: &[&str] = &[];
                        (self.entry_meaning(data, key), Context { users, ..context })
                    }
                    Kind::Secret => (self.entry_meaning(data, key), context),
                    _ => (self.detector.known().meaning(key), context),
                };
                let whole = Whole {
                    key,
                    meaning,
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
    fn entry_meaning(&self, data: Node<'_>, key: &str) -> Meaning {
        match self.detector.known().meaning(key) {
            Meaning::Token | Meaning::SureToken | Meaning::Key => Meaning::Kept,
            Meaning::Secret => Meaning::Password,
            // `access_key` beside `access_key_id` is the secret half.
            Meaning::AccessKey if data.get(&format!("{key}_id")).is_some() => Meaning::Kept,
            Meaning::Other if key::is_kept_key(key) => Meaning::Kept,
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
            let own = [*key];
            let is_account = is_of_accounts(data, key);
            let context = Context {
                users: if is_account { &own } else { &users },
                ..context
            };
            let meaning = if is_account {
                Meaning::Password
            } else {
                self.entry_meaning(data, key)
            };
            self.encoded(*value, key, text, meaning, context);
            self.path.pop();
        }
    }

    /// What may be an entry of a Secret's `data`, told whether it encodes a text.
    pub(super) fn encoded_entry(
        &mut self,
        key: &'r str,
        value: Node<'r>,
        context: Context<'_>,
    ) -> bool {
        let decoded = decode(value).filter(|text| !text.trim().contains(char::is_control));
        if let Some(text) = &decoded {
            let meaning = self.entry_meaning(value, key);
            self.encoded(value, key, text, meaning, context);
        }
        decoded.is_some()
    }

    fn encoded(
        &mut self,
        value: Node<'r>,
        key: &'r str,
        text: &str,
        meaning: Meaning,
        context: Context<'_>,
    ) {
        let around = context.around(key);
        let known = self.detector.known();
        let syntax = Syntax::of_data(key, text);
        let found = embedded(known, text, syntax, Kind::Secret, around);
        let reported = found.into_iter().filter(|one| one.verdict.is_reported());
        if let Some(found) = reported.min_by_key(|one| one.verdict.rank()) {
            let credential =
                self.credential(&found.key, Kind::Secret, found.verdict, &text[found.range]);
            self.push(value, None, credential);
        } else if meaning.is_credential() && !text.trim_end().contains('\n') {
            self.add(value, None, text, meaning, Kind::Secret, around);
        }
    }
}

/// Whether the entries of a Secret are named after accounts, this one among them: two at least,
/// since one word alone may mean anything.
fn is_of_accounts(data: Node<'_>, key: &str) -> bool {
    let is_account = |key: &str| key::is_account(key);
    is_account(key)
        && data
            .entries()
            .filter(|(key, _)| key.as_str().is_some_and(is_account))
            .nth(1)
            .is_some()
}

/// The text that a Secret's value encodes; `None` where it is none.
fn decode(node: Node<'_>) -> Option<String> {
    String::from_utf8(decoded(node)?).ok()
}

fn decoded(node: Node<'_>) -> Option<Vec<u8>> {
    let text: String = node.as_str()?.split_whitespace().collect();
    STANDARD.decode(text).ok()
}

/// Whether bytes are a Java key store whose first entry is a private key.
fn is_key_store(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) && bytes.get(12..16) == Some(&[0, 0, 0, 1])
}

/// The entries of a Secret that hold real data.
#[derive(Default)]
struct Stored<'r> {
    entries: Vec<Entry<'r>>,
}

struct Entry<'r> {
    /// The field of the Secret: `data` or `stringData`.
    holder: &'r str,
    key: &'r str,
    value: Node<'r>,
    /// Empty where the data is no text.
    text: String,
    /// How many bytes there are where the data is no text.
    bytes: Option<usize>,
    is_key_store: bool,
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
            if walk.is_made_up(value, None) {
                continue;
            }
            let text = read(value);
            let is_hashed = text.as_deref().is_some_and(holds_hash);
            if walk.knows_to_be_none(value) && !is_hashed {
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
            let (text, bytes) = match text {
                Some(text) if is_hashed || is_real(key, &text) => (text, None),
                None if is_binary() => (String::new(), Some(decoded(value).unwrap_or_default())),
                _ => continue,
            };
            self.entries.push(Entry {
                holder,
                key,
                value,
                text,
                is_key_store: bytes.as_deref().is_some_and(is_key_store),
                bytes: bytes.map(|bytes| bytes.len()),
            });
        }
    }
}

/// Whether a text holds the hash of a password: no password, but what it is guessed from.
fn holds_hash(text: &str) -> bool {
    let is_masked = |hash: &str| hash.contains("...") || hash.to_ascii_lowercase().contains("xxx");
    if shape::is_htpasswd(text.trim()) && !is_masked(text) {
        return true;
    }
    hashes(text)
        .into_iter()
        .any(|range| range.len() >= 20 && !is_masked(&text[range]))
}

/// Whether an entry holds data that somebody may want to know.
fn is_real(key: &str, text: &str) -> bool {
    let value = text.trim();
    let is_named = key::hides(key);
    let is_none = shape(value) != Shape::Plain || shape::is_variable_name(value);
    if is_none || is_public(value) || names_something_public(key) {
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
        || is_address(value)
        || is_image(value)
}

/// A host with its port.
fn is_address(value: &str) -> bool {
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    value.rsplit_once(':').is_some_and(|(host, port)| {
        let is_port = (2..=5).contains(&port.len()) && port.bytes().all(|one| one.is_ascii_digit());
        is_port && host.contains('.') && host.bytes().all(is_host)
    })
}

/// An image with its registry and its tag or digest.
fn is_image(value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte);
    let (registry, name) = value.split_once('/').unwrap_or_default();
    registry.contains('.') && name.contains([':', '@']) && value.bytes().all(is_part)
}

/// Whether an entry is named after what everyone may know: `SIDECAR_IMAGE`, `PublicKey`.
fn names_something_public(key: &str) -> bool {
    let words = key::words(key);
    let last = words.last().map_or("", String::as_str);
    let is_public = words.iter().any(|word| word == "public");
    matches!(
        last,
        "image" | "channel" | "smarthost" | "pubkey" | "publickey"
    ) || (last == "key" && is_public)
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
        || is_mail_address(value)
        || shape::is_name(value)
        || shape::is_prose(value)
}

fn is_mail_address(value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
    value.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty() && domain.contains('.') && user.bytes().chain(domain.bytes()).all(is_part)
    })
}
