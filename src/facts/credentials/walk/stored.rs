//! What a Secret stores beside its credentials: entries that somebody may want to know.

use super::encoding::decoded;
use super::{Visited, Walk};
use crate::facts::credentials::key::kept;
use crate::facts::credentials::key::words::ends_ignoring_case;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::text::encoded::hashes;
use crate::facts::credentials::text::key_pair::{is_id_beside, names_public_half};
use crate::facts::credentials::value::characters;
use crate::facts::credentials::value::der::is_private_key;
use crate::facts::credentials::value::public::{
    encodes_page, encodes_public, is_benign, is_of_page, is_public, names_something_public,
};
use crate::facts::credentials::value::shape::{self, Shape, shape};
use crate::facts::credentials::value::{name, random, reference};
use crate::facts::credentials::{Kind, Verdict};
use crate::model::{Node, Part};

/// The entries of a Secret that hold real data.
#[derive(Default)]
pub(super) struct Stored<'r> {
    entries: Vec<Entry<'r>>,
}

pub(super) struct Entry<'r> {
    /// The field of the Secret: `data` or `stringData`.
    holder: &'r str,
    key: &'r str,
    value: Node<'r>,
    /// Empty where the data is no text.
    text: String,
    /// How many bytes there are where the data is no text.
    bytes: Option<usize>,
    is_key: bool,
}

impl<'r> Stored<'r> {
    pub(super) fn count(
        &mut self,
        walk: &Walk<'_, 'r>,
        holder: &'r str,
        data: Node<'r>,
        read: impl Fn(Node<'r>) -> Option<String>,
    ) {
        let keys = || data.entries().filter_map(|(key, _)| key.as_str());
        for (key, value) in data.entries() {
            let key = key.as_str().unwrap_or_default();
            // Which key of a pair it is says nothing without the other half.
            if walk.is_made_up(value, None) || is_id_beside(key, keys()) {
                continue;
            }
            let text = read(value);
            let is_hashed = text.as_deref().is_some_and(holds_hash);
            if walk.knows_to_be_none(value) && !is_hashed {
                continue;
            }
            if is_asset(key, value) || is_written_certificate(value) {
                continue;
            }
            // What is no text is a key store or a key tab; a scalar that is no string says nothing.
            let is_binary = || {
                holder == "data"
                    && value.as_str().is_some_and(|text| {
                        text.len() >= 64
                            && text.bytes().all(|byte| {
                                characters::is_base64(byte) || byte.is_ascii_whitespace()
                            })
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
                is_key: bytes.as_deref().is_some_and(is_key),
                bytes: bytes.map(|bytes| bytes.len()),
            });
        }
    }
}

impl<'r> Walk<'_, 'r> {
    /// A finding for each value of a Secret of which nothing else is to be said and that is random or has
    /// a credential's name, and one for any entry where there is no other finding at all.
    pub(super) fn stored(&mut self, mut stored: Stored<'r>) {
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
        let first = stored
            .entries
            .iter()
            .find(|entry| kept::hides(entry.key))
            .or(stored.entries.first())
            .filter(|_| told.is_empty())
            .map(|entry| entry.value.id());
        for entry in &stored.entries {
            if first == Some(entry.value.id())
                || random::is_random(entry.text.trim(), 20)
                || is_named_credential(entry.key, &entry.text)
            {
                self.entry_stored(entry, entries);
            }
        }
    }

    pub(super) fn entry_stored(&mut self, entry: &Entry<'r>, entries: usize) {
        let verdict = match entry.bytes {
            Some(_) if entry.is_key => Verdict::PrivateKey,
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
        let is_written = entry.value.as_str() == Some(entry.text.as_str());
        let part = is_written.then(|| behind_comments(&entry.text)).flatten();
        self.push(entry.value, part, credential);
        self.path.truncate(self.path.len() - 2);
    }

    /// Whether a value was judged to be no credential.
    pub(super) fn knows_to_be_none(&self, node: Node<'r>) -> bool {
        let mut found = self.found.iter().filter(|found| found.node == node.id());
        found.any(|found| {
            matches!(
                found.credential.verdict,
                Verdict::Reference | Verdict::Placeholder | Verdict::Empty
            )
        })
    }
}

/// Whether an entry is what pages show, by its name or by what it encodes.
fn is_asset(key: &str, value: Node<'_>) -> bool {
    is_of_page(key) || value.as_str().is_some_and(encodes_page)
}

/// Whether an entry of `data` has certificates as they are, which somebody forgot to encode.
fn is_written_certificate(value: Node<'_>) -> bool {
    let text = value.as_str().map(str::trim_start);
    text.is_some_and(|text| is_public(text) && !text.contains("PRIVATE"))
}

/// Whether bytes are a private key, or hold one.
fn is_key(bytes: &[u8]) -> bool {
    is_key_store(bytes) || is_private_key(bytes)
}

/// Whether bytes are a Java key store whose first entry is a private key.
fn is_key_store(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) && bytes.get(12..16) == Some(&[0, 0, 0, 1])
}

/// Whether a text holds the hash of a password: no password, but what it is guessed from. What bcrypt made is
/// slow to guess, and meant to be written down, a user before it or not, unless `htpasswd` made it in few rounds.
fn holds_hash(text: &str) -> bool {
    let is_file = reference::is_htpasswd(text.trim());
    let is_slow = |hash: &str| hash.starts_with("$2") && !(is_file && has_few_rounds(hash));
    let is_hash = |hash: &str| !is_slow(hash) && (is_file || hash.len() >= 20);
    let mut hashes = hashes(text).into_iter().map(|range| &text[range]);
    hashes.any(|hash| is_hash(hash) && is_computed(hash))
}

/// Whether bcrypt made a hash at less than the cost that most libraries begin with: `$2y$05$…`.
fn has_few_rounds(hash: &str) -> bool {
    let cost = hash.split('$').nth(2);
    cost.and_then(|cost| cost.parse::<u8>().ok())
        .is_some_and(|cost| cost < 10)
}

/// Whether a hash is one by its characters, and not masked or a word for it: `$2y$10$hash_of_shop`.
fn is_computed(hash: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b"$./+={}".contains(&byte);
    let lower = hash.to_ascii_lowercase();
    let is_masked = ["...", "xxx", "placeholder", "example", "replace"];
    hash.bytes().all(is_digit) && !is_masked.iter().any(|mark| lower.contains(mark))
}

/// The part of a text behind comments at its start, where there are some.
fn behind_comments(text: &str) -> Option<Part> {
    let is_comment = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let start = text
        .split_inclusive('\n')
        .take_while(is_comment)
        .map(str::len)
        .sum();
    let length = text.trim_end().len().saturating_sub(start);
    (start > 0 && length > 0).then_some(Part { start, length })
}

/// Whether an entry is a credential by its name, where its value says nothing else: how long a token
/// is good for, or the public half of a key pair.
fn is_named_credential(key: &str, text: &str) -> bool {
    let meaning = meaning(key);
    kept::hides(key)
        && meaning != Meaning::AccessKey
        && (meaning.is_credential() || !is_benign(key, text.trim()))
}

/// Whether an entry holds data that somebody may want to know.
fn is_real(key: &str, text: &str) -> bool {
    let value = text.trim();
    let is_named = kept::hides(key);
    // What is quick to guess from was told before.
    let is_hash = ends_ignoring_case(key, "hash");
    let is_none = is_hash || shape(value) != Shape::Plain || name::is_variable_name(value);
    let is_account = names_public_half(key) && name::is_name(value);
    if is_none || is_account || is_public(value) || names_something_public(key) {
        return false;
    }
    if encodes_public(value) {
        return false;
    }
    if value.contains('\n') {
        // Settings were read already; what is left is a key file.
        return value
            .lines()
            .all(|line| line.trim().len() >= 16 && line.trim().bytes().all(characters::is_base64));
    }
    let is_phrase = shape::is_prose(value) && meaning(key) != Meaning::Password;
    !is_phrase && (is_named || (value.len() >= 6 && !is_benign(key, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_has_characters_of_its_own() {
        assert!(holds_hash(
            "# shop\nshop_7:$apr1$Q5hY7tR9$gZ1kzB9b2F7mXHk0sQpX11\n"
        ));
        let bcrypt = "$2y$10$Kx1vV9m0y7YpQ1sQmJ1rOe4m3cC0h7n8oWQm2v5y8z1a4b7c0d3f6";
        let quick = bcrypt.replace("$10$", "$05$");
        assert!(holds_hash(&format!("shop:{quick}\n")));
        assert!(!holds_hash(bcrypt) && !holds_hash(&format!("shop:{bcrypt}\n")));
        assert!(!holds_hash("shop:$apr1$xxxxxxxx$xxxxxxxxxxxxxxxxxxxxxx\n"));
    }

    #[test]
    fn comments_at_the_start_are_no_data() {
        let text = "# for the shop\n\nshop:x\n# more\n";
        let part = behind_comments(text).expect("has some");
        assert_eq!(
            &text[part.start..part.start + part.length],
            "shop:x\n# more"
        );
        assert!(behind_comments("shop:x\n").is_none() && behind_comments("# shop\n").is_none());
    }
}
