//! What a report says as a whole: what was read, and which services were found.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{FileCounts, Rendering, Report, ResourceCounts, ServiceUse, Summary};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SummaryView<'a> {
    findings: BTreeMap<&'static str, usize>,
    failures: usize,
    warnings: usize,
    files: FileCountsView,
    resources: ResourceCountsView,
    renderings: Vec<RenderingView<'a>>,
    charts_not_rendered: &'a [String],
    kustomizations_not_built: &'a [String],
    links_not_followed: &'a [String],
    tests_not_read: &'a [String],
}

impl<'a> SummaryView<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let Summary {
            files,
            resources,
            renderings,
            charts_not_rendered,
            kustomizations,
            links_not_followed,
            tests_not_read,
        } = &report.summary;
        let by_severity = report
            .by_severity()
            .map(|(severity, count)| (severity.as_str(), count));
        let total = ("total", report.findings.len());
        Self {
            findings: by_severity.into_iter().chain([total]).collect(),
            failures: report.failures.len(),
            warnings: report.warnings.len(),
            files: FileCountsView::of(files),
            resources: ResourceCountsView::of(resources),
            renderings: renderings.iter().map(RenderingView::of).collect(),
            charts_not_rendered,
            kustomizations_not_built: kustomizations,
            links_not_followed,
            tests_not_read,
        }
    }
}

#[derive(Serialize)]
pub(super) struct RenderingView<'a> {
    root: &'a str,
    name: &'a str,
    tool: &'a str,
    arguments: &'a [String],
    objects: usize,
}

impl<'a> RenderingView<'a> {
    pub(super) fn of(rendering: &'a Rendering) -> Self {
        let Rendering {
            root,
            name,
            tool,
            arguments,
            objects,
            namespace: _,
            release: _,
            is_variant: _,
            is_part: _,
            lacks_charts: _,
            left_out: _,
            own_name: _,
        } = rendering;
        Self {
            root,
            name,
            tool,
            arguments,
            objects: *objects,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileCountsView {
    read: usize,
    manifests: usize,
    dependency_files: usize,
    values: usize,
    build_files: usize,
    scripts: usize,
    not_manifests: usize,
    failed: usize,
}

impl FileCountsView {
    pub(super) fn of(counts: &FileCounts) -> Self {
        let &FileCounts {
            read,
            manifests,
            dependency_files,
            values,
            build_files,
            scripts,
            not_manifests,
            failed,
        } = counts;
        Self {
            read,
            manifests,
            dependency_files,
            values,
            build_files,
            scripts,
            not_manifests,
            failed,
        }
    }
}

#[derive(Serialize)]
pub(super) struct ResourceCountsView {
    objects: usize,
    workloads: usize,
    patches: usize,
    owned: usize,
    packages: usize,
}

impl ResourceCountsView {
    pub(super) fn of(counts: &ResourceCounts) -> Self {
        let &ResourceCounts {
            objects,
            workloads,
            patches,
            owned,
            packages,
        } = counts;
        Self {
            objects,
            workloads,
            patches,
            owned,
            packages,
        }
    }
}

#[derive(Serialize)]
pub(super) struct ServiceView<'a> {
    id: &'a str,
    name: &'a str,
    counterparts: &'a [String],
    effort: &'a str,
    findings: usize,
    files: usize,
}

impl<'a> ServiceView<'a> {
    pub(super) fn of(service: &'a ServiceUse) -> Self {
        let ServiceUse {
            id,
            name,
            counterparts,
            effort,
            findings,
            files,
        } = service;
        Self {
            id,
            name,
            counterparts,
            effort,
            findings: *findings,
            files: *files,
        }
    }
}
