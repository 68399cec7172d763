//! What can be deployed together: of everything that was read, one rendering of each chart. That
//! of production and that of staging never meet.

use std::collections::BTreeMap;

use super::Resource;

/// The renderings of each root by name, in order.
type Names<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// The positions of resources that can be deployed together, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World(pub Vec<usize>);

/// The worlds in which each rendering takes part once at least: first that of each root's first
/// one, then those in which renderings of one name meet, then whatever is left. A root without the
/// name takes part with its first rendering. One world of everything where no root has several.
#[must_use]
pub fn worlds(resources: &[Resource]) -> Vec<World> {
    let names = names(resources);
    let most = names.values().map(Vec::len).max().unwrap_or(0);
    if most < 2 {
        return vec![World((0..resources.len()).collect())];
    }
    let mut chosen = vec![BTreeMap::new()];
    let mut is_shared: Vec<&str> = Vec::new();
    for name in names.values().flatten() {
        let roots = names.values().filter(|names| names.contains(name));
        if !is_shared.contains(name) && roots.count() > 1 {
            is_shared.push(name);
            chosen.push(choice(&names, |names| {
                names.iter().copied().find(|known| known == name)
            }));
        }
    }
    let is_left = |(at, name): &(usize, &&str)| *at > 0 && !is_shared.contains(*name);
    for turn in 0..most {
        chosen.push(choice(&names, |names| {
            let mut left = names.iter().enumerate().filter(is_left);
            left.nth(turn).map(|(_, name)| *name)
        }));
    }
    // What adds no rendering is no world of its own.
    let mut met: Vec<(&str, &str)> = Vec::new();
    chosen.retain(|chosen| {
        let added = names.iter().filter_map(|(root, names)| {
            let pair = (*root, *chosen.get(root).unwrap_or(&names[0]));
            (!met.contains(&pair)).then_some(pair)
        });
        let added: Vec<_> = added.collect();
        met.extend(&added);
        !added.is_empty()
    });
    chosen
        .iter()
        .map(|chosen| world(resources, &names, chosen))
        .collect()
}

/// The world of the renderings of a name, the first ones where a root has none of it; `None` where no
/// root has one.
#[must_use]
pub fn world_of(resources: &[Resource], name: &str) -> Option<World> {
    let names = names(resources);
    let chosen = choice(&names, |names| {
        names.iter().copied().find(|known| *known == name)
    });
    (!chosen.is_empty()).then(|| world(resources, &names, &chosen))
}

fn names(resources: &[Resource]) -> Names<'_> {
    let mut names = Names::new();
    for provenance in resources
        .iter()
        .filter_map(|resource| resource.artifact.provenance.as_ref())
    {
        let rendering = &provenance.rendering;
        let known = names.entry(&*rendering.root).or_default();
        if !known.contains(&&*rendering.name) {
            known.push(&rendering.name);
        }
    }
    names
}

/// Which rendering of which root is chosen, where one is.
fn choice<'a>(
    names: &Names<'a>,
    choose: impl Fn(&[&'a str]) -> Option<&'a str>,
) -> BTreeMap<&'a str, &'a str> {
    let chosen = names
        .iter()
        .filter_map(|(root, names)| Some((*root, choose(names)?)));
    chosen.collect()
}

fn world(resources: &[Resource], names: &Names<'_>, chosen: &BTreeMap<&str, &str>) -> World {
    let takes_part = |resource: &Resource| {
        let Some(provenance) = &resource.artifact.provenance else {
            return true;
        };
        let root = &*provenance.rendering.root;
        let first = names.get(root).and_then(|names| names.first());
        chosen.get(root).or(first) == Some(&&*provenance.rendering.name)
    };
    let members = resources.iter().enumerate();
    World(
        members
            .filter(|(_, resource)| takes_part(resource))
            .map(|(position, _)| position)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Artifact, Provenance, Rendering};
    use crate::source::read_text;

    /// One object for each `root/name`, or for none.
    fn resources(of: &[&str]) -> Vec<Resource> {
        let resource = |of: &&str| {
            let text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n";
            let mut resource = read_text(text).remove(0);
            if let Some((root, name)) = of.split_once('/') {
                let rendering = Rendering {
                    root: root.to_owned(),
                    name: name.to_owned(),
                    ..Rendering::default()
                };
                let mut artifact = Artifact::new(of, of, text.to_owned());
                artifact.provenance = Some(Provenance::new(Arc::new(rendering), Vec::new()));
                resource.artifact = Arc::new(artifact);
            }
            resource
        };
        of.iter().map(resource).collect()
    }

    fn positions(of: &[&str]) -> Vec<Vec<usize>> {
        let worlds = worlds(&resources(of)).into_iter();
        worlds.map(|world| world.0).collect()
    }

    #[test]
    fn without_several_renderings_there_is_one_world() {
        assert_eq!(positions(&["", "a/default", "b/default"]), [[0, 1, 2]]);
    }

    #[test]
    fn renderings_of_one_name_meet_and_others_once() {
        let of = ["", "a/default", "a/dev", "a/x", "b/default", "b/dev", "b/y"];
        let expected = [vec![0, 1, 4], vec![0, 2, 5], vec![0, 3, 6]];
        assert_eq!(positions(&of), expected);
    }

    #[test]
    fn a_root_without_the_name_takes_part_with_its_first_rendering() {
        let all = resources(&["a/default", "a/dev", "b/default"]);
        assert_eq!(world_of(&all, "dev"), Some(World(vec![1, 2])));
        assert_eq!(world_of(&all, "prod"), None);
    }
}
