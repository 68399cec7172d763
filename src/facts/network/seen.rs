//! What was read as a whole, whichever of its overlays and renderings are looked at together: what deploys one of the
//! others is no stranger.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use super::repository::{folders, is_among};
use crate::model::{Artifact, Resource, Role};

/// All objects that were read.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    resources: &'a [Resource],
    /// Texts of which not all could be read as objects.
    texts: &'a [Arc<Artifact>],
    /// Folders with whole objects; of a chart that is not rendered, there are only its values. Computed when
    /// somebody asks.
    folders: OnceLock<HashSet<&'a str>>,
    /// The names of renderings, computed likewise.
    rendered: OnceLock<HashSet<&'a str>>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(resources: &'a [Resource], texts: &'a [Arc<Artifact>]) -> Self {
        Self {
            resources,
            texts,
            folders: OnceLock::new(),
            rendered: OnceLock::new(),
        }
    }

    /// Whether there are objects in the folder that a path names.
    pub(super) fn has_folder(&self, path: &str) -> bool {
        let folders = self.folders.get_or_init(|| {
            let whole = self.resources.iter();
            let whole = whole.filter(|one| one.role == Role::Manifest);
            folders(whole.flat_map(|one| files(&one.artifact)))
        });
        is_among(path, folders)
    }

    /// Whether any file is below the folder that a path names, whatever is in it.
    pub(super) fn has_files(&self, path: &str) -> bool {
        let step = format!("/{path}/");
        let texts = self.texts.iter().map(|one| &*one.uri);
        let mut files = self
            .resources
            .iter()
            .map(|one| &*one.artifact.uri)
            .chain(texts);
        files.any(|file| format!("/{file}").contains(&step))
    }

    /// Whether something was rendered under a name.
    pub(super) fn has_rendering(&self, name: &str) -> bool {
        let rendered = self.rendered.get_or_init(|| {
            let all = self.resources.iter();
            let all = all.filter_map(|one| one.artifact.provenance.as_ref());
            all.map(|one| one.rendering.name.as_str()).collect()
        });
        rendered.contains(name)
    }
}

/// The file of an object, and those that a kustomization built it from: of a base that overlays take along, nothing
/// else is left.
fn files(artifact: &Artifact) -> impl Iterator<Item = &str> {
    let provenance = artifact.provenance.as_ref();
    let built = provenance.filter(|one| one.is_of_manifests());
    let mut written: Vec<&Arc<Artifact>> = built
        .into_iter()
        .flat_map(|one| one.written())
        .map(|place| &place.artifact)
        .collect();
    written.dedup_by(|one, other| Arc::ptr_eq(one, other));
    let written = written.into_iter().map(|one| &*one.uri);
    std::iter::once(&*artifact.uri).chain(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fit, Piece, Place, Provenance, Rendering, SourceName};
    use crate::source::read_text;

    #[test]
    fn a_base_that_was_built_into_an_overlay_is_there() {
        let mut resources = read_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n");
        let span = resources[0].node().span();
        let file = "k8s/base/web/pod.yaml";
        let piece = Piece {
            span,
            written: Place {
                artifact: Arc::new(Artifact::new(file, file, String::new())),
                span,
                approximate: false,
            },
            fit: Fit::Verbatim,
            supply: None,
        };
        let rendering = Arc::new(Rendering::default());
        let names = [(span.start, SourceName::default())].into();
        let provenance = Provenance::new(rendering, vec![piece]).with_structure([].into(), names);
        let built = "k8s/overlays/dev/rendered.yaml";
        let mut artifact = Artifact::new(built, built, String::new());
        artifact.provenance = Some(provenance);
        resources[0].artifact = Arc::new(artifact);
        let seen = Seen::of(&resources, &[]);
        for (path, expected) in [
            ("k8s/base/web", true),
            ("k8s/overlays/dev", true),
            ("k8s/overlays/prod", false),
            ("k8s/base/db", false),
        ] {
            assert_eq!(seen.has_folder(path), expected, "{path}");
        }
    }
}
