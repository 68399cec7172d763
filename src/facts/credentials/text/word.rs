//! A word of a command line, and the program that words call.

/// A word of a command line: where its text stands in its list's item.
#[derive(Clone, Copy, Debug)]
pub(in crate::facts::credentials) struct Word<'a> {
    /// The text, without quotes around the whole word.
    pub text: &'a str,
    /// Which item of the list.
    pub item: usize,
    /// Offset of the text in the item.
    pub offset: usize,
}

/// The program's name: the first word that is no assignment, else what the image is called.
pub(in crate::facts::credentials) fn program<'a>(
    words: &[Word<'a>],
    image: Option<&'a str>,
) -> &'a str {
    let is_before = |word: &&Word<'_>| {
        is_assignment(word.text)
            || matches!(
                word.text,
                "sudo"
                    | "exec"
                    | "env"
                    | "time"
                    | "nohup"
                    | "then"
                    | "do"
                    | "if"
                    | "elif"
                    | "else"
                    | "while"
                    | "until"
                    | "!"
            )
    };
    let first = words
        .iter()
        .find(|word| !is_before(word))
        .map_or("", |word| word.text);
    let name = if first.starts_with('-') || first.is_empty() {
        image.unwrap_or(first)
    } else {
        first
    };
    let name = name.rsplit('/').next().unwrap_or(name);
    name.split([':', '@']).next().unwrap_or(name)
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}
