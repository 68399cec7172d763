//! `landfall network`: who may talk to whom, or the NetworkPolicies that would be enough.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::file::write_file;
use super::{CommandError, Status, bundle, config, sources};
use crate::cli::{NetworkArgs, NetworkFormat, PolicyArgs};
use crate::model::{Notice, World, world_of, worlds};
use crate::network::{Connectivity, Network, Settings, Suggestion, suggest};
use crate::output::printable::printable;
use crate::output::{connections, suggestion};
use crate::policy::{Bundle, PolicyError};
use crate::scan::problem;
use crate::source::Sources;

pub(super) fn run(args: &NetworkArgs) -> Result<Status, CommandError> {
    let policies = PolicyArgs {
        data: args.data.clone(),
        config: args.config.clone(),
        ..PolicyArgs::default()
    };
    let config = config(&policies)?;
    let settings = settings(&bundle(&policies, &config)?)?;
    let mut sources = sources(&args.input, &config);
    let is_one = keep_one_world(&mut sources, args.rendering.as_deref())?;
    let network = Network::new(&sources.resources, &settings);
    if args.suggest {
        let made = suggest(&sources.resources, &network, &settings);
        let text = suggestion::yaml(&made);
        deliver(args, &|out| out.write_all(text.as_bytes()))?;
        tell_open(&made);
    } else {
        let found = Connectivity::of(&sources.resources, &network, &settings);
        show(args, &found)?;
    }
    tell(&sources, &network);
    if !is_one && args.rendering.is_none() {
        // Nothing is left to tell it to if standard error is closed.
        let _ = writeln!(
            io::stderr(),
            "warning: of charts with several renderings only the first counts, since they are not deployed together\nhelp: --rendering NAME takes those of another name, such as {}",
            names(&sources).join(", ")
        );
    }
    Ok(if sources.failures.is_empty() {
        Status::Clean
    } else {
        Status::Failed
    })
}

/// Leaves one rendering of each chart: the first, or the one of a name. Gives whether no chart had
/// more.
fn keep_one_world(sources: &mut Sources, name: Option<&str>) -> Result<bool, CommandError> {
    let resources = &sources.resources;
    let world = match name {
        Some(name) => world_of(resources, name),
        None => worlds(resources).into_iter().next(),
    };
    let Some(World(members)) = world else {
        return Err(CommandError::Rendering {
            name: name.unwrap_or_default().to_owned(),
            known: names(sources).join(", "),
        });
    };
    let is_one = members.len() == resources.len();
    let mut members = members.into_iter().peekable();
    let mut position = 0..;
    sources
        .resources
        .retain(|_| position.next() == members.peek().copied() && members.next().is_some());
    Ok(is_one)
}

/// The names of renderings, each once.
fn names(sources: &Sources) -> Vec<String> {
    let renderings = sources.summary.renderings.iter();
    let names: BTreeSet<String> = renderings
        .map(|rendering| format!("`{}`", rendering.name))
        .collect();
    names.into_iter().collect()
}

/// The settings under `settings.network`.
fn settings(bundle: &Bundle) -> Result<Settings, PolicyError> {
    #[derive(Deserialize)]
    struct Table {
        network: Settings,
    }
    let table: Result<Table, _> = bundle.data().table("settings");
    let table = table.map_err(|error| PolicyError::table("settings", &error))?;
    Ok(table.network)
}

fn show(args: &NetworkArgs, found: &Connectivity) -> Result<(), CommandError> {
    let write = match args.format {
        NetworkFormat::Text => connections::text,
        NetworkFormat::Json => connections::json,
        NetworkFormat::Csv => connections::csv,
        NetworkFormat::Dot => connections::dot,
        NetworkFormat::Mermaid => connections::mermaid,
        NetworkFormat::Svg => {
            let mut graph = Vec::new();
            connections::dot(found, &mut graph).map_err(CommandError::stdout)?;
            let drawing = svg(&graph).map_err(|source| CommandError::Dot { source })?;
            return deliver(args, &|out| out.write_all(&drawing));
        }
    };
    deliver(args, &|out| write(found, out))
}

/// Has Graphviz draw a graph.
fn svg(graph: &[u8]) -> io::Result<Vec<u8>> {
    let mut command = Command::new("dot");
    command
        .arg("-Tsvg")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut dot = command.spawn()?;
    let stdin = dot.stdin.take();
    let output = std::thread::scope(|scope| {
        // Written beside the reading, since either pipe may fill.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(graph)));
        dot.wait_with_output()
    })?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(io::Error::other(format!("it ended with {}", output.status)))
    }
}

fn deliver(
    args: &NetworkArgs,
    write: &dyn Fn(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CommandError> {
    if let Some(file) = &args.output {
        return write_file(file, write).map_err(|source| CommandError::file(file, source));
    }
    let mut stdout = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match write(&mut stdout).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CommandError::stdout(error)),
        _ => Ok(()),
    }
}

/// What somebody has to decide before the suggested policies are complete.
fn tell_open(made: &Suggestion) {
    let mut stderr = io::stderr().lock();
    for reason in &made.open {
        // Nothing is left to tell it to if standard error is closed.
        let _ = writeln!(stderr, "warning: {}", printable(reason));
    }
}

/// What could not be read, and what of the policies was not counted.
fn tell(sources: &Sources, network: &Network) {
    let problems = network.problems.iter();
    let problems = problems.map(|one| problem(&sources.resources, one));
    let mut stderr = io::stderr().lock();
    let mut tell = |word: &str, notice: &Notice| {
        let place = notice.display.as_deref().unwrap_or("-");
        let line = notice
            .region
            .map_or_else(String::new, |region| format!(":{}", region.line));
        // Nothing is left to tell it to if standard error is closed.
        let _ = writeln!(
            stderr,
            "{word}: {place}{line}: {}",
            printable(&notice.reason)
        );
        if let Some(help) = &notice.help {
            let _ = writeln!(stderr, "help: {help}");
        }
    };
    sources
        .failures
        .iter()
        .for_each(|failure| tell("error", failure));
    problems.for_each(|problem| tell("warning", &problem));
    let on_host = network.population.ends.iter().filter(|end| {
        let mut classes = end
            .pods
            .iter()
            .map(|pods| &network.population.classes[pods.class]);
        classes.any(|class| class.is_on_host)
    });
    let on_host = on_host.count();
    if on_host > 0 {
        // Nothing is left to tell it to if standard error is closed.
        let _ = writeln!(
            stderr,
            "warning: {on_host} workloads are on the host network, where Kubernetes leaves it to the network plugin what policies mean\nhelp: `settings.network.host_network_is_selected` says how it is here"
        );
    }
}
