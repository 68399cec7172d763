//! What can be rendered of a chart without the templates that helm refuses: one that fails, for a slip or a
//! value that nobody gave, need not keep what the others deploy from being checked.

use super::chart::{Chart, ChartFile};
use super::marked::is_template;
use super::settings::Setting;
use super::workshop::Workshop;
use crate::model::{Artifact, Notice};

/// A chart of which more templates fail is not what its values are for.
const MOST_REFUSED: usize = 8;

/// A rendering of a part of a chart.
pub(super) struct Rest {
    /// What is rendered.
    pub artifact: Artifact,
    /// Why templates are left out, one after the other.
    pub refused: Vec<Notice>,
}

impl Rest {
    /// Renders a chart without the template that a refusal is about, and without those that are refused
    /// then. `None` where a refusal is about no template, or nothing is left.
    pub(super) fn render(
        workshop: &Workshop<'_>,
        setting: &Setting,
        refusal: &Notice,
    ) -> Option<Self> {
        let mut chart = workshop.chart.clone();
        let mut refused = vec![refusal.clone()];
        while refused.len() <= MOST_REFUSED {
            leave_out(&mut chart, refused.last()?)?;
            let scratch = super::super::scratch::folder().ok()?;
            let rest = Workshop::new(&chart, workshop.helm, scratch.path());
            match rest.render(setting, None) {
                Ok(artifact) => {
                    let is_any = artifact.text.contains("kind:");
                    return is_any.then_some(Self { artifact, refused });
                }
                Err(refusal) => refused.push(refusal),
            }
        }
        None
    }
}

/// Takes the template out that a refusal is about.
fn leave_out(chart: &mut Chart, refusal: &Notice) -> Option<()> {
    let display = refusal.display.as_ref()?;
    let is_refused = |file: &ChartFile| {
        let can_fail = is_template(&file.path) || file.path.ends_with("NOTES.txt");
        can_fail && file.artifact.display == *display
    };
    let before = chart.files.len();
    chart.files.retain(|file| !is_refused(file));
    // Helm has to see a copy.
    chart.is_scattered = true;
    (chart.files.len() < before).then_some(())
}
