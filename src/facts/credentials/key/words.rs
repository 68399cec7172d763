//! How a name of a setting is read: as words, whatever its spelling.

/// The word before the last one, empty where there is none.
pub(super) fn before_last(words: &[String]) -> &str {
    words.iter().rev().nth(1).map_or("", String::as_str)
}

/// The words of a key in lower case, without numbers at their end.
pub(in crate::facts::credentials) fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = key.chars().take(128).collect();
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let previous = at.checked_sub(1).map(|before| letters[before]);
        let next_is_lower = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins = letter.is_uppercase()
            && previous.is_some_and(|before| before.is_lowercase() || next_is_lower);
        if begins {
            words.push(std::mem::take(&mut word));
        }
        word.extend(letter.to_lowercase());
    }
    words.push(word);
    for word in &mut words {
        word.truncate(
            word.trim_end_matches(|letter: char| letter.is_ascii_digit())
                .len(),
        );
    }
    words.retain(|word| !word.is_empty());
    join_password(&mut words);
    words
}

/// `passWord` and `pass_phrase` are one word, however they are written.
fn join_password(words: &mut Vec<String>) {
    const ENDS: [&str; 3] = ["word", "words", "phrase"];
    let is_split = |pair: &[String]| pair[0] == "pass" && ENDS.contains(&pair[1].as_str());
    while let Some(at) = words.windows(2).position(is_split) {
        let end = words.remove(at + 1);
        words[at].push_str(&end);
    }
}

/// Whether `text` holds `word`, which is in lower case.
pub(in crate::facts::credentials) fn contains_ignoring_case(text: &str, word: &str) -> bool {
    find_ignoring_case(text, word).is_some()
}

/// Whether `text` ends with `word`, which is in lower case and ASCII.
pub(in crate::facts::credentials) fn ends_ignoring_case(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let start = text.len().checked_sub(word.len());
    start.is_some_and(|start| text[start..].eq_ignore_ascii_case(word))
}

/// Where `word`, which is in lower case and ASCII, stands first.
pub(in crate::facts::credentials) fn find_ignoring_case(text: &str, word: &str) -> Option<usize> {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let first = word.first().copied().unwrap_or_default();
    text.windows(word.len()).position(|window| {
        window[0].to_ascii_lowercase() == first && window.eq_ignore_ascii_case(word)
    })
}

/// Whether a key is written as environment variables are.
pub(in crate::facts::credentials) fn is_screaming(key: &str) -> bool {
    !key.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Whether a key is written as Kubernetes and charts write their own fields, where a value may be
/// the name of something: `clientSecret`. Others, such as `client_secret` and `CLIENT_SECRET`, are
/// settings of a program, which knows no names of Secrets.
pub(in crate::facts::credentials) fn is_field(key: &str) -> bool {
    let own = key.rsplit('.').next().unwrap_or(key);
    !own.contains('_') && own.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Whether the words of a name end with some.
pub(super) fn ends_with(words: &[String], name: &[&str]) -> bool {
    words.len() >= name.len() && words[words.len() - name.len()..] == *name
}
