//! The command line: what a user may write, and nothing of what it does.

use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::config::{FailOn, fail_on, registry};
use crate::model::Severity;

/// Finds what ties Kubernetes manifests to Azure and what Compliant Kubernetes will refuse
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What landfall does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan files and folders of manifests and dependency files
    Scan(Box<ScanArgs>),
    /// List the rules
    Rules(RulesArgs),
    /// List the Azure services of the catalogue, with what takes their place
    Services(ServicesArgs),
    /// Tell a rule or an Azure service in full
    Explain(ExplainArgs),
    /// Run the tests of policies, as `opa test` does
    Test(TestArgs),
    /// List the images that everything names, and where; or write a script that copies them
    Images(ImagesArgs),
    /// Tell what may talk to what, as NetworkPolicies allow it, or suggest NetworkPolicies
    Network(NetworkArgs),
    /// Print what rules see as `input`, one JSON object a line, for other engines
    Inputs(InputsArgs),
}

/// Which policies.
#[derive(Args, Clone, Debug, Default)]
pub struct PolicyArgs {
    /// Add the rules in a folder
    #[arg(long, value_name = "DIR")]
    pub policy: Vec<PathBuf>,
    /// Lay a YAML or JSON file over the data that rules read
    #[arg(long, value_name = "FILE")]
    pub data: Vec<PathBuf>,
    /// Run only this rule
    #[arg(long, value_name = "RULE")]
    pub rule: Vec<String>,
    /// Run only the rules of this family
    #[arg(long, value_name = "FAMILY")]
    pub family: Vec<String>,
    /// Run this optional rule besides the others
    #[arg(long, value_name = "RULE")]
    pub enable: Vec<String>,
    /// Run only rules of at least this severity: low, medium, high or critical
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Option<Severity>,
    /// Read this configuration instead of the `landfall.yaml` found upwards
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Trust images below this prefix, instead of hosts called `harbor`
    #[arg(long, value_name = "PREFIX", value_parser = registry)]
    pub registry: Vec<String>,
}

/// Which input.
#[derive(Args, Clone, Debug, Default)]
pub struct InputArgs {
    /// Files and folders; `-` reads standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Read files that `.ignore`, `.landfallignore` or, in a repository, `.gitignore` leave out
    #[arg(long)]
    pub no_ignore: bool,
    /// Render no charts and kustomizations; what is not rendered is named
    #[arg(long)]
    pub no_render: bool,
    /// Render charts and kustomizations anew, and keep nothing of them
    #[arg(long)]
    pub no_cache: bool,
    /// Render charts also with the values of this file, those of later ones over those of earlier
    /// ones
    #[arg(long, value_name = "FILE")]
    pub values: Vec<PathBuf>,
    /// Render charts also with this value, over those of --values
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub set: Vec<String>,
    /// Trace what comes on standard input back to this chart, from which it was rendered
    #[arg(long, value_name = "DIR")]
    pub chart: Option<PathBuf>,
    /// Render charts for this version of Kubernetes
    #[arg(long, value_name = "VERSION")]
    pub kube_version: Option<String>,
}

/// `landfall scan`.
#[derive(Args, Clone, Debug)]
pub struct ScanArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// What to run.
    #[command(flatten)]
    pub policies: PolicyArgs,
    /// Write the report in this format; may be given several times
    #[arg(long, value_name = "FORMAT")]
    pub format: Vec<Format>,
    /// Write the format given before to a file, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Exit with 1 from this severity on: low (default), medium, high, critical or never
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on)]
    pub fail_on: Option<FailOn>,
    /// Use so many threads instead of one for each core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Tell on standard error what was rendered, by which program and with which arguments
    #[arg(long)]
    pub verbose: bool,
    /// Draw every finding with its source lines, not only the first of each rule
    #[arg(long)]
    pub full: bool,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
    /// Use colours and hyperlinks
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// `landfall rules`.
#[derive(Args, Clone, Debug)]
pub struct RulesArgs {
    /// Which rules.
    #[command(flatten)]
    pub policies: PolicyArgs,
    /// How to write the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}

/// `landfall services`.
#[derive(Args, Clone, Debug)]
pub struct ServicesArgs {
    /// Lay a YAML or JSON file over the catalogue
    #[arg(long, value_name = "FILE")]
    pub data: Vec<PathBuf>,
    /// Read this configuration instead of the `landfall.yaml` found upwards
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How to write the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}

/// `landfall explain`.
#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// The id of a rule or of an Azure service: `image-tag`, `service-bus`
    #[arg(value_name = "RULE|SERVICE")]
    pub name: String,
    /// Where rules come from.
    #[command(flatten)]
    pub policies: PolicyArgs,
}

/// `landfall test`.
#[derive(Args, Clone, Debug)]
pub struct TestArgs {
    /// Folders and files of policies with their tests
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Lay a YAML or JSON file over the data that rules read
    #[arg(long, value_name = "FILE")]
    pub data: Vec<PathBuf>,
}

/// `landfall inputs`.
#[derive(Args, Clone, Debug)]
pub struct InputsArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// For which rules.
    #[command(flatten)]
    pub policies: PolicyArgs,
}

/// `landfall images`.
#[derive(Args, Clone, Debug)]
pub struct ImagesArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// How to write the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ImagesFormat,
    /// With which tool a script copies
    #[arg(long, value_name = "TOOL", default_value = "skopeo")]
    pub tool: CopyTool,
    /// Push to this registry and project instead of the first trusted one
    #[arg(long, value_name = "PREFIX")]
    pub target: Option<String>,
    /// Trust images below this prefix, instead of hosts called `harbor`
    #[arg(long, value_name = "PREFIX", value_parser = registry)]
    pub registry: Vec<String>,
    /// Lay a YAML or JSON file over the data with settings and tables
    #[arg(long, value_name = "FILE")]
    pub data: Vec<PathBuf>,
    /// Read this configuration instead of the `landfall.yaml` found upwards
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `landfall network`.
#[derive(Args, Clone, Debug)]
pub struct NetworkArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// How to write the connections
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: NetworkFormat,
    /// Write NetworkPolicies that allow exactly what Services, routes, probes and names in the
    /// environment show to be needed, instead of what is allowed
    #[arg(long, conflicts_with = "format")]
    pub suggest: bool,
    /// Of charts with several renderings, take the one of this name instead of the first
    #[arg(long, value_name = "NAME")]
    pub rendering: Option<String>,
    /// Write to a file, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Lay a YAML or JSON file over the data that rules read, `settings.network` among it
    #[arg(long, value_name = "FILE")]
    pub data: Vec<PathBuf>,
    /// Read this configuration instead of the `landfall.yaml` found upwards
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How a list of images is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImagesFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// As a shell script that copies what is not in a trusted registry
    Script,
}

/// A tool that copies images from registry to registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CopyTool {
    /// `skopeo copy`
    Skopeo,
    /// `crane copy`
    Crane,
}

/// How connections are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NetworkFormat {
    /// A table for people
    Text,
    /// A list of objects for programs
    Json,
    /// Comma-separated values
    Csv,
    /// A graph for Graphviz
    Dot,
    /// A flowchart for GitHub, GitLab and other readers of Mermaid
    Mermaid,
    /// A drawing, made by Graphviz' `dot`
    Svg,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs; `docs/report.schema.json` describes it
    Json,
    /// SARIF 2.1.0, for GitHub, GitLab and editors
    Sarif,
}

/// How the list of rules is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// As the pages in `docs/`
    Markdown,
}

/// When colours and hyperlinks are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A format and the file it goes to; without one, standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The format.
    pub format: Format,
    /// The file.
    pub file: Option<PathBuf>,
}

/// Why there is nothing to run: the command line is wrong, or asks for help or the version.
#[derive(Debug)]
pub struct Stop(clap::Error);

impl Stop {
    /// Prints what there is to say; help goes to standard output. Gives whether the command line
    /// is wrong.
    #[must_use]
    pub fn tell(&self) -> bool {
        // A closed pipe is no error.
        let _ = self.0.print();
        self.0.use_stderr()
    }
}

/// The parsed command line, with each `--output` paired with the `--format` before it.
///
/// # Errors
///
/// When there is nothing to run.
pub fn parse() -> Result<(Cli, Vec<Target>), Stop> {
    parse_arguments().map_err(Stop)
}

fn parse_arguments() -> Result<(Cli, Vec<Target>), clap::Error> {
    let matches = Cli::command().try_get_matches()?;
    let cli = Cli::from_arg_matches(&matches)?;
    let targets = match matches.subcommand() {
        Some(("scan", scan)) => targets(scan)?,
        _ => Vec::new(),
    };
    Ok((cli, targets))
}

fn targets(scan: &ArgMatches) -> Result<Vec<Target>, clap::Error> {
    let mut targets: Vec<(usize, Target)> = Vec::new();
    let formats = scan.get_many::<Format>("format").into_iter().flatten();
    for (format, at) in formats.zip(scan.indices_of("format").into_iter().flatten()) {
        targets.push((
            at,
            Target {
                format: *format,
                file: None,
            },
        ));
    }
    let files = scan.get_many::<PathBuf>("output").into_iter().flatten();
    for (file, at) in files.zip(scan.indices_of("output").into_iter().flatten()) {
        if targets.is_empty() {
            targets.push((
                0,
                Target {
                    format: Format::Text,
                    file: None,
                },
            ));
        }
        let before = targets
            .iter_mut()
            .rev()
            .find(|(format_at, _)| *format_at < at);
        match before {
            Some((_, target)) if target.file.is_none() => target.file = Some(file.clone()),
            _ => return Err(usage("each --output needs a --format of its own before it")),
        }
    }
    if targets.is_empty() {
        targets.push((
            0,
            Target {
                format: Format::Text,
                file: None,
            },
        ));
    }
    let to_stdout = targets
        .iter()
        .filter(|(_, target)| target.file.is_none())
        .count();
    if to_stdout > 1 {
        return Err(usage(
            "only one --format can go to standard output; give the others an --output",
        ));
    }
    Ok(targets.into_iter().map(|(_, target)| target).collect())
}

fn key_and_value(text: &str) -> Result<String, String> {
    let key = text.split_once('=').map(|(key, _)| key);
    if key.is_some_and(|key| !key.is_empty()) {
        Ok(text.to_owned())
    } else {
        Err("write a key and its value, as in `image.tag=1.2`".to_owned())
    }
}

fn usage(message: &str) -> clap::Error {
    Cli::command().error(clap::error::ErrorKind::ArgumentConflict, message)
}
