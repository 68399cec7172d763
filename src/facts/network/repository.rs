//! Which of the repositories that Argo CD and Flux deploy from is the one that was read: the one of
//! which most of the folders that are deployed are there. A folder of another one may be called as one
//! here.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::{folder, normalized};
use crate::model::{Node, Resource, Role};
use crate::network::is_open;

/// How many steps two paths that name one folder share at least, where each leaves some out.
const TELLING_STEPS: usize = 3;

/// Folders of what was read, and the repository they are of.
#[derive(Debug, Default)]
pub(super) struct Repository {
    /// Its address, where it shows.
    own: Option<String>,
    /// The addresses of Flux's sources by name.
    sources: HashMap<String, String>,
    /// Names of GitRepositories, and addresses, each with the revision, out of which folders are taken that are all there,
    /// or most of them.
    here: BTreeSet<Source>,
}

/// The name of a GitRepository, or an address with a revision, where one is said.
type Source = (String, Option<String>);

impl Repository {
    /// Reads what is deployed from where, also by the Applications of ApplicationSets.
    pub(super) fn read(resources: &[Resource], of_sets: &[Resource]) -> Self {
        let mut found = Self::default();
        let whole = resources.iter().filter(|one| one.role == Role::Manifest);
        let deployers = whole.chain(of_sets).filter(|one| is_deployer(one));
        let deployers: Vec<&Resource> = deployers.collect();
        if deployers.is_empty() {
            return found;
        }
        for source in deployers
            .iter()
            .filter(|one| one.gvk.kind == "GitRepository")
        {
            let url = source.node().find(&["spec", "url"]).and_then(Node::as_str);
            if let Some(url) = url {
                let name = source.identity.name.clone();
                found.sources.insert(name, address(url));
            }
        }
        let files = resources.iter().map(|one| &*one.artifact.uri);
        let folders = folders(files);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut met: BTreeMap<Source, [usize; 2]> = BTreeMap::new();
        for deployer in deployers {
            found.count(deployer.node(), &folders, (&mut counts, &mut met));
        }
        let mostly = met
            .into_iter()
            .filter(|(_, [there, gone])| *there > 0 && there >= gone);
        found.here = mostly.map(|(source, _)| source).collect();
        let all: usize = counts.values().sum();
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        let own = most.filter(|(_, count)| 2 * count > all);
        found.own = own.map(|(address, _)| address);
        found
    }

    /// Whether what names a folder takes it from another repository than the one that was read.
    pub(super) fn is_other(&self, source: Node<'_>) -> bool {
        match (self.address(source), &self.own) {
            (Some(address), Some(own)) => address != *own,
            _ => false,
        }
    }

    /// Whether what names a folder takes it from the repository that was read, as far as that shows, and from the revision
    /// of it: most folders that are taken from there are here.
    pub(super) fn is_own(&self, source: Node<'_>) -> bool {
        !self.is_other(source) && key(source).is_some_and(|key| self.here.contains(&key))
    }

    /// Counts the folders that are there by where they are taken from.
    fn count(
        &self,
        node: Node<'_>,
        folders: &HashSet<&str>,
        (counts, met): (
            &mut BTreeMap<String, usize>,
            &mut BTreeMap<Source, [usize; 2]>,
        ),
    ) {
        let path = node.string("path").map(normalized);
        let path = path.filter(|path| !is_open(path));
        if let Some(path) = path.filter(|path| !path.is_empty()) {
            let is_there = folders.contains(path.as_str());
            if let Some(address) = self.address(node).filter(|_| is_there) {
                *counts.entry(address).or_default() += 1;
            }
            if let Some(key) = key(node) {
                met.entry(key).or_default()[usize::from(!is_there)] += 1;
            }
        }
        let inner = node.entries().map(|(_, value)| value).chain(node.items());
        inner.for_each(|value| self.count(value, folders, (&mut *counts, &mut *met)));
    }

    /// The address that a source of a folder has.
    fn address(&self, source: Node<'_>) -> Option<String> {
        let own = source.string("repoURL");
        let own = own.filter(|url| !url.contains("{{")).map(address);
        let named = || {
            let name = source.find(&["sourceRef", "name"])?.as_str()?;
            self.sources.get(name).cloned()
        };
        own.or_else(named)
    }
}

/// What tells the source of a folder from others.
fn key(source: Node<'_>) -> Option<Source> {
    let text = |path: &[&str]| source.find(path).and_then(Node::as_str);
    let url = text(&["repoURL"]).filter(|url| !url.contains("{{"));
    let of_argo = url.map(|url| {
        let revision = text(&["targetRevision"]).filter(|name| *name != "HEAD");
        (address(url), revision.map(str::to_owned))
    });
    let is_of_git = text(&["sourceRef", "kind"]).is_none_or(|kind| kind == "GitRepository");
    let name = text(&["sourceRef", "name"]).filter(|_| is_of_git);
    of_argo.or(name.map(|name| (name.to_owned(), None)))
}

/// The folders of files, and those around them, by each way to name them: with any number of steps
/// before left out.
pub(super) fn folders<'f>(files: impl Iterator<Item = &'f str>) -> HashSet<&'f str> {
    let mut full = HashSet::new();
    for mut rest in files {
        // Those around a known folder are known, too.
        while let Some((folder, _)) = rest.rsplit_once('/')
            && full.insert(folder)
        {
            rest = folder;
        }
    }
    let shortened = full.iter().flat_map(|folder| {
        let steps = folder.match_indices('/');
        steps.map(|(at, _)| &folder[at + 1..])
    });
    let shortened: Vec<&str> = shortened.collect();
    full.extend(shortened);
    full
}

/// Whether a path names a folder, which may be all that was read of a repository with more around it.
pub(super) fn is_among(path: &str, folders: &HashSet<&str>) -> bool {
    let is_telling = |path: &&str| path.matches('/').count() + 1 >= TELLING_STEPS;
    let shorter = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
    folders.contains(path)
        || shorter
            .take_while(is_telling)
            .any(|path| folders.contains(path))
}

/// The folders of files, from where the reading began, each with the namespaces that objects there name.
pub(super) fn placed_folders<'r>(
    resources: impl Iterator<Item = &'r Resource>,
) -> HashSet<(&'r str, &'r str)> {
    let named = resources.filter_map(|one| Some((one, one.given_namespace()?)));
    named
        .map(|(one, namespace)| (folder(&one.artifact.uri), namespace))
        .collect()
}

/// Whether a path, of which fewer steps were read, ends in a folder whose objects name one of the namespaces that
/// it is deployed to. One step alone tells nothing.
pub(super) fn is_placed(
    path: &str,
    namespaces: &BTreeSet<String>,
    folders: &HashSet<(&str, &str)>,
) -> bool {
    let shorter = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
    let mut telling = shorter.filter(|path| path.contains('/'));
    telling.any(|path| {
        let mut namespaces = namespaces.iter();
        namespaces.any(|namespace| folders.contains(&(path, namespace.as_str())))
    })
}

/// Whether a path begins with a folder, of two steps or more, below which objects name one of the namespaces that it is
/// deployed to: it would be there, if it were anywhere.
pub(super) fn is_begun(
    path: &str,
    namespaces: &BTreeSet<String>,
    folders: &HashSet<(&str, &str)>,
) -> bool {
    let longer = path.rmatch_indices('/').map(|(at, _)| &path[..at]);
    let mut telling = longer.filter(|around| around.contains('/'));
    telling.any(|around| {
        let around = format!("/{around}/");
        let is_below = |folder: &str| format!("/{folder}/").contains(&around);
        let mut folders = folders.iter();
        folders.any(|(folder, namespace)| namespaces.contains(*namespace) && is_below(folder))
    })
}

fn is_deployer(resource: &Resource) -> bool {
    let group = resource.gvk.group.as_str();
    group == "argoproj.io" || group.ends_with(".toolkit.fluxcd.io")
}

/// What two ways to write the address of one repository have in common.
fn address(url: &str) -> String {
    let rest = url.rsplit("://").next().unwrap_or(url);
    let rest = rest.rsplit('@').next().unwrap_or(rest);
    let rest = rest.trim_end_matches('/').trim_end_matches(".git");
    rest.replace(':', "/").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::Artifact;
    use crate::source::read_text;

    use super::*;

    fn application(url: &str, path: &str) -> String {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a}}\nspec: {{source: {{repoURL: '{url}', path: {path}}}}}\n---\n"
        )
    }

    /// Whether each of some applications is of another repository, where files are in some folders.
    fn others(applications: &[(&str, &str)], files: &[&str]) -> Vec<bool> {
        let text: String = applications
            .iter()
            .map(|(url, path)| application(url, path))
            .collect();
        let mut resources = read_text(&text);
        let written = resources.len();
        for path in files {
            let mut resource =
                read_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n").remove(0);
            resource.artifact = Arc::new(Artifact::new(path, path, String::new()));
            resources.push(resource);
        }
        let repository = Repository::read(&resources, &[]);
        let sources = resources[..written].iter();
        let sources = sources.filter_map(|one| one.node().find(&["spec", "source"]));
        sources.map(|source| repository.is_other(source)).collect()
    }

    #[test]
    fn the_one_with_most_folders_here_was_read() {
        let files = ["top/a/x.yaml", "top/b/x.yaml", "top/k8s/x.yaml"];
        let (own, ssh) = ("https://example.com/me/own.git", "git@example.com:me/own");
        let other = "https://example.com/me/other";
        let applications = [(own, "a"), (ssh, "./b/"), (other, "k8s"), (other, "gone")];
        assert_eq!(others(&applications, &files), [false, false, true, true]);
    }

    #[test]
    fn where_none_has_most_all_may_be_it() {
        let files = ["a/x.yaml", "b/x.yaml"];
        let (one, other) = ("https://example.com/one", "https://example.com/other");
        assert_eq!(others(&[(one, "a"), (other, "b")], &files), [false, false]);
        assert_eq!(others(&[(one, "gone")], &files), [false]);
    }

    #[test]
    fn sources_of_flux_are_followed() {
        let text = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: far}\nspec: {url: 'https://example.com/far'}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./a, sourceRef: {kind: GitRepository, name: far}}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: b}\nspec: {path: ./b, sourceRef: {kind: GitRepository, name: flux-system}}\n";
        let resources = read_text(text);
        let repository = Repository {
            own: Some("example.com/own".to_owned()),
            ..Repository::read(&resources, &[])
        };
        let is_other = |at: usize| {
            let spec = resources[at].node().get("spec");
            repository.is_other(spec.expect("is there"))
        };
        assert!(is_other(1));
        assert!(!is_other(2));
    }

    #[test]
    fn a_source_of_which_most_folders_are_here_is_the_one_that_was_read() {
        let taking = |path: &str, name: &str| {
            format!(
                "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: a}}\nspec: {{path: {path}, sourceRef: {{kind: GitRepository, name: {name}}}}}\n---\n"
            )
        };
        let own = |paths: &[&str]| {
            let all: String = paths
                .iter()
                .map(|path| taking(path, "flux-system"))
                .collect();
            let mut resources = read_text(&(all + &taking("gone", "flux-system")));
            let gone = resources.len() - 1;
            for path in ["apps/web/a.yaml", "infra/db/a.yaml"] {
                let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
                let mut resource = read_text(pod).remove(0);
                resource.artifact = Arc::new(Artifact::new(path, path, String::new()));
                resources.push(resource);
            }
            let repository = Repository::read(&resources, &[]);
            let spec = resources[gone].node().get("spec");
            repository.is_own(spec.expect("is there"))
        };
        assert!(own(&["./apps/web", "./infra/db"]));
        assert!(own(&["./apps/web"]));
        // Of a repository of which more folders are gone, a part was read; of one with no folder here, nothing.
        assert!(!own(&["./apps/web", "./more"]));
        assert!(!own(&[]));
    }

    #[test]
    fn a_folder_on_another_branch_is_not_known_to_be_gone() {
        let at = |path: &str, revision: &str| {
            let text = application("https://example.com/own", path);
            text.replace("path:", &format!("targetRevision: {revision}, path:"))
        };
        let text =
            at("a", "main") + &at("b", "HEAD") + &at("gone", "env/prod") + &at("gone", "HEAD");
        let mut resources = read_text(&text);
        for path in ["a/x.yaml", "b/x.yaml", "c/x.yaml"] {
            let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
            let mut resource = read_text(pod).remove(0);
            resource.artifact = Arc::new(Artifact::new(path, path, String::new()));
            resources.push(resource);
        }
        let extra = read_text(&at("c", "HEAD")).remove(0);
        resources.push(extra);
        let repository = Repository::read(&resources, &[]);
        let is_own = |at: usize| {
            let source = resources[at].node().find(&["spec", "source"]);
            repository.is_own(source.expect("is there"))
        };
        assert!(!is_own(2));
        assert!(is_own(3));
    }

    #[test]
    fn a_folder_whose_objects_name_the_namespace_is_known_by_two_steps() {
        let folders = HashSet::from([("k8s/web", "shop"), ("web", "shop")]);
        let is_placed =
            |path, namespace: &str| is_placed(path, &[namespace.to_owned()].into(), &folders);
        assert!(is_placed("infra/k8s/web", "shop"));
        assert!(!is_placed("infra/k8s/web", "other"));
        assert!(!is_placed("infra/web", "shop"));
        assert!(!is_placed("infra/k8s/api", "shop"));
    }

    #[test]
    fn a_folder_beside_others_of_its_namespace_would_be_among_them() {
        let folders = HashSet::from([("deploy/k8s/base/db", "shop")]);
        let is_begun =
            |path, namespace: &str| is_begun(path, &[namespace.to_owned()].into(), &folders);
        assert!(is_begun("deploy/k8s/overlays/prod", "shop"));
        assert!(is_begun("k8s/base/web", "shop"));
        assert!(!is_begun("deploy/k8s/overlays/prod", "other"));
        assert!(!is_begun("deploy/helm/prod", "shop"));
        assert!(!is_begun("deploy/k8s-prod/a", "shop"));
        assert!(!is_begun("other/k8s/overlays/prod", "shop"));
    }

    #[test]
    fn a_folder_of_a_larger_repository_is_known_by_its_last_steps() {
        let folders = HashSet::from(["k8s/overlays/dev", "overlays/dev", "dev"]);
        assert!(is_among("k8s/overlays/dev", &folders));
        assert!(is_among("infra/k8s/overlays/dev", &folders));
        assert!(!is_among("infra/overlays/dev", &folders));
        assert!(!is_among("infra/k8s/overlays/prod", &folders));
    }
}
