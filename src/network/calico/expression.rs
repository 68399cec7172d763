//! Calico's selectors, as far as they are terms that must all hold, or choices among values of one label; the labels that
//! Calico adds itself are told in
//! <https://docs.tigera.io/calico/latest/network-policy/get-started/calico-policy/calico-labels>.

use std::collections::BTreeSet;

use kube::core::Expression;

use super::super::field::{present, says_nothing};
use super::super::namespace::NAME_LABEL;
use super::super::policy::{Refused, Scope};
use super::super::selector::Selector;
use crate::model::{Node, ValuePath};

/// The label by which Calico calls a namespace.
const CALICO_NAME: &str = "projectcalico.org/name";

/// The label that gives each pod the name of its namespace.
const NAMESPACE: &str = "projectcalico.org/namespace";

/// A selector in Calico's language; `None` where it is absent.
pub(super) fn expression(
    node: Node<'_>,
    key: &str,
    path: &ValuePath,
) -> Result<Option<Selector>, Refused> {
    let Some(value) = present(node, key).filter(|value| !says_nothing(*value)) else {
        return Ok(None);
    };
    let parsed = value
        .as_str()
        .and_then(parse)
        .map(|terms| Some(Selector::new(terms)));
    let refused = || {
        Refused(
            path.clone().key(key),
            "this selector is not evaluated".to_owned(),
        )
    };
    parsed.ok_or_else(refused)
}

/// What a selector of pods says of their namespaces asked of these, where it looks into several.
pub(super) fn placed(scope: Scope, pods: Selector) -> (Scope, Selector) {
    let key = |key: &str| match key {
        NAMESPACE => Some((true, NAME_LABEL.to_owned())),
        key => Some((false, key.to_owned())),
    };
    match (scope, pods.divided(key)) {
        (Scope::Selected(namespaces), Some((own, pods))) => {
            (Scope::Selected(namespaces.and(own)), pods)
        }
        (scope, _) => (scope, pods),
    }
}

/// Terms that must all hold; `None` for what is more than that.
fn parse(text: &str) -> Option<Vec<Expression>> {
    let text = unwrapped(text);
    if text.is_empty() {
        return Some(Vec::new());
    }
    if divided(text, "||").len() > 1 {
        return Some(vec![either(text)?]);
    }
    let mut terms = Vec::new();
    for term in divided(text, "&&").into_iter().map(str::trim) {
        if unwrapped(term) != term {
            terms.extend(parse(term)?);
        } else if term != "all()" {
            terms.push(parse_term(term)?);
        }
    }
    Some(terms)
}

/// A text without parentheses around the whole of it.
fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    let inner = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'));
    // Those of `(a) && (b)` are two pairs: the first one ends before the last sign.
    let is_pair = |inner: &&str| divided(inner, ")").len() == 1;
    inner.filter(is_pair).map_or(text, unwrapped)
}

/// The parts of a text between some signs that stand neither in quotes nor in parentheses.
fn divided<'a>(text: &'a str, signs: &str) -> Vec<&'a str> {
    let (mut found, mut start) = (Vec::new(), 0);
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, sign) in text.char_indices() {
        let is_outside = quote.is_none() && depth == 0;
        if is_outside && at >= start && text[at..].starts_with(signs) {
            found.push(&text[start..at]);
            start = at + signs.len();
        } else {
            match (quote, sign) {
                (Some(open), _) if open == sign => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(sign),
                (None, '(') => depth += 1,
                (None, ')') => depth = depth.saturating_sub(1),
                (None, _) => {}
            }
        }
    }
    found.push(&text[start..]);
    found
}

/// Several values of one label, each in a term of its own; `None` for other choices.
fn either(text: &str) -> Option<Expression> {
    let mut asked: Option<String> = None;
    let mut values = BTreeSet::new();
    for term in divided(text, "||") {
        let (key, own) = match parse_term(unwrapped(term))? {
            Expression::Equal(key, value) => (key, BTreeSet::from([value])),
            Expression::In(key, own) => (key, own),
            _ => return None,
        };
        if asked.as_ref().is_some_and(|asked| *asked != key) {
            return None;
        }
        asked = Some(key);
        values.extend(own);
    }
    asked.map(|key| Expression::In(key, values))
}

fn parse_term(term: &str) -> Option<Expression> {
    let has = |term: &str| {
        let inner = term.strip_prefix("has(")?.strip_suffix(')')?;
        key(inner)
    };
    if let Some(negated) = term.strip_prefix('!') {
        return has(negated.trim()).map(Expression::DoesNotExist);
    }
    if let Some(key) = has(term) {
        return Some(Expression::Exists(key));
    }
    for (operator, is_equal) in [("==", true), ("!=", false)] {
        if let Some((left, right)) = term.split_once(operator) {
            let (key, value) = (key(left)?, quoted(right)?);
            return Some(if is_equal {
                Expression::Equal(key, value)
            } else {
                Expression::NotEqual(key, value)
            });
        }
    }
    let (left, set) = term.split_once('{')?;
    let values = set
        .strip_suffix('}')?
        .split(',')
        .map(quoted)
        .collect::<Option<_>>()?;
    let left = left.trim();
    match left.strip_suffix(" not in") {
        Some(left) => Some(Expression::NotIn(key(left)?, values)),
        None => Some(Expression::In(key(left.strip_suffix(" in")?)?, values)),
    }
}

/// A label's key; a namespace's name is a label of Kubernetes here.
fn key(text: &str) -> Option<String> {
    let text = text.trim();
    let is_key = |character: char| character.is_ascii_alphanumeric() || "-_./".contains(character);
    let own = if text == CALICO_NAME {
        NAME_LABEL
    } else {
        text
    };
    (!text.is_empty() && text.chars().all(is_key)).then(|| own.to_owned())
}

fn quoted(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    let value = inner('\'').or_else(|| inner('"'))?;
    (!value.contains(['\'', '"'])).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        let terms = parse(text)?;
        Some(
            terms
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" "),
        )
    }

    #[test]
    fn selectors_are_read_as_far_as_all_terms_must_hold_or_are_of_one_label() {
        assert_eq!(told("").as_deref(), Some(""));
        assert_eq!(told("all()").as_deref(), Some(""));
        assert_eq!(
            told("app == 'web' && has(tier)").as_deref(),
            Some("app=web tier")
        );
        assert_eq!(
            told("a in {'x', \"y\"} && !has(b)").as_deref(),
            Some("a in (x,y) !b")
        );
        assert_eq!(
            told("a not in {'x'} && b != 'c'").as_deref(),
            Some("a notin (x) b!=c")
        );
        assert_eq!(
            told("a == 'x' || a in {'y'}").as_deref(),
            Some("a in (x,y)")
        );
        assert_eq!(
            told("projectcalico.org/name == 'shop'").as_deref(),
            Some("kubernetes.io/metadata.name=shop")
        );
        assert_eq!(told("(a == 'b')").as_deref(), Some("a=b"));
        assert_eq!(
            told("(a == 'x' || (a == 'y')) && ( !has(b) && has(c) )").as_deref(),
            Some("a in (x,y) !b c")
        );
        assert_eq!(told("(a == 'x') && (b == 'y')").as_deref(), Some("a=x b=y"));
        for text in [
            "a == 'b' || c == 'd'",
            "a == 'b' || a != 'c'",
            "a == 'b' && c == 'd' || a == 'e'",
            "(a == 'b' || c == 'd') && has(e)",
            "!(a == 'b')",
            "(a == 'b'",
            "a starts with 'b'",
            "a == b",
            "!a == 'b'",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
