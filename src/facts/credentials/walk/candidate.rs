//! What may be a credential: how a value is judged, and which of two on the same characters is kept.

use std::borrow::Cow;
use std::sync::Arc;

use super::context::Context;
use super::{Visited, Walk};
use crate::facts::credentials::key::Meaning;
use crate::facts::credentials::key::kept::names_what_is_kept;
use crate::facts::credentials::key::words::{
    contains_ignoring_case, ends_ignoring_case, is_screaming,
};
use crate::facts::credentials::text::account_line::is_file_of_users;
use crate::facts::credentials::text::called::is_called_script;
use crate::facts::credentials::text::directive::{is_pass_file, is_user_list};
use crate::facts::credentials::text::embedded::names_address;
use crate::facts::credentials::text::encoded::basic;
use crate::facts::credentials::text::fallback::of_substitution;
use crate::facts::credentials::text::syntax::Syntax;
use crate::facts::credentials::value::around::Around;
use crate::facts::credentials::value::characters::is_base64;
use crate::facts::credentials::value::closed::is_closed;
use crate::facts::credentials::value::salted::{is_digest, is_hashed_in};
use crate::facts::credentials::value::token::is_key_id;
use crate::facts::credentials::{Credential, Kind, Verdict};
use crate::model::{Node, Part, Place, Scalar, Span, Step, Supply, ValuePath, fallback_of_hole};

/// What may be a credential, and the node it stands in.
pub(in crate::facts::credentials) struct Candidate {
    pub node: u32,
    pub credential: Credential,
}

/// A value that may be a credential as a whole.
pub(super) struct Whole<'a> {
    pub key: &'a str,
    pub meaning: Meaning,
    pub kind: Kind,
    pub may_be_name: bool,
}

impl<'r> Walk<'_, 'r> {
    /// What stands inside a string.
    pub(super) fn string(
        &mut self,
        node: Node<'r>,
        text: &str,
        syntax: Syntax,
        kind: Kind,
        context: Context<'_>,
    ) {
        let is_telling_file = contains_ignoring_case(context.parent, "hba")
            || is_pass_file(context.parent)
            || is_user_list(context.parent)
            || is_file_of_users(context.parent)
            || text.starts_with("-u")
            || is_called_script(text, context.parent)
            || (text.contains("@/") && ends_ignoring_case(context.parent, "auth"))
            || (text.contains('@') && names_address(context.parent));
        if !crate::facts::credentials::may_hold_credentials(text) && !is_telling_file {
            return;
        }
        for found in self.held(text, syntax, kind, context) {
            if matches!(found.verdict, Verdict::Off { .. })
                && is_closed(&found.key, context.holder, &self.artifact.text)
            {
                continue;
            }
            // An id opens nothing without its secret, which is kept elsewhere.
            let is_half = found.verdict == Verdict::AccessToken
                && is_key_id(&text[found.range.clone()])
                && context.keeps_secret_half_elsewhere();
            let verdict = if is_half {
                Verdict::Unsure
            } else {
                found.verdict
            };
            let part = Part {
                start: found.range.start,
                length: found.range.len(),
            };
            let part = Some(part).filter(|part| part.length < text.trim_end().len());
            let credential = self.credential(&found.key, found.kind, verdict, &text[found.range]);
            self.push(node, part, credential);
        }
    }

    /// A value that is a credential as a whole, unless something in it is one.
    pub(super) fn whole(&mut self, node: Node<'r>, whole: &Whole<'_>, context: Context<'_>) {
        let is_found = self.found.iter().any(|found| found.node == node.id());
        if !whole.meaning.is_credential() || is_found {
            return;
        }
        let name = context.holder.and_then(|holder| holder.get("name"));
        let around = Around {
            may_be_name: whole.may_be_name,
            name: name.and_then(Node::as_str),
            ..context.around(whole.key)
        };
        match node.scalar() {
            Some(Scalar::String(text)) => {
                let text = unfolded(text);
                if is_digest(&text) && context.holder.is_some_and(is_hashed_in) {
                    let verdict = Verdict::Reference;
                    let credential = self.credential(whole.key, whole.kind, verdict, &text);
                    self.push(node, None, credential);
                } else if !text.trim_end().contains('\n') {
                    self.add(node, None, &text, whole.meaning, whole.kind, around);
                }
            }
            Some(Scalar::Signed(number)) if whole.meaning == Meaning::Password && number > 999 => {
                let text = number.to_string();
                self.add(node, None, &text, whole.meaning, whole.kind, around);
            }
            _ => {}
        }
    }

    /// Judges a value and keeps what comes out.
    pub(super) fn add(
        &mut self,
        node: Node<'r>,
        range: Option<std::ops::Range<usize>>,
        value: &str,
        meaning: Meaning,
        kind: Kind,
        around: Around<'_>,
    ) {
        if let Some(fallback) = fallback_of_hole(value).or_else(|| of_substitution(value)) {
            let start = range.map_or(0, |range| range.start) + fallback.start;
            let range = Some(start..start + fallback.len());
            return self.add(node, range, &value[fallback], meaning, kind, around);
        }
        if meaning == Meaning::Login {
            let Some((user, password)) = value.split_once(':') else {
                return;
            };
            // What is encoded is marked as a whole.
            let start = range.as_ref().map_or(0, |range| range.start) + user.len() + 1;
            let is_written = range.is_some() || node.as_str() == Some(value);
            let range = is_written.then(|| start..start + password.len());
            let users = [user];
            let around = Around {
                users: &users,
                ..around
            };
            return self.add(node, range, password, Meaning::Password, kind, around);
        }
        if let Some(login) = basic(around.key, value).filter(|_| range.is_none()) {
            let users = [login.user.as_str()];
            let around = Around {
                users: &users,
                ..around
            };
            let (part, password) = (Some(login.range), login.password.as_str());
            return self.add(node, part, password, Meaning::Password, kind, around);
        }
        let is_handed = match kind {
            Kind::Environment | Kind::Secret | Kind::Argument => true,
            // A ConfigMap's entry of such a name becomes a variable.
            Kind::Config => is_screaming(around.key),
            Kind::Field | Kind::Url | Kind::ConnectionString => false,
        };
        let around = Around {
            is_handed,
            ..around
        };
        let verdict = self.detector.known().judge(meaning, value, around);
        let part = range.map(|range| Part {
            start: range.start,
            length: range.len(),
        });
        let credential = self.credential(around.key, kind, verdict, value);
        self.push(node, part, credential);
    }

    pub(in crate::facts::credentials) fn credential(
        &self,
        key: &str,
        kind: Kind,
        verdict: Verdict,
        value: &str,
    ) -> Credential {
        Credential {
            path: ValuePath::default(),
            part: None,
            key: key.to_owned(),
            kind,
            same: if verdict.is_reported() {
                self.detector.same(value)
            } else {
                0
            },
            verdict,
            length: value.trim().chars().count(),
        }
    }

    /// Whether a tool made up a value when it rendered the text: then nobody has written it.
    pub(super) fn is_made_up(&self, node: Node<'r>, part: Option<Part>) -> bool {
        let Some(provenance) = &self.artifact.provenance else {
            return false;
        };
        provenance.is_made_up(self.span_of(node, part))
    }

    /// Where a value, or a part of it, is written.
    fn span_of(&self, node: Node<'r>, part: Option<Part>) -> Span {
        let part = part.and_then(|part| {
            let text = &self.artifact.text;
            node.span().part(text, node.as_str()?, part.range())
        });
        part.unwrap_or(node.span())
    }

    /// Whether a value has a tag of a program's own, as `!secret db_password`: it says what to look
    /// up. Ansible's `!unsafe` says nothing but that a text is no template.
    fn is_tagged(&self, node: Node<'r>) -> bool {
        let start = node.span().start as usize;
        let before = self.artifact.text.get(..start).unwrap_or_default();
        let before = before.trim_end_matches([' ', '\t']);
        let word = before.rsplit(char::is_whitespace).next();
        word.is_some_and(|word| {
            let name = word.strip_prefix('!').unwrap_or_default();
            !name.is_empty() && !name.starts_with('!') && name != "unsafe"
        })
    }

    /// Whether a chart's values gave a rendered text all of a value, under keys that name what is kept elsewhere.
    fn is_name_of_values(&self, node: Node<'r>, part: Option<Part>) -> bool {
        let Some(provenance) = &self.artifact.provenance else {
            return false;
        };
        let whole = node.as_str().unwrap_or_default();
        let value = part.map_or(Some(whole), |part| whole.get(part.range()));
        let value = value.unwrap_or_default();
        let supplies = provenance.trace(self.span_of(node, part));
        let supplies = supplies.map(|trace| trace.supplies).unwrap_or_default();
        // What an action printed as a whole may be of other values, too.
        let is_given = |place: &Place| {
            let written = place.artifact.text.get(place.span.range());
            written.is_some_and(|written| written.contains(value))
        };
        let is_name = |supply: &Arc<Supply>| {
            let key = supply.key.rsplit('.').next().unwrap_or_default();
            names_what_is_kept(key) && supply.place.as_ref().is_some_and(is_given)
        };
        !supplies.is_empty() && supplies.iter().all(is_name)
    }

    /// Keeps a candidate unless one on the same characters takes precedence.
    pub(super) fn push(&mut self, node: Node<'r>, part: Option<Part>, mut credential: Credential) {
        if credential.verdict.is_reported() && self.is_made_up(node, part) {
            credential.verdict = Verdict::Unsure;
        }
        if credential.verdict.is_reported()
            && (self.is_tagged(node) || self.is_name_of_values(node, part))
        {
            credential.verdict = Verdict::Reference;
        }
        let overlaps = |other: &Candidate| match (other.credential.part, part) {
            (Some(one), Some(two)) => {
                one.start < two.start + two.length && two.start < one.start + one.length
            }
            _ => true,
        };
        let same = |found: &Candidate| found.node == node.id() && overlaps(found);
        let mut others = self.found.iter().filter(|found| same(found)).peekable();
        if others.peek().is_some() {
            if !others.all(|other| credential.verdict.beats(&other.credential.verdict)) {
                return;
            }
            self.found.retain(|found| !same(found));
        }
        let step = |visited: &Visited<'_>| match visited {
            Visited::Key(key) => Step::Key((*key).to_owned()),
            Visited::Index(index) => Step::Index(*index),
        };
        let path = ValuePath(self.path.iter().map(step).collect());
        self.found.push(Candidate {
            node: node.id(),
            credential: Credential {
                path,
                part,
                ..credential
            },
        });
    }
}

/// A key that was written over several lines of a quoted scalar, without the blanks between them.
fn unfolded(text: &str) -> Cow<'_, str> {
    let mut lines = text.split_whitespace();
    let is_last = |line: &str| line.bytes().all(is_base64);
    let is_folded = lines.next_back().is_some_and(is_last)
        && lines.clone().next().is_some()
        && lines.all(|line| line.len() >= 32 && is_last(line));
    if is_folded {
        Cow::Owned(text.split_whitespace().collect())
    } else {
        Cow::Borrowed(text)
    }
}
