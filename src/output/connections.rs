//! Connections as text, JSON, CSV and drawings.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;

use super::printable::printable;
use crate::network::{Connection, Connectivity};

/// The columns.
const COLUMNS: [&str; 3] = ["source", "destination", "allowed"];

/// A connection as programs read it.
#[derive(Serialize)]
struct Row<'a> {
    source: &'a str,
    destination: &'a str,
    allowed: &'a str,
}

/// Writes a table for people.
///
/// # Errors
///
/// When `out` cannot be written.
pub(crate) fn text(found: &Connectivity, out: &mut dyn Write) -> io::Result<()> {
    let longest = |of: fn(Connection<'_>) -> &str, title: &str| {
        let lengths = found.connections.iter().map(|row| of(row).len());
        lengths.max().unwrap_or(0).max(title.len())
    };
    let first = longest(|row| row.source, COLUMNS[0]);
    let second = longest(|row| row.destination, COLUMNS[1]);
    let [source, destination, allowed] = COLUMNS;
    writeln!(out, "{source:first$}  {destination:second$}  {allowed}")?;
    for row in found.connections.iter() {
        let (source, destination) = (printable(row.source), printable(row.destination));
        writeln!(
            out,
            "{source:first$}  {destination:second$}  {}",
            row.allowed
        )?;
    }
    Ok(())
}

/// Writes a JSON list of objects, one a line.
///
/// # Errors
///
/// When `out` cannot be written.
pub(crate) fn json(found: &Connectivity, out: &mut dyn Write) -> io::Result<()> {
    for (position, row) in found.connections.iter().enumerate() {
        out.write_all(if position == 0 { b"[\n  " } else { b",\n  " })?;
        let row = Row {
            source: row.source,
            destination: row.destination,
            allowed: row.allowed,
        };
        serde_json::to_writer(&mut *out, &row)?;
    }
    out.write_all(if found.connections.len() == 0 {
        b"[]\n"
    } else {
        b"\n]\n"
    })
}

/// Writes comma-separated values under a line of titles.
///
/// # Errors
///
/// When `out` cannot be written.
pub(crate) fn csv(found: &Connectivity, out: &mut dyn Write) -> io::Result<()> {
    let mut table = ::csv::Writer::from_writer(out);
    table.write_record(COLUMNS)?;
    for row in found.connections.iter() {
        table.write_record([row.source, row.destination, row.allowed])?;
    }
    table.flush()
}

/// Writes a graph in Graphviz' language: a box for each namespace.
///
/// # Errors
///
/// When `out` cannot be written.
pub(crate) fn dot(found: &Connectivity, out: &mut dyn Write) -> io::Result<()> {
    let nodes = Nodes::of(found);
    writeln!(out, "digraph {{\n\trankdir=LR\n\tnode [shape=box]")?;
    for (number, (namespace, ends)) in nodes.by_namespace.iter().enumerate() {
        writeln!(
            out,
            "\tsubgraph cluster_{number} {{\n\t\tlabel={}",
            quoted(namespace)
        )?;
        for (name, label) in ends {
            writeln!(out, "\t\t{} [label={}]", quoted(name), quoted(label))?;
        }
        writeln!(out, "\t}}")?;
    }
    for name in &nodes.outside {
        writeln!(out, "\t{} [shape=ellipse]", quoted(name))?;
    }
    for row in found.connections.iter() {
        writeln!(
            out,
            "\t{} -> {} [label={}]",
            quoted(row.source),
            quoted(row.destination),
            quoted(row.allowed)
        )?;
    }
    writeln!(out, "}}")
}

/// Writes a flowchart in Mermaid's language, which GitHub and GitLab draw.
///
/// # Errors
///
/// When `out` cannot be written.
pub(crate) fn mermaid(found: &Connectivity, out: &mut dyn Write) -> io::Result<()> {
    let nodes = Nodes::of(found);
    let names = nodes.by_namespace.values().flatten().map(|(name, _)| *name);
    let names = names.chain(nodes.outside.iter().copied());
    let ids: BTreeMap<&str, usize> = names.enumerate().map(|(id, name)| (name, id)).collect();
    writeln!(out, "flowchart LR")?;
    for (number, (namespace, ends)) in nodes.by_namespace.iter().enumerate() {
        writeln!(out, "  subgraph s{number} [\"{}\"]", escaped(namespace))?;
        for (name, label) in ends {
            writeln!(out, "    n{}[\"{}\"]", ids[name], escaped(label))?;
        }
        writeln!(out, "  end")?;
    }
    for name in &nodes.outside {
        writeln!(out, "  n{}([\"{}\"])", ids[name], escaped(name))?;
    }
    for row in found.connections.iter() {
        let ends = (ids[row.source], ids[row.destination]);
        writeln!(
            out,
            "  n{} -->|\"{}\"| n{}",
            ends.0,
            escaped(row.allowed),
            ends.1
        )?;
    }
    Ok(())
}

/// What is drawn: the ends of each namespace with their labels, and what lies outside.
struct Nodes<'a> {
    by_namespace: BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>,
    outside: BTreeSet<&'a str>,
}

impl<'a> Nodes<'a> {
    fn of(found: &'a Connectivity) -> Self {
        let mut nodes = Self {
            by_namespace: BTreeMap::new(),
            outside: BTreeSet::new(),
        };
        let rows = found.connections.iter();
        let of_rows = rows.flat_map(|row| [row.source, row.destination]);
        for name in found.ends.iter().map(String::as_str).chain(of_rows) {
            match name.split_once('/').filter(|_| name.ends_with(']')) {
                Some((namespace, label)) => {
                    nodes
                        .by_namespace
                        .entry(namespace)
                        .or_default()
                        .insert(name, label);
                }
                None => {
                    nodes.outside.insert(name);
                }
            }
        }
        nodes
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn escaped(text: &str) -> String {
    text.replace('&', "#amp;")
        .replace('"', "#quot;")
        .replace('<', "#lt;")
        .replace('>', "#gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Network, Settings};
    use crate::source::read_text;

    /// A pod that addresses outside may reach, and one that talks to nobody.
    const OBJECTS: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: 'a"b', namespace: shop, labels: {app: a}}
spec: {containers: []}
---
apiVersion: v1
kind: Pod
metadata: {name: quiet, namespace: shop}
spec: {containers: []}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: shop}
spec: {podSelector: {matchLabels: {app: a}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}
"#;

    fn written(write: fn(&Connectivity, &mut dyn Write) -> io::Result<()>) -> String {
        let resources = read_text(OBJECTS);
        let settings = Settings::default();
        let network = Network::new(&resources, &settings);
        let mut out = Vec::new();
        let found = Connectivity::of(&resources, &network, &settings);
        write(&found, &mut out).expect("writes");
        String::from_utf8(out).expect("is UTF-8")
    }

    #[test]
    fn a_table_has_titles_and_even_columns() {
        assert_eq!(
            written(text),
            "source     destination    allowed\n0.0.0.0/0  shop/a\"b[Pod]  all\n"
        );
    }

    #[test]
    fn programs_read_csv_and_json() {
        assert_eq!(
            written(csv),
            "source,destination,allowed\n0.0.0.0/0,\"shop/a\"\"b[Pod]\",all\n"
        );
        let rows: serde_json::Value = serde_json::from_str(&written(json)).expect("is JSON");
        assert_eq!(rows[0]["destination"], "shop/a\"b[Pod]");
    }

    #[test]
    fn drawings_show_every_workload_and_escape_names() {
        let graph = written(dot);
        assert!(
            graph.contains("\"shop/quiet[Pod]\" [label=\"quiet[Pod]\"]"),
            "{graph}"
        );
        assert!(
            graph.contains("\"0.0.0.0/0\" -> \"shop/a\\\"b[Pod]\" [label=\"all\"]"),
            "{graph}"
        );
        let chart = written(mermaid);
        assert!(chart.contains("[\"a#quot;b[Pod]\"]"), "{chart}");
        assert!(chart.contains("n2 -->|\"all\"| n0"), "{chart}");
    }
}
