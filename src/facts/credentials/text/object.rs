//! Objects of JavaScript that a text hands to a call, as scripts for MongoDB's shell do: `createUser({pwd: x})`.

/// How far back the call is looked for.
const FARTHEST: usize = 2000;

/// Whether a value without quotes is a variable: it stands in an object that is handed to a call, which no
/// settings have.
pub(super) fn is_variable_in_call(text: &str, key: usize, value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_$.".contains(&byte);
    !value.starts_with(|first: char| first.is_ascii_digit())
        && value.bytes().all(is_part)
        && is_in_call(text, key)
}

/// Whether one of the braces that are open at a byte opens what is handed to a call.
fn is_in_call(text: &str, at: usize) -> bool {
    let head = &text.as_bytes()[at.saturating_sub(FARTHEST)..at];
    let mut closed = 0;
    for (position, byte) in head.iter().enumerate().rev() {
        match byte {
            b'}' => closed += 1,
            b'{' if closed > 0 => closed -= 1,
            b'{' if is_handed_over(&head[..position]) => return true,
            _ => {}
        }
    }
    false
}

/// Whether a text ends where a call takes the first of what it is handed, or another one on the same line.
fn is_handed_over(head: &[u8]) -> bool {
    let head = head.trim_ascii_end();
    let mut line = head.rsplit(|byte| *byte == b'\n');
    let line = line.next().unwrap_or_default();
    let count = |sign: u8| line.iter().filter(|byte| **byte == sign).count();
    head.ends_with(b"(") || (head.ends_with(b",") && count(b'(') > count(b')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_quotes_in_an_object_of_a_call_is_a_variable() {
        let told = |text: &str, value: &str| {
            is_variable_in_call(text, text.find("pwd").expect("is there"), value)
        };
        for text in [
            "db.createUser({ user: name, pwd: password, roles })",
            "db.createUser({\n  user: name,\n  pwd: password,\n})",
            "db.updateUser(name, { pwd: password, roles });",
            "db.f( {a: [{b: c}], d: {pwd: password}})",
        ] {
            assert!(told(text, "password"), "{text}");
            assert!(told(text, "process.env.X"), "{text}");
            assert!(!told(text, "12345678"), "{text}");
        }
        for text in [
            "{user: name, pwd: password}",
            "f({a: b})\npwd: password",
            "accounts:\n  shop: {user: name, pwd: password}",
            "pwd: password",
            "- (a) [b, {pwd: password}]",
        ] {
            assert!(!told(text, "password"), "{text}");
        }
    }
}
