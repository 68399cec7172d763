//! ConfigMaps and Secrets: keys with values that are settings, whole files or, in a Secret,
//! encoded.

use super::candidate::Whole;
use super::context::Context;
use super::encoding::{decode, part_of_base64};
use super::stored::Stored;
use super::{Visited, Walk, users};
use crate::facts::credentials::Kind;
use crate::facts::credentials::key::kept;
use crate::facts::credentials::key::words::ends_ignoring_case;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::text::found::Found;
use crate::facts::credentials::text::key_pair::{
    is_id_beside, is_id_of_client, is_key_beside_name,
};
use crate::facts::credentials::text::login::login;
use crate::facts::credentials::text::syntax::Syntax;
use crate::facts::credentials::value::around::Around;
use crate::facts::credentials::value::placeholder::only_asks_for_change;
use crate::facts::credentials::value::public::{names_something_benign, names_something_public};
use crate::facts::credentials::value::shape::{Shape, shape};
use crate::model::{HOLE, Node};

/// Where objects from which a controller makes a Secret have the texts that it fills in.
const TEMPLATES: [(&str, &[&str]); 4] = [
    ("SealedSecret", &["spec", "template", "data"]),
    ("ExternalSecret", &["spec", "target", "template", "data"]),
    (
        "ClusterExternalSecret",
        &["spec", "externalSecretSpec", "target", "template", "data"],
    ),
    ("PushSecret", &["spec", "template", "data"]),
];

/// Where a rule of Kyverno has what it merges into an object.
const MERGED: [&str; 2] = ["mutate", "patchStrategicMerge"];

/// Types of Secrets whose entry `key` is what somebody logs in with.
const TYPED: [(&str, Meaning); 2] = [
    ("kubernetes.io/glusterfs", Meaning::Password),
    ("kubernetes.io/rbd", Meaning::Kept),
];

/// Types of Secrets that hold what Helm made.
const PASSED_TYPES: [&str; 1] = ["helm.sh/release.v1"];

impl<'r> Walk<'_, 'r> {
    /// A ConfigMap or a Secret.
    pub(super) fn data_holder(&mut self, node: Node<'r>, kind: Kind, context: Context<'_>) {
        let of_type = node.get("type").and_then(Node::as_str).unwrap_or_default();
        if kind == Kind::Secret && PASSED_TYPES.contains(&of_type) {
            return;
        }
        self.of_type = of_type;
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

    /// What an object of this kind says literally of the Secret that is made of it, or of the store that it is kept in.
    pub(super) fn template_of_secret(&mut self, kind: &str, node: Node<'r>, context: Context<'_>) {
        if kind.ends_with("SecretStore") {
            self.store_of_secrets(node, context);
        }
        let template = TEMPLATES.iter().find(|(of, _)| *of == kind);
        if let Some((_, path)) = template
            && let Some(data) = node.find(path)
        {
            self.path.extend(path.iter().map(|key| Visited::Key(key)));
            self.data(data, Kind::Secret, context);
            self.path.clear();
        }
        if kind.ends_with("Policy") {
            self.generated(node, context);
        }
    }

    /// The Secrets and ConfigMaps that a policy of Kyverno makes, and what it merges into other objects: they stand
    /// in it as they will be.
    fn generated(&mut self, node: Node<'r>, context: Context<'_>) {
        let rules = node.find(&["spec", "rules"]);
        for (index, rule) in rules.into_iter().flat_map(Node::items).enumerate() {
            self.path.extend(["spec", "rules"].map(Visited::Key));
            self.path.push(Visited::Index(index));
            let made = rule.get("generate");
            let kind = made.and_then(|made| match made.get("kind")?.as_str()? {
                "Secret" => Some(Kind::Secret),
                "ConfigMap" => Some(Kind::Config),
                _ => None,
            });
            if let Some((kind, data)) = kind.zip(made.and_then(|made| made.get("data"))) {
                self.path.extend(["generate", "data"].map(Visited::Key));
                self.data_holder(data, kind, context);
                self.path.truncate(3);
            }
            if let Some(patch) = rule.find(&MERGED) {
                self.path.extend(MERGED.map(Visited::Key));
                self.node(patch, context);
            }
            self.path.clear();
        }
    }

    pub(super) fn data(&mut self, data: Node<'r>, kind: Kind, context: Context<'_>) {
        let users = users(data, &[]);
        let context = Context {
            users: &users,
            ..context
        };
        for (key, value) in data.entries() {
            let key = key.as_str().unwrap_or_default();
            self.path.push(Visited::Key(key));
            self.datum(data, key, value, kind, context);
            self.path.pop();
        }
    }

    /// One entry of some data, by its key.
    pub(super) fn datum(
        &mut self,
        data: Node<'r>,
        key: &'r str,
        value: Node<'r>,
        kind: Kind,
        context: Context<'_>,
    ) {
        let context = Context {
            image: None,
            parent: key,
            ..context
        };
        if let Some(text) = value.as_str() {
            self.string(value, text, Syntax::of_data(key, text), kind, context);
            if text.trim_end().contains('\n') {
                return;
            }
            self.accounts(value, text, key, context);
        }
        self.switch(key, value, context);
        let own = [key];
        let (meaning, context) = match kind {
            Kind::Secret if is_of_accounts(data, key, value.as_str().unwrap_or_default()) => {
                let users = &own;
                (Meaning::Password, Context { users, ..context })
            }
            // The name of a key pair is its user; its secret half is no name of itself.
            Kind::Secret if meaning(key) == Meaning::AccessKey => {
                let users: &[&str] = &[];
                (self.entry_meaning(data, key), Context { users, ..context })
            }
            Kind::Secret => {
                let text = value.as_str().unwrap_or_default();
                (self.meaning_of_entry(data, key, text), context)
            }
            _ if is_key_beside_name(key, |name| data.get(name).is_some())
                || is_id_of_client(key, |name| data.get(name).is_some()) =>
            {
                (Meaning::Other, context)
            }
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

    /// In a Secret everything under a credential's name is one, also a short token.
    fn entry_meaning(&self, data: Node<'_>, key: &str) -> Meaning {
        let typed = TYPED.iter().find(|(of, _)| *of == self.of_type);
        if let Some((_, meaning)) = typed.filter(|_| key == "key") {
            return *meaning;
        }
        // A consumer of Kong's is let in with its key; that of a web token says who made it.
        match data.string("kongCredType").filter(|_| key == "key") {
            Some("jwt") => return Meaning::User,
            Some(_) => return Meaning::Kept,
            None => {}
        }
        match self.detector.known().meaning(key) {
            Meaning::Token | Meaning::SureToken | Meaning::Key => Meaning::Kept,
            Meaning::Secret => Meaning::Password,
            // `access_key` beside `access_key_id` is the secret half.
            Meaning::AccessKey if data.get(&format!("{key}_id")).is_some() => Meaning::Kept,
            // Beside the secret half of its pair it says which one that is, and opens nothing.
            Meaning::AccessKey
                if is_id_beside(key, data.entries().filter_map(|(key, _)| key.as_str())) =>
            {
                Meaning::User
            }
            // What hashes are made with is no better than a password.
            Meaning::Other if kept::is_kept_key(key) && ends_ignoring_case(key, "salt") => {
                Meaning::Secret
            }
            // What elsewhere may name a Secret names none in one: `db-password-secret`.
            Meaning::Other if kept::is_called_secret(key) => Meaning::Secret,
            Meaning::Other
                if kept::is_kept_key(key)
                    || kept::is_root_of_database(key)
                    || is_key_of_account(data, key) =>
            {
                Meaning::Kept
            }
            meaning => meaning,
        }
    }

    /// The same, by the value as well: whatever an entry is called, a word for a password that is still to be set is
    /// one there, where it does not stand for a name.
    fn meaning_of_entry(&self, data: Node<'_>, key: &str, value: &str) -> Meaning {
        match self.entry_meaning(data, key) {
            Meaning::Other
                if only_asks_for_change(value)
                    && !names_something_benign(key)
                    && !names_something_public(key) =>
            {
                Meaning::Password
            }
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
                        .filter(|text| is_raw(text))
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
            let is_account = is_of_accounts(data, key, text);
            let context = Context {
                users: if is_account { &own } else { &users },
                ..context
            };
            let meaning = if is_account {
                Meaning::Password
            } else {
                self.meaning_of_entry(data, key, text)
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
        let syntax = Syntax::of_data(key, text);
        let parent = Context {
            parent: key,
            ..context
        };
        let found = self.held(text, syntax, Kind::Secret, parent);
        let reported = found.into_iter().filter(|one| one.verdict.is_reported());
        let reported: Vec<Found> = reported.collect();
        if !reported.is_empty() && is_file(key, text) && value.as_str() != Some(text) {
            let encoded = value.as_str().unwrap_or_default();
            for one in reported {
                let written = &text[one.range.clone()];
                let credential = self.credential(&one.key, Kind::Secret, one.verdict, written);
                self.push(value, Some(part_of_base64(encoded, &one.range)), credential);
            }
        } else if let Some(found) = reported.into_iter().min_by_key(|one| one.verdict.rank()) {
            // An address that is all of an entry is told by the entry's name, not by its scheme.
            let is_address = found.kind == Kind::Url && !text.trim_end().contains('\n');
            let key = if is_address { key } else { &found.key };
            let credential = self.credential(key, Kind::Secret, found.verdict, &text[found.range]);
            self.push(value, None, credential);
        } else if let Some((user, password)) = login(key, text) {
            let users = [&text[user]];
            let around = Around {
                users: &users,
                ..around
            };
            let meaning = Meaning::Password;
            self.add(value, None, &text[password], meaning, Kind::Secret, around);
        } else if meaning.is_credential() && !text.trim_end().contains('\n') {
            self.add(value, None, text, meaning, Kind::Secret, around);
        }
    }
}

/// Whether an entry is the key of the account whose name stands beside it: Ceph's `userKey` and `userID`.
fn is_key_of_account(data: Node<'_>, key: &str) -> bool {
    let stem = key.strip_suffix("Key").filter(|stem| !stem.is_empty());
    stem.is_some_and(|stem| data.get(&format!("{stem}ID")).is_some())
}

/// Whether what a Secret's entry encodes is a file of several settings. In a login to a registry the same
/// password stands twice.
fn is_file(key: &str, text: &str) -> bool {
    text.trim_end().contains('\n') && !key.starts_with(".docker")
}

/// Whether the entries of a Secret are named after accounts, this one among them: two at least,
/// since one word alone may mean anything, save `root` beside a password that is guessed.
fn is_of_accounts(data: Node<'_>, key: &str, text: &str) -> bool {
    let is_account = |key: &str| kept::is_account(key);
    let mut accounts = data
        .entries()
        .filter(|(key, _)| key.as_str().is_some_and(is_account));
    let is_guessed = || key == "root" && shape(text) == Shape::Weak;
    is_account(key) && (accounts.nth(1).is_some() || is_guessed())
}

/// Whether what does not decode to a text may be one as it is written: it is short enough for no key store, or has
/// signs that no encoding writes.
fn is_raw(text: &str) -> bool {
    const SHORTEST_FILE: usize = 64;
    let is_encoded = |byte: u8| {
        byte.is_ascii_alphanumeric() || b"+/=".contains(&byte) || byte.is_ascii_whitespace()
    };
    text.len() < SHORTEST_FILE || text.starts_with(HOLE) || !text.bytes().all(is_encoded)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn what_no_encoding_writes_is_a_text_of_any_length() {
        let address = "postgres://shop:hQ7tr99x@db:5432/shop?application_name=web-of-the-shop&x=1";
        assert!(is_raw(address) && is_raw("hQ7tr99x"));
        assert!(is_raw(&format!(
            "eyJhbGciOiJIUzI1NiJ9.{}.x",
            "eyJz".repeat(20)
        )));
        let store = STANDARD.encode([0xfe; 90]);
        assert!(!is_raw(&store) && !is_raw(&format!("{}\n{}", &store[..60], &store[60..])));
    }
}
