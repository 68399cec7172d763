//! Pods that may not ask for names in several renderings of one line: it is told of those in which it is surest that they
//! have to.

use std::collections::HashMap;

use serde_json::Value;

use super::kept::written;
use super::{Found, deployment};
use crate::model::Resource;

/// The fact of which the surest is told.
const DNS: &str = "network_dns";

/// Leaves out what is said of a line in one rendering where another one is surer of it.
pub(super) fn keep_surest(objects: &[Resource], found: &mut Found) {
    let mut lines: HashMap<_, Vec<(usize, usize)>> = HashMap::new();
    for (position, facts) in found.iter() {
        let known = facts.get(DNS).into_iter().flatten();
        let Some(most) = known.map(certainty).max() else {
            continue;
        };
        if let Some(line) = written(&objects[*position]) {
            lines.entry(line).or_default().push((*position, most));
        }
    }
    for told in lines.into_values() {
        // What one rendering makes of a line are pods beside each other.
        let of_rendering = |at: usize| {
            let own = told.iter();
            let own =
                own.filter(|(other, _)| deployment(&objects[*other]) == deployment(&objects[at]));
            own.map(|(_, most)| *most).max()
        };
        let surest = told.iter().map(|(_, most)| *most).max();
        for (position, _) in told.iter().filter(|(at, _)| of_rendering(*at) < surest) {
            if let Some(facts) = found.get_mut(position) {
                facts.remove(DNS);
            }
        }
    }
}

/// How much speaks for it that names are asked for.
fn certainty(fact: &Value) -> usize {
    let says = |key: &str| fact[key].as_bool() == Some(true);
    usize::from(says("is_needed")) + 2 * usize::from(says("is_told"))
}
