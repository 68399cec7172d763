//! Groovy and Kotlin to words, strings and marks, without comments. What both languages have in
//! common is enough to tell what is quoted and which blocks are open.

use std::ops::Range;

use super::super::package::Broken;
use super::super::word::after_mark;

/// Bytes to look at for the end of `${…}`, lest many without an end cost quadratic time.
const EXPRESSION_LIMIT: usize = 256;

/// A piece of a build file.
pub(super) struct Token {
    /// What the piece is.
    pub kind: Kind,
    /// Its bytes; for a string those between the quotes.
    pub place: Range<usize>,
}

/// What a piece can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, or a number.
    Word,
    /// A string.
    Text,
    /// Any other character of ASCII but a space.
    Mark(u8),
    /// The end of a line.
    Line,
}

/// Reads one token after the other.
pub(super) struct Lexer<'a> {
    text: &'a str,
    offset: usize,
    /// What came before, for Groovy's `/…/` is a string only where a value may stand.
    previous: Kind,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: after_mark(text),
            previous: Kind::Line,
        }
    }

    /// The next token, or `None` at the end. Fails at a comment or string that does not end.
    pub(super) fn token(&mut self) -> Result<Option<Token>, Broken> {
        while let Some(first) = self.rest().chars().next() {
            let start = self.offset;
            if self.skip_comment()? {
                continue;
            }
            if let Some(place) = self.string(first)? {
                return Ok(self.give(Kind::Text, place));
            }
            let kind = match first {
                '\n' => Kind::Line,
                first if is_word(first) => Kind::Word,
                first if first.is_ascii_graphic() => Kind::Mark(first as u8),
                other => {
                    self.offset += other.len_utf8();
                    continue;
                }
            };
            self.offset += match kind {
                Kind::Word => self
                    .rest()
                    .find(|c| !is_word(c))
                    .unwrap_or(self.rest().len()),
                Kind::Text | Kind::Mark(_) | Kind::Line => 1,
            };
            return Ok(self.give(kind, start..self.offset));
        }
        Ok(None)
    }

    fn give(&mut self, kind: Kind, place: Range<usize>) -> Option<Token> {
        self.previous = kind;
        Some(Token { kind, place })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    /// The end of a line stays, since it ends a statement.
    fn skip_comment(&mut self) -> Result<bool, Broken> {
        let rest = self.rest();
        if rest.starts_with("//") {
            self.offset += rest.find('\n').unwrap_or(rest.len());
            return Ok(true);
        }
        let Some(inside) = rest.strip_prefix("/*") else {
            return Ok(false);
        };
        match inside.find("*/") {
            Some(length) => self.offset += length + "/**/".len(),
            None => return Err(self.broken("the comment is not closed")),
        }
        Ok(true)
    }

    /// Passes the string that starts here, if one does, and gives what is between its quotes.
    fn string(&mut self, first: char) -> Result<Option<Range<usize>>, Broken> {
        match first {
            '"' | '\'' => self.quoted().map(Some),
            '/' => Ok(self.slashy()),
            _ => Ok(None),
        }
    }

    fn quoted(&mut self) -> Result<Range<usize>, Broken> {
        let rest = self.rest();
        let quote = &rest[..1];
        let triple = quote.repeat(3);
        let quotes = if rest.starts_with(&triple) {
            &triple
        } else {
            quote
        };
        let start = self.offset + quotes.len();
        let inside = &self.text[start..];
        match string_length(inside, quotes) {
            Some(length) => {
                self.offset = start + length + quotes.len();
                Ok(start..start + length)
            }
            None => Err(self.broken("the string is not closed")),
        }
    }

    /// Groovy's string between slashes, which is on one line here.
    fn slashy(&mut self) -> Option<Range<usize>> {
        let Kind::Mark(b'=' | b'~' | b'(' | b',' | b'[' | b':') = self.previous else {
            return None;
        };
        let inside = &self.text[self.offset + 1..];
        let length = string_length(inside, "/")?;
        let start = self.offset + 1;
        self.offset = start + length + 1;
        Some(start..start + length)
    }

    fn broken(&self, reason: &str) -> Broken {
        Broken::at(self.text, self.offset, reason)
    }
}

/// Bytes up to the closing quotes. Only three of them let a string have several lines. In
/// double quotes, `${…}` holds an expression that may quote in its turn.
fn string_length(inside: &str, quotes: &str) -> Option<usize> {
    let bytes = inside.as_bytes();
    let mut offset = 0;
    while let Some(byte) = bytes.get(offset) {
        let rest = &bytes[offset..];
        if rest.starts_with(quotes.as_bytes()) {
            return Some(offset);
        }
        offset += match byte {
            b'\n' if quotes.len() == 1 => return None,
            b'\\' => 2,
            b'$' if quotes.starts_with('"') && rest.starts_with(b"${") => expression_length(rest),
            _ => 1,
        };
    }
    None
}

/// Bytes of `${…}`, quotes within it passed over. One that is too long or does not end on its
/// line is none.
fn expression_length(bytes: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut quote = None;
    for (offset, byte) in bytes.iter().take(EXPRESSION_LIMIT).enumerate() {
        match (quote, byte) {
            (_, b'\n') => break,
            (Some(open), byte) if open == *byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'{') => depth += 1,
            (None, b'}') if depth == 1 => return offset + 1,
            (None, b'}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
    }
    1
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        let mut lexer = Lexer::new(text);
        let mut texts = Vec::new();
        while let Some(token) = lexer.token().expect("is well-formed") {
            texts.extend((token.kind == Kind::Text).then(|| &text[token.place]));
        }
        texts
    }

    #[test]
    fn strings_end_where_they_end() {
        let cases = [
            (
                r#"a 'b"c' "d'e" 'f\'g' "h\"i""#,
                vec![r#"b"c"#, "d'e", r"f\'g", r#"h\"i"#],
            ),
            (r#""a${b("c")}d" "e${f" "#, vec![r#"a${b("c")}d"#, "e${f"]),
            ("'''a\n'b'''  '' \"\"", vec!["a\n'b", "", ""]),
            (r#"= ~/a"b/ c / d 'e' / f"#, vec![r#"a"b"#, "e"]),
            ("/* 'a' */ 'b' // 'c'\n'ä'", vec!["b", "ä"]),
        ];
        for (text, expected) in cases {
            assert_eq!(texts(text), expected, "{text}");
        }
    }
}
