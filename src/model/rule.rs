//! What a rule says of itself.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Low,
    /// To be planned.
    Medium,
    /// To be mended before going on.
    High,
    /// To be mended now.
    Critical,
}

impl Severity {
    /// All severities, the least first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The name, as METADATA and the command line have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL
            .into_iter()
            .find(|severity| severity.as_str() == name);
        found.ok_or_else(|| format!("`{name}` is no severity: low, medium, high or critical"))
    }
}

/// How sure a rule's findings are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// Many findings are no faults.
    Low,
    /// Some findings are no faults.
    Medium,
    /// Few findings are no faults.
    High,
    /// A finding is a fact.
    VeryHigh,
}

impl Precision {
    /// The name, as METADATA and SARIF have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::VeryHigh => "very-high",
        }
    }
}

/// Which resources a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AppliesTo {
    /// Every resource.
    Any,
    /// Everything that runs pods.
    Workloads,
    /// Everything that names images, values of charts too.
    Images,
    /// Resources of these kinds.
    Kinds(Vec<String>),
}

/// What a resource must have for a rule to have anything to say; one of several is enough.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Need {
    /// A fact under `input.landfall` that is there and not empty.
    Fact(String),
    /// A word in one of the resource's keys or strings.
    Word(String),
}

/// What a rule says of itself; the single source of listing, docs and SARIF descriptors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Kebab-case id.
    pub id: String,
    /// Names the fault.
    pub title: String,
    /// What may happen.
    pub description: String,
    /// How much a finding matters.
    pub severity: Severity,
    /// How sure a finding is.
    pub precision: Precision,
    /// The group it belongs to.
    pub family: String,
    /// Which resources it is about.
    pub applies_to: AppliesTo,
    /// Without one of these the rule cannot fire; empty means it always can.
    pub needs: Vec<Need>,
    /// `framework/control` references.
    pub controls: Vec<String>,
    /// One imperative sentence.
    pub remediation: String,
    /// URLs worth reading.
    pub references: Vec<String>,
    /// Earlier ids.
    pub formerly: Vec<String>,
    /// Rules that say more of the same fact: where one of them has a finding on the same
    /// characters of a resource, this rule has none.
    pub yields_to: Vec<String>,
    /// The Rego package, without `data.`.
    pub package: String,
    /// Whether it runs without being asked for.
    pub is_enabled: bool,
    /// Whether it comes with landfall; otherwise a user wrote it.
    pub is_bundled: bool,
}
