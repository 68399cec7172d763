//! Logins that are tried to see them refused: no account has such a password.

/// Beginnings of what somebody takes who wants to be refused.
const WRONG: [&str; 7] = [
    "probe",
    "wrong",
    "invalid",
    "incorrect",
    "bad",
    "dummy",
    "nobody",
];

/// How a script asks for the statuses with which a server refuses.
const STATUSES: [&str; 8] = ["4[0-9]", "4..", "4xx", "40[", "400", "401", "403", "422"];

/// Whether a value is a word for what opens nothing, and the rest of its line waits for the status of a refusal:
/// `-d '{"password":"probe"}' | grep -q "4[0-9][0-9]"`.
pub(super) fn is_refused(value: &str, rest: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    if !WRONG.iter().any(|word| lower.starts_with(word)) {
        return false;
    }
    let asked = ["grep ", " = ", " == ", " -eq "]
        .iter()
        .find_map(|mark| rest.split_once(mark));
    asked.is_some_and(|(_, status)| {
        let is_turned = status.starts_with("-v") || status.starts_with("-qv");
        !is_turned && STATUSES.iter().any(|one| status.contains(one))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_password_waits_for_a_refusal() {
        for (value, rest) in [
            ("probe", "\"}' 2>/dev/null | grep -q \"4[0-9][0-9]\"; then"),
            ("wrong-password", "\"}')\" = 401 ]"),
            ("invalid", "\"}' | grep -E '40[13]'"),
        ] {
            assert!(is_refused(value, rest), "{value}");
        }
        for (value, rest) in [
            ("admin", "\"}' | grep -q 401"),
            ("probe", "\"}' | grep -qv 401"),
            ("probe", "\"}' | grep -q 200"),
            ("probe", "\"}' http://x:4010"),
        ] {
            assert!(!is_refused(value, rest), "{value} {rest}");
        }
    }
}
