//! What the tags of images are made of: the words that may say that one moves, and flavours, which say for which
//! platform or in which form it is built and change nothing of that.

/// What stands between the words of a tag; a dot also within the version of a ground.
const SEPARATORS: [char; 2] = ['-', '_'];

/// Flavours with digits that are no version of the image.
const PLATFORMS: [&str; 10] = [
    "386", "amd64", "amd64v2", "arm32v7", "arm64", "arm64v8", "i386", "ppc64le", "riscv64", "s390x",
];

/// What a flavour is built on, which may have its version behind it: `pg16`, `php83`, `ubuntu22.04`.
const GROUNDS: [&str; 37] = [
    "almalinux",
    "alpine",
    "arm",
    "armv",
    "centos",
    "cpp",
    "cu",
    "cuda",
    "deb",
    "debian",
    "el",
    "fedora",
    "go",
    "java",
    "jdk",
    "jre",
    "k8s",
    "leap",
    "node",
    "ol",
    "openjdk",
    "oraclelinux",
    "pg",
    "php",
    "postgres",
    "py",
    "python",
    "rhel",
    "rocky",
    "rockylinux",
    "rocm",
    "ruby",
    "sles",
    "ubi",
    "ubuntu",
    "windows",
    "windowsservercore",
];

/// From how many hexadecimal digits on a word may be a commit.
const COMMIT: usize = 7;

/// The words of a tag that tell whether it moves: the tag itself, and the first and the last of its words where
/// all beside them are flavours.
pub(super) fn words(tag: &str) -> Vec<&str> {
    let parts: Vec<&str> = tag.split(SEPARATORS).flat_map(parts).collect();
    let mut found = vec![tag];
    if let [first, between @ .., last] = parts.as_slice() {
        let are_flavours = |words: &[&str]| words.iter().all(|word| is_flavour(word));
        let is_told = |word: &str| is_letters(word) && !is_commit(word) && are_flavours(between);
        for (word, other) in [(*first, last), (*last, first)] {
            if is_told(word) && is_flavour(other) {
                found.push(word);
            }
        }
    }
    found
}

/// The words between dots, of which short numbers behind a ground are its version: `alpine3.19`, `py3.11`.
fn parts(word: &str) -> Vec<&str> {
    let is_short = |number: &&str| {
        (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut parts: Vec<&str> = word.split('.').collect();
    let first = parts[0];
    let has_version = first.ends_with(|last: char| last.is_ascii_digit()) && is_flavour(first);
    if has_version && parts[1..].iter().all(is_short) {
        parts.truncate(1);
    }
    parts
}

/// Whether a word is no date, version, number of a build or commit.
fn is_flavour(word: &str) -> bool {
    let stem = word.trim_end_matches(|last: char| last.is_ascii_digit());
    let digits = word.len() - stem.len();
    match digits {
        _ if PLATFORMS.contains(&word) => true,
        0 => is_letters(word) && !is_commit(word),
        1..=3 => GROUNDS.contains(&stem),
        _ => false,
    }
}

fn is_letters(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_commit(word: &str) -> bool {
    word.len() >= COMMIT && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_beside_flavours_alone_may_say_that_a_tag_moves() {
        for (tag, word) in [
            ("latest-pg16", "latest"),
            ("latest-arm64", "latest"),
            ("master-web", "master"),
            ("stable-alpine-rootless", "stable"),
            ("dev-latest", "latest"),
            ("arm64v8-latest", "latest"),
            ("edge_slim.debian", "edge"),
            ("ubi9-latest", "latest"),
            ("stable-el9", "stable"),
            ("ubuntu22.04-latest", "latest"),
            ("stable-alpine3.19", "stable"),
            ("release-cuda12.4.1", "release"),
        ] {
            assert!(words(tag).contains(&word), "{tag}");
        }
    }

    #[test]
    fn dates_versions_builds_and_commits_are_no_flavours() {
        for tag in [
            "latest",
            "latest-2024",
            "stable-20260101",
            "main-1a2b3c4",
            "main-deadbee",
            "stable-alpine3.19-2",
            "stable-alpine3.20240101",
            "latest-3.19",
            "latest-arm64.1.2024",
            "1.2-latest",
            "v1-latest",
            "main-rc1",
            "dev-b12",
            "main-alpine-a1b2c3d",
            "latest-",
        ] {
            assert_eq!(words(tag), [tag]);
        }
    }
}
