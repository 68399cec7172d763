//! Places as SARIF has them.

use std::collections::BTreeMap;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use serde_sarif::sarif;

use crate::model::{Finding, Identity, Location, Notice, Region, RelatedLocation, Step, ValuePath};

/// What needs no encoding in a path. A colon does: before the first slash it would end a scheme.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'+')
    .remove(b',')
    .remove(b'=')
    .remove(b'@');

pub(super) fn primary_location(finding: &Finding) -> sarif::Location {
    let mut region = region(finding.location.region);
    let text = &finding.excerpt.region_text;
    region.snippet =
        (!text.is_empty()).then(|| sarif::ArtifactContent::builder().text(text).build());
    let mut location = location(&finding.location, region);
    location.logical_locations = Some(vec![logical_location(&finding.resource, &finding.path)]);
    location
}

pub(super) fn related_location((related, id): (&RelatedLocation, i64)) -> sarif::Location {
    let mut location = location(&related.location, region(related.location.region));
    location.id = Some(id);
    location.message = Some(related.message.as_str().into());
    location
}

fn location(place: &Location, region: sarif::Region) -> sarif::Location {
    let mut location = physical_location(&place.uri, Some(region));
    if place.approximate {
        let properties = BTreeMap::from([("approximate".to_owned(), json!(true))]);
        let bag = sarif::PropertyBag::builder()
            .additional_properties(properties)
            .build();
        location.properties = Some(bag);
    }
    location
}

fn physical_location(path: &str, region: Option<sarif::Region>) -> sarif::Location {
    let artifact = sarif::ArtifactLocation::builder().uri(uri(path)).build();
    let mut physical = sarif::PhysicalLocation::builder()
        .artifact_location(artifact)
        .build();
    physical.region = region;
    sarif::Location::builder()
        .physical_location(physical)
        .build()
}

/// A path as a URI reference: relative where the path is, else of the scheme `file`.
fn uri(path: &str) -> String {
    let scheme = match Path::new(path).is_absolute() {
        false => "",
        true if path.starts_with('/') => "file://",
        // A drive letter stands first.
        true => "file:///",
    };
    format!("{scheme}{}", utf8_percent_encode(path, PATH))
}

fn region(region: Region) -> sarif::Region {
    sarif::Region::builder()
        .start_line(region.line)
        .start_column(region.column)
        .end_line(region.end_line)
        .end_column(region.end_column)
        .build()
}

/// The value in its resource: `Deployment/shop/web/spec.replicas`, with the template that it
/// comes from where Helm tells it.
fn logical_location(resource: &Identity, path: &ValuePath) -> sarif::LogicalLocation {
    let (name, kind) = match path.steps().last() {
        None => (resource.name.clone(), "resource"),
        Some(Step::Key(key)) => (key.clone(), "property"),
        Some(Step::Index(index)) => (index.to_string(), "value"),
    };
    let path = path.to_string();
    let parts = [
        Some(&resource.kind),
        resource.namespace.as_ref(),
        Some(&resource.name),
        Some(&path),
    ];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    let full = parts.map(String::as_str).collect::<Vec<_>>().join("/");
    let mut location = sarif::LogicalLocation::builder()
        .fully_qualified_name(full)
        .kind(kind)
        .build();
    location.name = (!name.is_empty()).then_some(name);
    location.properties = resource.origin.as_ref().map(|origin| {
        let properties = BTreeMap::from([("helmTemplate".to_owned(), json!(origin))]);
        sarif::PropertyBag::builder()
            .additional_properties(properties)
            .build()
    });
    location
}

pub(super) fn notice_location(notice: &Notice) -> Option<sarif::Location> {
    let mut location = physical_location(notice.uri.as_ref()?, notice.region.map(region));
    location.logical_locations = notice.resource.as_ref().map(|resource| {
        vec![
            sarif::LogicalLocation::builder()
                .name(resource)
                .kind("resource")
                .build(),
        ]
    });
    Some(location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a:b.yaml"), "a%3Ab.yaml");
        assert_eq!(uri("../x/[y]?.yaml"), "../x/%5By%5D%3F.yaml");
        assert_eq!(uri("/tmp/ä.yaml"), "file:///tmp/%C3%A4.yaml");
        assert_eq!(
            uri("charts/app@1.2+b/a_b-c~d.yaml"),
            "charts/app@1.2+b/a_b-c~d.yaml"
        );
    }
}
