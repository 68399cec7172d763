//! Templates with marks around everything that prints: what a rendered character was written by
//! can be read off the rendered text.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::chart::{Chart, ChartFile};
use super::marker::{Mark, NUMBERS, is_taken};
use crate::model::{Artifact, Span};
use crate::source::template::{Action, Kind, Part, Piece, first_string, pieces};

/// Functions through which marks go unharmed: they only move text.
const MOVERS: [&str; 5] = ["indent", "nindent", "trim", "trimSuffix", "trimPrefix"];

/// What a mark stands for.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    /// The template.
    pub artifact: Arc<Artifact>,
    /// The literal chunk's first character, or the action.
    pub span: Span,
    /// Line of `span`'s start, from 0.
    pub line: u32,
    /// The folder of the chart that the template belongs to.
    pub folder: String,
    /// Whether the template lies in a packed chart.
    pub is_packed: bool,
}

impl Writer {
    /// The text of the action, or the rest of the text from the chunk on.
    pub(super) fn text(&self) -> &str {
        &self.artifact.text[self.span.range()]
    }
}

/// Which templates bear marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything that prints, and the named templates whose text goes nowhere else.
    Full,
    /// As much, but for what stands in the text of a named template that templates look at.
    Careful,
    /// Only what stands outside of named templates: such text is never looked at by a template.
    Outside,
}

/// The templates of a chart, in pieces.
#[derive(Debug)]
pub(super) struct Templates<'a> {
    files: Vec<(&'a ChartFile, Vec<Piece>)>,
    /// Named templates whose text is used for more than printing.
    computed: BTreeSet<String>,
    /// These, and those whose text is within theirs.
    within_computed: BTreeSet<String>,
    chart: &'a Chart,
}

/// Marked texts, by their path in the chart, and what the marks stand for, by number.
#[derive(Debug, Default)]
pub(super) struct Marked {
    /// The texts.
    pub texts: BTreeMap<String, String>,
    /// What the marks stand for.
    pub writers: Vec<Writer>,
}

impl<'a> Templates<'a> {
    /// The templates of a chart; `None` where their texts cannot be marked.
    pub(super) fn new(chart: &'a Chart) -> Option<Self> {
        let mut files = Vec::new();
        for file in chart.files.iter().filter(|file| is_template(&file.path)) {
            if is_taken(&file.artifact.text) {
                return None;
            }
            files.push((file, pieces(&file.artifact.text)?));
        }
        let included = Included::read(&files);
        Some(Self {
            within_computed: included.with_inner(),
            computed: included.computed,
            files,
            chart,
        })
    }

    /// The files with their pieces.
    pub(super) fn files(&self) -> &[(&'a ChartFile, Vec<Piece>)] {
        &self.files
    }

    /// Marks the templates.
    pub(super) fn marked(&self, extent: Extent) -> Option<Marked> {
        let mut marked = Marked::default();
        for (file, pieces) in &self.files {
            let text = self.mark(file, pieces, extent, &mut marked.writers)?;
            marked.texts.insert(file.path.clone(), text);
        }
        Some(marked)
    }

    fn mark(
        &self,
        file: &ChartFile,
        pieces: &[Piece],
        extent: Extent,
        writers: &mut Vec<Writer>,
    ) -> Option<String> {
        let text = &file.artifact.text;
        let folder = self.chart.unit_of(&file.path)?.folder.clone();
        let mut marked = String::with_capacity(text.len() * 3);
        let mut line = Lines {
            text,
            at: 0,
            line: 0,
        };
        for piece in pieces {
            let is_marked = match (&piece.define, extent) {
                (None, _) => true,
                (Some(_), Extent::Outside) => false,
                (Some(name), Extent::Full) => !self.computed.contains(name),
                (Some(name), Extent::Careful) => !self.within_computed.contains(name),
            };
            let range = match &piece.part {
                Part::Literal(range) => range.clone(),
                Part::Action(action) => action.span.clone(),
            };
            if !is_marked {
                marked.push_str(&text[range]);
                continue;
            }
            let mut number = |span: Range<usize>| {
                let number = u32::try_from(writers.len())
                    .ok()
                    .filter(|number| *number < NUMBERS)?;
                writers.push(Writer {
                    artifact: Arc::clone(&file.artifact),
                    line: line.of(span.start),
                    span: Span::new(span.start, span.end),
                    folder: folder.clone(),
                    is_packed: file.is_packed,
                });
                Some(number)
            };
            match &piece.part {
                Part::Literal(range) => {
                    for (start, end) in chunks(text, range.clone()) {
                        match text[start..end].find(|one| !is_unprinted(one)) {
                            None => marked.push_str(&text[start..end]),
                            Some(blanks) => {
                                let first = start + blanks;
                                marked.push_str(&text[start..first]);
                                marked.push_str(&Mark::Literal(number(first..end)?).text());
                                marked.push_str(&text[first..end]);
                            }
                        }
                    }
                }
                Part::Action(action) if prints(action) => {
                    let number = number(action.span.clone())?;
                    marked.push_str(&bracketed(text, action, number));
                }
                Part::Action(action) => marked.push_str(&text[action.span.clone()]),
            }
        }
        Some(marked)
    }
}

/// Whether a character is a blank, or the byte-order mark, which helm leaves out at the start of a file.
fn is_unprinted(one: char) -> bool {
    one.is_whitespace() || one == '\u{feff}'
}

/// Counts lines on the way through a text.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn of(&mut self, offset: usize) -> u32 {
        let passed = self.text[self.at..offset].bytes();
        let breaks = passed.filter(|byte| *byte == b'\n').count();
        self.line += u32::try_from(breaks).unwrap_or(u32::MAX);
        self.at = offset;
        self.line
    }
}

/// Whether a file is what helm would say to who installs the chart: `helm template` renders it, and does
/// not print it.
pub(super) fn is_note(file: &ChartFile) -> bool {
    file.path.ends_with("/NOTES.txt") && !file.artifact.text.contains("define")
}

/// Whether helm renders a file as a template whose text counts.
pub(super) fn is_template(path: &str) -> bool {
    let is_note = path.ends_with("NOTES.txt");
    let folder = path.split('/').collect::<Vec<_>>();
    let at = folder.iter().position(|part| *part == "templates");
    // `charts/a/charts/b/templates/…`
    let is_own = at.is_some_and(|at| {
        folder[..at]
            .chunks(2)
            .all(|pair| pair.len() == 2 && pair[0] == "charts")
    });
    is_own && !is_note
}

fn prints(action: &Action) -> bool {
    matches!(action.kind, Kind::Print | Kind::Block)
}

/// The lines of a chunk, each with its line break.
fn chunks(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = range.start;
    text[range].split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, at)
    })
}

/// The action between two more that print the marks; those trim instead of it.
fn bracketed(text: &str, action: &Action, number: u32) -> String {
    let (open, close) = (Mark::Open(number).text(), Mark::Close(number).text());
    let before = if action.trims_before { "{{- " } else { "{{ " };
    let after = if action.trims_after { " -}}" } else { " }}" };
    let inner = &text[action.inner.clone()];
    // A negative number is no dash that trims.
    let blank = if inner.starts_with('-') { " " } else { "" };
    if action.kind == Kind::Block {
        // What it encloses follows.
        return text[action.span.clone()].to_owned();
    }
    format!("{before}\"{open}\" }}}}{{{{{blank}{inner}}}}}{{{{ \"{close}\"{after}")
}

/// What templates do with the text of named templates.
#[derive(Debug, Default)]
struct Included {
    /// Those whose text some action does more with than print it.
    computed: BTreeSet<String>,
    /// Those that each named template includes.
    by_name: BTreeMap<String, Vec<String>>,
}

impl Included {
    fn read(files: &[(&ChartFile, Vec<Piece>)]) -> Self {
        let mut included = Self::default();
        let all = files
            .iter()
            .flat_map(|(file, pieces)| pieces.iter().map(move |piece| (file, piece)));
        for (file, piece) in all {
            let Part::Action(action) = &piece.part else {
                continue;
            };
            let inner = &file.artifact.text[action.inner.clone()];
            let is_printed = action.kind == Kind::Print && is_only_moved(inner);
            let names = includes(inner);
            let computed = names.iter().skip(usize::from(is_printed));
            included.computed.extend(computed.cloned());
            if let Some(define) = &piece.define {
                let by_name = included.by_name.entry(define.clone()).or_default();
                by_name.extend(names);
            }
        }
        included
    }

    /// The computed ones, and those whose text is within theirs.
    fn with_inner(&self) -> BTreeSet<String> {
        let mut all = self.computed.clone();
        let mut open: Vec<&String> = self.computed.iter().collect();
        while let Some(name) = open.pop() {
            let inner = self.by_name.get(name).into_iter().flatten();
            open.extend(inner.filter(|name| all.insert((*name).clone())));
        }
        all
    }
}

/// The names after each `include` and `template` of an action.
fn includes(inner: &str) -> Vec<String> {
    let words = inner
        .match_indices("include")
        .chain(inner.match_indices("template"));
    let mut starts: Vec<usize> = words.map(|(at, word)| at + word.len()).collect();
    starts.sort_unstable();
    let name = |at: usize| {
        let rest = inner[at..].trim_start();
        rest.starts_with(['"', '`']).then(|| first_string(rest))?
    };
    starts.into_iter().filter_map(name).collect()
}

/// Whether a pipeline includes a named template and only moves what it gives.
fn is_only_moved(inner: &str) -> bool {
    let mut stages = top_level_stages(inner).into_iter();
    let word = |stage: &str| {
        stage
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let is_include = |stage: String| matches!(word(&stage).as_str(), "include" | "template");
    stages.next().is_some_and(is_include)
        && stages.all(|stage| MOVERS.contains(&word(&stage).as_str()))
}

/// The stages of a pipeline, those in parentheses and strings not taken apart.
fn top_level_stages(inner: &str) -> Vec<String> {
    let (mut stages, mut depth, mut quote) = (vec![String::new()], 0_usize, None);
    let mut characters = inner.chars().peekable();
    while let Some(one) = characters.next() {
        match (quote, one) {
            (Some('"'), '\\') => drop(characters.next()),
            (Some(open), _) if open == one => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(one),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, '|') if depth == 0 => {
                stages.push(String::new());
                continue;
            }
            (None, _) => {}
        }
        if let Some(stage) = stages.last_mut() {
            stage.push(one);
        }
    }
    stages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_moved_text_may_bear_marks() {
        assert!(is_only_moved(" include \"a\" . | nindent 4 "));
        assert!(is_only_moved(" template \"a\" ."));
        assert!(!is_only_moved(" include \"a\" . | trunc 63"));
        assert!(!is_only_moved(" eq (include \"a\" .) \"b\""));
        assert!(is_only_moved(" include \"a|b\" (dict \"x\" (y | quote))"));
        assert_eq!(includes("include \"a\" (include `b` .)"), ["a", "b"]);
    }

    #[test]
    fn text_within_computed_text_is_told_apart() {
        let text = "{{ define \"inner\" }}x{{ end }}{{ define \"outer\" }}{{ include \"inner\" . }}{{ end }}\
            {{ define \"other\" }}{{ include \"shown\" . }}{{ end }}{{ include \"other\" . }}\
            {{ $read := include \"outer\" . | fromYaml }}";
        let file = ChartFile {
            path: "templates/a.yaml".to_owned(),
            artifact: Arc::new(Artifact::new("a.yaml", "a.yaml", text.to_owned())),
            is_packed: false,
        };
        let files = [(&file, pieces(text).expect("is closed"))];
        let included = Included::read(&files);
        assert_eq!(Vec::from_iter(&included.computed), ["outer"]);
        assert_eq!(Vec::from_iter(&included.with_inner()), ["inner", "outer"]);
    }

    #[test]
    fn templates_are_told_by_their_folder() {
        assert!(is_template("templates/a.yaml") && is_template("charts/b/templates/sub/_h.tpl"));
        assert!(!is_template("templates/NOTES.txt") && !is_template("files/templates/a.yaml"));
    }

    #[test]
    fn trimming_moves_to_the_marks() {
        let text = "a {{- .b -}} c";
        let all = pieces(text).expect("is closed");
        let Part::Action(action) = &all[1].part else {
            panic!("is an action");
        };
        let open = Mark::Open(7).text();
        let close = Mark::Close(7).text();
        assert_eq!(
            bracketed(text, action, 7),
            format!("{{{{- \"{open}\" }}}}{{{{ .b }}}}{{{{ \"{close}\" -}}}}")
        );
    }
}
