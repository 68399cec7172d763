//! Puts `policies/` into the binary: Rego as it is with its METADATA as JSON, data as JSON by dotted
//! path, so that a run parses only what it needs, and nothing that is slow to parse. Makes the
//! programs of the rules that run unless somebody chooses, and the automaton that finds the words of
//! all topics.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Input, MatchKind};
use walkdir::WalkDir;

use program::{Module, Parts, compile, pack};
use serde_json::Value;

#[path = "src/policy/engine/program.rs"]
#[allow(dead_code, reason = "a run needs more of it")]
mod program;
#[path = "src/facts/words.rs"]
mod words;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=src/facts/words.rs");
    println!("cargo:rerun-if-changed=src/policy/engine/program.rs");
    let letters = letters();
    fs::write(out.join("words.letters"), letters)?;
    let (steps, topics) = table(&automaton(&letters)?, &letters)?;
    fs::write(out.join("words.steps"), steps)?;
    fs::write(out.join("words.topics"), topics)?;
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("policies");
    println!("cargo:rerun-if-changed=policies");
    let files = WalkDir::new(&root)
        .sort_by_file_name()
        .into_iter()
        .collect::<std::result::Result<Vec<_>, _>>()?;
    let mut modules = Vec::new();
    let mut examples = String::new();
    let mut data = Vec::new();
    for file in files.iter().filter(|file| file.file_type().is_file()) {
        let path = file.path();
        let name = path
            .strip_prefix(&root)?
            .to_string_lossy()
            .replace('\\', "/");
        // The texts themselves: a path would tie what is built to this checkout.
        if name.ends_with(".rego") {
            let source = fs::read_to_string(path)?;
            let metadata = metadata(&source).map_err(|error| format!("{name}: {error}"))?;
            modules.push((Arc::new(Module { path: name, source }), metadata));
        } else if name.starts_with("rules/") {
            writeln!(examples, "    ({name:?}, {:?}),", fs::read_to_string(path)?)?;
        } else if name.ends_with(".yaml") {
            data.extend(values(path, &name)?);
        }
    }
    let data: String = data
        .iter()
        .map(|(path, json)| format!("    ({path:?}, {json:?}),\n"))
        .collect();
    let programs = programs(&modules, &out)?;
    let modules: String = modules
        .iter()
        .map(|(module, metadata)| {
            format!(
                "    ({:?}, {:?}, {metadata:?}),\n",
                module.path, module.source
            )
        })
        .collect();
    let text = format!(
        "pub(super) static MODULES: &[(&str, &str, &str)] = &[\n{modules}];\n\
         pub(super) static PROGRAMS: &[(&str, &[u8])] = &[\n{programs}];\n\
         pub(super) static EXAMPLES: &[(&str, &str)] = &[\n{examples}];\n\
         pub(super) static DATA: &[(&str, &str)] = &[\n{data}];\n"
    );
    fs::write(out.join("policies.rs"), text)?;
    Ok(())
}

/// The programs of the rules that run unless somebody chooses, each in a file: lines of a table by name.
fn programs(modules: &[(Arc<Module>, String)], out: &Path) -> Result<String> {
    let mut lines = String::new();
    for (number, parts) in units(modules)?.into_iter().enumerate() {
        let file = format!("{number}.program");
        fs::write(out.join(&file), pack(&*compile(&mut parts.engine()?)?)?)?;
        writeln!(lines, "    ({:?}, include_bytes!({file:?})),", parts.name())?;
    }
    Ok(lines)
}

/// The enabled rules by id, together where they apply to the same resources and need the same things.
fn units(modules: &[(Arc<Module>, String)]) -> Result<Vec<Parts>> {
    let mut units: BTreeMap<String, BTreeMap<String, &Arc<Module>>> = BTreeMap::new();
    let mut libraries = Vec::new();
    let is_test = |module: &Module| module.path.ends_with("_test.rego");
    for (module, metadata) in modules.iter().filter(|(module, _)| !is_test(module)) {
        if metadata.is_empty() {
            libraries.push(Arc::clone(module));
            continue;
        }
        let metadata: Value = serde_json::from_str(metadata)?;
        let custom = &metadata["custom"];
        if custom["enabled"] != Value::Bool(false) {
            let unit = format!("{} {}", custom["applies_to"], custom["needs"]);
            let id = custom["id"].as_str().unwrap_or_default().to_owned();
            units.entry(unit).or_default().insert(id, module);
        }
    }
    let parts = |rules: BTreeMap<String, &Arc<Module>>| {
        let modules = rules.values().map(|module| Arc::clone(module)).collect();
        let package = |module: &Module| module.package().unwrap_or_default().to_owned();
        let named = rules.into_iter().map(|(id, module)| (id, package(module)));
        Parts::new(named.collect(), modules, &libraries)
    };
    Ok(units.into_values().map(parts).collect())
}

/// The letter of each byte, whatever its case: a byte of ASCII that some word has is one of its own,
/// all beyond ASCII are one, and all others are 0. So few letters halve the automaton.
fn letters() -> [u8; 256] {
    let used: BTreeSet<u8> = words::ALL
        .into_iter()
        .flatten()
        .flat_map(|word| word.bytes())
        .collect();
    let mut letters = [0; 256];
    let ascii = used.into_iter().filter(u8::is_ascii);
    for (letter, byte) in (1..).zip(ascii) {
        letters[usize::from(byte)] = letter;
        letters[usize::from(byte.to_ascii_uppercase())] = letter;
    }
    let last = letters.iter().max().copied().unwrap_or_default();
    letters[0x80..].fill(last + 1);
    letters
}

/// An automaton over the letters whose patterns are the lists of words.
fn automaton(letters: &[u8; 256]) -> Result<dense::DFA<Vec<u32>>> {
    let spelled = |word: &&str| -> String {
        word.bytes()
            .map(|byte| char::from(letters[usize::from(byte)]))
            .collect()
    };
    let pattern = |words: &[&str]| {
        let words: Vec<String> = words
            .iter()
            .map(|word| regex_syntax::escape(&spelled(word)))
            .collect();
        words.join("|")
    };
    let patterns = words::ALL.map(pattern);
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Unanchored);
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    let words = dense::Builder::new()
        .configure(config)
        .syntax(syntax)
        .thompson(thompson::Config::new().utf8(false))
        .build_many(&patterns)?;
    Ok(words)
}

/// The automaton as plain tables, which a run takes as they are: the number of the state that each state leads to by
/// each letter, in two bytes; and which topics are found in each state, and where the text ends in it. The first state is
/// the one to start from.
fn table(words: &dense::DFA<Vec<u32>>, letters: &[u8; 256]) -> Result<(Vec<u8>, Vec<u8>)> {
    let last = letters.iter().max().copied().unwrap_or_default();
    let matched = |state| {
        let count = match words.is_match_state(state) {
            true => words.match_len(state),
            false => 0,
        };
        let found = (0..count).map(|index| 1_u8 << words.match_pattern(state, index).as_u32());
        found.fold(0, |all, topic| all | topic)
    };
    let mut states = vec![words.start_state_forward(&Input::new(""))?];
    let mut numbers = BTreeMap::from([(states[0], 0_u16)]);
    let (mut steps, mut topics) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(state) = states.get(at).copied() {
        at += 1;
        topics.extend([matched(state), matched(words.next_eoi_state(state))]);
        for letter in 0..=last {
            let next = words.next_state(state, letter);
            if words.is_quit_state(next) {
                return Err("the automaton of words gives up".into());
            }
            if let Entry::Vacant(new) = numbers.entry(next) {
                new.insert(u16::try_from(states.len())?);
                states.push(next);
            }
            steps.extend(numbers[&next].to_le_bytes());
        }
    }
    Ok((steps, topics))
}

/// The METADATA of a module as JSON; empty for a module without it.
fn metadata(source: &str) -> Result<String> {
    let lines = source
        .lines()
        .skip_while(|line| line.trim_end() != "# METADATA");
    let comments = lines.skip(1).map_while(|line| line.strip_prefix('#'));
    let yaml: Vec<&str> = comments
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    if yaml.is_empty() {
        return Ok(String::new());
    }
    let value: serde_json::Value = serde_yaml::from_str(&yaml.join("\n"))?;
    Ok(serde_json::to_string(&value)?)
}

/// A data file's values: dotted path, of the folder and the key, and JSON text of each.
fn values(path: &Path, name: &str) -> Result<Vec<(String, String)>> {
    let text = fs::read_to_string(path)?;
    let document: serde_json::Map<String, serde_json::Value> =
        serde_yaml::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
    let folder = Path::new(name)
        .parent()
        .unwrap_or(Path::new(""))
        .to_string_lossy()
        .replace('/', ".");
    let dotted = |key: &str| {
        if folder.is_empty() {
            key.to_owned()
        } else {
            format!("{folder}.{key}")
        }
    };
    document
        .iter()
        .map(|(key, value)| Ok((dotted(key), serde_json::to_string(value)?)))
        .collect()
}
