//! Objects that only a test tool applies: what tests of Chainsaw, Kyverno, Gatekeeper and kuttl name or keep beside
//! them. Policies that these are about are deployed from elsewhere, and stay.

mod taker;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::taker::{Takers, applied, collect, folder_of};
use super::chart::is_template;
use super::collect::{ChartFolder, Found};
use super::path::normalized;
use super::reading::{Class, Read};
use super::tried::{is_folder_of_tests, is_test, may_be_of_tests};
use crate::model::{Artifact, Node};

/// A kind of test.
struct Tool {
    group: &'static str,
    kinds: &'static [&'static str],
    /// The keys under which it names files of objects.
    keys: &'static [&'static str],
}

const TOOLS: [Tool; 3] = [
    Tool {
        group: "chainsaw.kyverno.io/",
        kinds: &["Test", "StepTemplate"],
        keys: &["file"],
    },
    Tool {
        group: "cli.kyverno.io/",
        kinds: &["Test"],
        keys: &[
            "resources",
            "targetResources",
            "patchedResource",
            "patchedResources",
            "generatedResource",
            "cloneSourceResource",
        ],
    },
    Tool {
        group: "test.gatekeeper.sh/",
        kinds: &["Suite"],
        keys: &["object", "inventory"],
    },
];

/// Files beside which all objects are those of a test.
const ALONE: [&str; 2] = ["chainsaw-test.yaml", "chainsaw-test.yml"];

/// The files of objects that a document names if it is a test, as it writes them.
pub(super) fn files(root: Node<'_>) -> Vec<String> {
    let text = |key| root.string(key);
    let (Some(version), Some(kind)) = (text("apiVersion"), text("kind")) else {
        return Vec::new();
    };
    let is_it = |tool: &&Tool| version.starts_with(tool.group) && tool.kinds.contains(&kind);
    let mut found = Vec::new();
    if let Some(tool) = TOOLS.iter().find(is_it) {
        collect(root, tool.keys, &mut found);
    }
    found
}

/// Whether a script is there for tests: called so, or in a folder for tests below one that the user names, however
/// deep.
pub(crate) fn is_script_of_tests(file: &Path, named: &[PathBuf]) -> bool {
    let named: BTreeSet<PathBuf> = named.iter().map(|path| normalized(path)).collect();
    let file = normalized(file);
    let folders = file.ancestors().skip(1);
    let is_of_scripts = |folder: &Path| folder.ends_with("scripts/testing");
    is_test(&file)
        || is_below_tests(&file, &named)
        || folders
            .take_while(|folder| !named.contains(*folder))
            .any(is_of_scripts)
}

/// Whether a file lies in a folder for tests below one that the user names; a chart's templates are read with it.
fn is_below_tests(file: &Path, named: &BTreeSet<PathBuf>) -> bool {
    if !may_be_of_tests(file) {
        return false;
    }
    let folders = file.ancestors().skip(1);
    let mut below = folders.take_while(|folder| !named.contains(*folder));
    below.any(is_folder_of_tests) && !is_template(file)
}

/// Takes out what only tests apply, unless the user names its file or folder, or something that was read
/// deploys it; the paths of what was taken out.
pub(super) fn take_out(
    files: &mut Vec<Found>,
    read: &mut Vec<Read>,
    (asked, scripts): (&[PathBuf], &[Arc<Artifact>]),
) -> Vec<String> {
    let tests = Tests::of(files, read);
    let named: BTreeSet<PathBuf> = asked.iter().map(|path| normalized(path)).collect();
    let mut paths = files
        .iter()
        .map(|found| normalized(Path::new(&found.display)));
    if tests.are_none() && !paths.any(|file| is_below_tests(&file, &named)) {
        return Vec::new();
    }
    let is_meant = |file: &Path| named.contains(file) || named.contains(folder_of(file));
    let is_of_tests =
        |file: &Path| is_below_tests(file, &named) && !is_meant(file) && !is_stage(file, &named);
    let scripts = scripts
        .iter()
        .filter(|one| !is_script_of_tests(Path::new(&*one.display), asked));
    let commands = applied(read, scripts);
    let takers = Takers::of(read, commands, is_of_tests);
    let mut passed = Vec::new();
    let all = files.drain(..).zip(read.drain(..)).collect::<Vec<_>>();
    for (found, one) in all {
        let file = normalized(Path::new(&found.display));
        let is_of_objects = matches!(one.class, Class::Manifest | Class::Values);
        let is_of_tests = match one.kustomization {
            Some(_) => is_of_tests(&file),
            None => (tests.hold(&file) || is_below_tests(&file, &named)) && !is_meant(&file),
        };
        let is_passed = is_of_objects && is_of_tests && !takers.take(&file);
        if is_passed {
            passed.push(found.display);
        } else {
            files.push(found);
            read.push(one);
        }
    }
    passed
}

/// Takes out charts that only tests install, unless the user names them, or something that was read deploys them;
/// their paths.
pub(super) fn take_out_charts(
    charts: &mut Vec<ChartFolder>,
    read: &[Read],
    named: &[PathBuf],
) -> Vec<String> {
    let named: BTreeSet<PathBuf> = named.iter().map(|path| normalized(path)).collect();
    let file = |chart: &ChartFolder| normalized(&Path::new(&chart.display).join("Chart.yaml"));
    if !charts
        .iter()
        .any(|chart| is_below_tests(&file(chart), &named))
    {
        return Vec::new();
    }
    let takers = Takers::of(read, Vec::new(), |_| false);
    let mut passed = Vec::new();
    charts.retain(|chart| {
        let file = file(chart);
        let is_passed = is_below_tests(&file, &named) && !takers.take(&file);
        passed.extend(is_passed.then(|| chart.display.clone()));
        !is_passed
    });
    passed
}

/// Where tests have their objects.
#[derive(Default)]
struct Tests {
    /// Files that tests name, each below the folder of its test.
    named: BTreeSet<PathBuf>,
    /// Folders that hold nothing but a test.
    folders: BTreeSet<PathBuf>,
    /// Folders in which numbers begin the names of a test's steps: `00-install.yaml` beside `00-assert.yaml`.
    numbered: BTreeSet<PathBuf>,
}

impl Tests {
    fn of(files: &[Found], read: &[Read]) -> Self {
        let mut tests = Self::default();
        for (found, read) in files.iter().zip(read) {
            let path = Path::new(&found.display);
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.unwrap_or_default();
            let folder = folder_of(path);
            if ALONE.contains(&name) {
                tests.folders.insert(normalized(folder));
            }
            let step = step_of(name);
            if step.is_some_and(|step| step.starts_with("assert") || step.starts_with("errors")) {
                tests.numbered.insert(normalized(folder));
            }
            let named = read.tested.iter();
            let named = named.map(|file| normalized(&folder.join(file)));
            let own = normalized(folder);
            tests
                .named
                .extend(named.filter(|file| file.starts_with(&own)));
        }
        tests
    }

    fn are_none(&self) -> bool {
        self.named.is_empty() && self.folders.is_empty() && self.numbered.is_empty()
    }

    fn hold(&self, file: &Path) -> bool {
        let folder = folder_of(file);
        let name = file.file_name().and_then(|name| name.to_str());
        self.named.contains(file)
            || self.folders.contains(folder)
            || (self.numbered.contains(folder) && name.and_then(step_of).is_some())
    }
}

/// What stands behind the number of a step of kuttl's: `assert.yaml` of `00-assert.yaml`.
fn step_of(name: &str) -> Option<&str> {
    let (number, step) = name.split_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
    is_number.then_some(step)
}

/// Whether a file lies in one of the folders that stages have side by side, and so is of a stage, however that is
/// called. Those that tests have for themselves are none.
fn is_stage(file: &Path, named: &BTreeSet<PathBuf>) -> bool {
    const AROUND: [&str; 6] = [
        "clusters",
        "env",
        "environments",
        "envs",
        "overlays",
        "stages",
    ];
    let below = file
        .ancestors()
        .skip(1)
        .take_while(|folder| !named.contains(*folder));
    let outermost = below.filter(|folder| is_folder_of_tests(folder)).last();
    let mut around = outermost
        .into_iter()
        .flat_map(|tests| tests.ancestors().skip(1));
    around.any(|folder| AROUND.iter().any(|name| folder.ends_with(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::file::read_bytes;

    #[test]
    fn scripts_for_tests_may_lie_deep_below_their_folder() {
        let told = |file: &str| is_script_of_tests(Path::new(file), &[PathBuf::from("shop")]);
        for file in [
            "shop/scripts/tests/minikube/a.sh",
            "shop/scripts/testing/a.sh",
        ] {
            assert!(told(file), "{file}");
        }
        for file in [
            "shop/envs/testing/a.sh",
            "shop/scripts/a.sh",
            "shop/test/a.sh",
        ] {
            assert!(!told(file), "{file}");
        }
        let named = [PathBuf::from("scripts/testing"), PathBuf::from("e2e")];
        for file in ["scripts/testing/a.sh", "e2e/x/a.sh"] {
            assert!(!is_script_of_tests(Path::new(file), &named), "{file}");
        }
    }

    #[test]
    fn folders_for_tests_are_those_below_what_is_named() {
        let named = BTreeSet::from([PathBuf::from("tests/shop"), PathBuf::from("deploy")]);
        let told = |file: &str| is_below_tests(Path::new(file), &named);
        for file in ["deploy/tests/a.yaml", "tests/shop/e2e/x/a.yaml"] {
            assert!(told(file), "{file}");
        }
        for file in [
            "tests/shop/a.yaml",
            "deploy/overlays/test/a.yaml",
            "deploy/tests.yaml",
        ] {
            assert!(!told(file), "{file}");
        }
        assert!(told("deploy/tests/shop/templates/a.yaml"));
    }

    #[test]
    fn charts_of_tests_are_left_alone_unless_something_deploys_them() {
        let chart = |folder: &str| ChartFolder {
            display: folder.to_owned(),
            uri: folder.to_owned(),
            path: PathBuf::from(folder),
        };
        let mut charts = vec![
            chart("shop"),
            chart("shop/e2e/db"),
            chart("tests/web"),
            chart("tests/e2e/web"),
            chart("a/tests/api"),
        ];
        let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n\
            spec: {source: {path: a/tests/api}}\n";
        let read = Read {
            resources: crate::source::read_text(application),
            ..Read::default()
        };
        let named = ["shop", "tests/web", "a", "tests/e2e"].map(PathBuf::from);
        let passed = take_out_charts(&mut charts, &[read], &named);
        assert_eq!(passed, ["shop/e2e/db"]);
        assert_eq!(charts.len(), 4);
    }

    #[test]
    fn kustomizations_of_tests_deploy_nothing_unless_something_takes_them_in() {
        let files = [
            ("shop/e2e/samples", "resources: [../db, pod.yaml]"),
            ("shop/e2e/web", "resources: [../api, pod.yaml]"),
            ("shop/e2e/api", "resources: [pod.yaml]"),
            ("shop/overlays/e2e", "resources: [../../base, pod.yaml]"),
            ("shop/tests/overlays/dev", "resources: [pod.yaml]"),
            ("shop/tests/applied", "resources: [pod.yaml]"),
            ("shop/base", "resources: [../e2e/web]"),
        ];
        let (mut found, mut read): (Vec<Found>, Vec<Read>) = files
            .iter()
            .flat_map(|(folder, text)| {
                let text = format!(
                    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{text}\n"
                );
                let pod = "kind: Pod\napiVersion: v1\n".to_owned();
                [("kustomization.yaml", text), ("pod.yaml", pod)].map(|(name, text)| {
                    let file = format!("{folder}/{name}");
                    let found = Found {
                        path: Some(PathBuf::from(&file)),
                        display: file.clone(),
                        uri: file,
                    };
                    let read = read_bytes(&found, Ok(text.into_bytes()));
                    (found, read)
                })
            })
            .unzip();
        let script = "kubectl apply -k tests/applied\n";
        let scripts = ["shop/up.sh", "shop/e2e/run.sh"].map(|path| {
            let text = match path.contains("e2e") {
                true => script.replace("tests/applied", "e2e/samples"),
                false => script.to_owned(),
            };
            Arc::new(Artifact::new(path, path, text))
        });
        let named = [PathBuf::from("shop")];
        let passed = take_out(&mut found, &mut read, (&named, &scripts));
        let of_tests = ["shop/e2e/samples", "shop/tests/overlays/dev"];
        let of_tests = of_tests.iter().flat_map(|folder| {
            ["kustomization.yaml", "pod.yaml"].map(|name| format!("{folder}/{name}"))
        });
        assert_eq!(passed, of_tests.collect::<Vec<_>>());
    }

    #[test]
    fn templates_of_a_chart_are_read_with_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Chart.yaml"), "name: web\n").unwrap();
        let named = BTreeSet::from([folder.path().to_path_buf()]);
        let file = folder.path().join("templates/tests/a.yaml");
        assert!(!is_below_tests(&file, &named));
    }
}
