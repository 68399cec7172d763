//! What is not understood of the policies of one file for one reason, such as a tier of their own, or addresses for which
//! a placeholder stands: that is told once.

use std::collections::BTreeMap;

use super::listed_from;
use crate::model::Resource;
use crate::network::Problem;

/// What follows the name of such a policy; of one that the API server refuses each has to be mended.
const UNCOUNTED: &str = " is not counted: ";

/// A path with more steps than these is one of a rule, not of a whole policy: `spec.tier`.
const WHOLE: usize = 2;

/// What follows the name of a policy of which a rule is not evaluated.
const OF_RULE: &str = ": ";

/// What is told once of a file: of whole policies at one path, of rules wherever they stand in one.
type Cause = (String, Option<String>, String);

/// Leaves the first of what is said of several policies of a plain file, or of their rules, in the same words, with the
/// names of the others.
pub(super) fn tell_reasons_once(resources: &[Resource], problems: Vec<Problem>) -> Vec<Problem> {
    let mut first: BTreeMap<Cause, usize> = BTreeMap::new();
    let mut others: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    let mut told: Vec<Problem> = Vec::new();
    for problem in problems {
        let Some(cause) = cause(&resources[problem.resource], &problem) else {
            told.push(problem);
            continue;
        };
        let next = told.len();
        let known = *first.entry(cause).or_insert(next);
        match known == next {
            true => told.push(problem),
            false => {
                let name = &resources[problem.resource].identity.name;
                others.entry(known).or_default().push(name);
            }
        }
    }
    for (at, names) in others {
        let own = &resources[told[at].resource].identity.name;
        let is_whole = told[at].path.0.len() <= WHOLE;
        let places = match (is_whole, names.len()) {
            (true, _) => "with".to_owned(),
            (false, 1) => "at one more place, in".to_owned(),
            (false, more) => format!("at {more} more places, in"),
        };
        let own = (!is_whole && names.contains(&own.as_str())).then_some(own.as_str());
        let more = format!("; so it is {places} {}", listed_from(own, names));
        told[at].reason.push_str(&more);
    }
    told
}

/// What is told once; `None` of what each object has to be told of.
fn cause(own: &Resource, problem: &Problem) -> Option<Cause> {
    if own.artifact.provenance.is_some() {
        return None;
    }
    let uri = own.artifact.uri.to_string();
    let (identity, name) = (own.identity.to_string(), format!("`{}`", own.identity.name));
    let reason = &problem.reason;
    let why = reason.strip_prefix(&*identity);
    let why = why.or_else(|| reason.strip_prefix(&*name))?;
    let is_whole = problem.path.0.len() <= WHOLE;
    if is_whole && why.starts_with(UNCOUNTED) {
        return Some((uri, Some(problem.path.to_string()), why.to_owned()));
    }
    (!is_whole && why.starts_with(OF_RULE)).then(|| (uri, None, why.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::{Artifact, ValuePath};
    use crate::source::read_text;

    use super::*;

    #[test]
    fn policies_of_one_file_are_told_together() {
        let policy = |name: &str| {
            format!(
                "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {{name: {name}}}\n---\n"
            )
        };
        let one = read_text(&["a", "b", "c"].map(policy).concat());
        let mut other = read_text(&policy("d"));
        other[0].artifact = Arc::new(Artifact::new("b.yaml", "b.yaml", policy("d")));
        let resources: Vec<Resource> = one.into_iter().chain(other).collect();
        let problem = |(resource, why): (usize, &str)| Problem {
            resource,
            path: ValuePath::from_iter(["spec", "tier"]),
            reason: format!("{} {why}", resources[resource].identity),
            help: "",
        };
        let tiers = "is not counted: tiers";
        let all = [(0, tiers), (1, tiers), (2, "is not counted: a"), (3, tiers)];
        let told = tell_reasons_once(&resources, all.map(problem).into());
        let told: Vec<(usize, bool)> = told
            .iter()
            .map(|one| (one.resource, one.reason.ends_with("; so it is with `b`")))
            .collect();
        // The last one stands in another file.
        assert_eq!(told, [(0, true), (2, false), (3, false)]);
        let refused = [(0, "counts for nothing: x"), (1, "counts for nothing: x")];
        let told = tell_reasons_once(&resources, refused.map(problem).into());
        assert_eq!(told.len(), 2);
    }
    #[test]
    fn rules_of_one_file_are_told_together() {
        let policy = |name: &str| {
            format!(
                "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}}}\n---\n"
            )
        };
        let resources = read_text(&["a", "b"].map(policy).concat());
        let problem = |(resource, rule, why): (usize, usize, &str)| Problem {
            resource,
            path: ["spec", "egress"]
                .into_iter()
                .collect::<ValuePath>()
                .index(rule),
            reason: format!("`{}`: {why}", resources[resource].identity.name),
            help: "",
        };
        let all = [(0, 0, "x"), (0, 1, "x"), (0, 2, "y"), (1, 0, "x")];
        let told = tell_reasons_once(&resources, all.map(problem).into());
        let told: Vec<&str> = told.iter().map(|one| one.reason.as_str()).collect();
        let joined = "`a`: x; so it is at 2 more places, in `a`, `b`";
        assert_eq!(told, [joined, "`a`: y"]);
    }
}
