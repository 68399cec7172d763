//! What can be deployed together: of everything that was read, one rendering of each chart. That
//! of production and that of staging never meet.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::kin::Kin;
use super::{Node, Resource};

/// The renderings of each root by name, in order.
type Names<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// Which rendering of a root takes part.
type Choice<'a> = BTreeMap<&'a str, &'a str>;

/// The positions of resources that can be deployed together, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World(pub Vec<usize>);

/// The worlds in which each rendering takes part once at least: first that of each root's first
/// one, then those in which renderings of one name meet, then whatever is left, with what is of the same
/// environment by its name. A root without such a one takes part with its first rendering. One world of
/// everything where no root has several.
#[must_use]
pub fn worlds<R: Borrow<Resource>>(resources: &[R]) -> Vec<World> {
    let names = names(resources);
    let most = names.values().map(Vec::len).max().unwrap_or(0);
    if most < 2 {
        return vec![World((0..resources.len()).collect())];
    }
    let kin = match names.len() > 1 {
        true => Kin::read(resources, |root| names.contains_key(root)),
        false => Kin::default(),
    };
    let mut met = Met {
        names: &names,
        kin,
        pairs: BTreeSet::new(),
        chosen: Vec::new(),
    };
    met.add(BTreeMap::new());
    for name in shared(&names) {
        met.add(choice(&names, |names| {
            names.iter().copied().find(|known| *known == name)
        }));
    }
    while let Some(left) = met.left() {
        met.add(left);
    }
    let chosen = met.chosen.iter();
    chosen
        .map(|chosen| world(resources, &names, chosen))
        .collect()
}

/// The names that renderings of several roots have.
fn shared<'a>(names: &Names<'a>) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for name in names.values().flatten() {
        let roots = names.values().filter(|names| names.contains(name));
        if !found.contains(name) && roots.count() > 1 {
            found.push(name);
        }
    }
    found
}

/// Which renderings of roots meet.
struct Met<'n, 'a> {
    names: &'n Names<'a>,
    kin: Kin<'a>,
    /// Each that is in some world, with its root.
    pairs: BTreeSet<(&'a str, &'a str)>,
    chosen: Vec<Choice<'a>>,
}

impl<'a> Met<'_, 'a> {
    /// Adds the world of a choice, unless it adds no rendering: of other roots with what is closest to the first
    /// of the choice.
    fn add(&mut self, mut chosen: Choice<'a>) {
        let lead = chosen.iter().next().map(|(root, name)| (*root, *name));
        for (root, names) in self.names {
            if !chosen.contains_key(root) {
                let closest = lead.and_then(|lead| self.kin.closest(lead, root, names));
                chosen.insert(root, closest.unwrap_or(names[0]));
            }
        }
        let before = self.pairs.len();
        self.pairs
            .extend(chosen.iter().map(|(root, name)| (*root, *name)));
        if self.pairs.len() > before {
            self.chosen.push(chosen);
        }
    }

    /// The first rendering of each root that is in no world, but for those that are closer to another one of
    /// the first such root.
    fn left(&self) -> Option<Choice<'a>> {
        let of_root = |(root, names): (&&'a str, &Vec<&'a str>)| {
            let mut names = names.iter().copied();
            let name = names.find(|name| !self.pairs.contains(&(*root, *name)))?;
            Some((*root, name))
        };
        let mut left: Choice<'a> = self.names.iter().filter_map(of_root).collect();
        let lead = left.iter().next().map(|(root, name)| (*root, *name))?;
        left.retain(|root, name| {
            let closest = self.kin.closest(lead, root, &self.names[root]);
            *root == lead.0 || closest.is_none_or(|closest| closest == *name)
        });
        Some(left)
    }
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

/// The renderings that are alternatives: variants, and what makes the same workloads as another one
/// of its root does, or calls most of them otherwise in the same namespaces.
fn names<R: Borrow<Resource>>(resources: &[R]) -> Names<'_> {
    let mut known: BTreeMap<&str, Vec<Told<'_>>> = BTreeMap::new();
    for resource in resources.iter().map(Borrow::borrow) {
        let Some(provenance) = &resource.artifact.provenance else {
            continue;
        };
        let rendering = &*provenance.rendering;
        let of_root = known.entry(&*rendering.root).or_default();
        if of_root
            .last()
            .is_none_or(|last| last.name != rendering.name)
        {
            of_root.push(Told {
                name: &rendering.name,
                is_variant: rendering.is_variant,
                workloads: HashSet::new(),
                sources: HashSet::new(),
            });
        }
        if let Some(last) = of_root.last_mut().filter(|_| resource.is_workload()) {
            let identity = &resource.identity;
            let namespace = resource.given_namespace();
            last.workloads
                .insert((&identity.kind, namespace, &identity.name));
            if let Some(source) = provenance.source_name(resource.node().span().start) {
                let workload = (&*identity.kind, namespace, &*source.name);
                let programs = programs(resource).into_iter();
                last.sources.extend(programs.map(|one| (workload, one)));
            }
        }
    }
    let mut names = Names::new();
    for (root, told) in known {
        let is_alternative = |one: &Told<'_>| {
            let mut others = told.iter().filter(|other| other.name != one.name);
            one.is_variant || others.any(|other| one.excludes(other))
        };
        let mut alternatives: Vec<&str> = Vec::new();
        for one in told.iter().filter(|one| is_alternative(one)) {
            if !alternatives.contains(&one.name) {
                alternatives.push(one.name);
            }
        }
        if !alternatives.is_empty() {
            names.insert(root, alternatives);
        }
    }
    names
}

/// What is told of a rendering.
struct Told<'a> {
    name: &'a str,
    is_variant: bool,
    workloads: HashSet<Workload<'a>>,
    /// The workloads with the names that they have where they are written, each with its programs: one base may
    /// serve for many of these.
    sources: HashSet<(Workload<'a>, &'a str)>,
}

/// Kind, namespace and name.
type Workload<'a> = (&'a str, Option<&'a str>, &'a str);

impl Told<'_> {
    /// Whether who deploys this one does not deploy the other: both make a workload, or overlays make most
    /// of theirs out of the same ones, with names of their own. Of a few, such as a cache that each brings
    /// along, there may be several.
    fn excludes(&self, other: &Self) -> bool {
        let shared = self.sources.intersection(&other.sources).count();
        let fewest = self.sources.len().min(other.sources.len());
        !self.workloads.is_disjoint(&other.workloads) || 2 * shared > fewest
    }
}

/// The names of the images of a workload, without their paths and versions; none is one as well.
fn programs(resource: &Resource) -> Vec<&str> {
    let templates = resource.pod_templates.iter();
    let specs = templates.filter_map(|template| resource.at(template)?.get("spec"));
    let containers = specs.filter_map(|spec| spec.get("containers"));
    let containers = containers.flat_map(Node::items);
    let images = containers.filter_map(|container| container.get("image")?.as_str());
    let names = images.filter_map(|image| image.rsplit('/').next()?.split([':', '@']).next());
    let mut names: Vec<&str> = names.collect();
    if names.is_empty() {
        names.push("");
    }
    names
}

/// Which rendering of which root is chosen, where one is.
fn choice<'a>(names: &Names<'a>, choose: impl Fn(&[&'a str]) -> Option<&'a str>) -> Choice<'a> {
    let chosen = names
        .iter()
        .filter_map(|(root, names)| Some((*root, choose(names)?)));
    chosen.collect()
}

fn world<R: Borrow<Resource>>(resources: &[R], names: &Names<'_>, chosen: &Choice<'_>) -> World {
    let takes_part = |resource: &Resource| {
        let Some(provenance) = &resource.artifact.provenance else {
            return true;
        };
        let (root, name) = (&*provenance.rendering.root, &*provenance.rendering.name);
        let Some(names) = names.get(root).filter(|names| names.contains(&name)) else {
            return true;
        };
        chosen.get(root).or(names.first()) == Some(&name)
    };
    let members = resources.iter().enumerate();
    World(
        members
            .filter(|(_, resource)| takes_part((*resource).borrow()))
            .map(|(position, _)| position)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Artifact, Provenance, Rendering, SourceName};
    use crate::source::read_text;

    /// A pod for each `root/name`, or for none; `root/name/pod` is no variant, and calls its pod so, and
    /// `root/name/pod/source` is an overlay of one that is written under that name, with `/image` behind it.
    fn resources(of: &[&str]) -> Vec<Resource> {
        let resource = |of: &&str| {
            let parts: Vec<&str> = of.split('/').collect();
            let pod = parts.get(2).unwrap_or(&"a");
            let image = parts.get(4).unwrap_or(&"b");
            let text = format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: {pod}}}\nspec: {{containers: [{{image: 'a/{image}:1'}}]}}\n"
            );
            let mut resource = read_text(&text).remove(0);
            if let [root, name, ..] = parts[..] {
                let rendering = Rendering {
                    root: root.to_owned(),
                    name: name.to_owned(),
                    is_variant: parts.len() == 2,
                    ..Rendering::default()
                };
                let mut artifact = Artifact::new(of, of, text);
                let sources = parts.get(3).map(|name| {
                    let source = SourceName {
                        namespace: None,
                        name: (*name).to_owned(),
                    };
                    (resource.node().span().start, source)
                });
                let provenance = Provenance::new(Arc::new(rendering), Vec::new());
                let sources = sources.into_iter().collect();
                artifact.provenance = Some(provenance.with_structure(BTreeMap::new(), sources));
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
    fn renderings_of_one_environment_meet() {
        let of = [
            "chart/default",
            "chart/production",
            "chart/local",
            "data/of-local",
            "data/of-prod",
        ];
        let expected = [vec![0, 3], vec![1, 4], vec![2, 3]];
        assert_eq!(positions(&of), expected);
        // Several may be of one, and one of none.
        let of = ["a/default", "a/dev", "b/x-dev", "b/y-dev", "b/z"];
        let expected = [vec![0, 2], vec![1, 2], vec![1, 3], vec![0, 4]];
        assert_eq!(positions(&of), expected);
    }

    #[test]
    fn deployments_beside_each_other_meet_unless_they_make_the_same_workload() {
        assert_eq!(positions(&["a/x/web", "a/y/api", "a/z/db"]), [[0, 1, 2]]);
        let of = ["a/x/web", "a/y/web", "a/z/db"];
        assert_eq!(positions(&of), [[0, 2], [1, 2]]);
    }

    #[test]
    fn overlays_that_only_call_workloads_otherwise_are_alternatives() {
        let of = ["a/x/x-web/web", "a/y/y-web/web", "a/z/z-db/db"];
        assert_eq!(positions(&of), [[0, 2], [1, 2]]);
        // One base for many programs.
        let of = ["a/x/x-app/app/web", "a/y/y-app/app/api"];
        assert_eq!(positions(&of), [[0, 1]]);
        // What each brings along beside its own.
        let of = [
            "a/x/x-web/web",
            "a/x/x-cache/cache",
            "a/y/y-api/api",
            "a/y/y-cache/cache",
        ];
        assert_eq!(positions(&of), [[0, 1, 2, 3]]);
    }

    #[test]
    fn a_root_without_the_name_takes_part_with_its_first_rendering() {
        let all = resources(&["a/default", "a/dev", "b/default"]);
        assert_eq!(world_of(&all, "dev"), Some(World(vec![1, 2])));
        assert_eq!(world_of(&all, "prod"), None);
    }
}
