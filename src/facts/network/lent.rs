//! Names of Services that a named template of a chart gives to several workloads: where one of them may reach the
//! Service, the others are taken not to need it, as with a ConfigMap that all of them read.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::held::Reach;
use super::{Finder, deployment};
use crate::network::{Absent, End, Mention, Pods};

/// A rendering by its root and name, a place in a named template, and the Service that is named there.
type Key<'a> = (
    (&'a str, &'a str),
    (Arc<str>, u32),
    Vec<usize>,
    Option<Absent>,
);

/// A workload, with what it names.
type Reached<'a> = (&'a End, &'a Pods, Vec<(Mention, Reach)>);

/// The places from which a workload has a name of a Service that it may reach.
#[derive(Debug, Default)]
pub(super) struct Lent<'a>(BTreeSet<Key<'a>>);

impl Lent<'_> {
    /// Whether a Service that a workload names is named for others.
    pub(super) fn are_for_others(
        &self,
        finder: &Finder<'_>,
        pods: &Pods,
        mention: &Mention,
    ) -> bool {
        let key = || finder.lender(pods, mention);
        !self.0.is_empty() && key().is_some_and(|key| self.0.contains(&key))
    }
}

impl Finder<'_> {
    /// Reads them off what workloads reach.
    pub(super) fn lent(&self, reached: &[Reached<'_>]) -> Lent<'_> {
        let all = || {
            let each = reached.iter();
            let each = each.flat_map(|(_, pods, mentions)| {
                mentions
                    .iter()
                    .map(move |(mention, reach)| (pods, mention, reach))
            });
            each.filter(|(_, mention, _)| mention.holder.is_none())
        };
        if !all().any(|(_, _, reach)| matches!(reach, Reach::Closed(_))) {
            return Lent::default();
        }
        let open = all().filter(|(_, _, reach)| matches!(reach, Reach::Open));
        let keys = open.filter_map(|(pods, mention, _)| self.lender(pods, mention));
        Lent(keys.collect())
    }

    /// Where a named template has what a workload names, in files of which helm makes no objects.
    fn lender(&self, pods: &Pods, mention: &Mention) -> Option<Key<'_>> {
        let resource = &self.resources[pods.resource];
        let of = deployment(resource)?;
        let provenance = resource.artifact.provenance.as_ref()?;
        let span = resource.at(&mention.path)?.span();
        let written = provenance.trace(span)?.written;
        let uri = &written.artifact.uri;
        let name = uri.rsplit('/').next().unwrap_or_default();
        name.starts_with('_').then(|| {
            let place = (Arc::clone(uri), written.span.start);
            (of, place, mention.services.clone(), mention.absent.clone())
        })
    }
}
