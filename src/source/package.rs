//! Packages of a dependency file as resources.

use std::sync::Arc;

use super::dependency::{Format, Package};
use super::resource::package;
use crate::model::{
    Artifact, PACKAGE_API_VERSION, PACKAGE_KIND, Resource, Scalar, Span, TooLarge, Tree,
    TreeBuilder,
};

/// Who wrote a dependency file.
#[derive(Clone, Copy)]
pub(super) enum FileKind {
    /// A person.
    Manifest,
    /// A tool, with everything that comes in through others.
    Lock,
}

impl FileKind {
    pub(super) fn of(format: Format) -> Self {
        match format.is_lock() {
            true => Self::Lock,
            false => Self::Manifest,
        }
    }

    /// Of what is told by its shape, tools write JSON and people write YAML.
    pub(super) fn of_shape(is_json: bool) -> Self {
        match is_json {
            true => Self::Lock,
            false => Self::Manifest,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Lock => "lock",
        }
    }
}

/// A resource for each package that can be told as one.
pub(super) fn package_resources(
    artifact: &Arc<Artifact>,
    packages: Vec<Package>,
    file: FileKind,
) -> impl Iterator<Item = Resource> {
    packages.into_iter().filter_map(move |found| {
        let tree = package_tree(&found, file).ok()?;
        Some(package(artifact, tree, &found.name))
    })
}

/// A package as rules see it, every value at its place in the dependency file.
fn package_tree(found: &Package, file: FileKind) -> Result<Tree, TooLarge> {
    let at = found.name_span;
    let version_at = found.version_span.unwrap_or(at);
    let mut builder = TreeBuilder::new(64);
    let text = |builder: &mut TreeBuilder, key: &str, value: &str, at: Span| {
        builder.key(key, at)?;
        builder.scalar(Scalar::String(value), at).map(|_| ())
    };
    builder.begin_mapping(at)?;
    text(&mut builder, "apiVersion", PACKAGE_API_VERSION, at)?;
    text(&mut builder, "kind", PACKAGE_KIND, at)?;
    builder.key("metadata", at)?;
    builder.begin_mapping(at)?;
    text(&mut builder, "name", &found.name, at)?;
    builder.end(at.end as usize);
    builder.key("spec", at)?;
    builder.begin_mapping(at)?;
    text(&mut builder, "ecosystem", found.ecosystem, at)?;
    text(&mut builder, "scope", found.scope.as_ref(), at)?;
    text(&mut builder, "relation", found.relation.as_str(), at)?;
    text(&mut builder, "file", file.as_str(), at)?;
    if let Some(version) = &found.version {
        text(&mut builder, "version", version, version_at)?;
    }
    builder.end(at.end as usize);
    builder.end(at.end as usize);
    Ok(builder.finish().0)
}
