//! A bar on standard error, on a terminal, once a run takes longer than half a second.

use std::io::IsTerminal as _;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Shorter runs show nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// Counts what is done.
pub(super) struct Progress {
    is_shown: bool,
    started: Instant,
    total: u64,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// A count of `total` steps, shown if wanted and standard error is a terminal.
    pub(super) fn new(is_wanted: bool, total: usize) -> Self {
        let is_shown = is_wanted && std::io::stderr().is_terminal();
        Self {
            is_shown,
            started: Instant::now(),
            total: total as u64,
            bar: OnceLock::new(),
        }
    }

    /// One more step is done.
    pub(super) fn step(&self) {
        if self.is_shown && self.started.elapsed() > PATIENCE {
            self.bar.get_or_init(|| self.start()).inc(1);
        }
    }

    fn start(&self) -> ProgressBar {
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} objects");
        let bar = ProgressBar::new(self.total);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
