//! Paths to resources with places: walks, reads, decodes and parses, and tells what could not be
//! read. The only floor that knows files, YAML, lines and columns.

mod ansible;
mod base;
mod chart;
mod chartless;
mod close_comment;
mod collect;
mod commented;
mod copy;
mod counts;
mod decode;
mod dependency;
mod devspace;
mod dockerfile;
mod document;
mod fallback;
mod file;
mod fleet;
mod generated;
mod guide;
mod handed_text;
mod handed_values;
mod helmfile;
mod idle;
mod include;
mod inline;
mod installer;
mod json;
mod kustomize;
mod line_hash;
mod listing;
mod literal;
mod manifests;
mod mend;
mod mentions;
mod narrowed;
mod outline;
mod owner;
mod package;
mod path;
mod pipeline;
mod place;
mod pod_template;
mod reading;
mod resource;
mod scalar;
mod script;
mod settings;
mod shape_of_values;
mod sourced;
mod stream;
mod tab;
pub(crate) mod template;
mod template_image;
mod tested;
mod token;
mod tracked;
mod tried;
mod unrendered;
mod value_name;
mod valued;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

pub(crate) use chart::lies_at;
pub use collect::{ChartFolder, Request};
pub(crate) use collect::{STDIN, io_reason};
pub(crate) use counts::count;
pub(crate) use line_hash::line_hashes;
pub(crate) use listing::Helmfile;
pub(crate) use path::{names, names_beside, normalized, shown};
pub(crate) use place::{
    Placed, location, notice, place, rendered_location, traced, unquoted, use_of_copy, value_span,
};

pub(crate) use tested::is_script_of_tests;
pub(crate) use token::holds_tokens;
pub(crate) use unrendered::{literal_releases, templates, templates_of_part, unreached};

use self::script::Script;
use crate::model::{Artifact, Notice, Resource, Summary, Tree, guarded};
use crate::shell::{is_called_jenkinsfile, is_script};

/// What was read, in an order that does not depend on the file system.
#[derive(Debug, Default)]
pub struct Sources {
    /// The resources, by file and place.
    pub resources: Vec<Resource>,
    /// What could not be read.
    pub failures: Vec<Notice>,
    /// Texts of which not all could be read as manifests, templates of manifests, and scripts.
    pub unread: Vec<Arc<Artifact>>,
    /// What should not pass without a word, such as duplicate keys.
    pub warnings: Vec<Notice>,
    /// Folders of charts, and packed charts.
    pub charts: Vec<ChartFolder>,
    /// What lists releases of charts.
    pub(crate) helmfiles: Vec<Helmfile>,
    /// What was understood.
    pub summary: Summary,
}

/// Reads everything that the request names. What cannot be read is a failure beside the rest.
#[must_use]
pub fn read(request: &Request) -> Sources {
    let collected = collect::collect(request);
    let mut files = collected.files;
    let mut read: Vec<reading::Read> = files.par_iter().map(file::read).collect();
    let templates = collected.templates.iter();
    let mut sources = Sources {
        unread: templates.filter_map(file::read_template).collect(),
        ..Sources::default()
    };
    let guides = valued::has_open(&files, &read).then_some(&collected.guides);
    let guides = guides.into_iter().flatten();
    let guides: Vec<Arc<Artifact>> = guides.filter_map(file::read_guide).collect();
    let told = [&sources.unread[..], &guides].concat();
    valued::read_named(&mut files, &mut read, collected.settings, &told);
    let scripts = sources
        .unread
        .iter()
        .filter(|one| is_script(&one.uri, &one.text) || is_called_jenkinsfile(&one.uri));
    let scripts: Vec<Arc<Artifact>> = scripts.cloned().collect();
    let mut tested = tested::take_out(&mut files, &mut read, (&request.paths, &scripts));
    let mut charts: Vec<ChartFolder> = collected.charts.into_iter().collect();
    tested.extend(tested::take_out_charts(&mut charts, &read, &request.paths));
    let taken = sourced(&scripts, &read);
    let variables = collected.templates.iter().chain(&collected.variables);
    let variables: Vec<&collect::Found> = variables.collect();
    let variables = sourced::resources(&taken, &variables, &files);
    sources.resources.extend(variables);
    sources.summary.files.scripts = scripts.len();
    sources.summary.files.read += scripts.len();
    add_what_commands_take(&scripts, &mut files, &mut read);
    for (path, reason) in collected.unreadable {
        sources
            .failures
            .push(file::unreadable(&path, &path, reason));
    }
    sources.charts = charts;
    sources
        .charts
        .dedup_by(|next, last| next.display == last.display);
    let charts = sources.charts.iter().map(|chart| chart.display.clone());
    sources.summary.charts_not_rendered = charts.collect();
    sources.summary.links_not_followed = collected.links.into_iter().collect();
    let read = include::with_included(&files, read, &mut sources.warnings);
    for read in read {
        add(&mut sources, read);
    }
    chartless::told_once(&mut sources.failures);
    let mut faults = Vec::new();
    let applied = scripts.iter().flat_map(|script| {
        let read = guarded(|| applied(script));
        read.unwrap_or_else(|fault| {
            faults.push(fault.of_artifact(script));
            Vec::new()
        })
    });
    sources.resources.extend(applied.map(|mut resource| {
        let file = Path::new(&*resource.artifact.display);
        let is_named = request.paths.iter().any(|path| path == file);
        resource.is_tried |= is_script_of_tests(file, &request.paths);
        resource.is_tried &= !is_named;
        if resource.is_tried {
            tested.push(resource.artifact.display.to_string());
        }
        resource
    }));
    tested.extend(collected.tests);
    tested.sort();
    tested.dedup();
    sources.summary.tests_not_read = tested;
    sources.failures.extend(faults);
    if request.reads_templates {
        let texts = handed_text::resources(&sources.resources);
        sources.resources.extend(texts);
    }
    dependency::related::without_repeated(&mut sources.resources);
    kustomize::mark_patches(&mut sources.resources, &request.paths);
    owner::mark_owned(&mut sources.resources);
    base::mark_bases(&mut sources.resources);
    copy::mark_copies(&mut sources.resources);
    count(&mut sources);
    sources
}

/// What a script puts into a cluster, and the script itself.
fn applied(script: &Arc<Artifact>) -> Vec<Resource> {
    let script = Script::of_file(script).into_iter();
    let read = script.flat_map(|script| {
        let itself = script.itself();
        script.resources().into_iter().chain(itself)
    });
    read.collect()
}

/// What scripts, and the commands of pipelines, take in of files of variables.
fn sourced(scripts: &[Arc<Artifact>], read: &[reading::Read]) -> sourced::Taken {
    let own = |script: Script<'_>, uri: &str| Some((PathBuf::from(uri), script.sourced()?));
    let pipelines = read.iter();
    let pipelines = pipelines.filter(|read| read.class == reading::Class::BuildFile);
    let pipelines = pipelines.flat_map(|read| &read.resources);
    let pipelines = pipelines.filter_map(|one| own(Script::of_pipeline(one)?, &one.artifact.uri));
    let scripts = scripts.iter();
    let scripts = scripts.filter_map(|one| own(Script::of_file(one)?, &one.uri));
    scripts.chain(pipelines).collect()
}

/// Adds to pipelines what their commands put into a cluster, and the files that these take in; and the scripts,
/// each with such files.
fn add_what_commands_take(
    scripts: &[Arc<Artifact>],
    files: &mut Vec<collect::Found>,
    read: &mut Vec<reading::Read>,
) {
    let pipelines = read.iter_mut();
    for read in pipelines.filter(|read| read.class == reading::Class::BuildFile) {
        let own: Vec<Script<'_>> = read
            .resources
            .iter()
            .filter_map(Script::of_pipeline)
            .collect();
        let files: Vec<_> = own.iter().flat_map(Script::files).collect();
        let handed = read.resources.iter().flat_map(script::of_tasks);
        let applied: Vec<_> = own
            .iter()
            .flat_map(Script::resources)
            .chain(handed)
            .collect();
        read.includes.extend(files);
        read.resources.extend(applied);
    }
    for script in scripts {
        let own = Script::of_file(script).map_or_else(Vec::new, |script| script.files());
        if own.is_empty() {
            continue;
        }
        files.push(collect::Found {
            display: script.display.to_string(),
            uri: script.uri.to_string(),
            path: Some(PathBuf::from(&*script.display)),
        });
        read.push(reading::Read {
            class: reading::Class::Script,
            includes: own,
            ..reading::Read::default()
        });
    }
}

/// Reads bytes as if they were the content of a file of this name; for callers that have no file.
#[must_use]
pub fn read_bytes(name: &str, bytes: Vec<u8>) -> Sources {
    let found = collect::Found {
        display: name.to_owned(),
        uri: name.to_owned(),
        path: Some(name.into()),
    };
    let mut sources = Sources::default();
    add(&mut sources, file::read_bytes(&found, Ok(bytes)));
    dependency::related::without_repeated(&mut sources.resources);
    count(&mut sources);
    sources
}

/// The documents in a text that is YAML or JSON to its end; none where it is not.
pub(crate) fn trees(text: &str) -> Vec<Tree> {
    let stream = match text.trim_start().starts_with('{') {
        true => json::read_json(text),
        false => document::read_yaml(text),
    };
    if !stream.broken.is_empty() {
        return Vec::new();
    }
    stream
        .documents
        .into_iter()
        .map(|document| document.tree)
        .collect()
}

/// The values of the first document of a YAML text, or what is wrong with it.
pub(crate) fn read_tree(text: &str) -> Result<Option<Tree>, String> {
    let stream = document::read_yaml(text);
    match stream.broken.into_iter().next() {
        Some(broken) => Err(broken.reason),
        None => Ok(stream.documents.into_iter().next().map(|first| first.tree)),
    }
}

/// Reads a text that a tool rendered. What its sources are counts as files, not the text.
#[must_use]
pub(crate) fn read_rendered(artifact: Artifact) -> Sources {
    let read = file::read_rendered(artifact);
    Sources {
        resources: read.resources,
        failures: read.failures,
        warnings: read.warnings,
        ..Sources::default()
    }
}

/// The documents of a text in a file of this name, as far as they can be read.
#[must_use]
pub(crate) fn readable_trees(text: &str, name: &str) -> Vec<Tree> {
    let documents = stream::documents(text, name).documents;
    documents
        .into_iter()
        .map(|document| document.tree)
        .collect()
}

fn add(sources: &mut Sources, read: reading::Read) {
    let files = &mut sources.summary.files;
    files.read += usize::from(read.class != reading::Class::Script);
    match read.class {
        reading::Class::Manifest => files.manifests += 1,
        reading::Class::DependencyFile => files.dependency_files += 1,
        reading::Class::Values | reading::Class::KeyFile => files.values += 1,
        reading::Class::BuildFile => files.build_files += 1,
        reading::Class::NoManifest => files.not_manifests += 1,
        reading::Class::Script => {}
    }
    files.failed += usize::from(!read.failures.is_empty());
    sources.summary.kustomizations.extend(read.kustomization);
    // Beside the others of its file, with which it is masked.
    let comments = commented::resources(&read.resources);
    sources.resources.extend(read.resources);
    sources.resources.extend(comments);
    sources.failures.extend(read.failures);
    sources.unread.extend(read.unread);
    sources.helmfiles.extend(read.helmfiles);
    sources.warnings.extend(read.warnings);
}

/// The resources of a text, for tests of what is built on them.
#[cfg(test)]
pub(crate) fn read_text(text: &str) -> Vec<Resource> {
    let artifact = Arc::new(crate::model::Artifact::new(
        "a.yaml",
        "a.yaml",
        text.to_owned(),
    ));
    let mut found = Vec::new();
    for document in document::read_yaml(text).documents {
        resource::resources(
            &artifact,
            document,
            &resource::Context::default(),
            &mut found,
        );
    }
    found
}
