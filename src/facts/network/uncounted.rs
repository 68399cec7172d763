//! Policies of one file that are not counted for one reason, such as a tier of their own: that is told once.

use std::collections::BTreeMap;

use super::listed;
use crate::model::Resource;
use crate::network::Problem;

/// What follows the name of such a policy; of one that the API server refuses each has to be mended.
const UNCOUNTED: &str = " is not counted: ";

/// A path with more steps than these is one of a rule, not of a whole policy: `spec.tier`.
const WHOLE: usize = 2;

/// Leaves the first of what is said of several whole policies of a plain file in the same words, with the names of the
/// others.
pub(super) fn tell_reasons_once(resources: &[Resource], problems: Vec<Problem>) -> Vec<Problem> {
    let mut first: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    let mut others: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    let mut told: Vec<Problem> = Vec::new();
    for problem in problems {
        let own = &resources[problem.resource];
        let identity = own.identity.to_string();
        let why = problem.reason.strip_prefix(&identity);
        let is_plain = own.artifact.provenance.is_none() && problem.path.0.len() <= WHOLE;
        let Some(why) = why.filter(|why| is_plain && why.starts_with(UNCOUNTED)) else {
            told.push(problem);
            continue;
        };
        let uri = own.artifact.uri.to_string();
        let next = told.len();
        let known = first.entry((uri, problem.path.to_string(), why.to_owned()));
        let known = *known.or_insert(next);
        match known == next {
            true => told.push(problem),
            false => others.entry(known).or_default().push(&own.identity.name),
        }
    }
    for (at, names) in others {
        let more = format!("; so it is with {}", listed(names));
        told[at].reason.push_str(&more);
    }
    told
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
}
