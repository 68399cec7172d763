//! Credentials that production and another environment have in common, and names of production's in a store of secrets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Crossing, Crossings, Owner, Search, What, key_of, to_path};
use crate::facts::credentials::{Credential, Kind, Ledger, Verdict};
use crate::facts::environment::Environments;
use crate::model::{Resource, Step, ValuePath, Visited};

impl Crossings {
    /// Credentials that production and another environment have in common.
    pub(super) fn share(&mut self, search: &Search<'_>, ledger: &Ledger) {
        let told = search.told.iter().zip(search.told_of_values);
        let told = told.map(|(object, values)| object.or(*values));
        let all = || told.clone().zip(search.resources).enumerate();
        let is_of_production = |told: Option<&str>| told.is_some_and(Environments::is_production);
        let mut owners: HashMap<u64, (usize, &Credential)> = HashMap::new();
        for (position, (_, resource)) in all().filter(|(_, (told, _))| is_of_production(*told)) {
            for one in ledger.of(resource).iter().filter(|one| is_own(one)) {
                owners.entry(one.same).or_insert((position, one));
            }
        }
        let mut users: BTreeMap<u64, BTreeSet<&str>> = BTreeMap::new();
        let mut shared = Vec::new();
        for (_, (told, own)) in all() {
            let Some(environment) = told.filter(|told| !is_of_production(Some(told))) else {
                continue;
            };
            let own_ones = ledger.of(own).iter().filter(|one| is_own(one));
            for one in own_ones.filter(|one| owners.contains_key(&one.same)) {
                users.entry(one.same).or_default().insert(environment);
                shared.push((own, one));
            }
        }
        // Each says all who have it, so that what several overlays take from one line is told once.
        for (own, one) in shared {
            if let Some(((resource, owner), users)) =
                owners.get(&one.same).zip(users.get(&one.same))
            {
                let crossing = Crossing {
                    path: one.path.clone(),
                    part: one.part,
                    environment: users.iter().copied().collect::<Vec<_>>().join(", "),
                    what: What::Credential(name_of(own, one), one.length),
                    owner: Some(Owner {
                        resource: *resource,
                        path: owner.path.clone(),
                        part: owner.part,
                    }),
                };
                self.add(own, crossing);
            }
        }
    }
}

impl Search<'_> {
    /// Keys of production's in External Secrets of other environments.
    pub(super) fn stored(&self) -> Vec<(usize, Crossing)> {
        let mut found = Vec::new();
        for (position, resource) in self.resources.iter().enumerate() {
            let is_external = matches!(
                resource.gvk.kind.as_str(),
                "ExternalSecret" | "ClusterExternalSecret"
            );
            let Some(environment) = self.told[position].filter(|_| is_external) else {
                continue;
            };
            if Environments::is_production(environment) {
                continue;
            }
            resource.node().visit_scalars(&mut |path, node| {
                let parent = path.iter().rev().nth(1);
                let is_key = key_of(path.last()) == Some("key")
                    && matches!(key_of(parent), Some("remoteRef" | "extract"));
                let value = node.as_str().filter(|_| is_key).unwrap_or_default();
                if self.names_production(value) && !takes_no_credential(resource, path, value) {
                    let crossing = Crossing {
                        path: to_path(path),
                        part: None,
                        environment: environment.to_owned(),
                        what: What::Stored(value.to_owned()),
                        owner: self.same_key(value),
                    };
                    found.push((position, crossing));
                }
            });
        }
        found
    }

    /// Where production's own External Secrets have a key.
    fn same_key(&self, key: &str) -> Option<Owner> {
        let mut all = self.resources.iter().enumerate();
        all.find_map(|(position, resource)| {
            let is_candidate = self.is_of_production(position)
                && resource.gvk.kind.ends_with("ExternalSecret")
                && resource.node().text().contains(key);
            let mut found = None;
            if is_candidate {
                resource.node().visit_scalars(&mut |path, node| {
                    if found.is_none() && node.as_str() == Some(key) {
                        found = Some(Owner {
                            resource: position,
                            path: to_path(path),
                            part: None,
                        });
                    }
                });
            }
            found
        })
    }
}

/// Whether what is taken from a store is no credential: by the name of its property, of the key that it is
/// given in the Secret, or of its own place in the store, where less names are plain. An address may have a login.
fn takes_no_credential(resource: &Resource, path: &[Visited<'_>], place: &str) -> bool {
    const PLACES: [&str; 7] = [
        "host", "hostname", "port", "ca", "crt", "username", "region",
    ];
    const ENTRIES: [&str; 7] = [
        "cert",
        "certificate",
        "user",
        "database",
        "dbname",
        "bucket",
        "endpoint",
    ];
    let ends = |name: &str, of: &[&str]| {
        let last = name.rsplit(['/', '.', '-', '_']).next().unwrap_or(name);
        of.iter().any(|one| one.eq_ignore_ascii_case(last))
    };
    let is_plain = |name: &str| ends(name, &PLACES) || ends(name, &ENTRIES);
    let text = |up: usize, key: &str| {
        let holder = to_path(&path[..path.len().checked_sub(up)?]);
        resource.at(&holder)?.get(key)?.as_str().map(str::to_owned)
    };
    match text(1, "property") {
        Some(property) => is_plain(&property),
        None => ends(place, &PLACES) || text(2, "secretKey").is_some_and(|key| is_plain(&key)),
    }
}

/// What a credential is called: of one in a URL the setting that holds the URL.
fn name_of(resource: &Resource, credential: &Credential) -> String {
    let steps = &credential.path.0;
    let Some((Step::Key(last), above)) =
        steps.split_last().filter(|_| credential.kind == Kind::Url)
    else {
        return credential.key.clone();
    };
    let pair = resource.at(&ValuePath(above.to_vec()));
    let name = pair
        .filter(|_| last == "value")
        .and_then(|pair| pair.get("name")?.as_str());
    name.unwrap_or(last).to_owned()
}

/// Whether a credential belongs to somebody: what everyone knows is not shared.
fn is_own(credential: &Credential) -> bool {
    match credential.verdict {
        Verdict::PrivateKey | Verdict::AccessToken | Verdict::Literal => credential.length >= 6,
        Verdict::Default { .. }
        | Verdict::Weak
        | Verdict::Stored { .. }
        | Verdict::Off { .. }
        | Verdict::Reference
        | Verdict::Placeholder
        | Verdict::Empty
        | Verdict::Unsure => false,
    }
}
