//! Where a task of Ansible says what becomes of the object that it defines, and in which namespace: beside the object,
//! in the module that holds it.

use crate::model::Resource;
use crate::network::is_open;

/// The key that an object stands under, also at the end of a longer one.
const KEY: &str = "definition:";
/// What the module's name has.
const MODULE: &str = "k8s";

/// What a module says of the object under its `definition`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Definition<'t> {
    /// Whether the object is there afterwards.
    pub(super) is_present: bool,
    /// The namespace of what names none.
    pub(super) namespace: Option<&'t str>,
}

impl<'t> Definition<'t> {
    /// That of the module that holds an object; `None` where none does.
    pub(super) fn around(resource: &'t Resource) -> Option<Self> {
        let text = &resource.artifact.text;
        let (before, after) = text.split_at_checked(resource.node().span().range().start)?;
        let (above, within) = before.rsplit_once(KEY)?;
        if !above.contains(MODULE) {
            return None;
        }
        let start = above.rfind('\n').map_or(0, |at| at + 1);
        let column = indent(&above[start..]);
        // An item of a list may stand right below its key.
        let is_inside =
            |line: &str| is_blank(line) || indent(line) > column || line.trim().starts_with('-');
        let mut lines = within.lines().skip(1);
        if !lines.all(is_inside) {
            return None;
        }
        let is_around = |line: &&str| is_blank(line) || indent(line) >= column;
        let before = above[..start].lines().rev().take_while(is_around);
        let behind = after.lines().skip(1).take_while(is_around);
        let beside = before.chain(behind).chain([&above[start..]]);
        let said: Vec<&str> = beside.filter(|line| indent(line) == column).collect();
        let value = |key: &str| {
            let mut parts = said.iter().flat_map(|line| line.split(['{', ',', '}']));
            let value = parts.find_map(|part| part.trim().strip_prefix(key))?;
            Some(value.trim().trim_matches(['"', '\'']))
        };
        Some(Self {
            is_present: matches!(value("state:"), None | Some("present" | "patched")),
            // Of what Jinja puts in, nothing is known.
            namespace: value("namespace:").filter(|name| !name.is_empty() && !is_open(name)),
        })
    }
}

fn is_blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// Where the text of a line begins.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
