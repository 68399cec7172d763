//! Which objects can be in a cluster together: of a chart or kustomization that is rendered in
//! several ways, one rendering at a time.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Resource, Role};

/// A choice of one rendering for each root that has several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct World {
    /// By root: the name of the rendering.
    chosen: BTreeMap<String, String>,
}

impl World {
    /// As few choices as let every rendering take part in one.
    pub(crate) fn all(resources: &[Resource]) -> Vec<Self> {
        let mut roots: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let provenances = resources
            .iter()
            .filter_map(|resource| resource.artifact.provenance.as_ref());
        for provenance in provenances {
            let rendering = &provenance.rendering;
            let names = roots.entry(&rendering.root).or_default();
            names.insert(&rendering.name);
        }
        roots.retain(|_, names| names.len() > 1);
        let count = roots.values().map(BTreeSet::len).max().unwrap_or(1);
        let choice = |turn: usize| {
            let chosen = roots.iter().filter_map(|(root, names)| {
                let name = names.iter().nth(turn % names.len())?;
                Some(((*root).to_owned(), (*name).to_owned()))
            });
            Self {
                chosen: chosen.collect(),
            }
        };
        (0..count).map(choice).collect()
    }

    /// The whole objects that take part, with their positions among all that were read.
    pub(crate) fn of<'r>(
        &self,
        resources: &'r [Resource],
    ) -> impl Iterator<Item = (usize, &'r Resource)> + use<'_, 'r> {
        let takes_part = |resource: &Resource| {
            let provenance = resource.artifact.provenance.as_ref();
            let is_chosen = provenance.is_none_or(|provenance| {
                let rendering = &provenance.rendering;
                let chosen = self.chosen.get(&rendering.root);
                chosen.is_none_or(|chosen| *chosen == rendering.name)
            });
            resource.role == Role::Manifest && is_chosen
        };
        let all = resources.iter().enumerate();
        all.filter(move |(_, resource)| takes_part(resource))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Artifact, Provenance, Rendering};
    use crate::source::read_text;

    fn rendered(root: &str, name: &str) -> Vec<Resource> {
        let mut resources = read_text("apiVersion: v1\nkind: A\nmetadata: {name: a}\n");
        let rendering = Rendering {
            root: root.to_owned(),
            name: name.to_owned(),
            ..Rendering::default()
        };
        let mut artifact = Artifact::new("a", "a", String::new());
        artifact.provenance = Some(Provenance::new(Arc::new(rendering), Vec::new()));
        resources[0].artifact = Arc::new(artifact);
        resources
    }

    #[test]
    fn each_rendering_takes_part_and_none_meets_another_of_its_root() {
        let mut resources = read_text("apiVersion: v1\nkind: A\nmetadata: {name: a}\n");
        for (root, name) in [
            ("chart", "dev"),
            ("chart", "prod"),
            ("chart", "test"),
            ("other", "x"),
            ("other", "y"),
            ("single", "z"),
        ] {
            resources.extend(rendered(root, name));
        }
        let worlds = World::all(&resources);
        let positions = |world: &World| world.of(&resources).map(|(at, _)| at).collect::<Vec<_>>();
        let told: Vec<Vec<usize>> = worlds.iter().map(positions).collect();
        assert_eq!(told, [[0, 1, 4, 6], [0, 2, 5, 6], [0, 3, 4, 6]]);
    }

    #[test]
    fn without_renderings_there_is_one_world() {
        let resources = read_text("apiVersion: v1\nkind: A\nmetadata: {name: a}\n");
        assert_eq!(World::all(&resources), [World::default()]);
    }
}
