//! Label selectors, on labels that are known whole and on labels of which some may be unknown.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use kube::core::{Expression, Selector as Kubernetes, SelectorExt as _};

use super::labels::{Given, GivenLabels, LabelSet, Labels};
use super::placeholder::{is_open, may_agree};
use crate::model::{Node, string_map};

/// Whether a selector selects something, as far as can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Match {
    /// It does not.
    No,
    /// It does if there are labels that are not known.
    Maybe,
    /// It does.
    Yes,
}

/// What is known for certain.
pub(super) fn certain(is: bool) -> Match {
    match is {
        true => Match::Yes,
        false => Match::No,
    }
}

/// A label selector whose requirements must all hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Selector(Vec<Expression>);

impl Selector {
    /// Reads a selector; `None` where Kubernetes would refuse it.
    pub(crate) fn read(node: Node<'_>) -> Option<Self> {
        if !node.is_mapping() {
            return None;
        }
        let labels = match node.get("matchLabels") {
            Some(labels) => equalities(labels)?,
            None => Labels::new(),
        };
        let requirements = node.get("matchExpressions").into_iter();
        let requirements = requirements.flat_map(Node::items).map(requirement);
        let selector = LabelSelector {
            match_labels: Some(labels),
            match_expressions: Some(requirements.collect::<Option<Vec<_>>>()?),
        };
        let selector: Kubernetes = selector.try_into().ok()?;
        Some(Self(selector.into_iter().collect()))
    }

    /// A selector of requirements.
    pub(crate) fn new(requirements: Vec<Expression>) -> Self {
        Self(requirements)
    }

    /// A selector of these requirements and others.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The requirements apart, by what a function says of their keys: whether they belong to the
    /// first part, and the key they mean. `None` where it knows nothing of a key.
    pub(crate) fn divided(
        &self,
        place: impl Fn(&str) -> Option<(bool, String)>,
    ) -> Option<(Self, Self)> {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for requirement in &self.0 {
            let (is_first, key) = place(key(requirement))?;
            let part = if is_first { &mut first } else { &mut second };
            part.push(renamed(requirement, key));
        }
        Some((Self(first), Self(second)))
    }

    /// A selector of labels that must all be there.
    pub(crate) fn of(labels: &Labels) -> Self {
        let equal =
            |(key, value): (&String, &String)| Expression::Equal(key.clone(), value.clone());
        Self(labels.iter().map(equal).collect())
    }

    /// Whether it selects everything.
    pub(crate) fn selects_all(&self) -> bool {
        self.0.is_empty()
    }

    /// The requirements.
    pub(crate) fn requirements(&self) -> &[Expression] {
        &self.0
    }

    /// Whether it selects something with exactly these labels: `Maybe` where that depends on
    /// placeholders.
    pub(crate) fn matches(&self, labels: &Labels) -> Match {
        self.may_select(labels, &GivenLabels::new())
    }

    /// Whether it selects something with these labels and maybe others.
    pub(crate) fn may_match(&self, labels: &Labels) -> Match {
        let one =
            |requirement: &Expression| match (labels.contains_key(key(requirement)), requirement) {
                (true, known) => of_written(known, labels),
                (false, _) => Match::Maybe,
            };
        self.0.iter().map(one).min().unwrap_or(Match::Yes)
    }

    /// Whether it asks for this value of a label.
    pub(crate) fn asks_for(&self, key: &str, value: &str) -> bool {
        let mut requirements = self.0.iter();
        requirements.any(|one| matches!(one, Expression::Equal(k, v) if k == key && v == value))
    }

    /// Whether it asks for some of these labels and leaves no other value.
    pub(crate) fn asks_for_any(&self, labels: &LabelSet) -> bool {
        let is_one = |requirement: &Expression| {
            let asked = values(requirement);
            let own = labels.get(key(requirement)).filter(|_| !asked.is_empty());
            own.is_some_and(|own| asked.iter().all(|value| own.contains(*value)))
        };
        !labels.is_empty() && self.0.iter().any(is_one)
    }

    /// Whether it selects pods with these labels, and beside them those that their controller gives.
    pub(crate) fn may_select(&self, labels: &Labels, given: &GivenLabels) -> Match {
        let one = |requirement: &Expression| {
            let key = key(requirement);
            match given.get(key).filter(|_| !labels.contains_key(key)) {
                Some(value) => of_given(requirement, value),
                None => of_written(requirement, labels),
            }
        };
        self.0.iter().map(one).min().unwrap_or(Match::Yes)
    }

    /// All values that are asked for.
    pub(crate) fn values(&self) -> Vec<&str> {
        self.0.iter().flat_map(values).collect()
    }

    /// Values of which everything selected has one, by key, to find things by; none that a
    /// placeholder stands for.
    pub(crate) fn asked(&self) -> Option<(&str, Vec<&str>)> {
        let certain = self.0.iter().filter(|requirement| !holds_open(requirement));
        let mut asked = certain.map(|requirement| (key(requirement), values(requirement)));
        asked.find(|(_, values)| !values.is_empty())
    }

    /// Whether it asks for something in whose place a placeholder stands.
    pub(crate) fn is_open(&self) -> bool {
        self.0.iter().any(holds_open)
    }
}

/// Whether a requirement has a placeholder.
fn holds_open(requirement: &Expression) -> bool {
    is_open(key(requirement)) || named(requirement).into_iter().any(is_open)
}

/// Whether a requirement holds for labels as they are written.
fn of_written(requirement: &Expression, labels: &Labels) -> Match {
    let is_met = requirement.matches(labels);
    let key = key(requirement);
    let Some(value) = labels.get(key) else {
        let may_be_there = is_open(key) || labels.keys().any(|other| is_open(other));
        return if may_be_there {
            Match::Maybe
        } else {
            certain(is_met)
        };
    };
    let asked = named(requirement);
    let is_known = !is_open(value) && !asked.iter().any(|asked| is_open(asked));
    // The same placeholder is replaced by the same.
    let is_same = asked.contains(&value.as_str());
    if is_known || asked.is_empty() || is_same || !asked.iter().any(|one| may_agree(one, value)) {
        certain(is_met)
    } else {
        Match::Maybe
    }
}

/// Whether a requirement holds for a label of which a controller makes up the value.
fn of_given(requirement: &Expression, given: &Given) -> Match {
    let (may_be_asked, is_wanted) = match requirement {
        Expression::Equal(_, value) => (given.may_be(value), true),
        Expression::NotEqual(_, value) => (given.may_be(value), false),
        Expression::In(_, values) => (values.iter().any(|value| given.may_be(value)), true),
        Expression::NotIn(_, values) => (values.iter().any(|value| given.may_be(value)), false),
        Expression::Exists(_) => return Match::Yes,
        Expression::DoesNotExist(_) => return Match::No,
    };
    if may_be_asked && !given.is_exact() {
        Match::Maybe
    } else {
        certain(may_be_asked == is_wanted)
    }
}

/// The same requirement of another key.
fn renamed(requirement: &Expression, key: String) -> Expression {
    match requirement.clone() {
        Expression::In(_, values) => Expression::In(key, values),
        Expression::NotIn(_, values) => Expression::NotIn(key, values),
        Expression::Equal(_, value) => Expression::Equal(key, value),
        Expression::NotEqual(_, value) => Expression::NotEqual(key, value),
        Expression::Exists(_) => Expression::Exists(key),
        Expression::DoesNotExist(_) => Expression::DoesNotExist(key),
    }
}

/// All values that a requirement names.
fn named(requirement: &Expression) -> Vec<&str> {
    match requirement {
        Expression::Equal(_, value) | Expression::NotEqual(_, value) => vec![value.as_str()],
        Expression::In(_, values) | Expression::NotIn(_, values) => {
            values.iter().map(String::as_str).collect()
        }
        Expression::Exists(_) | Expression::DoesNotExist(_) => Vec::new(),
    }
}

/// The values of which a requirement asks for one.
pub(crate) fn values(requirement: &Expression) -> Vec<&str> {
    match requirement {
        Expression::Equal(_, value) => vec![value.as_str()],
        Expression::In(_, values) => values.iter().map(String::as_str).collect(),
        Expression::NotIn(..)
        | Expression::NotEqual(..)
        | Expression::Exists(_)
        | Expression::DoesNotExist(_) => Vec::new(),
    }
}

/// The key that a requirement is about.
pub(crate) fn key(requirement: &Expression) -> &str {
    match requirement {
        Expression::In(key, _)
        | Expression::NotIn(key, _)
        | Expression::Equal(key, _)
        | Expression::NotEqual(key, _)
        | Expression::Exists(key)
        | Expression::DoesNotExist(key) => key,
    }
}

/// `matchLabels`; `None` where a value is no string, which the API server refuses.
fn equalities(node: Node<'_>) -> Option<Labels> {
    let labels = string_map(Some(node));
    (labels.len() == node.entries().count()).then_some(labels)
}

fn requirement(node: Node<'_>) -> Option<LabelSelectorRequirement> {
    let text = |key| node.string(key).map(str::to_owned);
    let values = node.get("values").into_iter().flat_map(Node::items);
    let values: Option<Vec<String>> = values
        .map(|value| value.as_str().map(str::to_owned))
        .collect();
    let (operator, values) = (text("operator")?, values?);
    let is_listed = matches!(operator.as_str(), "In" | "NotIn");
    // A list without values, and values where none belong, are refused.
    (is_listed != values.is_empty()).then_some(LabelSelectorRequirement {
        key: text("key")?,
        operator,
        values: is_listed.then_some(values),
    })
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    fn read(selector: &str) -> Option<Selector> {
        let text = format!("apiVersion: v1\nkind: A\nselector: {selector}\n");
        Selector::read(
            read_text(&text)[0]
                .node()
                .get("selector")
                .expect("is there"),
        )
    }

    fn labels(text: &[(&str, &str)]) -> Labels {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        text.iter().map(owned).collect()
    }

    #[test]
    fn what_kubernetes_refuses_is_no_selector() {
        for selector in [
            "[]",
            "{matchLabels: {a: 1}}",
            "{matchExpressions: [{key: a, operator: Equals, values: [b]}]}",
            "{matchExpressions: [{key: a, operator: In}]}",
            "{matchExpressions: [{key: a, operator: Exists, values: [b]}]}",
            "{matchExpressions: [{operator: Exists}]}",
        ] {
            assert_eq!(read(selector), None, "{selector}");
        }
    }

    #[test]
    fn unknown_labels_leave_it_open() {
        let known = labels(&[("kubernetes.io/metadata.name", "kube-system")]);
        let may = |selector| read(selector).expect("is valid").may_match(&known);
        assert_eq!(may("{}"), Match::Yes);
        assert_eq!(
            may("{matchLabels: {kubernetes.io/metadata.name: kube-system}}"),
            Match::Yes
        );
        assert_eq!(
            may("{matchLabels: {kubernetes.io/metadata.name: other}}"),
            Match::No
        );
        assert_eq!(may("{matchLabels: {name: kube-system}}"), Match::Maybe);
        assert_eq!(
            may("{matchExpressions: [{key: name, operator: DoesNotExist}]}"),
            Match::Maybe
        );
        assert_eq!(
            may("{matchLabels: {name: x, kubernetes.io/metadata.name: other}}"),
            Match::No
        );
    }

    #[test]
    fn placeholders_leave_it_open() {
        for (selector, value, expected) in [
            ("{matchLabels: {app: '${APP}'}}", "web", Match::Maybe),
            ("{matchLabels: {app: '${APP}'}}", "${APP}", Match::Yes),
            ("{matchLabels: {app: '${APP}-db'}}", "web", Match::No),
            ("{matchLabels: {app: web}}", "{{ app }}", Match::Maybe),
            ("{matchLabels: {'${KEY}': web}}", "web", Match::Maybe),
            (
                "{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}",
                "${APP}",
                Match::Maybe,
            ),
            (
                "{matchExpressions: [{key: app, operator: Exists}]}",
                "${APP}",
                Match::Yes,
            ),
            ("{matchLabels: {other: '${APP}'}}", "web", Match::No),
        ] {
            let selector = read(selector).expect("is valid");
            let found = selector.matches(&labels(&[("app", value)]));
            assert_eq!(found, expected, "{selector:?} {value}");
        }
        let open = read("{matchLabels: {a: '${A}', b: x}}").expect("is valid");
        assert_eq!(open.asked(), Some(("b", vec!["x"])));
        assert!(open.is_open());
    }

    #[test]
    fn a_selector_names_what_to_find_it_by() {
        let selector = read(
            "{matchExpressions: [{key: a, operator: Exists}, {key: b, operator: In, values: [x, z]}]}",
        );
        assert_eq!(
            selector.expect("is valid").asked(),
            Some(("b", vec!["x", "z"]))
        );
        assert_eq!(read("{}").expect("is valid").asked(), None);
    }
}
