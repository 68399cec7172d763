//! A host in a text and what stands around it: where its literal part begins behind a template,
//! an escape or a placeholder, and whether the place is one where a host means no endpoint.

use std::ops::Range;

/// How far back on its line the words before a host are of interest.
const LEAD: usize = 160;

/// Characters that begin the statement in which a host stands.
const SEPARATORS: [char; 3] = [',', ';', '{'];

/// A place in a text that may be a host.
pub(super) struct Surroundings<'t> {
    text: &'t str,
    start: usize,
    end: usize,
    follows_template: bool,
}

impl<'t> Surroundings<'t> {
    /// The host around a byte of a text; `searched` becomes the end of what was looked at. What
    /// goes on with other letters is none.
    pub(super) fn new(text: &'t str, at: usize, searched: &mut usize) -> Option<Self> {
        let bytes = text.as_bytes();
        let before = bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| is_host_byte(**byte))
            .count();
        let after = bytes[at..]
            .iter()
            .take_while(|byte| is_host_byte(**byte))
            .count();
        let (mut start, mut end) = (at - before, at + after);
        *searched = end.max(*searched + 1);
        if text[end..].starts_with(char::is_alphanumeric) {
            return None;
        }
        end = start + text[start..end].trim_end_matches(['.', '-', '_']).len();
        if let Some(dots) = text[start..end].rfind("..") {
            start += dots + 1;
        }
        start = (start + foreign_prefix(&text[..start], &text[start..end])).min(end);
        let follows_template = text[start..end].starts_with('.');
        start = end - text[start..end].trim_start_matches(['.', '-']).len();
        (start < end).then_some(Self {
            text,
            start,
            end,
            follows_template,
        })
    }

    pub(super) fn host(&self) -> &'t str {
        &self.text[self.start..self.end]
    }

    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Whether the host is the rest of a longer one: `${NAME}.azure.com`, `*.azure.com`.
    pub(super) fn follows_template(&self) -> bool {
        self.follows_template
    }

    /// The line of the text.
    pub(super) fn line(&self) -> &'t str {
        let rest = &self.text[self.start..];
        &self.text[self.line_start()..self.start + rest.find('\n').unwrap_or(rest.len())]
    }

    /// What stands before the host in the same statement of its line.
    pub(super) fn lead(&self) -> &'t str {
        let mut from = self.start.saturating_sub(LEAD).max(self.line_start());
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let lead = &self.text[from..self.start];
        lead.rfind(SEPARATORS).map_or(lead, |at| &lead[at + 1..])
    }

    /// Whether it stands in the path of a URL: behind one slash.
    pub(super) fn is_in_path(&self) -> bool {
        self.before().ends_with('/') && !self.before().ends_with("//")
    }

    /// Whether it belongs to the same URL as an earlier place.
    pub(super) fn follows(&self, earlier: &Range<usize>) -> bool {
        let between = self.text.get(earlier.end..self.start).unwrap_or(" ");
        between.starts_with(['/', ':'])
            && !between.contains(|one: char| one.is_whitespace() || "\"',;|".contains(one))
    }

    /// The number behind the host: `host:9093`, or `host,1433` as SQL Server has it.
    pub(super) fn port(&self) -> Option<&'t str> {
        let rest = self.after().strip_prefix([':', ','])?;
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        (1..=5).contains(&length).then(|| &rest[..length])
    }

    /// Whether the host stands in a comment, is the domain of a mail address or user name, or
    /// begins the name of an API version or label.
    pub(super) fn is_no_endpoint(&self, is_unidentified: bool, suffix: &str) -> bool {
        self.is_mail_domain(is_unidentified, suffix)
            || self.is_qualified_name(is_unidentified, suffix)
            || self.is_comment()
            || self.is_known_host()
    }

    /// A line of `known_hosts`: a host and its key, which say whom SSH trusts, not whom it calls.
    fn is_known_host(&self) -> bool {
        const KEYS: [&str; 3] = ["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-"];
        let words = self.after().split('\n').next().unwrap_or_default();
        let key = words.split_once(' ').map(|(_, key)| key.trim_start());
        key.is_some_and(|key| KEYS.iter().any(|kind| key.starts_with(kind)))
    }

    /// Servers behind a user (`user@server.database.azure.com`) stay.
    fn is_mail_domain(&self, is_unidentified: bool, suffix: &str) -> bool {
        let is_directory = suffix.starts_with("onmicrosoft.") || suffix == "partner.onmschina.cn";
        (is_directory || is_unidentified) && self.before().ends_with('@')
    }

    /// `storage.azure.com/v1`, `storage.azure.com/*`, `example.azure.com/mode`: a host without a
    /// scheme, with one word behind the slash.
    fn is_qualified_name(&self, is_unidentified: bool, suffix: &str) -> bool {
        let Some(rest) = self.after().strip_prefix('/') else {
            return false;
        };
        if self.before().ends_with("//") {
            return false;
        }
        let is_word =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'*');
        let length = rest.bytes().take_while(is_word).count();
        let (word, behind) = rest.split_at(length);
        // `example.azure.com/mode: x` is a key.
        let is_key = behind.starts_with(": ") || behind.starts_with(":\n") || behind == ":";
        if word.is_empty() || (behind.starts_with(['/', '?', ':', '#']) && !is_key) {
            return false;
        }
        is_unidentified || (suffix.ends_with(".azure.com") && (word == "*" || is_api_version(word)))
    }

    fn is_comment(&self) -> bool {
        let is_multi_line = self.text.contains('\n');
        let before = &self.text[self.line_start()..self.start];
        let lead = before.trim_start();
        let is_line = (lead.starts_with('#') && !lead.starts_with("#{"))
            || (lead.starts_with("//") && lead.len() > 2)
            || (is_multi_line && (lead.starts_with(';') || lead.starts_with("-- ")));
        let is_tail = [" # ", "\t# ", " // ", "\t// "]
            .iter()
            .any(|mark| before.contains(mark));
        is_line || is_tail || self.is_block_comment()
    }

    fn is_block_comment(&self) -> bool {
        let before = self.before();
        let is_open = |open: &str, close: &str| {
            before
                .rfind(open)
                .filter(|at| !before[*at..].contains(close))
        };
        let is_c = is_open("/*", "*/").is_some_and(|at| {
            let begins = before[..at]
                .chars()
                .next_back()
                .is_none_or(|last| last.is_whitespace() || last == '{' || last == '-');
            begins && self.after().contains("*/")
        });
        is_c || is_open("<!--", "-->").is_some()
    }

    fn line_start(&self) -> usize {
        self.before().rfind('\n').map_or(0, |at| at + 1)
    }

    fn before(&self) -> &'t str {
        &self.text[..self.start]
    }

    fn after(&self) -> &'t str {
        &self.text[self.end..]
    }
}

/// Whether a place in a text stands in a comment.
pub(super) fn is_commented(text: &str, range: &Range<usize>) -> bool {
    let site = Surroundings {
        text,
        start: range.start,
        end: range.end,
        follows_template: false,
    };
    site.is_comment()
}

/// Letters that touch the host and belong to what stands before it: an escape (`\n`), an encoded
/// character (`%2F`), a placeholder (`%s`, `%(name)s`), a variable (`$NAME`).
fn foreign_prefix(before: &str, host: &str) -> usize {
    let bytes = host.as_bytes();
    let count = |is_part: fn(&u8) -> bool| bytes.iter().take_while(|byte| is_part(byte)).count();
    let hex = count(u8::is_ascii_hexdigit);
    match before.bytes().next_back() {
        Some(b'%') if bytes.starts_with(b".") => 0,
        Some(b'%') => {
            if hex >= 2 {
                2
            } else {
                1
            }
        }
        Some(b')') if bytes.starts_with(b"s.") && before.contains("%(") => 1,
        Some(b'$') => count(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'),
        Some(b'\\')
            if before
                .bytes()
                .rev()
                .take_while(|byte| *byte == b'\\')
                .count()
                % 2
                == 1 =>
        {
            let hex = |from: usize| {
                bytes[from..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_hexdigit())
                    .count()
            };
            match bytes.first() {
                Some(b'n' | b't' | b'r' | b'b' | b'f') => 1,
                Some(b'u') if hex(1) >= 4 => 5,
                Some(b'x') if hex(1) >= 2 => 3,
                _ => 0,
            }
        }
        _ => 0,
    }
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// `v1`, `v1beta1`, `v1api20210601`.
fn is_api_version(word: &str) -> bool {
    let Some(rest) = word.strip_prefix('v') else {
        return false;
    };
    let rest = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let is_versioned = word.len() > rest.len() + 1;
    let stage = rest.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    is_versioned && stage.chars().all(|letter| letter.is_ascii_alphanumeric())
}
