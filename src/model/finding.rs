//! What rules say, and what becomes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Identity, Location, Region, Rule, Severity, ValuePath};

/// A part of a string value: bytes of the decoded string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// Offset of the first byte in the decoded string.
    pub start: usize,
    /// Number of bytes.
    pub length: usize,
}

impl Part {
    /// The part of a text that one of its slices is.
    #[must_use]
    pub fn within(text: &str, slice: &str) -> Self {
        Self {
            start: slice.as_ptr() as usize - text.as_ptr() as usize,
            length: slice.len(),
        }
    }

    /// The bytes of the decoded string.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start..self.start + self.length
    }

    /// Not the string but the key that it stands at, for what the key says of a string that begins
    /// on a later line.
    pub const KEY: Self = Self {
        start: 0,
        length: 0,
    };
}

/// A second place that a violation links, possibly in another resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The resource's position among all that were read; facts hand it out.
    pub resource: usize,
    /// Where in that resource.
    pub path: ValuePath,
    /// The characters of the string at `path` that are meant; `None` means the whole value.
    pub part: Option<Part>,
    /// What stands there.
    pub message: String,
}

/// What a rule says about a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Where in the resource.
    pub path: ValuePath,
    /// The characters of the string at `path` that it is about; `None` means the whole value.
    pub part: Option<Part>,
    /// What is the matter, in one sentence.
    pub message: String,
    /// How much this one matters, where that is less than the rule says.
    pub severity: Option<Severity>,
    /// Other places that explain it.
    pub links: Vec<Link>,
    /// What a machine may want to know, such as `service`.
    pub properties: BTreeMap<String, serde_json::Value>,
}

/// A second place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedLocation {
    /// What stands there.
    pub message: String,
    /// Where.
    pub location: Location,
}

/// Source lines around a place, with every credential in them masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Line number of the first line, from 1.
    pub first_line: u32,
    /// The lines, `\n` between them; of very long ones a part.
    pub lines: String,
    /// The marked bytes in `lines`.
    pub marked: (usize, usize),
    /// The text of the region itself, masked as well.
    pub region_text: String,
}

/// What supplied a value that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplied {
    /// The key as a person would write it.
    pub key: String,
    /// Where it stands; `None` for what stands in no file.
    pub location: Option<Location>,
    /// What stands there.
    pub excerpt: Option<Excerpt>,
}

/// Of a finding in a rendered text: what was deployed, and from what it was made. The finding's own
/// location is the source that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The chart or kustomization, as the user named it.
    pub root: String,
    /// The names of the renderings that have the finding, in order.
    pub renderings: Vec<String>,
    /// The message without the names that the release and its namespace give: what the same fault says
    /// in another rendering.
    pub common: String,
    /// The namespace that the first of them puts objects into, where that is known.
    pub namespace: Option<String>,
    /// The files of values that the first of them was given, as the user knows them.
    pub given: Vec<String>,
    /// The place in the rendered text, in the first of them.
    pub location: Location,
    /// What stands there.
    pub excerpt: Excerpt,
    /// What supplied the value.
    pub supplied: Vec<Supplied>,
}

/// A violation with its place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: Arc<Rule>,
    /// How much it matters: what the rule says, or less where the rule tells cases apart.
    pub severity: Severity,
    /// What is the matter, in one sentence.
    pub message: String,
    /// Where it stands.
    pub location: Location,
    /// Other places that explain it.
    pub related: Vec<RelatedLocation>,
    /// What it looks like where it is deployed, if `location` is a source that was rendered.
    pub rendered: Option<Box<Rendered>>,
    /// The resource.
    pub resource: Identity,
    /// The place in the resource.
    pub path: ValuePath,
    /// The same for the same fault in a later version of the file, and for no other finding of
    /// this run.
    pub fingerprint: String,
    /// GitHub's hash of the line on which the finding starts; empty where nobody asked for it.
    pub line_hash: String,
    /// What a machine may want to know.
    pub properties: BTreeMap<String, serde_json::Value>,
    /// What stands there.
    pub excerpt: Excerpt,
}

/// Something to say about the scan itself: what could not be checked (a failure) or what should
/// not pass without a word (a warning). Its text never quotes an artifact's content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// The artifact as the user named it.
    pub display: Option<Arc<str>>,
    /// The artifact's path relative to the scan's base.
    pub uri: Option<Arc<str>>,
    /// Where in the artifact.
    pub region: Option<Region>,
    /// The rule that failed.
    pub rule: Option<String>,
    /// The resource on which it failed.
    pub resource: Option<String>,
    /// What is the matter.
    pub reason: String,
    /// What to do.
    pub help: Option<String>,
}
