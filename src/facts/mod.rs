//! What Rego computes badly: facts about a resource, computed once, which rules find under
//! `input.landfall`. Knows nothing of Rego.

mod azure;
mod build;
mod command;
mod credentials;
mod crossing;
mod environment;
mod filling;
mod form;
mod gate;
mod host;
mod image;
mod network;
mod package;
mod place;
mod short_lived;
mod table;
mod template;
/// What the build made an automaton of.
#[cfg(test)]
mod words;

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use self::azure::{Tables, may_tell};
use self::build::BuildTable;
use self::command::CommandTable;
use self::credentials::{Detector, Ledger};
use self::crossing::Crossings;
use self::environment::{Environments, Settings};
use self::form::{azure_command, build_tie, credential, crossing};
use self::gate::{Topic, Topics};
pub(crate) use self::image::{Image, Images, Reference, target_of};
use self::network::NetworkFacts;
pub(crate) use self::network::{Installation, installations, listed};
use self::package::{CoreParts, PackageTable};
use self::place::path;
pub(crate) use self::table::{Misfit, check_settings};
use self::table::{check_tables, network_settings, package_table, rows};
use crate::model::{
    Artifact, Data, Fault, Need, Notice, PACKAGE_KIND, Resource, Role, Rule, Span, Tree, guarded,
};
use crate::network::Problem;

pub(crate) use self::credentials::{mask_line, mask_text};

/// Reads YAML that stands in a string: one tree for each document, with places in the string.
type ReadYaml = fn(&str) -> Vec<Tree>;

/// The facts that are computed only where a word of theirs stands.
const FACTS_WITH_WORDS: [&str; 4] = ["azure", "azure_commands", "credentials", "crossings"];

/// Computes the facts that the chosen rules need.
pub(crate) struct Facts<'a> {
    data: &'a Data,
    wanted: BTreeSet<String>,
    words: Vec<String>,
    automaton: Option<AhoCorasick>,
    network: NetworkFacts,
    resources: &'a [Resource],
    /// Of each resource; none where no fact asks for them.
    topics: Vec<Topics>,
    images: Option<Images>,
    azure: OnceLock<Option<Tables>>,
    read: ReadYaml,
    packages: OnceLock<PackageTable>,
    core_parts: CoreParts,
    commands: OnceLock<CommandTable>,
    builds: OnceLock<BuildTable>,
    detector: Detector,
    ledger: Ledger,
    crossings: Crossings,
    faults: Vec<Notice>,
}

impl<'a> Facts<'a> {
    /// The facts for some rules on some resources, beside texts of which not all could
    /// be read. `read` gives the documents in a string.
    ///
    /// # Errors
    ///
    /// When a user's data does not fit the table it is laid over.
    pub(crate) fn new(
        data: &'a Data,
        rules: &[Arc<Rule>],
        (resources, unread): (&'a [Resource], &[Arc<Artifact>]),
        read: ReadYaml,
    ) -> Result<Self, Misfit> {
        let needs = || rules.iter().flat_map(|rule| &rule.needs);
        let (mut wanted, mut words) = (BTreeSet::new(), BTreeSet::new());
        for need in needs() {
            match need {
                Need::Fact(fact) => wanted.insert(fact.clone()),
                Need::Word(word) => words.insert(word.clone()),
            };
        }
        let words: Vec<String> = words.into_iter().collect();
        if data.is_laid_over() {
            check_tables(data, read)?;
        }
        let defaults = data.clone();
        let names_images = image::are_wanted(&wanted);
        let asks_for_topics =
            names_images || FACTS_WITH_WORDS.iter().any(|fact| wanted.contains(*fact));
        let asking = if asks_for_topics { resources } else { &[] };
        let topics: Vec<Topics> = asking
            .par_iter()
            .map(|resource| Topics::of(resource.node().text()))
            .collect();
        let images = || {
            let images = names_images.then(|| Images::new(data, resources, read));
            images.map(|images| images.with_projects(resources, &topics))
        };
        let detector = Detector::lazy(
            move || defaults.folder("credentials").unwrap_or_default(),
            read,
        );
        let held = || {
            let crosses = wanted.contains("crossings");
            let ledger = if crosses || wanted.contains("credentials") {
                Ledger::new(&detector, resources, |position| {
                    topics[position].has(Topic::Credentials)
                })
            } else {
                Ledger::default()
            };
            let crossings = if crosses {
                let environments = Environments::new(rows::<Settings>(data, "settings"));
                Crossings::new(&environments, &ledger, resources)
            } else {
                Crossings::default()
            };
            (ledger, crossings)
        };
        let network = || NetworkFacts::new((resources, unread), &wanted, || network_settings(data));
        // A fault in what is told of all resources together leaves the rest.
        let (network, (images, held)) = rayon::join(
            || guarded(network),
            || rayon::join(|| guarded(images), || guarded(held)),
        );
        let mut faults = Vec::new();
        let mut tell = |fault: &Fault, undone| faults.push(fault.of_all(undone));
        let network = network.unwrap_or_else(|fault| {
            tell(
                &fault,
                "what policies of the network let through cannot be checked",
            );
            NetworkFacts::unknown()
        });
        let images = images.unwrap_or_else(|fault| {
            tell(&fault, "images cannot be checked");
            None
        });
        let (ledger, crossings) = held.unwrap_or_else(|fault| {
            tell(&fault, "credentials cannot be checked");
            Default::default()
        });
        faults.extend(ledger.faults.iter().cloned());
        let has_packages = resources.iter().any(|one| one.role == Role::Package);
        let packages = OnceLock::new();
        let core_parts = match has_packages && wanted.contains("package") {
            true => CoreParts::new(packages.get_or_init(|| package_table(data)), resources),
            false => CoreParts::default(),
        };
        Ok(Self {
            data,
            images,
            network,
            wanted,
            automaton: if words.is_empty() {
                None
            } else {
                AhoCorasick::new(&words).ok()
            },
            words,
            resources,
            topics,
            azure: OnceLock::new(),
            read,
            packages,
            core_parts,
            commands: OnceLock::new(),
            builds: OnceLock::new(),
            detector,
            ledger,
            crossings,
            faults,
        })
    }

    /// What of all resources together, or of which of them, a fault of ours keeps from being told.
    pub(crate) fn faults(&self) -> &[Notice] {
        &self.faults
    }

    /// The needed words that stand in a resource's keys and strings.
    pub(crate) fn words(&self, resource: &Resource) -> HashSet<&str> {
        let Some(automaton) = &self.automaton else {
            return HashSet::new();
        };
        let found = automaton.find_overlapping_iter(resource.node().text());
        found
            .map(|found| self.words[found.pattern().as_usize()].as_str())
            .collect()
    }

    /// What rules find under `input.landfall` of the resource at a position; a fact that is empty
    /// is left out.
    pub(crate) fn of(&self, position: usize) -> Map<String, Value> {
        let resource = &self.resources[position];
        let topics = self.topics.get(position).copied().unwrap_or_default();
        let mut facts = match resource.role {
            Role::Inner | Role::Built => Map::new(),
            _ => self.image_facts(position, topics),
        };
        if matches!(resource.role, Role::Catalog | Role::Renaming) {
            return facts;
        }
        let mut add = |name: &str, is_asked: bool, fact: &dyn Fn() -> Vec<Value>| {
            let fact = if is_asked { fact() } else { Vec::new() };
            if !fact.is_empty() {
                facts.insert(name.to_owned(), Value::Array(fact));
            }
        };
        let is_workload = resource.is_workload();
        add("pod_templates", is_workload, &|| {
            resource.pod_templates.iter().map(path).collect()
        });
        let asks_of_azure = self.wants("azure")
            && !matches!(
                resource.role,
                Role::Given | Role::Inner | Role::Unreached | Role::Applied | Role::Built
            );
        add("azure", asks_of_azure, &|| {
            self.azure(resource, topics.has(Topic::Azure))
        });
        add("credentials", self.wants("credentials"), &|| {
            self.credentials(resource)
        });
        add("crossings", self.wants("crossings"), &|| {
            self.crossings.of(resource).iter().map(crossing).collect()
        });
        // Of what a chart is given, or no rendering reaches, other facts would be guesses.
        if matches!(
            resource.role,
            Role::Values | Role::Given | Role::Inner | Role::Unreached | Role::Built
        ) {
            return facts;
        }
        add("isolation", self.wants("isolation"), &|| {
            self.network.exposed_to_all(resource)
        });
        // What a script applies whole is a policy like others; of its pods more would be guesses than who is open.
        if resource.role == Role::Applied {
            let found = self.network_facts(resource);
            facts.extend(
                found.filter(|(name, _)| !is_workload || network::EXPOSED.contains(&&**name)),
            );
            return facts;
        }
        let asks_of_commands = topics.has(Topic::Commands) && self.wants("azure_commands");
        add("azure_commands", asks_of_commands, &|| {
            self.azure_commands(resource)
        });
        add(
            "build",
            resource.role == Role::Build && self.wants("build"),
            &|| self.build(resource),
        );
        if self.wants("package") && resource.gvk.kind == PACKAGE_KIND {
            facts.extend(
                self.package(resource)
                    .map(|fact| ("package".to_owned(), fact)),
            );
        }
        facts.extend(self.network_facts(resource));
        facts
    }

    /// What network policies make of a resource.
    fn network_facts(&self, resource: &Resource) -> impl Iterator<Item = (String, Value)> {
        let found = self.network.of(resource).into_iter().flatten();
        found.map(|(name, found)| ((*name).to_owned(), Value::Array(found.clone())))
    }

    /// Source bytes that hold, or may hold, a credential: to be hidden when lines are shown.
    pub(crate) fn sensitive_spans(&self, resource: &Resource) -> Vec<Span> {
        let held = self.ledger.held(resource);
        self.detector.sensitive_spans(resource, held)
    }

    /// What should not pass without a word: policies that Kubernetes would refuse, or that are
    /// not understood.
    pub(crate) fn problems(&self) -> &[Problem] {
        &self.network.problems
    }

    /// The images; and by themselves those that few have, so that rules about these run only there.
    fn image_facts(&self, position: usize, topics: Topics) -> Map<String, Value> {
        let resource = (position, &self.resources[position]);
        let images = self.images.as_ref();
        images.map_or_else(Map::new, |images| {
            images.facts(resource, topics, &self.wanted)
        })
    }

    fn azure(&self, resource: &Resource, is_named: bool) -> Vec<Value> {
        if !self.data.is_laid_over() && !may_tell(resource, is_named) {
            return Vec::new();
        }
        let tables = || Tables::new(self.data, self.resources, self.read).ok();
        let tables = self.azure.get_or_init(tables).as_ref();
        tables.map_or_else(Vec::new, |tables| tables.signs(resource))
    }

    fn credentials(&self, resource: &Resource) -> Vec<Value> {
        let found = self.ledger.of(resource).iter();
        found
            .map(|one| credential(one, self.ledger.number(one)))
            .collect()
    }

    /// Where a package belongs, unless another one of its file stands for it.
    fn package(&self, resource: &Resource) -> Option<Value> {
        let table = self.packages.get_or_init(|| package_table(self.data));
        let found = table.membership(resource)?;
        if self.core_parts.is_repeated(resource) {
            return None;
        }
        let mut fact = json!({
            "service": found.service,
            "part": found.part,
            "exact": found.is_exact,
        });
        let others = self.core_parts.others(resource);
        if !others.is_empty() {
            let other =
                |(position, name): &(usize, String)| json!({"resource": position, "name": name});
            fact["others"] = others.iter().map(other).collect();
        }
        Some(fact)
    }

    fn azure_commands(&self, resource: &Resource) -> Vec<Value> {
        let table = self.commands.get_or_init(|| {
            CommandTable::new(
                rows(self.data, "azure.commands"),
                rows(self.data, "azure.cmdlets"),
                rows(self.data, "azure.installs"),
            )
        });
        table.commands(resource).iter().map(azure_command).collect()
    }

    fn build(&self, resource: &Resource) -> Vec<Value> {
        let table = self.builds.get_or_init(|| {
            BuildTable::new(
                rows(self.data, "azure.base_images"),
                rows(self.data, "azure.pipeline_tasks"),
                rows(self.data, "azure.actions"),
            )
        });
        table.ties(resource).iter().map(build_tie).collect()
    }

    fn wants(&self, fact: &str) -> bool {
        self.wanted.contains(fact)
    }
}

/// The folder of a file.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
/// Whether a path is that of a folder, or of something below it; all are below no folder.
fn is_below(path: &str, around: &str) -> bool {
    let rest = path.strip_prefix(around);
    around.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path without `.`, `..` and empty steps, as far as its text tells.
fn normalized(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}
