//! Which rules of a run somebody wants.

use crate::model::{Rule, Severity};

/// Which rules a user wants; nothing chosen means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Ids, also former ones.
    pub rules: Vec<String>,
    /// Families.
    pub families: Vec<String>,
    /// The least severity.
    pub severity: Option<Severity>,
    /// Rules to run besides, that do not run without being asked for.
    pub enabled: Vec<String>,
    /// Whether all rules count that do not run without being asked for.
    pub with_optional: bool,
}

impl Selection {
    /// Whether a rule is among those that are wanted.
    pub(super) fn holds(&self, rule: &Rule) -> bool {
        let is_named = |names: &[String]| names.iter().any(|name| is_called(rule, name));
        let by_name = is_named(&self.rules)
            || (self.rules.is_empty()
                && (rule.is_enabled || self.with_optional || is_named(&self.enabled)));
        let by_family = self.families.is_empty() || self.families.contains(&rule.family);
        by_name && by_family && self.severity.is_none_or(|least| rule.severity >= least)
    }
}

/// Whether a rule has a name, or had it formerly.
pub(super) fn is_called(rule: &Rule, name: &str) -> bool {
    rule.id == name || rule.formerly.iter().any(|former| former == name)
}
