//! Mappings in which templates look for values, and that nobody gave: helm refuses the chart, and what it deploys can
//! be checked all the same with placeholders for what of them is printed.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use regex::Regex;

use super::asked::{Asked, Path};
use super::cause::lacking;
use super::chart::{Chart, ChartFile};
use super::marked::is_template;
use super::reference::references;
use crate::model::Notice;
use crate::source::template::{Kind, Part, Piece, pieces};

/// The mapping that is not there where helm refuses a chart for want of one.
pub(super) fn asked(chart: &Chart, refusal: &Notice) -> Option<Asked> {
    let (around, _) = lacking(&refusal.reason)?;
    let keys: Path = around.split('.').skip(2).map(str::to_owned).collect();
    if keys.is_empty() || keys.iter().any(String::is_empty) {
        return None;
    }
    let mut files = chart.files.iter();
    let refused = files.find(|file| refusal.display.as_ref() == Some(&file.artifact.display))?;
    let folder = &chart.unit_of(&refused.path)?.folder;
    let own = chart.files.iter().filter(|file| {
        is_template(&file.path)
            && (chart.unit_of(&file.path)).is_some_and(|unit| unit.folder == *folder)
    });
    let printed = printed(own, &keys);
    let from_root = |keys: &[String]| chart.paths(folder, keys).pop().map(|(_, path)| path);
    Some(Asked {
        printed: printed.iter().filter_map(|keys| from_root(keys)).collect(),
        path: from_root(&keys)?,
        is_list: false,
    })
}

/// The values below a mapping that templates print as they are, and that none of them looks at otherwise: whether there
/// are any decides what else comes of a template, and what stands in for them where there are none is what is deployed.
fn printed<'a>(files: impl Iterator<Item = &'a ChartFile>, around: &[String]) -> BTreeSet<Path> {
    let (mut printed, mut looked_at) = (BTreeSet::new(), BTreeSet::new());
    for file in files {
        let text = &file.artifact.text;
        for Piece { part, .. } in pieces(text).unwrap_or_default() {
            let Part::Action(action) = part else { continue };
            let inner = &text[action.inner];
            let of_kind = match action.kind == Kind::Print && is_plain(inner) {
                true => &mut printed,
                false => &mut looked_at,
            };
            let named = references(inner).into_iter();
            let named = named.filter(|one| one.is_rooted && one.keys.len() > around.len());
            of_kind.extend(
                named
                    .map(|one| one.keys)
                    .filter(|keys| keys.starts_with(around)),
            );
        }
    }
    let is_within = |keys: &Path| looked_at.iter().any(|one: &Path| keys.starts_with(one));
    printed.retain(|keys| !is_within(keys));
    printed
}

/// Whether an action prints a value as it is, or in quotes.
fn is_plain(inner: &str) -> bool {
    static PLAIN: OnceLock<Option<Regex>> = OnceLock::new();
    let compile = || {
        let value = r"\$?\.Values(?:\.[0-9A-Za-z_]+)+";
        let quote = "(?:quote|squote|toString|trim)";
        Regex::new(&format!(
            r"^[ \t\r\n]*(?:{quote}[ \t]+)?{value}(?:[ \t]*\|[ \t]*{quote})*[ \t\r\n]*$"
        ))
        .ok()
    };
    let regex = PLAIN.get_or_init(compile).as_ref();
    regex.is_some_and(|regex| regex.is_match(inner))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Artifact;

    #[test]
    fn what_is_printed_as_it_is_gets_a_placeholder() {
        let text = "a: {{ .Values.db.host }}\nb: {{ $.Values.db.pool.size | quote }}\nc: {{ quote .Values.db.name }}\nd: {{ .Values.db.tag | default \"1\" }}\ne: {{ .Values.web.host }}\n{{- if .Values.db.user }}\nf: {{ .Values.db.user }}\n{{- end }}\n{{- with .Values.db.more }}{{ toYaml . }}{{ end }}\ng: {{ .Values.db.more.it }}\nh: {{ .Values.db.key | b64enc }}\n{{- range .Values.db.list }}{{ end }}\n";
        let file = ChartFile {
            path: "templates/a.yaml".to_owned(),
            artifact: Arc::new(Artifact::new("a", "a", text.to_owned())),
            is_packed: false,
        };
        let found = printed([&file].into_iter(), &["db".to_owned()]);
        let found: Vec<String> = found.iter().map(|keys| keys.join(".")).collect();
        assert_eq!(found, ["db.host", "db.name", "db.pool.size"]);
    }
}
