//! Lines whose syntax has no separator, each with a reader of its own: XML, SQL, password files,
//! data sources of Go, directives of Redis and others.

use std::ops::Range;

use crate::facts::credentials::key::words::find_ignoring_case;
use crate::facts::credentials::line::place;

/// Elements with a text on one line: the bytes of name and text.
pub(super) fn elements(line: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(close) = line[from..].find("</").map(|at| from + at) {
        from = close + 2;
        let Some(end) = line[from..].find('>').map(|at| from + at) else {
            break;
        };
        let name = line[from..end].trim();
        let open = format!("<{name}");
        let Some(start) = line[..close].rfind(&open) else {
            continue;
        };
        let Some(text) = line[start..close].find('>').map(|at| start + at + 1) else {
            continue;
        };
        let local = name.rfind(':').map_or(0, |at| at + 1);
        let are_strings = are_strings(&line[..start], &line[text..close], &line[end + 1..]);
        if !line[text..close].contains('<') && !are_strings {
            found.push((from + local..from + name.len(), text..close));
        }
    }
    found
}

/// Whether the tags around a text are strings of a program by themselves, by what stands before, between and behind
/// them: `split("<a>")[1].split("</a>")`.
fn are_strings(before: &str, text: &str, behind: &str) -> bool {
    let quotes = ['"', '\''].into_iter();
    let mut quotes = quotes.filter(|quote| before.ends_with(*quote) && text.starts_with(*quote));
    quotes.any(|_| text.ends_with(['"', '\'']) && behind.starts_with(['"', '\'']))
}

/// What an element is called by its own attribute, whose text begins at a byte: `<entry key="password">`.
pub(super) fn attribute(line: &str, text: usize) -> Option<&str> {
    const ELEMENTS: [&str; 3] = ["entry", "param", "parameter"];
    let open = line[..text].rfind('<')?;
    let (element, rest) = line[open + 1..text].split_once(' ')?;
    let (key, rest) = rest.trim_start().split_once("=\"")?;
    let is_name = ELEMENTS.contains(&element) && matches!(key, "key" | "name");
    let (name, _) = rest.split_once('"')?;
    is_name.then_some(name)
}

pub(super) fn has_sql(text: &str) -> bool {
    [
        "create user",
        "alter user",
        "create role",
        "alter role",
        "create login",
        "identified",
        "set password",
        "gen_salt(",
    ]
    .iter()
    .any(|words| find_ignoring_case(text, words).is_some())
}

/// Whether a text is one statement of SQL about an account, as operators take in a list.
pub(super) fn is_statement(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let is = |word: Option<&str>, of: &[&str]| {
        word.is_some_and(|word| of.iter().any(|one| word.eq_ignore_ascii_case(one)))
    };
    is(words.next(), &["create", "alter", "grant", "do"])
        && is(words.next(), &["user", "role", "login", "all", "$$"])
}

/// Whether a command line hands a program such a statement: `psql -c "ALTER USER shop PASSWORD 'x'"`.
pub(super) fn hands_statement(text: &str) -> bool {
    let mut parts = text.split(['"', '\'']);
    parts.next();
    parts.any(is_statement)
}

/// Where the password of a line in PostgreSQL's password file follows:
/// `host:port:database:user:password`.
pub(super) fn pass_file(key: &str, line: &str) -> Option<usize> {
    let is_sealed = line.starts_with("ENC[");
    let is_file = is_of_postgres(key) && !is_sealed && line.matches(':').count() == 4;
    line.rfind(':').filter(|_| is_file)
}

/// Whether a text is a password file of PostgreSQL or Postfix by the key it stands under.
pub(in crate::facts::credentials) fn is_pass_file(key: &str) -> bool {
    is_of_postgres(key) || is_relay_file(key)
}

/// `pgpassFile`, `.pgpass`; `PGPASSWORD` is the password itself.
fn is_of_postgres(key: &str) -> bool {
    const NAME: &str = "pgpass";
    find_ignoring_case(key, NAME).is_some_and(|at| {
        let rest = &key.as_bytes()[at + NAME.len()..];
        !rest
            .get(..4)
            .is_some_and(|next| next.eq_ignore_ascii_case(b"word"))
    })
}

fn is_relay_file(key: &str) -> bool {
    ["sasl_passwd", "sasl-passwd"]
        .iter()
        .any(|name| find_ignoring_case(key, name).is_some())
}

/// User and password of a line in Postfix' file of relays: `[smtp.example.com]:587 shop:x`.
pub(super) fn login_of_relay(key: &str, line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (host, login) = line.trim_end().split_once([' ', '\t'])?;
    let login = login.trim_start();
    let (user, password) = login.split_once(':')?;
    let is_login = is_relay_file(key)
        && host.contains('.')
        && !user.is_empty()
        && !password.is_empty()
        && !login.contains([' ', '\t']);
    let start = line.trim_end().len() - login.len();
    let begin = start + user.len() + 1;
    is_login.then(|| (start..begin - 1, begin..begin + password.len()))
}

/// Whether a text lists accounts of PgBouncer by the key it stands under.
pub(in crate::facts::credentials) fn is_user_list(key: &str) -> bool {
    find_ignoring_case(key, "userlist").is_some()
}

/// `PASSWORD 'x'`, `PASSWORD = 'x'`, `IDENTIFIED BY 'x'` in a statement.
pub(super) fn in_statement(line: &str) -> Option<Range<usize>> {
    let marks = ["identified by", "password"];
    let after = marks.iter().filter_map(|mark| given_after(line, mark));
    after
        .chain(given_with_plugin(line))
        .chain(hashed_by_statement(line))
        .filter(|range| !is_behind_where(&line[..range.start]))
        .min_by_key(|range| range.start)
}

/// Whether what comes next is compared: `UPDATE a SET b = 1 WHERE password = 'x'`.
pub(super) fn is_behind_where(head: &str) -> bool {
    const VERBS: [&str; 3] = ["update ", "select ", "delete "];
    let has = |word: &str| find_ignoring_case(head, word).is_some();
    has(" where ") && VERBS.into_iter().any(has)
}

/// `IDENTIFIED WITH mysql_native_password BY 'x'`; what stands behind `AS` is hashed.
fn given_with_plugin(line: &str) -> Option<Range<usize>> {
    const MARK: &str = "identified with ";
    let plugin = find_ignoring_case(line, MARK)? + MARK.len();
    let by = line[plugin..].trim_start().find(' ')? + plugin;
    let rest = given_after(&line[by..], "by")?;
    let is_next = line[by..]
        .trim_start()
        .get(..3)?
        .eq_ignore_ascii_case("by ");
    is_next.then_some(by + rest.start..by + rest.end)
}

/// `crypt('x', gen_salt('bf'))`: PostgreSQL hashes what stands in clear.
fn hashed_by_statement(line: &str) -> Option<Range<usize>> {
    const MARK: &str = "crypt('";
    let start = find_ignoring_case(line, MARK)? + MARK.len();
    let length = line[start..].find('\'')?;
    let rest = line[start + length + 1..].trim_start();
    let salt = rest.strip_prefix(',')?.trim_start();
    let is_salt = find_ignoring_case(salt, "gen_salt(") == Some(0);
    (length > 0 && is_salt).then_some(start..start + length)
}

/// What stands in quotes behind words of a statement, `"$SA_PASSWORD" -Q "…"` being none.
fn given_after(line: &str, mark: &str) -> Option<Range<usize>> {
    let mut at = 0;
    while let Some(start) = find_ignoring_case(&line[at..], mark).map(|found| at + found) {
        at = start + mark.len();
        let rest = &line[at..];
        let is_word = !line[..start].ends_with(|one: char| one.is_alphanumeric() || one == '_')
            && rest.starts_with([' ', '=', '(']);
        let value = rest.trim_start_matches([' ', '=', '(', 'N']);
        let quoted = value.strip_prefix('\'').or_else(|| value.strip_prefix('"'));
        if let Some(quoted) = quoted.filter(|_| is_word)
            && let Some(length) = quoted.find(['\'', '"'])
        {
            let start = line.len() - quoted.len();
            return (length > 0 && !quoted.starts_with('*')).then_some(start..start + length);
        }
    }
    None
}

/// Where Go's data sources have their address.
pub(super) const ADDRESSES: [&str; 3] = ["@tcp(", "@unix(", "@("];

pub(super) fn is_data_source(line: &str) -> bool {
    ADDRESSES.iter().any(|mark| line.contains(mark))
}

/// User and password of Go's data sources: `user:password@tcp(host)/database`.
pub(super) fn data_source(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (end, mark) = ADDRESSES
        .iter()
        .find_map(|mark| Some((line.find(mark)?, mark)))?;
    // `@(` may also be in a regular expression.
    let address = line[end + mark.len()..].split_once(")/")?.0;
    let is_address = !address.is_empty()
        && address
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".:-_/[]$(){}".contains(&byte));
    let head = &line[..end];
    let start = head.rfind([' ', '"', '\'', '=']).map_or(0, |at| at + 1);
    let colon = start + head[start..].find(':')?;
    (is_address && colon > start && colon + 1 < end).then_some((start..colon, colon + 1..end))
}

/// The `nopass` of a Redis account that everyone has, unless it may do nothing, or of another one that
/// may do everything.
pub(super) fn open_account(line: &str) -> Option<Range<usize>> {
    let rest = line.trim_start().strip_prefix("user ")?;
    let (name, rest) = rest.split_once(' ')?;
    let mut words = rest.split_whitespace();
    let has = |word: &str| rest.split_whitespace().any(|one| one == word);
    let may_nothing = has("-@all") && !words.any(|word| word.starts_with('+'));
    let at = line.find(" nopass")? + 1;
    let may_much = name == "default" || has("+@all") || has("allcommands");
    (has("on") && has("nopass") && !may_nothing && may_much).then_some(at..at + "nopass".len())
}

/// The password of an account of Redis in clear: `user shop on >x ~* +@all`.
pub(super) fn account_of_redis(line: &str) -> Option<Range<usize>> {
    let rest = line.trim_start().strip_prefix("user ")?;
    let mut words = rest.split_whitespace().skip(1);
    // What it may do stands on either side: `user shop on +@all ~* >x`.
    let is_rule = |word: &str| {
        matches!(word, "on" | "off" | "reset") || word.starts_with(['~', '+', '-', '&', '%', '#'])
    };
    let value = words.find(|word| !is_rule(word))?.strip_prefix('>')?;
    (!value.is_empty()).then_some(place(line, value))
}

/// The password of a line of `.netrc`: `machine example.com login shop password x`.
pub(super) fn account_of_machine(line: &str) -> Option<Range<usize>> {
    let mut words = line.split_whitespace();
    let is_machine = matches!(words.next(), Some("machine" | "default"));
    let value = words.skip_while(|word| *word != "password").nth(1)?;
    (is_machine && line.contains(" login ")).then_some(place(line, value))
}

/// The password of a server in the file that redis_exporter reads: `"redis://cache:6379": "x"`.
pub(super) fn password_of_server(line: &str) -> Option<Range<usize>> {
    // Few lines have quotes.
    let (_, rest) = line.find('"').and_then(|_| line.split_once("\"redis"))?;
    let (address, rest) = rest.split_once('"')?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    let value = value.strip_prefix('"')?;
    let value = &value[..value.find('"')?];
    let is_address = address.starts_with("://") || address.starts_with("s://");
    (is_address && !value.is_empty()).then_some(place(line, value))
}

/// The login that HAProxy's page of statistics asks for: `stats auth admin:x`.
pub(super) fn login_of_statistics(line: &str) -> Option<Range<usize>> {
    let rest = line.trim().strip_prefix("stats auth ")?;
    let rest = rest.split_whitespace().next()?;
    rest.contains(':').then_some(place(line, rest))
}

/// The line of an account in PgBouncer's list, by the key that the list stands under: `"shop" "x"`;
/// what is hashed has its method before it.
pub(super) fn account_of_list(key: &str, line: &str) -> Option<Range<usize>> {
    if !is_user_list(key) {
        return None;
    }
    let (_, rest) = line.trim().strip_prefix('"')?.split_once("\" \"")?;
    let value = rest.strip_suffix('"')?;
    let is_hashed = value.starts_with("SCRAM-") || (value.starts_with("md5") && value.len() == 35);
    (!is_hashed && !value.is_empty()).then_some(place(line, value))
}

/// An account of a login module of Java: the bytes of `user_NAME` and of the password in quotes.
pub(super) fn account_of_module(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let at = line.find("user_")?;
    let is_alone = !line[..at].ends_with(|one: char| one.is_alphanumeric() || one == '_');
    let (name, rest) = line[at..].split_once('=')?;
    let value = rest.strip_prefix('"')?;
    let value = &value[..value.find('"')?];
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let start = value.as_ptr().addr() - line.as_ptr().addr();
    (is_alone && is_name && !value.is_empty())
        .then(|| (at..at + name.len(), start..start + value.len()))
}

/// The password that Kafka is told to check: `SCRAM-SHA-512=[iterations=8192,password=x]`.
pub(super) fn checked_password(line: &str) -> Option<Range<usize>> {
    const MARK: &str = "password=";
    // Few lines have a bracket.
    let list = line.find('[').and_then(|_| line.find("SCRAM-SHA-"))?;
    let open = list + line[list..].find("=[")?;
    let start = open + line[open..].find(MARK)? + MARK.len();
    let length = line[start..].find([',', ']'])?;
    (length > 0).then_some(start..start + length)
}

/// A statement that ends with a semicolon, as BIND, UnrealIRCd and their kind have it: `secret "x";`,
/// `password "x";`. The bytes of the word and of what stands in quotes.
pub(in crate::facts::credentials) fn statement(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    if !line.contains("\";") && !line.contains("\" ;") {
        return None;
    }
    const WORDS: [&str; 4] = ["secret", "password", "passphrase", "passwd"];
    let at = WORDS.iter().find_map(|word| {
        let at = line.find(word)?;
        Some(at..at + word.len())
    })?;
    let before = line[..at.start].trim_end();
    let begins = before.is_empty() || before.ends_with(['{', ';']);
    let rest = line[at.end..].strip_prefix([' ', '\t'])?;
    let value = rest.trim_start().strip_prefix('"')?;
    let (value, after) = value.split_once('"')?;
    let end = line.len() - after.len() - 1;
    (begins && after.trim_start().starts_with(';')).then_some((at, end - value.len()..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_product_has_its_own_line_for_a_password() {
        let told = |found: Option<Range<usize>>, line: &'static str| found.map(|at| &line[at]);
        let redis = |line| told(account_of_redis(line), line);
        assert_eq!(redis("user shop on >x1 ~* +@all"), Some("x1"));
        assert_eq!(redis("user shop on +@all ~* >x1"), Some("x1"));
        assert_eq!(redis("user shop on #9f86 ~*"), None);
        assert_eq!(redis("user shop on nopass >x"), None);
        for line in [
            "<entry key=\"password\">x1</entry>",
            "<param name=\"password\" type=\"a\">x1</param>",
        ] {
            let (_, text) = &elements(line)[0];
            assert_eq!(attribute(line, text.start), Some("password"), "{line}");
        }
        assert_eq!(attribute("<a href=\"password\">x</a>", 19), None);
        let machine = |line| told(account_of_machine(line), line);
        assert_eq!(machine("machine a.b login shop password x1"), Some("x1"));
        assert_eq!(machine("machine learning needs no password today"), None);
        let statistics = |line| told(login_of_statistics(line), line);
        assert_eq!(statistics("  stats auth admin:x1"), Some("admin:x1"));
        assert_eq!(statistics("  stats uri /x:y"), None);
        let server = |line| told(password_of_server(line), line);
        assert_eq!(server("  \"redis://a:6379\":\"x1\""), Some("x1"));
        assert_eq!(server("{\"rediss://a:6379\": \"x1\"}"), Some("x1"));
        assert_eq!(server("\"redis-host\": \"x1\""), None);
        assert_eq!(server("\"a\": \"redis://a:6379\", \"b\": \"c\""), None);
        let list = |line| told(account_of_list("userlist.txt", line), line);
        assert_eq!(list("\"shop\" \"x1\""), Some("x1"));
        assert_eq!(list("\"shop\" \"SCRAM-SHA-256$4096:a\""), None);
        assert_eq!(account_of_list("notes.txt", "\"shop\" \"x1\""), None);
        let relay = |key, line: &'static str| {
            login_of_relay(key, line).map(|(user, at)| (&line[user], &line[at]))
        };
        let line = "[smtp.example.com]:587 shop@example.com:x1";
        assert_eq!(relay("sasl_passwd", line), Some(("shop@example.com", "x1")));
        assert_eq!(relay("transport", line), None);
        assert_eq!(relay("sasl_passwd", "# host user:password"), None);
        let kafka = |line| told(checked_password(line), line);
        assert_eq!(kafka("--x 'SCRAM-SHA-512=[a=1,password=x1]'"), Some("x1"));
        assert_eq!(kafka("sasl.mechanism=SCRAM-SHA-512"), None);
        let pair = |found: Option<(Range<usize>, Range<usize>)>, line: &'static str| {
            found.map(|(key, value)| (&line[key], &line[value]))
        };
        let module = |line| pair(account_of_module(line), line);
        assert_eq!(module("  user_shop=\"x1\";"), Some(("user_shop", "x1")));
        assert_eq!(module("  super_user_shop=\"x1\";"), None);
    }

    #[test]
    fn statements_have_a_password_in_quotes() {
        let said = |line: &'static str| statement(line).map(|(key, at)| (&line[key], &line[at]));
        assert_eq!(said("  secret \"x1\";"), Some(("secret", "x1")));
        assert_eq!(
            said("oper a { password \"x1\"; };"),
            Some(("password", "x1"))
        );
        for line in [
            "password \"x1\"",
            "the password \"x1\";",
            "password;",
            "password x1;",
        ] {
            assert_eq!(said(line), None, "{line}");
        }
    }

    #[test]
    fn only_accounts_that_may_do_something_are_open() {
        let told = |line: &'static str| open_account(line).map(|range| &line[range]);
        for line in [
            "user default on nopass ~* +@all",
            "user shop on nopass ~* +@all",
        ] {
            assert_eq!(told(line), Some("nopass"), "{line}");
        }
        for line in [
            "user shop off nopass ~* +@all",
            "user default on nopass -@all",
            "user probe on nopass +ping",
        ] {
            assert_eq!(told(line), None, "{line}");
        }
    }

    #[test]
    fn a_statement_gives_a_password_in_quotes() {
        let given = |line: &'static str| in_statement(line).map(|range| &line[range]);
        assert_eq!(given("CREATE USER a IDENTIFIED BY 'x1';"), Some("x1"));
        assert_eq!(
            given("CREATE USER a IDENTIFIED WITH caching_sha2_password BY 'x4';"),
            Some("x4")
        );
        assert_eq!(
            given("CREATE USER a IDENTIFIED WITH mysql_native_password AS '*0A1B';"),
            None
        );
        assert_eq!(given("ALTER ROLE a WITH PASSWORD 'x2';"), Some("x2"));
        assert_eq!(
            given("sqlcmd -P \"$SA_PASSWORD\" -Q \"CREATE LOGIN a WITH PASSWORD = N'x3'\""),
            Some("x3")
        );
        assert_eq!(given("sqlcmd -P \"$SA_PASSWORD\" -Q \"SELECT 1\""), None);
        assert_eq!(
            given("INSERT INTO a VALUES ('b', crypt('x5', gen_salt('bf')));"),
            Some("x5")
        );
        assert_eq!(given("SELECT crypt(given, gen_salt('bf'))"), None);
        assert_eq!(given("SELECT password FROM users WHERE name = 'x'"), None);
    }
}
