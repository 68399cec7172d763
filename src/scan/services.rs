//! The table that ends a report: which Azure services findings name.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::model::{Finding, ServiceUse};
use crate::policy::{Bundle, PolicyError, Service, services};

/// The Azure services that findings name, by how often they do. The findings get what the
/// catalogue says of their service: counterparts, effort, whether personal data passes through.
pub(super) fn service_uses(
    bundle: &Bundle,
    findings: &mut [Finding],
) -> Result<Vec<ServiceUse>, PolicyError> {
    if findings.iter().all(|finding| service_of(finding).is_none()) {
        return Ok(Vec::new());
    }
    let known = services(bundle.data());
    let known = known.map_err(|error| PolicyError::table("azure.services", &error))?;
    for finding in &mut *findings {
        let service = service_of(finding).and_then(|id| known.get(id));
        finding
            .properties
            .extend(service.into_iter().flat_map(told));
    }
    let mut uses: HashMap<&str, (usize, BTreeSet<&str>)> = HashMap::new();
    for finding in &*findings {
        if let Some(id) = service_of(finding) {
            let (count, files) = uses.entry(id).or_default();
            *count += 1;
            files.insert(&finding.location.uri);
        }
    }
    let uses = uses.into_iter();
    let mut uses: Vec<ServiceUse> = uses
        .map(|(id, (findings, files))| service_use(id, known.get(id), findings, files.len()))
        .collect();
    uses.sort_by(|left, right| {
        let by_count = right.findings.cmp(&left.findings);
        by_count.then_with(|| left.id.cmp(&right.id))
    });
    Ok(uses)
}

fn service_of(finding: &Finding) -> Option<&str> {
    finding.properties.get("service")?.as_str()
}

/// What a finding's properties say of its service.
fn told(service: &Service) -> [(String, Value); 3] {
    let counterparts = service.counterparts.iter();
    let counterparts: Value = counterparts.map(|one| one.product.as_str()).collect();
    [
        ("counterparts".to_owned(), counterparts),
        ("effort".to_owned(), Value::from(service.effort.as_str())),
        (
            "personal_data".to_owned(),
            Value::from(service.personal_data),
        ),
    ]
}

fn service_use(id: &str, known: Option<&Service>, findings: usize, files: usize) -> ServiceUse {
    let counterparts = known.into_iter().flat_map(|service| &service.counterparts);
    let products = counterparts.map(|counterpart| counterpart.product.clone());
    ServiceUse {
        id: id.to_owned(),
        name: known.map_or(id, |service| &service.name).to_owned(),
        counterparts: products.collect(),
        effort: known
            .map_or("", |service| service.effort.as_str())
            .to_owned(),
        findings,
        files,
    }
}
