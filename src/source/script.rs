//! What scripts, and commands in pipelines, Jenkins' among them, put into a cluster: objects and files in here-documents, what
//! commands of kubectl, helm and kustomize say, and the files that they take in. Each is read in its place.

mod command;
mod filled;
mod jenkins;
mod joined;
mod piped;
mod quoted;
mod setting;
mod sourced;
mod task;
mod temporary;
mod variable;
mod windows;

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

pub(super) use self::command::is_value_option;
use self::setting::Setting;
pub(super) use self::sourced::{Sourced, resource as of_variables, variables};
pub(super) use self::task::values as of_tasks;
use super::literal::as_outlines;
use super::reading::{Included, Read};
use super::resource::values;
use super::settings;
use super::stream::{documents, readable_documents};
use super::tried::is_test;
use crate::model::{Artifact, Node, Resource, Role, Tree};
use crate::shell::{
    commands, feeds_cluster, here_documents, is_called_jenkinsfile, is_script, line_of,
    serves_cluster,
};

/// What a document begins with.
const MARK: &str = "---";
/// What a report calls a script whose own text is checked.
const SCRIPT_KIND: &str = "Script";
/// What statements of SQL are called where a client takes them from its input.
const STATEMENTS: &str = "statements.sql";
/// What values are called where helm takes them from its input.
const VALUES: &str = "values.yaml";

/// A text with commands, of which all stand where they do in the file.
pub(super) struct Script<'a> {
    artifact: &'a Arc<Artifact>,
    text: Cow<'a, str>,
}

impl<'a> Script<'a> {
    /// A file that is a script. `None` where it has nothing to do with a cluster.
    pub(super) fn of_file(artifact: &'a Arc<Artifact>) -> Option<Self> {
        let text = || match is_called_jenkinsfile(&artifact.uri) {
            true => Cow::Owned(jenkins::commands(&artifact.text)),
            false => windows::as_posix(&artifact.uri, &artifact.text),
        };
        let is_told = serves_cluster(&artifact.text)
            || feeds_cluster(&artifact.text)
            || starts_pods(&artifact.uri, &artifact.text);
        is_told.then(|| Self {
            artifact,
            text: text(),
        })
    }

    /// A text of commands, as they stand in a file.
    pub(super) fn of_text(artifact: &'a Arc<Artifact>, text: String) -> Self {
        Self {
            artifact,
            text: Cow::Owned(text),
        }
    }

    /// The commands of a pipeline, one text of all.
    pub(super) fn of_pipeline(pipeline: &'a Resource) -> Option<Self> {
        Self::of_strings(&pipeline.artifact, pipeline.node())
    }

    /// The commands in the strings of a document, one text of all; `None` where none has to do with a cluster.
    pub(super) fn of_strings(artifact: &'a Arc<Artifact>, root: Node<'_>) -> Option<Self> {
        if !serves_cluster(root.text()) {
            return None;
        }
        let mut told = Vec::new();
        root.visit_scalars(&mut |_, node| {
            let is_told = node.as_str().is_some_and(serves_cluster);
            told.extend(is_told.then(|| unquoted(&artifact.text, node)));
        });
        let text = alone(&artifact.text, &told, std::iter::empty());
        Some(Self::of_text(artifact, text))
    }

    /// Whether what its commands print is shown to a person: in the log of a pipeline, or where somebody asks make for
    /// it. What a script prints, another program may take.
    fn shows_what_it_prints(&self) -> bool {
        let name = self.name();
        let is_shown = is_of_make(name) || !is_script(name, &self.artifact.text);
        // Ansible keeps what a task prints where it says so.
        is_shown
            && !piped::applies_input(&self.artifact.text)
            && !self.artifact.text.contains("register:")
    }

    /// The name of its file.
    fn name(&self) -> &str {
        self.artifact.uri.rsplit('/').next().unwrap_or_default()
    }

    /// What it puts into a cluster; of what it says, images and what is secret alone are told.
    pub(super) fn resources(&self) -> Vec<Resource> {
        let mut found = self.of_documents();
        for one in commands(&self.text) {
            command::resources(self, &one.words, &mut found);
        }
        if is_called_jenkinsfile(&self.artifact.uri) {
            found.extend(jenkins::environment(self.artifact));
            found.extend(jenkins::pods(self.artifact));
        }
        let is_tried = is_test(Path::new(&*self.artifact.uri));
        for resource in &mut found {
            resource.role = Role::Applied;
            resource.is_tried = is_tried;
        }
        found
    }

    /// A file that is a shell's script, as a ConfigMap would have it: what it gives to its variables and to other
    /// programs. What make is asked for is mostly for the machine of who asks.
    pub(super) fn itself(&self) -> Option<Resource> {
        const NAME: &str = "script.sh";
        let name = self.name();
        let is_whole = !self.text.is_empty() && *self.text == *self.artifact.text;
        let is_of_shell = is_script(name, &self.text) && !is_of_make(name);
        let part = || settings::of_part(self.artifact, 0..self.text.len(), NAME);
        let mut own = (is_whole && is_of_shell).then(part)??;
        // What it is read as is no object that anybody has: a finding's subject is the script.
        SCRIPT_KIND.clone_into(&mut own.identity.kind);
        own.role = Role::Applied;
        own.is_tried = is_test(Path::new(&*self.artifact.uri));
        Some(own)
    }

    /// The files that its commands make ConfigMaps and Secrets of.
    pub(super) fn files(&self) -> Vec<Included> {
        let found = commands(&self.text).into_iter();
        found
            .flat_map(|one| command::files(&self.text, &one.words))
            .collect()
    }

    /// Objects and files in here-documents, and objects in quotes.
    fn of_documents(&self) -> Vec<Resource> {
        let mut read = Read::default();
        let (mut objects, mut handed) = (quoted::objects(&self.text), Vec::new());
        for range in here_documents(&self.text) {
            let file = self.file_of(&range);
            match file {
                _ if is_object(&self.text[range.clone()]) => objects.push(range),
                Some(file) if is_yaml(file) => handed.push(range),
                Some(file) => read
                    .resources
                    .extend(settings::of_part(self.artifact, range, file)),
                None if hands_sql(line_of(&self.text, &range)) => read
                    .resources
                    .extend(settings::of_part(self.artifact, range, STATEMENTS)),
                None => {}
            }
        }
        if !objects.is_empty() {
            let text = self.documents(&objects);
            let own = std::mem::take(&mut read.resources);
            let mut documents = readable_documents(&text, "");
            for document in &mut documents {
                self.fill(&mut document.tree, &objects);
            }
            as_outlines(self.artifact, documents, &mut read);
            read.resources.extend(own);
        }
        if !handed.is_empty() {
            let mut found = documents(&self.documents(&handed), "").documents;
            for document in &mut found {
                self.fill(&mut document.tree, &handed);
            }
            let found = found.into_iter();
            read.resources
                .extend(found.filter_map(|one| values(self.artifact, one)));
        }
        read.resources
    }

    /// Fills in a document of those ranges in which a shell replaces variables.
    fn fill(&self, tree: &mut Tree, ranges: &[Range<usize>]) {
        let is_filled = |range: &&Range<usize>| !self.is_in_quotes(range);
        let filled: Vec<_> = ranges.iter().filter(is_filled).cloned().collect();
        filled::fill(tree, &self.text, &filled);
    }

    /// The name of the file that a here-document becomes, which a variable may hold with its folder.
    fn file_of(&self, range: &Range<usize>) -> Option<&str> {
        let file = written_to(line_of(&self.text, range))?.trim_matches(['"', '\'']);
        let made = || temporary::name(&self.text, file, VALUES);
        if let Some(name) = file.starts_with('$').then(made).flatten() {
            return Some(name);
        }
        let file = match file.starts_with('$') && !file.contains('/') {
            true => {
                let start = file.as_ptr().addr() - self.text.as_ptr().addr();
                let meanings = variable::meanings(&self.text, start..start + file.len());
                &self.text[meanings.into_iter().next()?]
            }
            false => file,
        };
        let name = file.rsplit('/').next()?;
        let is_name =
            !name.is_empty() && name != "null" && !name.contains(['$', '}', ')', '&', '"', '`']);
        is_name.then_some(name)
    }

    /// Whether a here-document stays as it is written, `<<'EOF'`, or a text in quotes.
    fn is_in_quotes(&self, range: &Range<usize>) -> bool {
        let line = line_of(&self.text, range);
        if line.ends_with('\'') {
            return true;
        }
        let word = line.split_once("<<").map_or("", |(_, word)| word);
        word.trim_start_matches(['-', '~', ' '])
            .starts_with(['\'', '"', '\\'])
    }

    /// Here-documents as YAML, each a document in its place.
    fn documents(&self, ranges: &[Range<usize>]) -> String {
        // The line that begins one is longer than the mark that stands in its place.
        let mark = |range: &Range<usize>| {
            let line = line_of(&self.text, range);
            line.as_ptr() as usize - self.text.as_ptr() as usize
        };
        alone(&self.text, ranges, ranges.iter().map(mark))
    }
}

/// Whether a file is a pipeline of Jenkins that may hold the pods which run it.
pub(super) fn starts_pods(uri: &str, text: &str) -> bool {
    is_called_jenkinsfile(uri) && jenkins::starts_pods(text)
}

/// What a command makes whose words stand apart in a text, as items of a list.
pub(super) fn of_words(artifact: &Arc<Artifact>, words: &[Range<usize>]) -> Vec<Resource> {
    let script = Script::of_text(artifact, artifact.text.clone());
    let mut found = Vec::new();
    if !words.is_empty() {
        command::resources(&script, words, &mut found);
    }
    for resource in &mut found {
        resource.role = Role::Applied;
    }
    found
}

/// A text byte by byte in its place, of which all but some ranges is blank; documents begin at marks.
pub(super) fn alone(
    text: &str,
    ranges: &[Range<usize>],
    marks: impl Iterator<Item = usize>,
) -> String {
    let kept = |byte: u8| if byte == b'\n' { b'\n' } else { b' ' };
    let mut alone: Vec<u8> = text.bytes().map(kept).collect();
    for range in ranges {
        alone[range.clone()].copy_from_slice(&text.as_bytes()[range.clone()]);
    }
    for mark in marks {
        alone[mark..mark + MARK.len()].copy_from_slice(MARK.as_bytes());
    }
    String::from_utf8(alone).unwrap_or_default()
}

/// A login whose options stand apart in a text, as the Secret that keeps it: name and value of each, in bytes.
pub(super) fn of_login(
    artifact: &Arc<Artifact>,
    given: Vec<(Range<usize>, Range<usize>)>,
) -> Option<Resource> {
    let settings = given.into_iter().map(|(name, value)| Setting {
        keys: vec![name],
        value: value.into(),
    });
    let settings: Vec<Setting> = settings.collect();
    let tree = setting::tree(&artifact.text, Some("stringData"), &settings).ok()?;
    settings::object(artifact, tree, ("v1", "Secret"), "").filter(|_| !settings.is_empty())
}

/// What values make together that stand apart, each with its path: `auth.password` and `x`, in bytes of a text.
pub(super) fn of_paths(
    text: &str,
    given: impl Iterator<Item = (Range<usize>, Range<usize>)>,
) -> Option<Tree> {
    // Lists, and nothing at all.
    let given = given.filter(|(_, value)| !text[value.clone()].starts_with('{'));
    let given = given.map(|(path, value)| command::setting(text, path, value.into()));
    let settings: Vec<Setting> = given.flatten().collect();
    let tree = (!settings.is_empty()).then(|| setting::tree(text, None, &settings));
    tree?.ok()
}

/// The bytes of a string in its file, without quotes around it.
pub(super) fn unquoted(text: &str, node: Node<'_>) -> Range<usize> {
    let range = node.span().range();
    let written = text.get(range.clone()).unwrap_or_default();
    match written.as_bytes() {
        [first @ (b'"' | b'\''), .., last] if first == last => range.start + 1..range.end - 1,
        _ => range,
    }
}

/// Whether a here-document holds objects.
fn is_object(text: &str) -> bool {
    text.contains("apiVersion") && text.contains("kind")
}

/// Whether a file is make's, or just's, by its name.
fn is_of_make(name: &str) -> bool {
    name.ends_with(".mk") || name.to_ascii_lowercase().ends_with("file")
}

fn is_yaml(file: &str) -> bool {
    file.ends_with(".yaml") || file.ends_with(".yml")
}

/// Whether a line hands the here-document behind it to a client of a database in a cluster.
fn hands_sql(line: &str) -> bool {
    const CLIENTS: [&str; 5] = ["cockroach", "mariadb", "mysql", "psql", "sqlcmd"];
    commands(line).into_iter().any(|command| {
        let mut words = command.words.iter().map(|one| &line[one.clone()]);
        let is_cluster = words.next().is_some_and(|word| {
            ["kubectl", "oc"]
                .iter()
                .any(|name| command::is_program(word, name))
        });
        is_cluster && words.any(|word| CLIENTS.contains(&word))
    })
}

/// The file that the here-document of a line becomes; that of values where helm takes it.
fn written_to(line: &str) -> Option<&str> {
    commands(line).into_iter().find_map(|command| {
        let words: Vec<&str> = command.words.iter().map(|one| &line[one.clone()]).collect();
        if command::is_program(words[0], "helm") {
            return Some(VALUES);
        }
        let behind = |at: usize| words.get(at).copied();
        let redirected = words.iter().position(|word| word.starts_with('>'));
        let redirected = redirected.and_then(|at| {
            let file = words[at].trim_start_matches('>');
            if file.is_empty() {
                behind(at + 1)
            } else {
                Some(file)
            }
        });
        let is_file = |word: &&str| !word.starts_with(['-', '>']);
        let copied = || words.iter().skip(1).copied().find(is_file);
        match words[0].ends_with("tee") {
            true => copied(),
            false => redirected,
        }
    })
}
