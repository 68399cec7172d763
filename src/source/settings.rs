//! Files of which a kustomization makes the settings in a ConfigMap, a variable on each line: read as
//! the ConfigMap that they become, where it is not built.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::file::{As, Included};
use super::resource::group_version_kind;
use crate::model::{
    Artifact, Identity, Node, Resource, Role, Scalar, Span, TooLarge, Tree, TreeBuilder,
};

/// What they become.
const API_VERSION: &str = "v1";
const KIND: &str = "ConfigMap";

/// The files that a kustomization names: `configMapGenerator: [{name: …, envs: […]}]`.
pub(super) fn files(kustomization: Node<'_>) -> Vec<Included> {
    let generators = kustomization.get("configMapGenerator").into_iter();
    let included = |generator: Node<'_>| {
        let name = generator.get("name").and_then(Node::as_str);
        let files = generator.get("envs").into_iter().flat_map(Node::items);
        let files = files.chain(generator.get("env")).filter_map(Node::as_str);
        let file = |path: &str| Included {
            path: path.to_owned(),
            wanted: As::Settings(name.unwrap_or_default().to_owned()),
            missing: None,
        };
        files.map(file).collect::<Vec<_>>()
    };
    generators
        .flat_map(Node::items)
        .flat_map(included)
        .collect()
}

/// What a file holds, as the ConfigMap of a name; none where it holds too much.
pub(super) fn resource(artifact: &Arc<Artifact>, name: &str) -> Option<Resource> {
    let tree = Arc::new(tree(&artifact.text).ok()?);
    Some(Resource {
        artifact: Arc::clone(artifact),
        root: tree.root()?.id(),
        role: Role::Values,
        gvk: group_version_kind(API_VERSION, KIND),
        identity: Identity {
            api_version: API_VERSION.to_owned(),
            kind: KIND.to_owned(),
            namespace: None,
            name: name.to_owned(),
            origin: None,
        },
        labels: BTreeMap::new(),
        pod_templates: Vec::new(),
        tree,
    })
}

/// Its lines under `data`; comments, and names whose value comes from where the tool runs, are none.
fn tree(text: &str) -> Result<Tree, TooLarge> {
    let mut builder = TreeBuilder::new(text.len() + 8);
    let start = Span::new(0, 0);
    builder.begin_mapping(start)?;
    builder.key("data", start)?;
    builder.begin_mapping(start)?;
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
    builder.end(text.len());
    builder.end(text.len());
    Ok(builder.finish().0)
}
