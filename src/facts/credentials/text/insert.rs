//! Rows that SQL puts into a table: `INSERT INTO users (name, password) VALUES ('shop', 'x')`, and of settings with
//! a name and a value each: `INSERT INTO settings (key, value) VALUES ('jwt_secret', 'x')`.

use std::ops::Range;

use crate::facts::credentials::key::words::{
    contains_ignoring_case, ends_ignoring_case, find_ignoring_case, words,
};
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::line::is_comment;

/// A credential in a row.
pub(super) struct Inserted {
    /// The bytes of what it is called: of the column's name, or of the name in its row.
    pub name: Range<usize>,
    /// Its bytes, without quotes.
    pub value: Range<usize>,
}

const BEGINNING: &str = "insert into";

/// What the columns of a table say of its rows.
struct Columns {
    /// Those that hold credentials: the position of each, and the bytes of its name.
    own: Vec<(usize, Range<usize>)>,
    /// Which one holds what a setting is called, and which one its value.
    setting: Option<(usize, usize)>,
}

impl Columns {
    /// Those of a table, if one of them may hold a credential.
    fn of(text: &str, table: &str, columns: &[Range<usize>]) -> Option<Self> {
        let own = columns.iter().cloned().enumerate();
        let own = own.filter(|(_, one)| holds_credentials(&text[one.clone()]));
        let own: Vec<_> = own.collect();
        let setting = setting(text, table, columns);
        (setting.is_some() || !own.is_empty()).then_some(Self { own, setting })
    }

    /// The credentials of a row with these fields.
    fn credentials(&self, text: &str, fields: &[Range<usize>]) -> Vec<Inserted> {
        let field = |at: usize| in_clear(text, fields.get(at)?.clone());
        let own = self.own.iter().filter_map(|(at, name)| {
            let (name, value) = (name.clone(), field(*at)?);
            Some(Inserted { name, value })
        });
        let parts = self
            .setting
            .and_then(|(name, value)| field(name).zip(field(value)));
        let parts = parts.filter(|(name, value)| {
            meaning(&text[name.clone()]).is_credential() && !is_shown(&text[value.clone()])
        });
        let of_setting = parts.map(|(name, value)| Inserted { name, value });
        own.chain(of_setting).collect()
    }
}

/// Which of a table's columns hold what a setting is called and its value: of several names the one that begins as the
/// value does, `header_key` of `header_value`.
fn setting(text: &str, table: &str, columns: &[Range<usize>]) -> Option<(usize, usize)> {
    let may_be = |column: &Range<usize>| {
        let column = &text[column.clone()];
        VALUES.iter().any(|end| ends_ignoring_case(column, end))
    };
    if !columns.iter().any(may_be) {
        return None;
    }
    let parts = |column: &Range<usize>| {
        let mut words = words(&text[column.clone()]);
        words.pop().map(|last| (words, last))
    };
    let columns: Vec<_> = columns.iter().map(parts).collect();
    let ends = |at: &usize, of: &[&str]| {
        let last = columns[*at].as_ref().map(|(_, last)| last.as_str());
        last.is_some_and(|last| of.contains(&last))
    };
    let stem = |at: usize| columns[at].as_ref().map(|(stem, _)| stem);
    let value = (0..columns.len()).find(|at| ends(at, &VALUES))?;
    let mut names = (0..value).filter(|at| ends(at, &NAMES)).peekable();
    let first = *names.peek()?;
    let name = names.find(|at| stem(*at) == stem(value)).unwrap_or(first);
    let is_shown = SHOWN.iter().any(|word| contains_ignoring_case(table, word));
    (!is_shown).then_some((name, value))
}

/// Whether a column holds passwords, or secrets and tokens under a name that is used for nothing else.
fn holds_credentials(column: &str) -> bool {
    let meaning = meaning(column);
    let is_secret = || words(column).last().is_some_and(|last| last == "secret");
    matches!(
        meaning,
        Meaning::Password | Meaning::Secret | Meaning::SureToken | Meaning::Token
    ) && (meaning != Meaning::Token || is_secret() || column.eq_ignore_ascii_case("token"))
}

/// Last words of columns that hold what a setting is called.
const NAMES: [&str; 8] = [
    "name",
    "key",
    "setting",
    "option",
    "property",
    "parameter",
    "param",
    "code",
];

/// Last words of columns that hold the value of a setting.
const VALUES: [&str; 3] = ["value", "val", "content"];

/// Words in the names of tables whose rows are shown to people.
const SHOWN: [&str; 8] = [
    "translat", "locale", "i18n", "lang", "label", "message", "phrase", "resource",
];

/// Whether a value is a word or a sentence for people.
fn is_shown(value: &str) -> bool {
    let is_word = |one: char| one.is_alphabetic() || " -'’.,:?!".contains(one);
    let is_plain = value.bytes().all(|byte| byte.is_ascii_lowercase());
    value.chars().all(is_word) && !is_plain
}

/// The credentials in clear of all rows that a text inserts with names of columns.
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

/// The credentials of the statement whose table's name begins at a byte.
fn rows(text: &str, at: usize, found: &mut Vec<Inserted>) -> Option<()> {
    let open = at + text[at..].find('(')?;
    let (columns, end) = fields(text, open)?;
    let columns = Columns::of(text, &text[at..open], &columns)?;
    let after = text[end..].trim_start();
    let rest = after
        .get(..6)
        .filter(|word| word.eq_ignore_ascii_case("values"))?;
    let mut next = text.len() - after.len() + rest.len();
    loop {
        let row = text[next..].trim_start_matches([',', ' ', '\t', '\r', '\n']);
        let open = text.len() - row.len();
        let (values, end) = fields(text, open)?;
        found.extend(columns.credentials(text, &values));
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
    fn a_row_gives_the_secrets_in_its_columns() {
        for (columns, count) in [
            ("(client, secret)", 1),
            ("(client, client_secret)", 1),
            ("(client, api_key)", 1),
            ("(client, token)", 1),
            ("(password, secret)", 2),
            ("(secret, label)", 1),
            ("(key, secret_id)", 0),
            ("(client, secret_name)", 0),
        ] {
            let text = format!("INSERT INTO clients {columns} VALUES ('x1', 'x2')");
            assert_eq!(inserted(&text).len(), count, "{text}");
        }
    }

    #[test]
    fn a_row_may_have_a_secret_and_a_setting() {
        let text = "INSERT INTO services (name, secret, header_key, header_value) VALUES\n\
                    ('a', 'x1', '', ''), ('b', '', 'Authorization', 'Token x2')";
        assert_eq!(told(text), ["x1", "Token x2"]);
    }

    #[test]
    fn a_row_names_what_its_value_is() {
        let text = "INSERT INTO app_secrets (key_name, key_value, description) VALUES\n\
                    ('jwt_secret', 'x1', 'JWT signing key'),\n('region', 'eu', ''), ('db_password', 'x2', '')";
        assert_eq!(told(text), ["x1", "x2"]);
        let name = inserted(text).into_iter().next().map(|one| &text[one.name]);
        assert_eq!(name, Some("jwt_secret"));
        for text in [
            "INSERT INTO settings (key, value) VALUES ('password_policy', 'x1'), ('token_ttl', '3600')",
            "INSERT INTO settings (key, value) VALUES ('login_password', 'Your password')",
            "INSERT INTO translations (key, value) VALUES ('password', 'x1')",
            "INSERT INTO settings (value, key) VALUES ('x1', 'jwt_secret')",
            "INSERT INTO settings (key, text) VALUES ('jwt_secret', 'x1')",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
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
