//! Objects that are defined several times under one name, such as in folders for different clusters:
//! those written nearest to who asks count.

use crate::model::Resource;

/// Of some definitions the ones written nearest to a reader, in their order.
pub(super) fn nearest<'r, T>(
    reader: &Resource,
    found: impl IntoIterator<Item = T>,
    written: impl Fn(&T) -> &'r Resource,
) -> Vec<T> {
    let (mut most, mut near) = (0, Vec::new());
    for one in found {
        let shared = shared_steps(&written(&one).artifact.uri, &reader.artifact.uri);
        if shared > most {
            near.clear();
            most = shared;
        }
        if shared == most {
            near.push(one);
        }
    }
    near
}

/// How many steps of their paths two files share, a file with itself the most.
pub(crate) fn shared_steps(one: &str, other: &str) -> usize {
    let steps = one.split('/').zip(other.split('/'));
    steps.take_while(|(one, other)| one == other).count()
}
