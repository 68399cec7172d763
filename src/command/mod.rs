//! The subcommands, one file each, and how they end.

mod explain;
mod file;
mod images;
mod inputs;
mod network;
mod progress;
mod rules;
mod scan;
mod services;
mod test;

use std::error::Error as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use etcetera::base_strategy::{BaseStrategy as _, choose_base_strategy};
use serde_json::json;

use crate::cli::{self, Command, InputArgs, PolicyArgs};
use crate::config::{Config, ConfigError};
use crate::model::{Fault, guarded, watch};
use crate::policy::{Bundle, PolicyError, Selection};
use crate::render::{Cache, Request, render};
use crate::source::{self, Sources, read};

/// The version of Kubernetes that charts are rendered for where nothing says another one.
const KUBE_VERSION: &str = "1.35.0";

/// How a run ended; the worst wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Clean, or below the threshold.
    Clean,
    /// Findings at or above the threshold.
    Found,
    /// Something could not be checked, or was asked wrongly.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Clean => Self::SUCCESS,
            Status::Found => Self::from(1),
            Status::Failed => Self::from(2),
        }
    }
}

/// Why a command cannot do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The policies are wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The report cannot be written.
    #[error("cannot write {target}")]
    Write {
        /// The file, or standard output.
        target: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Graphviz is not installed, or does not work.
    #[error("cannot run `dot` to draw the connections")]
    Dot {
        /// Why.
        #[source]
        source: io::Error,
    },
    /// No chart has a rendering of the name that was asked for.
    #[error("no rendering is called `{name}`")]
    Rendering {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// The threads cannot be started.
    #[error("cannot start {threads} threads")]
    Threads {
        /// How many.
        threads: u16,
    },
}

impl CommandError {
    fn stdout(source: io::Error) -> Self {
        Self::Write {
            target: "standard output".to_owned(),
            source,
        }
    }

    fn file(file: &Path, source: io::Error) -> Self {
        Self::Write {
            target: format!("`{}`", file.display()),
            source,
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Policy(error) => error.help(),
            Self::Config(error) => error.help(),
            Self::Write { .. } => "check the folder and the space left".to_owned(),
            Self::Dot { .. } => {
                "install Graphviz, or write the graph with --format dot or --format mermaid"
                    .to_owned()
            }
            Self::Rendering { known, .. } if known.is_empty() => {
                "nothing was rendered: name a folder with a chart".to_owned()
            }
            Self::Rendering { known, .. } => format!("there are {known}"),
            Self::Threads { .. } => "give a smaller number with --threads".to_owned(),
        }
    }
}

/// Runs the command line of this process. A fault that nothing has caught ends it as what could not be checked.
#[must_use]
pub fn main() -> ExitCode {
    watch();
    guarded(run).unwrap_or_else(|fault| {
        tell(&fault.to_string(), Fault::HELP);
        Status::Failed.into()
    })
}

fn run() -> ExitCode {
    let (cli, targets) = match cli::parse() {
        Ok(parsed) => parsed,
        Err(stop) if stop.tell() => return Status::Failed.into(),
        Err(_) => return Status::Clean.into(),
    };
    let result = match &cli.command {
        Command::Scan(args) => scan::run(args, &targets),
        Command::Rules(args) => rules::run(args),
        Command::Services(args) => services::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Test(args) => test::run(args),
        Command::Inputs(args) => inputs::run(args),
        Command::Images(args) => images::run(args),
        Command::Network(args) => network::run(args),
    };
    match result {
        Ok(status) => status.into(),
        Err(error) => {
            complain(&error);
            Status::Failed.into()
        }
    }
}

/// An error without a cause.
fn tell(error: &str, help: &str) {
    // Nothing is left to tell it to if standard error is closed.
    let _ = writeln!(io::stderr().lock(), "error: {error}\nhelp: {help}");
}

fn complain(error: &CommandError) {
    let mut stderr = io::stderr().lock();
    // Nothing is left to tell it to if standard error is closed.
    let _ = writeln!(stderr, "error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = writeln!(stderr, "cause: {cause}");
        source = cause.source();
    }
    let _ = writeln!(stderr, "help: {}", error.help());
}

/// Writes to standard output; that a reader has closed it is no error.
fn print(text: &str) -> Result<(), CommandError> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CommandError::stdout(error)),
        _ => Ok(()),
    }
}

/// The configuration that a command line means.
fn config(args: &PolicyArgs) -> Result<Config, ConfigError> {
    match &args.config {
        Some(path) => Config::read(path),
        None => Config::find(&std::env::current_dir().unwrap_or_default()),
    }
}

/// The policies that a command line and its configuration mean.
fn bundle(args: &PolicyArgs, config: &Config) -> Result<Bundle, PolicyError> {
    let joined = |own: &[PathBuf], given: &[PathBuf]| [own, given].concat();
    let folders = joined(&config.policies, &args.policy);
    let mut bundle = Bundle::load(&folders, &joined(&config.data, &args.data))?;
    let registries = [config.registries.as_slice(), args.registry.as_slice()].concat();
    if !registries.is_empty() {
        bundle.lay_over(json!({"settings": {"registries": registries}}));
    }
    Ok(bundle)
}

/// What a command line and its configuration want to be rendered.
fn rendering(args: &InputArgs, config: &Config) -> Request {
    Request {
        paths: args.paths.clone(),
        is_wanted: !args.no_render && config.render.unwrap_or(true),
        charts: config.charts.clone(),
        chart: args.chart.clone(),
        values: args.values.clone(),
        set: args.set.clone(),
        kube_version: args
            .kube_version
            .clone()
            .or(config.kube_version.clone())
            .unwrap_or_else(|| KUBE_VERSION.to_owned()),
        cache: Arc::new(cache(args)),
    }
}

/// Everything that a command line names, with what is rendered of it.
fn sources(args: &InputArgs, config: &Config) -> Sources {
    let rendering = rendering(args, config);
    let mut sources = read(&source::Request {
        paths: args.paths.clone(),
        honour_ignore_files: !args.no_ignore,
        reads_templates: !rendering.is_wanted,
    });
    render(&mut sources, &rendering);
    sources
}

/// What was rendered before: in the folder that `LANDFALL_CACHE_DIR` names, nowhere if it is empty,
/// else where the system wants caches to be.
fn cache(args: &InputArgs) -> Cache {
    let folder = match std::env::var_os("LANDFALL_CACHE_DIR") {
        Some(named) => Some(PathBuf::from(named)),
        None => system_caches().map(|folder| folder.join("landfall").join("renderings")),
    };
    let is_named = |folder: &PathBuf| !args.no_cache && !folder.as_os_str().is_empty();
    folder.filter(is_named).map(Cache::new).unwrap_or_default()
}

/// Where the system wants caches to be; `None` where nobody has a home.
fn system_caches() -> Option<PathBuf> {
    let folders = choose_base_strategy().ok()?;
    Some(folders.cache_dir())
}

/// The rules that a command line means; what it does not say, its configuration does.
fn selection(args: &PolicyArgs, config: &Config) -> Selection {
    let or = |given: &[String], own: &[String]| {
        if given.is_empty() {
            own.to_vec()
        } else {
            given.to_vec()
        }
    };
    Selection {
        rules: or(&args.rule, &config.rules),
        families: or(&args.family, &config.families),
        severity: args.severity.or(config.severity),
        enabled: [config.enable.as_slice(), args.enable.as_slice()].concat(),
        with_optional: false,
    }
}
