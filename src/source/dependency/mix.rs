//! Packages of Elixir's `mix.exs` and `mix.lock`. Both are programs: their tuples and keys are
//! read, never run.

use super::package::{Broken, Package, Source};
use super::word::Word;

/// Tuples `{:name, "~> 1.0"}` or `{:name, github: …}`.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let source = Source {
        ecosystem: "hex",
        scope: "deps",
        section: "deps",
    };
    let tuples = text.match_indices("{:").map(|(at, mark)| at + mark.len());
    let packages = tuples.filter(|start| !is_comment(text, *start));
    Ok(packages
        .filter_map(|start| package(text, source, start))
        .collect())
}

/// Keys `"name": {:hex, :name, "1.0.0", …}`.
pub(super) fn lock_packages(text: &str) -> Result<Vec<Package>, Broken> {
    let source = Source {
        ecosystem: "hex",
        scope: "transitive",
        section: "lock",
    };
    let tuples = text.match_indices("{:hex, :");
    let tuples = tuples.map(|(at, mark)| at + mark.len());
    let packages = tuples.filter_map(|start| package(text, source, start));
    Ok(packages.map(Package::transitive).collect())
}

/// The package whose name starts at an offset; a string right behind it is its version.
fn package(text: &str, source: Source<'_>, start: usize) -> Option<Package> {
    let rest = &text[start..];
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let end = start + rest.find(|c| !is_name(c))?;
    let after = text[end..].strip_prefix(',')?.trim_start();
    let version = after.strip_prefix('"').and_then(|inside| {
        let from = text.len() - inside.len();
        Some(Word::cut(text, from..from + inside.find(['"', '\n'])?))
    });
    (end > start).then(|| Package::new(source, Word::cut(text, start..end), version))
}

fn is_comment(text: &str, at: usize) -> bool {
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    line.contains('#')
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::tests::{as_on_windows, listed};

    #[test]
    fn tuples_are_read_and_look_alikes_are_not() {
        let text = "defp deps do\n  [\n    {:azurex, \"~> 1.1\"}, # größe {:azure_commented, \"1\"}\n    {:ueberauth_microsoft, github: \"x/y\"},\n    {:ok, value}\n  ]\nend\n";
        let expected = [
            "deps: deps.azurex azurex ~> 1.1",
            "deps: deps.ueberauth_microsoft ueberauth_microsoft -",
            "deps: deps.ok ok -",
        ];
        assert_eq!(listed(Format::Mix, text), expected);
        assert_eq!(listed(Format::Mix, &as_on_windows(text)), expected);
        let lock = "%{\n  \"azurex\": {:hex, :azurex, \"1.1.0\", \"abc\", [:mix], [{:azure_look_alike, \"~> 1\", [hex: :x]}], \"hexpm\"},\n}\n";
        assert_eq!(
            listed(Format::MixLock, lock),
            ["transitive: lock.azurex azurex 1.1.0"]
        );
    }
}
