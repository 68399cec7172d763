//! Which file of a crate imports from which, as their texts say, and the circles that this makes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use regex::Regex;

/// The path of a module or of an item in one, from the crate's root.
type Path = Vec<String>;

/// What stands behind the slashes of a comment, a link's too.
static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new("//.*").expect("is valid"));

/// An import, which the module hands on: to those below it in any case.
static USE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*(?:pub(?:\([^)]*\))?\s+)?use\s+([^;]+);").expect("is valid")
});

/// A path within code.
static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\w+(?:::\w+)+").expect("is valid"));

/// How often a name that a module hands on may be handed on again.
const ROUNDS: usize = 8;

/// The files of a crate by their modules.
pub(crate) struct House<'s> {
    /// The file and the text of each module.
    modules: BTreeMap<Path, (&'s str, String)>,
    /// What modules hand on under a path of their own, and where it is from.
    handed_on: HashMap<Path, Path>,
}

impl<'s> House<'s> {
    /// Of files, each with its path below the root and its text without tests.
    pub(crate) fn new(sources: &'s [(String, String)]) -> Self {
        let module = |(file, text): &'s (String, String)| {
            let text = COMMENT.replace_all(text, "").into_owned();
            (module_of(file), (file.as_str(), text))
        };
        let mut house = Self {
            modules: sources.iter().map(module).collect(),
            handed_on: HashMap::new(),
        };
        for (module, (_, text)) in &house.modules {
            let trees = USE.captures_iter(text).flat_map(|tree| leaves(&tree[1]));
            for (path, name) in trees {
                let own = [&module[..], &[name]].concat();
                if let Some(path) = house.absolute(module, &path) {
                    house.handed_on.insert(own, path);
                }
            }
        }
        house
    }

    /// The files that import from each other in a circle, or lie between two circles, each with what it imports
    /// of these. What a file imports from a module around it is no part of one: a module is its own file and those below.
    pub(crate) fn circles(&self) -> Vec<String> {
        let mut imports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (module, (file, text)) in &self.modules {
            imports.insert(file, self.imports(module, text));
        }
        loop {
            let imported: BTreeSet<&str> = imports.values().flatten().copied().collect();
            let before = imports.len();
            imports.retain(|file, own| !own.is_empty() && imported.contains(file));
            let left: BTreeSet<&str> = imports.keys().copied().collect();
            for own in imports.values_mut() {
                own.retain(|file| left.contains(file));
            }
            if imports.len() == before {
                break;
            }
        }
        let told = |(file, own): (&str, BTreeSet<&str>)| format!("{file} imports {own:?}");
        imports.into_iter().map(told).collect()
    }

    fn imports(&self, module: &Path, text: &str) -> BTreeSet<&'s str> {
        let of_uses = USE.captures_iter(text).flat_map(|tree| leaves(&tree[1]));
        let rest = USE.replace_all(text, "");
        let inline = PATH.find_iter(&rest).map(|path| steps(path.as_str()));
        let paths = of_uses.map(|(path, _)| path).chain(inline);
        paths
            .filter_map(|path| self.home(self.absolute(module, &path)?))
            .filter(|home| !module.starts_with(home))
            .map(|home| self.modules[home].0)
            .collect()
    }

    /// A path as it is from the crate's root; `None` for one of another crate.
    fn absolute(&self, module: &Path, path: &[String]) -> Option<Path> {
        let (first, rest) = path.split_first()?;
        let child = || [&module[..], std::slice::from_ref(first)].concat();
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let above = path.iter().take_while(|step| *step == "super").count();
                let around = &module[..module.len().checked_sub(above)?];
                Some([around, &path[above..]].concat())
            }
            _ if self.modules.contains_key(&child()) => Some([&child()[..], rest].concat()),
            _ => None,
        }
    }

    /// The module whose file has what a path leads to.
    fn home(&self, mut path: Path) -> Option<&Path> {
        for _ in 0..ROUNDS {
            let known = (1..=path.len()).rev();
            let mut known = known.filter_map(|end| Some((end, self.handed_on.get(&path[..end])?)));
            let Some((end, from)) = known.next() else {
                break;
            };
            path = [from, &path[end..]].concat();
        }
        let mut around = (0..=path.len()).rev().map(|end| &path[..end]);
        let home = around.find_map(|around| self.modules.get_key_value(around));
        home.map(|(module, _)| module)
    }
}

/// The module of a file: `a/b.rs` and `a/b/mod.rs` are `a::b`.
fn module_of(file: &str) -> Path {
    let stem = file.trim_end_matches(".rs");
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    let steps = stem.split('/').filter(|step| *step != "lib");
    steps.map(str::to_owned).collect()
}

fn steps(path: &str) -> Path {
    path.split("::")
        .map(|step| step.trim().to_owned())
        .collect()
}

/// The paths of a tree of `use`, each with the name that it gets.
fn leaves(tree: &str) -> Vec<(Path, String)> {
    let tree = tree.trim();
    let Some((before, inside)) = tree.split_once('{') else {
        let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
        let path = steps(path);
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        let name = name.or_else(|| path.last().cloned()).unwrap_or_default();
        return vec![(path, name)];
    };
    let inside = inside.strip_suffix('}').unwrap_or(inside);
    let mut depth = 0_usize;
    let parts = inside.split(|sign: char| {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        sign == ',' && depth == 0
    });
    let parts = parts.filter(|part| !part.trim().is_empty());
    parts
        .flat_map(|part| leaves(&format!("{}{}", before.trim(), part.trim())))
        .collect()
}
