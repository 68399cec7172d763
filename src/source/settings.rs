//! Files of which a kustomization makes ConfigMaps and Secrets, with a setting on each line or the whole
//! text as one: read as what they become, where it is not built.

use std::ops::Range;
use std::sync::Arc;

use super::fallback::named_fallbacks;
use super::generated::Generated;
use super::reading::{As, Included, Start};
use super::resource::group_version_kind;
use crate::model::{
    Artifact, Identity, Node, Resource, Role, Scalar, Span, TooLarge, Tree, TreeBuilder,
};

/// The version of what they become.
const API_VERSION: &str = "v1";

/// The files that a kustomization names: `configMapGenerator: [{name: …, envs: […], files: […]}]`.
pub(super) fn files(kustomization: Node<'_>) -> Vec<Included> {
    const GENERATORS: [(&str, &str); 2] = [
        ("configMapGenerator", "ConfigMap"),
        ("secretGenerator", "Secret"),
    ];
    let of_kind = |(field, kind): (&str, &'static str)| {
        let generators = kustomization.get(field).into_iter().flat_map(Node::items);
        let files = generators.flat_map(|generator| of_generator(generator, kind));
        files.collect::<Vec<_>>()
    };
    GENERATORS.into_iter().flat_map(of_kind).collect()
}

fn of_generator(generator: Node<'_>, kind: &'static str) -> Vec<Included> {
    let name = generator.string("name");
    let included = |path: &str, key: Option<String>| Included {
        path: path.to_owned(),
        wanted: As::Settings(Generated {
            kind,
            name: name.unwrap_or_default().to_owned(),
            key,
        }),
        missing: None,
        starts: Start::Beside,
    };
    let texts = |field| generator.get(field).into_iter().flat_map(Node::items);
    let settings = texts("envs").chain(generator.get("env"));
    let settings = settings.filter_map(Node::as_str);
    let whole = |written: &str| {
        let (key, path) = written
            .split_once('=')
            .unwrap_or_else(|| (written.rsplit('/').next().unwrap_or(written), written));
        included(path, Some(key.to_owned()))
    };
    settings
        .map(|path| included(path, None))
        .chain(texts("files").filter_map(Node::as_str).map(whole))
        .collect()
}

/// What a file holds, as the object that is made of it; none where it holds too much.
pub(super) fn resource(artifact: &Arc<Artifact>, generated: &Generated) -> Option<Resource> {
    let tree = tree(&artifact.text, generated).ok()?;
    object(
        artifact,
        tree,
        (API_VERSION, generated.kind),
        &generated.name,
    )
}

/// What a part of a text holds, as a ConfigMap has it under the name of a file.
pub(super) fn of_part(
    artifact: &Arc<Artifact>,
    part: Range<usize>,
    file: &str,
) -> Option<Resource> {
    let generated = Generated::of_text("ConfigMap", file);
    let tree = whole(&artifact.text, part, &generated, file).ok()?;
    object(artifact, tree, (API_VERSION, generated.kind), "")
}

/// What named templates of a chart fall back on where a value that is called like a secret is not set, as
/// settings; none where they have no such literal.
pub(super) fn of_named(artifact: &Arc<Artifact>) -> Option<Resource> {
    const SECRETS: [&str; 4] = ["pass", "secret", "token", "key"];
    let mut found = named_fallbacks(&artifact.text);
    found.retain(|(name, _)| {
        let name = artifact.text[name.clone()].to_ascii_lowercase();
        SECRETS.iter().any(|word| name.contains(word))
    });
    (!found.is_empty()).then(|| of_pairs(artifact, &found))?
}

/// Settings with the bytes of their names and of their values.
pub(super) fn of_pairs(
    artifact: &Arc<Artifact>,
    found: &[(Range<usize>, Range<usize>)],
) -> Option<Resource> {
    let tree = pairs(&artifact.text, found).ok()?;
    object(artifact, tree, (API_VERSION, "ConfigMap"), "")
}

/// An object, or values, that stand in no document.
pub(super) fn object(
    artifact: &Arc<Artifact>,
    tree: Tree,
    (api_version, kind): (&str, &str),
    name: &str,
) -> Option<Resource> {
    let tree = Arc::new(tree);
    let root = tree.root()?.id();
    let gvk = group_version_kind(api_version, kind);
    let identity = Identity {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace: None,
        name: name.to_owned(),
        origin: None,
    };
    let artifact = Arc::clone(artifact);
    Some(Resource::bare(
        artifact,
        tree,
        root,
        Role::Values,
        gvk,
        identity,
    ))
}

/// An object with the bytes of names and of their values.
fn pairs(text: &str, found: &[(Range<usize>, Range<usize>)]) -> Result<Tree, TooLarge> {
    let mut builder = TreeBuilder::new(8 + 4 * found.len());
    let start = Span::new(0, 0);
    builder.begin_mapping(start)?;
    builder.key("data", start)?;
    builder.begin_mapping(start)?;
    for (name, value) in found {
        builder.key(&text[name.clone()], Span::new(name.start, name.end))?;
        let span = Span::new(value.start, value.end);
        builder.scalar(Scalar::String(&text[value.clone()]), span)?;
    }
    builder.end(text.len());
    builder.end(text.len());
    Ok(builder.finish().0)
}

fn tree(text: &str, generated: &Generated) -> Result<Tree, TooLarge> {
    if let Some(key) = &generated.key {
        return whole(text, 0..text.len(), generated, key);
    }
    let mut builder = begun(text, generated)?;
    add_lines(&mut builder, text)?;
    builder.end(text.len());
    builder.end(text.len());
    Ok(builder.finish().0)
}

/// An object with a part of a text under a key.
fn whole(
    text: &str,
    part: Range<usize>,
    generated: &Generated,
    key: &str,
) -> Result<Tree, TooLarge> {
    let mut builder = begun(text, generated)?;
    builder.key(key, Span::new(part.start, part.start))?;
    let span = Span::new(part.start, part.end);
    builder.scalar(Scalar::String(&text[part.clone()]), span)?;
    builder.end(part.end);
    builder.end(part.end);
    Ok(builder.finish().0)
}

/// An object whose settings are to come.
fn begun(text: &str, generated: &Generated) -> Result<TreeBuilder, TooLarge> {
    let mut builder = TreeBuilder::new(text.len() + 8);
    let start = Span::new(0, 0);
    builder.begin_mapping(start)?;
    builder.key(generated.field(), start)?;
    builder.begin_mapping(start)?;
    Ok(builder)
}

/// Adds a setting for each line; comments, and names whose value comes from where the tool runs, are
/// none.
fn add_lines(builder: &mut TreeBuilder, text: &str) -> Result<(), TooLarge> {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let begin = offset + line.len() - line.trim_start().len();
        offset += line.len();
        let content = line.trim_start().trim_end_matches(['\r', '\n']);
        let Some((key, value)) = content
            .split_once('=')
            .filter(|_| !content.starts_with('#'))
        else {
            continue;
        };
        let end = begin + content.len();
        builder.key(key, Span::new(begin, begin + key.len()))?;
        builder.scalar(Scalar::String(value), Span::new(end - value.len(), end))?;
    }
    Ok(())
}
