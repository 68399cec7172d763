//! Listeners of Mosquitto: which of them a setting is about, and whether others reach these.

use crate::facts::credentials::line::lines;

/// Whether what a line of Mosquitto's settings lets everyone do is only for its own machine: the one
/// at byte `at` of a text, of whose listeners each, or with settings of their own the one before,
/// has an address of the loopback.
pub(super) fn is_loopback(text: &str, at: usize) -> bool {
    if !text.contains("listener") {
        return false;
    }
    let listeners = || {
        let all = lines(text).map(|(offset, line)| (offset, line.trim()));
        all.filter(|(_, line)| line.starts_with("listener "))
    };
    let is_local = |line: &str| {
        let address = line.split_whitespace().nth(2);
        address.is_some_and(|address| {
            ["127.", "::1", "localhost", "/"]
                .iter()
                .any(|local| address.starts_with(local))
        })
    };
    let has_own = lines(text).any(|(_, line)| {
        let mut words = line.split_whitespace();
        words.next() == Some("per_listener_settings") && words.next() == Some("true")
    });
    if has_own {
        let before = listeners().take_while(|(offset, _)| *offset < at).last();
        return before.is_some_and(|(_, line)| is_local(line));
    }
    listeners().next().is_some() && listeners().all(|(_, line)| is_local(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_loopback_is_out_of_reach() {
        let is_out = |text: &str| is_loopback(text, text.find("allow").expect("is there"));
        assert!(is_out("listener 1884 127.0.0.1\nallow_anonymous true\n"));
        assert!(is_out("allow_anonymous true\nlistener 0 /run/m.sock\n"));
        assert!(!is_out("allow_anonymous true\nlistener 1883\n"));
        assert!(!is_out("listener 1883 0.0.0.0\nallow_anonymous true\n"));
        assert!(!is_out("allow_anonymous true\n"));
        let both = |own, last| {
            format!(
                "per_listener_settings {own}\nlistener 1883\nlistener 1884 {last}\nallow_anonymous true\n"
            )
        };
        assert!(is_out(&both("true", "127.0.0.1")));
        assert!(!is_out(&both("false", "127.0.0.1")));
        assert!(!is_out(&both("true", "")));
    }
}
