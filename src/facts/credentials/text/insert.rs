//! Rows that SQL puts into a table: `INSERT INTO users (name, password) VALUES ('shop', 'x')`.

use std::ops::Range;

use crate::facts::credentials::key::words::find_ignoring_case;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::line::is_comment;

/// A password in a row.
pub(super) struct Inserted {
    /// The bytes of the column's name.
    pub column: Range<usize>,
    /// Its bytes, without quotes.
    pub value: Range<usize>,
}

const BEGINNING: &str = "insert into";

/// The passwords in clear of all rows that a text inserts with names of columns.
pub(super) fn inserted(text: &str) -> Vec<Inserted> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = find_ignoring_case(&text[at..], BEGINNING).map(|found| at + found) {
        at = start + BEGINNING.len();
        let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
        if !is_comment(&text[line..]) {
            rows(text, at, &mut found);
        }
    }
    found
}

/// The passwords of the statement whose table's name begins at a byte.
fn rows(text: &str, at: usize, found: &mut Vec<Inserted>) -> Option<()> {
    let open = at + text[at..].find('(')?;
    let (columns, end) = fields(text, open)?;
    let is_password = |column: &Range<usize>| meaning(&text[column.clone()]) == Meaning::Password;
    let (position, column) = (columns.into_iter().enumerate()).find(|(_, one)| is_password(one))?;
    let after = text[end..].trim_start();
    let rest = after
        .get(..6)
        .filter(|word| word.eq_ignore_ascii_case("values"))?;
    let mut next = text.len() - after.len() + rest.len();
    loop {
        let row = text[next..].trim_start_matches([',', ' ', '\t', '\r', '\n']);
        let open = text.len() - row.len();
        let (values, end) = fields(text, open)?;
        let value = values.into_iter().nth(position);
        found.extend(
            value
                .and_then(|value| in_clear(text, value))
                .map(|value| Inserted {
                    column: column.clone(),
                    value,
                }),
        );
        next = end;
    }
}

/// The fields of a list in parentheses, without blanks and the quotes of names, and where it ends.
fn fields(text: &str, open: usize) -> Option<(Vec<Range<usize>>, usize)> {
    let (mut fields, mut start) = (Vec::new(), open + 1);
    let (mut depth, mut is_quoted) = (0, false);
    for (at, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'\'' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            b'(' => depth += 1,
            b',' | b')' if depth == 1 => {
                fields.push(trimmed(text, start..at));
                start = at + 1;
                if byte == b')' {
                    return Some((fields, start));
                }
            }
            b')' => depth -= 1,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let is_around = |one: char| one.is_whitespace() || "`\"[]".contains(one);
    let field = text[range.clone()].trim_start_matches(is_around);
    let start = range.end - field.len();
    start..start + field.trim_end_matches(is_around).len()
}

/// The bytes of a text in quotes that is no hash.
fn in_clear(text: &str, field: Range<usize>) -> Option<Range<usize>> {
    let value = text[field.clone()].strip_prefix('\'')?.strip_suffix('\'')?;
    let is_digest = matches!(value.len(), 32 | 40 | 64 | 128)
        && value.bytes().all(|one| one.is_ascii_hexdigit());
    (!value.is_empty() && !is_digest).then_some(field.start + 1..field.end - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<&str> {
        let found = inserted(text);
        found.into_iter().map(|one| &text[one.value]).collect()
    }

    #[test]
    fn a_row_gives_the_password_in_its_column() {
        let text = "insert into `users` (name, `password`) VALUES ('a', 'x,1'),\n  ('b', 'x)2');";
        assert_eq!(told(text), ["x,1", "x)2"]);
        let text = "INSERT INTO shop.users (password_hash, passwd, id)\nVALUES (md5('a'), 'x3', 1)";
        assert_eq!(told(text), ["x3"]);
    }

    #[test]
    fn other_columns_hashes_and_computed_values_are_none() {
        for text in [
            "INSERT INTO users (name, email) VALUES ('password', 'x')",
            "INSERT INTO users VALUES ('password', 'x')",
            "INSERT INTO users (name, password) SELECT name, 'x' FROM old",
            "INSERT INTO users (password) VALUES (crypt('x', gen_salt('bf')))",
            "INSERT INTO users (password) VALUES ('5f4dcc3b5aa765d61d8327deb882cf99')",
            "-- INSERT INTO users (password) VALUES ('x')",
            "INSERT INTO users (password) VALUES (",
            "INSERT INTO ",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }
}
