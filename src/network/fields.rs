//! The fields that a NetworkPolicy has. What stands in a wrong place is refused by who checks strictly, as `kubectl`
//! does, and dropped by who does not, so that the rest means something else.

use super::placeholder::is_open;
use super::policy::{Problem, Refused};
use crate::model::{Node, Resource, Scalar, ValuePath};

/// What stands in a place.
enum Shape {
    /// A mapping with these fields.
    Fields(&'static str, &'static [(&'static str, Shape)]),
    /// A list.
    List(&'static Shape),
    /// What others look at.
    Any,
}

use Shape::{Any, Fields, List};

const POLICY: Shape = Fields(
    "a NetworkPolicy",
    &[
        ("apiVersion", Any),
        ("kind", Any),
        ("metadata", Any),
        ("spec", SPEC),
        ("status", Any),
    ],
);
const SPEC: Shape = Fields(
    "the `spec`",
    &[
        ("podSelector", SELECTOR),
        ("policyTypes", List(&Any)),
        ("ingress", List(&INGRESS)),
        ("egress", List(&EGRESS)),
    ],
);
const INGRESS: Shape = Fields(
    "an ingress rule",
    &[("from", List(&PEER)), ("ports", List(&PORT))],
);
const EGRESS: Shape = Fields(
    "an egress rule",
    &[("to", List(&PEER)), ("ports", List(&PORT))],
);
const PEER: Shape = Fields(
    "a peer",
    &[
        ("ipBlock", BLOCK),
        ("namespaceSelector", SELECTOR),
        ("podSelector", SELECTOR),
    ],
);
const BLOCK: Shape = Fields("an `ipBlock`", &[("cidr", Any), ("except", List(&Any))]);
const PORT: Shape = Fields(
    "a port",
    &[("endPort", Any), ("port", Any), ("protocol", Any)],
);
const SELECTOR: Shape = Fields(
    "a selector",
    &[
        ("matchExpressions", List(&EXPRESSION)),
        ("matchLabels", Any),
    ],
);
const EXPRESSION: Shape = Fields(
    "an expression",
    &[("key", Any), ("operator", Any), ("values", List(&Any))],
);

/// What was seen of a policy.
#[derive(Default)]
struct Seen<'a> {
    /// Keys that are no fields, each with its place and what it stands in.
    undefined: Vec<(ValuePath, &'a str, &'static str)>,
    refused: Option<Refused>,
}

/// The word that a policy has fields which are none: once, at the first of them. Everybody refuses what is a list and
/// should be none, or the other way round.
pub(super) fn check(resource: &Resource, position: usize) -> Result<Option<Problem>, Refused> {
    let mut seen = Seen::default();
    seen.look(resource.node(), &POLICY, &ValuePath::default());
    if let Some(refused) = seen.refused {
        return Err(refused);
    }
    let others = match seen.undefined.len() {
        0 | 1 => String::new(),
        all => format!(" ({} more are none)", all - 1),
    };
    let first = seen.undefined.into_iter().next();
    Ok(first.map(|(path, key, within)| Problem {
        resource: position,
        reason: format!(
            "{}: `{key}` is no field of {within}{others}: `kubectl` refuses the object, and who checks less drops it",
            resource.identity
        ),
        path,
        help: "put it where it belongs, or remove it",
    }))
}

impl<'a> Seen<'a> {
    fn look(&mut self, node: Node<'a>, shape: &Shape, path: &ValuePath) {
        // What a placeholder stands for is not known, and `null` counts as absent.
        let is_unknown = node.as_str().is_some_and(is_open) || node.scalar() == Some(Scalar::Null);
        if is_unknown {
            return;
        }
        match shape {
            Any => {}
            Fields(..) if !node.is_mapping() => self.refuse(path, "this is no mapping"),
            List(_) if !node.is_sequence() => self.refuse(path, "this is no list"),
            List(item) => {
                for (index, one) in node.items().enumerate() {
                    self.look(one, item, &path.clone().index(index));
                }
            }
            Fields(within, fields) => {
                for (key, value) in node.entries() {
                    let Some(key) = key.as_str().filter(|key| is_field(key)) else {
                        continue;
                    };
                    let path = path.clone().key(key);
                    match fields.iter().find(|(name, _)| *name == key) {
                        Some((_, shape)) => self.look(value, shape, &path),
                        None => self.undefined.push((path, key, within)),
                    }
                }
            }
        }
    }

    fn refuse(&mut self, path: &ValuePath, reason: &str) {
        let refused = || Refused(path.clone(), reason.to_owned());
        self.refused.get_or_insert_with(refused);
    }
}

/// Whether a key is meant for the API server, and not for a tool that takes it away.
fn is_field(key: &str) -> bool {
    key != "<<" && !is_open(key)
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    /// Where a policy of a spec has a field that is none, or is refused.
    fn place(spec: &str) -> String {
        let text = format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: a}}\nspec: {spec}\n"
        );
        match check(&read_text(&text)[0], 0) {
            Ok(problem) => problem.map_or_else(String::new, |one| one.path.to_string()),
            Err(Refused(path, _)) => format!("refused {path}"),
        }
    }

    #[test]
    fn fields_that_are_none_are_told_with_their_place() {
        for (spec, expected) in [
            ("{podSelector: {app: web}}", "spec.podSelector.app"),
            ("{podSelector: {}, ports: []}", "spec.ports"),
            ("{policytypes: [Egress]}", "spec.policytypes"),
            ("{ingress: [{to: []}]}", "spec.ingress[0].to"),
            (
                "{ingress: [{from: [{podSelector: {}, ports: [{port: 80}]}]}]}",
                "spec.ingress[0].from[0].ports",
            ),
            (
                "{ingress: [{ports: [{port: 80}, {from: [{podSelector: {}}]}]}]}",
                "spec.ingress[0].ports[1].from",
            ),
            (
                "{egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, expect: []}}]}]}",
                "spec.egress[0].to[0].ipBlock.expect",
            ),
            ("{ingress: {from: []}}", "refused spec.ingress"),
            ("{policyTypes: Ingress}", "refused spec.policyTypes"),
            (
                "{ingress: [{from: [{podSelector: [a]}]}]}",
                "refused spec.ingress[0].from[0].podSelector",
            ),
        ] {
            assert_eq!(place(spec), expected, "{spec}");
        }
    }

    #[test]
    fn what_is_right_open_or_left_out_is_not_told() {
        for spec in [
            "{podSelector: {matchLabels: {app: web}, matchExpressions: [{key: a, operator: In, values: [b]}]}}",
            "{podSelector: null, ingress: [], egress: null, policyTypes: [Ingress, Egress]}",
            "{podSelector: {}, ingress: [{}, {from: null, ports: []}]}",
            "{podSelector: {}, ingress: '${RULES}', egress: [{ports: [{port: 80, protocol: TCP, endPort: 90}]}]}",
            "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}], $patch: replace}",
        ] {
            assert_eq!(place(spec), "", "{spec}");
        }
    }
}
