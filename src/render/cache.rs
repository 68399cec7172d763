//! What helm printed, kept from one run to the next. A rendering holds the values that it was made
//! from, credentials among them; so what is kept is sealed with a key made from all that helm was
//! given, and that key is kept nowhere: who can open an entry has the chart and its values already.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use blake3::Hasher;
use chacha20poly1305::aead::{Aead as _, Generate as _};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// What the two keys of an entry are for; another form of entries gets other words.
const NAME: &str = "landfall 2026-11-28 renderings: name";
const SEAL: &str = "landfall 2026-11-28 renderings: seal";
/// How many bytes a nonce takes; what it sealed follows.
const NONCE: usize = 24;
/// How many bytes all entries may take. Beyond that, those go that nobody asked for the longest.
const CAPACITY: u64 = 256 << 20;

/// A folder of what was printed before; without one, nothing is kept.
#[derive(Debug, Default)]
pub struct Cache {
    folder: Option<PathBuf>,
    /// Whether this run has added something.
    has_grown: AtomicBool,
}

/// What a printed text was made from, as a number that nothing else has.
#[derive(Clone, Debug, Default)]
pub(super) struct Content(Hasher);

/// How an entry is found and opened.
pub(super) struct Key {
    name: String,
    seal: [u8; 32],
}

impl Content {
    /// Adds one more part; parts never run into each other.
    pub(super) fn add(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// Adds all that another one has.
    pub(super) fn add_content(&mut self, other: &Self) {
        self.add(other.0.finalize().as_bytes());
    }

    /// The key of what was made from it.
    pub(super) fn key(&self) -> Key {
        let whole = self.0.finalize();
        let name = blake3::derive_key(NAME, whole.as_bytes());
        Key {
            name: blake3::Hash::from(name).to_hex().to_string(),
            seal: blake3::derive_key(SEAL, whole.as_bytes()),
        }
    }
}

impl Cache {
    /// The entries in a folder, which is made once there is something to keep.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder: Some(folder),
            has_grown: AtomicBool::new(false),
        }
    }

    /// The text of this key, if it is kept and whole.
    pub(super) fn get(&self, key: &Key) -> Option<String> {
        let path = self.folder.as_ref()?.join(&key.name);
        let entry = fs::read(&path).ok()?;
        let (nonce, sealed) = entry.split_first_chunk::<NONCE>()?;
        let cipher = XChaCha20Poly1305::new(&key.seal.into());
        let packed = cipher.decrypt(nonce.into(), sealed).ok()?;
        let mut text = String::new();
        DeflateDecoder::new(packed.as_slice())
            .read_to_string(&mut text)
            .ok()?;
        // When it was last asked for; an entry that cannot be touched only goes sooner.
        let _ = writable(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(text)
    }

    /// Keeps a text. Where that cannot be done, the next run does without.
    pub(super) fn put(&self, key: &Key, text: &str) {
        let Some(folder) = &self.folder else { return };
        if write(folder, key, text).is_ok() {
            self.has_grown.store(true, Ordering::Relaxed);
        }
    }

    /// Whether anything is kept at all.
    pub(super) fn is_kept(&self) -> bool {
        self.folder.is_some()
    }

    /// Takes away what is too much, if this run has added to it.
    pub(super) fn trim(&self) {
        let Some(folder) = self.folder.as_ref() else {
            return;
        };
        if self.has_grown.load(Ordering::Relaxed) {
            trim(folder, CAPACITY);
        }
    }
}

/// A file as it is, of which the time may be set.
fn writable(path: &Path) -> io::Result<File> {
    File::options().write(true).open(path)
}

fn write(folder: &Path, key: &Key, text: &str) -> io::Result<()> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes())?;
    let packed = packed.finish()?;
    let nonce = XNonce::generate();
    let sealed = XChaCha20Poly1305::new(&key.seal.into())
        .encrypt(&nonce, packed.as_slice())
        .map_err(io::Error::other)?;
    fs::create_dir_all(folder)?;
    // Another run may write the same entry: each is moved into place whole.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&nonce)?;
    file.write_all(&sealed)?;
    file.persist(folder.join(&key.name))?;
    Ok(())
}

/// Leaves the entries that were asked for last, as many as take no more than so many bytes.
fn trim(folder: &Path, capacity: u64) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut known: Vec<(SystemTime, u64, PathBuf)> = entries
        .filter_map(|entry| {
            let about = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((about.modified().ok()?, about.len(), entry.path()))
        })
        .collect();
    known.sort_unstable_by(|left, right| right.cmp(left));
    let mut size = 0;
    for (_, length, path) in known {
        size += length;
        if size > capacity {
            // Another run may have taken it away.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(parts: &[&str]) -> Content {
        let mut content = Content::default();
        parts.iter().for_each(|part| content.add(part.as_bytes()));
        content
    }

    #[test]
    fn what_is_kept_comes_back_for_the_same_content_alone() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let cache = Cache::new(folder.path().join("below"));
        let key = content(&["ab", "c"]).key();
        assert_eq!(cache.get(&key), None);
        cache.put(&key, "kind: Secret");
        assert_eq!(cache.get(&key).as_deref(), Some("kind: Secret"));
        assert_eq!(cache.get(&content(&["a", "bc"]).key()), None);
        assert_eq!(Cache::default().get(&key), None);
    }

    #[test]
    fn an_entry_neither_tells_its_text_nor_bears_a_change() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let cache = Cache::new(folder.path().to_owned());
        let key = content(&["a"]).key();
        cache.put(&key, "canary canary canary canary");
        let path = folder.path().join(&key.name);
        let mut entry = fs::read(&path).expect("is kept");
        let holds = |bytes: &[u8]| bytes.windows(6).any(|part| part == b"canary");
        assert!(!holds(&entry));
        let mut unpacked = Vec::new();
        let _ = DeflateDecoder::new(&entry[NONCE..]).read_to_end(&mut unpacked);
        assert!(!holds(&unpacked));
        if let Some(last) = entry.last_mut() {
            *last ^= 1;
        }
        fs::write(&path, &entry).expect("is written");
        assert_eq!(cache.get(&key), None);
        fs::write(&path, "short").expect("is written");
        assert_eq!(cache.get(&key), None);
    }

    #[test]
    fn what_nobody_asked_for_the_longest_goes_first() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let cache = Cache::new(folder.path().to_owned());
        let keys = ["a", "b", "c"].map(|part| content(&[part]).key());
        let day = std::time::Duration::from_secs(86_400);
        for (key, age) in keys.iter().zip(1..) {
            cache.put(key, "text");
            let file = writable(&folder.path().join(&key.name)).expect("is kept");
            file.set_modified(SystemTime::now() - day * age)
                .expect("may be set");
        }
        assert!(cache.get(&keys[2]).is_some(), "asking makes it young");
        let length = fs::metadata(folder.path().join(&keys[0].name)).map_or(0, |about| about.len());
        trim(folder.path(), length * 2);
        let kept = keys.map(|key| cache.get(&key).is_some());
        assert_eq!(kept, [true, false, true]);
    }
}
