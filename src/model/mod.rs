//! The nouns of the house: what every floor above speaks in. Knows nothing of
//! the file system, of Rego, of YAML or of SARIF.

mod application;
mod artifact;
mod data;
mod fault;
mod finding;
mod kin;
mod location;
mod package;
mod path;
mod rendering;
mod report;
mod resource;
mod rule;
mod template_image;
mod tree;
mod world;

pub use application::{applications, is_application_set};
pub use artifact::{Artifact, Fit, Piece, Place, Provenance, SourceName, Supply, Trace};
pub use data::Data;
pub(crate) use fault::{Fault, guarded, watch};
pub use finding::{
    Excerpt, Finding, Link, Notice, Part, RelatedLocation, Rendered, Supplied, Violation,
};
pub use location::{Location, Region, Span};
pub use package::compared_name;
pub use path::{Step, ValuePath};
pub use rendering::{Rendering, are_trial_values};
pub use report::{FileCounts, Report, ResourceCounts, ServiceUse, Summary};
pub use resource::{
    BUILD_API_VERSION, CATALOG_API_VERSION, CATALOG_KIND, COMMENT_KIND, HOLE, Identity,
    JSON_PATCH_KIND, MERGE_PATCH_KIND, PACKAGE_API_VERSION, PACKAGE_KIND, Resource, Role,
    STACK_API_VERSION, STACK_KIND, SWITCHES, VALUES_KIND, fallback_of_hole, without_holes,
};
pub use rule::{AppliesTo, Need, Precision, Rule, Severity};
pub use template_image::{Choice, KeyStep, Printed, TemplateImage};
pub use tree::builder::TreeBuilder;
pub use tree::{Entries, Items, Node, Scalar, TooLarge, Tree, Visited, string_map};
pub use world::{World, world_of, worlds};
