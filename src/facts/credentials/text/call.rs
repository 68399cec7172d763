//! Calls in programs that hand over a password, of which the place tells what it is: in PHP, Python and others.

use std::ops::Range;

use crate::facts::credentials::key::words::find_ignoring_case;
use crate::facts::credentials::line::place;

/// PHP's `define('KEY', 'value')`, and what others call so: `config.set("key", "value")`. The bytes of key and
/// value.
pub(super) fn defined(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    const CALLS: [&str; 4] = ["define(", ".set(", ".put(", "setProperty("];
    const MODULE: &str = "modparam(";
    let quoted = |from: usize| {
        let start = from + line[from..].find(['\'', '"'])? + 1;
        let quote = line.as_bytes()[start - 1] as char;
        let length = line[start..].find(quote)?;
        Some(start..start + length)
    };
    let called = CALLS
        .iter()
        .find_map(|call| Some(line.find(call)? + call.len()));
    // Kamailio names the module first: `modparam("uac", "auth_password", "x")`.
    let of_module = || {
        let module = quoted(line.find(MODULE)? + MODULE.len())?;
        Some(module.end + 1 + line[module.end + 1..].find(',')? + 1)
    };
    let at = called.or_else(of_module)?;
    let key = quoted(at)?;
    let value = quoted(key.end + 1)?;
    let between = &line[key.end + 1..value.start - 1];
    let is_first = line[at..key.start - 1].trim().is_empty();
    let is_pair = is_first && between.trim() == "," && !value.is_empty();
    is_pair.then_some((key, value))
}

/// The password that a program in Python logs in with: `auth=("shop", "x")`, `HTTPBasicAuth("shop", "x")`.
pub(super) fn login_of_program(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    const CALLS: [&str; 7] = [
        "auth=(",
        "BasicAuth(",
        "DigestAuth(",
        "basic_auth(",
        // Jenkins' own realm in Groovy; clients of mail and of MongoDB.
        ".createAccount(",
        ".login(",
        ".auth(",
    ];
    let open = CALLS
        .iter()
        .find_map(|call| Some(line.find(call)? + call.len()))?;
    let quoted = |from: usize| {
        let rest = line[from..].trim_start();
        let quote = rest.chars().next().filter(|one| "\"'".contains(*one))?;
        let start = line.len() - rest.len() + 1;
        Some(start..start + line[start..].find(quote)?)
    };
    let user = quoted(open)?;
    let after = line[user.end + 1..].trim_start().strip_prefix(',')?;
    let password = quoted(line.len() - after.len())?;
    (!password.is_empty()).then_some((user, password))
}

/// What a program hands to a method that takes a password: `setPassword("x")`, `withPassword("x")`.
pub(super) fn given_password(line: &str) -> Option<Range<usize>> {
    const CALLS: [&str; 2] = ["setPassword(\"", "withPassword(\""];
    let start = CALLS
        .iter()
        .find_map(|call| Some(line.find(call)? + call.len()))?;
    let length = line[start..].find('"')?;
    let is_whole = line[start + length + 1..].trim_start().starts_with(')');
    (length > 0 && is_whole).then_some(start..start + length)
}

/// The password that PHP opens a database with, the third of what it is given:
/// `new PDO('mysql:host=db', 'shop', 'x')`.
pub(super) fn opened_database(line: &str) -> Option<Range<usize>> {
    const CALLS: [&str; 3] = ["new pdo(", "new mysqli(", "mysqli_connect("];
    let open = CALLS
        .iter()
        .find_map(|call| Some(find_ignoring_case(line, call)? + call.len()))?;
    let mut quote = None;
    let mut starts = vec![open];
    for (at, one) in line[open..].char_indices() {
        match (quote, one) {
            (Some(closing), _) if closing == one => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(one),
            (None, ',') => starts.push(open + at + 1),
            (None, ')') => break,
            (None, _) => {}
        }
    }
    let given = line[*starts.get(2)?..].trim_start();
    let quote = given.chars().next().filter(|one| "\"'".contains(*one))?;
    let value = &given[1..];
    let value = &value[..value.find(quote)?];
    (!value.is_empty() && !value.starts_with('$')).then_some(place(line, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_logs_in_with_two_texts() {
        let given = |line: &'static str| login_of_program(line).map(|(_, at)| &line[at]);
        for line in [
            "requests.get(u, auth=(\"shop\", \"x1\"))",
            "HTTPBasicAuth('shop','x1')",
            "driver(uri, auth=basic_auth(\"shop\", 'x1'))",
            "realm.createAccount(\"shop\", \"x1\")",
            "smtp.login('a@example.com', 'x1')",
            "db.auth(\"shop\", \"x1\")",
        ] {
            assert_eq!(given(line), Some("x1"), "{line}");
        }
        for line in [
            "get(u, auth=(user, password))",
            "auth=(\"shop\", password)",
            "auth=()",
            "smtp.login(user, password)",
        ] {
            assert_eq!(given(line), None, "{line}");
        }
    }

    #[test]
    fn a_call_sets_a_key_to_a_value() {
        let told =
            |line: &'static str| defined(line).map(|(key, value)| (&line[key], &line[value]));
        for line in [
            "define('DB_PASSWORD', 'x1');",
            "define( \"DB_PASSWORD\", \"x1\" )",
            "config.set(\"DB_PASSWORD\", \"x1\")",
            "p.setProperty(\"DB_PASSWORD\", 'x1');",
        ] {
            assert_eq!(told(line), Some(("DB_PASSWORD", "x1")), "{line}");
        }
        for line in [
            "config.set(key, \"x1\")",
            "config.set(\"DB_PASSWORD\", password)",
            "settle(\"DB_PASSWORD\", \"x1\")",
        ] {
            assert_eq!(told(line), None, "{line}");
        }
    }

    #[test]
    fn a_method_takes_a_password() {
        let given = |line: &'static str| given_password(line).map(|range| &line[range]);
        assert_eq!(given("pool.setPassword(\"x1\");"), Some("x1"));
        assert_eq!(given("db.withPassword(\"x1\")"), Some("x1"));
        for line in [
            "setPassword(password)",
            "setPassword(\"x\" + y)",
            "setPassword(\"\")",
        ] {
            assert_eq!(given(line), None, "{line}");
        }
    }

    #[test]
    fn php_opens_a_database_with_a_password() {
        let given = |line: &'static str| opened_database(line).map(|range| &line[range]);
        assert_eq!(
            given("$db = new PDO('mysql:host=a,b', \"shop\", 'x1');"),
            Some("x1")
        );
        assert_eq!(
            given("mysqli_connect('db', 'shop', \"x2\", 'orders')"),
            Some("x2")
        );
        for line in [
            "new PDO($dsn, $user, $password)",
            "new PDO('sqlite:a')",
            "new PDO('a', 'b', getenv('c'))",
            "new PDO('a', 'b', \"$password\")",
        ] {
            assert_eq!(given(line), None, "{line}");
        }
    }
}
