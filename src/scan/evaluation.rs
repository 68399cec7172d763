//! Rules on one resource: which of them apply to it, and what they say.

use std::cell::OnceCell;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::facts::Facts;
use crate::model::{AppliesTo, Fault, Need, Resource, Role, Rule, Violation, guarded};
use crate::policy::{Input, Unit, Verdict};

/// What is the same for every resource.
pub(super) struct Evaluation<'a> {
    /// The rules, by what they apply to and need.
    pub(super) units: Vec<Unit>,
    pub(super) facts: &'a Facts<'a>,
}

/// What rules say of one resource.
#[derive(Default)]
pub(super) struct Evaluated {
    pub(super) violations: Vec<(Arc<Rule>, Violation)>,
    /// Rules that failed, each with the reason.
    pub(super) errors: Vec<(Arc<Rule>, String)>,
    /// What kept us from asking them.
    pub(super) fault: Option<Fault>,
}

impl Evaluation<'_> {
    /// What the rules say of the resource at a position, unless a fault keeps us from asking them.
    pub(super) fn evaluate(&self, position: usize, resource: &Resource) -> Evaluated {
        let evaluated = guarded(|| self.evaluated(position, resource));
        evaluated.unwrap_or_else(|fault| Evaluated {
            fault: Some(fault),
            ..Evaluated::default()
        })
    }

    fn evaluated(&self, position: usize, resource: &Resource) -> Evaluated {
        let mut evaluated = Evaluated::default();
        let (words, facts) = (self.facts.words(resource), self.facts.of(position));
        let is_met = |need: &Need| match need {
            Need::Word(word) => words.contains(word.as_str()),
            Need::Fact(fact) => facts.get(fact).is_some(),
        };
        let is_asked = |unit: &&Unit| unit.needs().is_empty() || unit.needs().iter().any(is_met);
        let units = self.units.iter().filter(|unit| applies(unit, resource));
        let whole = OnceCell::new();
        let whole = || Input::clone(whole.get_or_init(|| input(resource, &facts)));
        for unit in units.filter(is_asked) {
            evaluated.add(unit, unit.evaluate(&facts, whole), resource.role);
        }
        evaluated
    }
}

impl Evaluated {
    /// Whether no rule says anything.
    pub(super) fn is_quiet(&self) -> bool {
        self.violations.is_empty() && self.errors.is_empty() && self.fault.is_none()
    }

    fn add(&mut self, unit: &Unit, verdicts: Vec<Verdict>, role: Role) {
        let is_by_kind = matches!(unit.applies_to(), AppliesTo::Kinds(_));
        for (rule, verdict) in unit.rules().iter().zip(verdicts) {
            let is_foreign = match role {
                Role::Build => !is_by_kind && !speaks_of_files(rule),
                Role::Catalog | Role::Renaming => *unit.applies_to() != AppliesTo::Images,
                Role::Values => *unit.applies_to() == AppliesTo::Any && !speaks_of_files(rule),
                Role::Inner | Role::Built => !is_about_secrets(rule),
                Role::Given | Role::Unreached => {
                    *unit.applies_to() != AppliesTo::Images && !is_about_secrets(rule)
                }
                Role::Applied => {
                    *unit.applies_to() != AppliesTo::Images
                        && !is_about_secrets(rule)
                        && !is_about_network(rule)
                }
                Role::Outline => *unit.applies_to() != AppliesTo::Images && !speaks_of_files(rule),
                Role::Manifest | Role::Template | Role::Patch | Role::Owned | Role::Package => {
                    false
                }
            };
            if is_foreign {
                continue;
            }
            match verdict {
                Ok(violations) => {
                    let own = violations
                        .into_iter()
                        .map(|violation| (Arc::clone(rule), violation));
                    self.violations.extend(own);
                }
                Err(reason) => self.errors.push((Arc::clone(rule), reason)),
            }
        }
    }
}

/// What rules see of a resource whole.
pub(super) fn input(resource: &Resource, facts: &Map<String, Value>) -> Input {
    let identity = &resource.identity;
    Input::new(
        resource.node(),
        &identity.api_version,
        &identity.kind,
        facts,
    )
}

/// Whether a rule on any resource means files that are no objects of Kubernetes, too: builds, and
/// what is handed to charts.
fn speaks_of_files(rule: &Rule) -> bool {
    const FAMILIES: [&str; 2] = ["azure", "credentials"];
    rule.is_bundled && FAMILIES.contains(&rule.family.as_str())
}

/// Whether a rule looks for what is secret, which it is wherever it stands.
fn is_about_secrets(rule: &Rule) -> bool {
    rule.is_bundled && rule.family == "credentials"
}

/// Whether a rule is about who may talk to whom.
fn is_about_network(rule: &Rule) -> bool {
    rule.is_bundled && rule.family == "network"
}

/// What a controller made is checked through its owner. Patches and packages are no whole objects: of them only rules of any kind or of their kind
/// speak, and rules on workloads where the patch names containers. A policy that a script applies is told of its faults,
/// pods that it applies are told where they are open, and of the pods of virtual machines, whose containers no object says, only what policies make of them.
fn applies(unit: &Unit, resource: &Resource) -> bool {
    if resource.role == Role::Owned {
        return false;
    }
    let is_of_network = || unit.rules().iter().any(|rule| is_about_network(rule));
    match unit.applies_to() {
        AppliesTo::Any => match resource.role {
            Role::Package | Role::Catalog | Role::Renaming => false,
            Role::Values | Role::Build | Role::Outline => {
                unit.rules().iter().any(|rule| speaks_of_files(rule))
            }
            Role::Given | Role::Inner | Role::Unreached | Role::Applied | Role::Built => {
                unit.rules().iter().any(|rule| is_about_secrets(rule))
            }
            Role::Manifest | Role::Template | Role::Patch | Role::Owned => true,
        },
        AppliesTo::Images => !matches!(
            resource.role,
            Role::Package | Role::Build | Role::Inner | Role::Built
        ),
        AppliesTo::Kinds(kinds) if resource.role == Role::Applied => {
            kinds.contains(&resource.gvk.kind) && is_of_network()
        }
        AppliesTo::Workloads if resource.role == Role::Applied => {
            resource.is_workload() && is_of_network()
        }
        _ if matches!(
            resource.role,
            Role::Outline | Role::Unreached | Role::Renaming | Role::Applied | Role::Built
        ) =>
        {
            false
        }
        AppliesTo::Workloads => {
            resource.is_workload()
                || resource.is_virtual_machine()
                    && unit.rules().iter().all(|rule| is_about_network(rule))
        }
        AppliesTo::Kinds(kinds) => kinds.contains(&resource.gvk.kind),
    }
}
