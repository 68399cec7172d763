//! The table that ends a report: which Azure services findings name.

use std::collections::{BTreeSet, HashMap};

use crate::model::{Finding, ServiceUse};
use crate::policy::{Bundle, PolicyError, Service, services};

/// The Azure services that findings name, by how often they do.
pub(super) fn service_uses(
    bundle: &Bundle,
    findings: &[Finding],
) -> Result<Vec<ServiceUse>, PolicyError> {
    let mut uses: HashMap<&str, (usize, BTreeSet<&str>)> = HashMap::new();
    for finding in findings {
        let service = finding.properties.get("service");
        if let Some(id) = service.and_then(|service| service.as_str()) {
            let (count, files) = uses.entry(id).or_default();
            *count += 1;
            files.insert(&finding.location.uri);
        }
    }
    if uses.is_empty() {
        return Ok(Vec::new());
    }
    let known = services(bundle.data());
    let known = known.map_err(|error| PolicyError::table("azure.services", &error))?;
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

fn service_use(id: &str, known: Option<&Service>, findings: usize, files: usize) -> ServiceUse {
    let counterparts = known.into_iter().flat_map(|service| &service.counterparts);
    let products = counterparts.map(|counterpart| counterpart.product.clone());
    ServiceUse {
        id: id.to_owned(),
        name: known.map_or(id, |service| &service.name).to_owned(),
        counterparts: products.collect(),
        effort: known.map_or("", |service| &service.effort).to_owned(),
        findings,
        files,
    }
}
