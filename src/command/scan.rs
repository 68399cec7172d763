//! `landfall scan`.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use super::file::write_file;
use super::progress::Progress;
use super::{CommandError, Status, bundle, config, selection, sources};
use crate::cli::{Color, Format, ScanArgs, Target};
use crate::config::FailOn;
use crate::model::{Rendering, Report, Severity};
use crate::output::{json, sarif, text};
use crate::scan::{Options, scan};

/// How many findings of a rule are drawn with their source lines where not all are wanted.
const FRAMES: usize = 5;
/// Columns where nothing tells them.
const WIDTH: usize = 80;
/// Lines of text that are longer are hard to read.
const WIDEST: usize = 120;

pub(super) fn run(args: &ScanArgs, targets: &[Target]) -> Result<Status, CommandError> {
    match args.threads {
        None => run_here(args, targets),
        Some(threads) => {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(usize::from(threads))
                .build();
            let pool = pool.map_err(|_| CommandError::Threads { threads })?;
            pool.install(|| run_here(args, targets))
        }
    }
}

fn run_here(args: &ScanArgs, targets: &[Target]) -> Result<Status, CommandError> {
    let config = config(&args.policies)?;
    let read = || sources(&args.input, &config);
    let (sources, bundle) = rayon::join(read, || bundle(&args.policies, &config));
    if args.verbose {
        tell_renderings(&sources.summary.renderings);
    }
    let bundle = bundle?;
    let options = Options {
        selection: selection(&args.policies, &config),
        hashes_lines: targets.iter().any(|one| one.format == Format::Sarif),
        ..Options::default()
    };
    let progress = Progress::new(!args.no_progress, sources.resources.len());
    let report = scan(sources, &bundle, &options, &|| progress.step())?;
    drop(progress);
    for target in targets {
        deliver(&report, target, args)?;
    }
    let threshold = args
        .fail_on
        .or(config.fail_on)
        .unwrap_or(FailOn::Severity(Severity::Low));
    Ok(status(&report, threshold))
}

fn tell_renderings(renderings: &[Rendering]) {
    let mut stderr = io::stderr().lock();
    for rendering in renderings {
        let Rendering {
            root,
            name,
            tool,
            arguments,
            ..
        } = rendering;
        let arguments = arguments.join(" ");
        // Nothing is left to tell it to if standard error is closed.
        let _ = writeln!(stderr, "rendered {root} ({name}) with {tool}: {arguments}");
    }
}

fn status(report: &Report, threshold: FailOn) -> Status {
    let counts = |severity: Severity| match threshold {
        FailOn::Never => false,
        FailOn::Severity(least) => severity >= least,
    };
    if !report.failures.is_empty() {
        Status::Failed
    } else if report
        .findings
        .iter()
        .any(|finding| counts(finding.severity))
    {
        Status::Found
    } else {
        Status::Clean
    }
}

fn deliver(report: &Report, target: &Target, args: &ScanArgs) -> Result<(), CommandError> {
    match &target.file {
        Some(file) => {
            let write = |out: &mut dyn Write| write(report, target.format, style(args, false), out);
            write_file(file, &write).map_err(|source| CommandError::file(file, source))
        }
        None => {
            let mut stdout = BufWriter::with_capacity(1 << 16, io::stdout().lock());
            match write(report, target.format, style(args, true), &mut stdout)
                .and_then(|()| stdout.flush())
            {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(CommandError::stdout(error))
                }
                _ => Ok(()),
            }
        }
    }
}

fn write(
    report: &Report,
    format: Format,
    style: text::Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
    }
}

fn style(args: &ScanArgs, to_stdout: bool) -> text::Style {
    let is_terminal = to_stdout && io::stdout().is_terminal();
    let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let color = match args.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal && !is_refused,
    };
    let width = if is_terminal {
        textwrap::termwidth().clamp(40, WIDEST)
    } else {
        WIDTH
    };
    text::Style {
        color,
        width,
        frames: if args.full { usize::MAX } else { FRAMES },
    }
}
