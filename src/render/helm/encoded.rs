//! Texts that templates encode (`b64enc`), marks and all.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::marker::{Mark, is_taken, strip};
use crate::render::decoded::base64_text;

/// The characters of base64 that a mark takes.
const LEAST: usize = 24;

/// Takes the marks out of what is encoded, so that it is what it would have been without them. The
/// last value's mark is put behind it: a password follows its user; that of an address stands before its
/// host. Of a text of several lines each value's mark is put behind the characters that encode it. All others
/// are gone, since what is encoded has no lines of its own.
pub(super) fn unsealed(text: &str) -> Cow<'_, str> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    let mut unsealed = String::new();
    let (mut at, mut copied) = (0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let length = bytes[at..]
            .iter()
            .take_while(|byte| is_part(**byte))
            .count();
        if let Some(plain) = (length >= LEAST)
            .then(|| plain(&text[at..at + length]))
            .flatten()
        {
            unsealed.push_str(&text[copied..at]);
            unsealed.push_str(&plain);
            copied = at + length;
        }
        at += length.max(1);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    unsealed.push_str(&text[copied..]);
    Cow::Owned(unsealed)
}

/// What base64 would be without the marks in it, with those of values that `unsealed` keeps.
fn plain(encoded: &str) -> Option<String> {
    let decoded = base64_text(encoded)?;
    let decoded = unsealed(&decoded);
    if !is_taken(&decoded) {
        return None;
    }
    let stripped = strip(&decoded);
    let mut plain = STANDARD.encode(&stripped.text);
    if stripped.text.trim_end().contains('\n') {
        let marks = stripped.marks.iter().rev();
        for (at, mark) in marks.filter(|(_, mark)| matches!(mark, Mark::Value(_))) {
            // Four characters encode three bytes.
            let end = (at.div_ceil(3) * 4).min(plain.len());
            plain.insert_str(end, &mark.text());
        }
        return Some(plain);
    }
    let end = end_of_login(&stripped.text);
    let mut marks = stripped.marks.iter().rev();
    let secret =
        marks.find(|(at, mark)| matches!(mark, Mark::Value(_)) && end.is_none_or(|end| *at == end));
    if let Some((_, secret)) = secret {
        plain.push_str(&secret.text());
    }
    Some(plain)
}

/// Where the password of an address with a login ends: `postgres://shop:x7@db/shop`. Only what stands right
/// there is it: who gives the host or a name behind it gives no password.
fn end_of_login(text: &str) -> Option<usize> {
    let text = text.trim_end();
    let start = text.find("://")? + 3;
    let is_one = !text.contains(char::is_whitespace);
    let end = start + text[start..].rfind('@').filter(|_| is_one)?;
    text[start..end].contains(':').then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_mark_comes_out_of_what_is_encoded() {
        let (user, password) = (Mark::Value(1).text(), Mark::Value(2).text());
        let (open, close) = (Mark::Open(3).text(), Mark::Close(3).text());
        let inner = STANDARD.encode(format!("{open}shop{user}:hunter2{password}{close}"));
        let outer = STANDARD.encode(format!("auth: {inner}\n"));
        let expected_inner = STANDARD.encode("shop:hunter2");
        let expected = STANDARD.encode(format!("auth: {expected_inner}\n"));
        let marked = unsealed(&outer).into_owned();
        let stripped = strip(&marked);
        assert_eq!(stripped.text, expected);
        let end = expected.len();
        assert_eq!(stripped.marks, [(end, Mark::Value(2))]);
    }

    #[test]
    fn each_value_of_a_file_has_its_place_in_what_encodes_it() {
        let [user, password, host] = [1, 2, 3].map(|number| Mark::Value(number).text());
        let text = format!("user = shop{user}\npassword = hunter2{password}\nhost = db{host}\n");
        let sealed = STANDARD.encode(text);
        let marked = unsealed(&sealed).into_owned();
        let stripped = strip(&marked);
        let ends = ["user = shop", "user = shop\npassword = hunter2"].map(|text| {
            let end = text.len().div_ceil(3) * 4;
            (end, text.len())
        });
        assert_eq!(stripped.marks[0], (ends[0].0, Mark::Value(1)));
        assert_eq!(stripped.marks[1], (ends[1].0, Mark::Value(2)));
        assert_eq!(stripped.marks.len(), 3);
    }

    #[test]
    fn of_an_address_the_password_leads_to_its_value() {
        let [user, password, name] = [1, 2, 3].map(|number| Mark::Value(number).text());
        let marks = |text: String| {
            let sealed = STANDARD.encode(text);
            let marked = unsealed(&sealed).into_owned();
            strip(&marked)
                .marks
                .into_iter()
                .map(|(_, mark)| mark)
                .collect::<Vec<_>>()
        };
        let address = format!("postgres://shop{user}:x7{password}@db:5432/shop{name}");
        assert_eq!(marks(address), [Mark::Value(2)]);
        assert_eq!(marks(format!("postgres://shop:x7@db/shop{name}")), []);
        assert_eq!(
            marks(format!("https://shop.example/{name}")),
            [Mark::Value(3)]
        );
    }

    #[test]
    fn what_bears_no_marks_stays_as_it_is() {
        let text = format!("a: {}\nb: '{}'", STANDARD.encode([255; 30]), "a".repeat(40));
        assert!(matches!(unsealed(&text), Cow::Borrowed(_)));
    }
}
