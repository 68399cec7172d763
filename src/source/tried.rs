//! Values and objects with which nothing stays installed: of a chart's tests, of chart-testing, of linters.

use std::path::Path;

use super::chart::is_chart;

/// Programs that look at what a chart becomes, and what values for them are called by.
const LINTERS: [&str; 8] = [
    "checkov",
    "kics",
    "kubeconform",
    "kubelinter",
    "kubescore",
    "kubeval",
    "lint",
    "linter",
];

/// Folders of which nothing is deployed but by tests.
const FOLDERS_OF_TESTS: [&str; 10] = [
    "e2e",
    "e2e-tests",
    "integration-test",
    "integration-tests",
    "integration_tests",
    "test-cases",
    "test-fixtures",
    "test_fixtures",
    "testcases",
    "tests",
];

/// Whether a path has a word that the names of all folders of tests have: cheap.
pub(super) fn may_be_of_tests(path: &Path) -> bool {
    const WORDS: [&str; 3] = ["e2e", "test", "integration"];
    let text = path.to_string_lossy();
    WORDS.iter().any(|word| text.contains(word))
}

/// Whether a folder is called as one of which nothing is deployed but by tests; one that is called `integration` is
/// mostly a stage, and of tests where a program has others beside it.
pub(super) fn is_folder_of_tests(folder: &Path) -> bool {
    let is = |name: &str| folder.file_name().is_some_and(|own| own == name);
    let has_tests_beside = || {
        let around = folder.parent().unwrap_or(Path::new(""));
        around.join("src/test").is_dir()
    };
    FOLDERS_OF_TESTS.into_iter().any(is) || (is("integration") && has_tests_beside())
}

/// Whether values are there to try a chart: nobody runs it with them.
pub(super) fn is_tried(file: &Path) -> bool {
    is_of_linter(file) || is_of_chart_testing(file) || is_beside_tests(file)
}

/// Whether a file lies among a chart's own tests, beside its `Chart.yaml`: what tests install is gone with them.
pub(super) fn is_beside_tests(file: &Path) -> bool {
    const FOLDERS: [&str; 2] = ["test", "tests"];
    let mut folders = file.ancestors().skip(1);
    folders.any(|folder| {
        let name = folder.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| FOLDERS.contains(&name)) && is_chart(folder.parent())
    })
}

/// Whether values are those of helm's plugin `unittest`: nothing is installed with them.
pub(super) fn is_of_unit_test(file: &Path) -> bool {
    let mut folders = file.ancestors().skip(1);
    let Some(tests) = folders.find(|folder| folder.ends_with("tests")) else {
        return false;
    };
    let is_of_chart = tests
        .parent()
        .is_some_and(|chart| chart.join("Chart.yaml").exists());
    let is_suite = |entry: std::fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.ends_with("_test.yaml") || name.ends_with("_test.yml")
    };
    let files = is_of_chart.then(|| std::fs::read_dir(tests).ok()).flatten();
    files.into_iter().flatten().flatten().any(is_suite)
}

/// Whether a text is a suite of helm's plugin `unittest`, by the keys at its outermost level.
pub(super) fn is_suite(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("suite:") && has("tests:")
}

/// Whether values are those with which chart-testing, or a script like it, installs a chart and takes it away
/// again: `ci/*-values.yaml`, and what else lies there and is not called after an environment.
fn is_of_chart_testing(file: &Path) -> bool {
    const LASTING: [&str; 7] = [
        "prod",
        "production",
        "live",
        "stage",
        "staging",
        "dev",
        "qa",
    ];
    let folder = file.parent().filter(|folder| folder.ends_with("ci"));
    let mut words = stem(file).split(['-', '_', '.']);
    folder.is_some_and(|folder| {
        is_chart(folder.parent())
            && (stem(file).ends_with("-values") || !words.any(|word| LASTING.contains(&word)))
    })
}

/// Whether a script or a pipeline is there for tests, as its name or its folder says: what it puts into a cluster
/// is gone with them.
pub(super) fn is_test(file: &Path) -> bool {
    const WORDS: [&str; 5] = ["e2e", "integration", "smoke", "test", "tests"];
    // `deploy-test.sh` deploys the stage of this name.
    const VERBS: [&str; 6] = [
        "deploy",
        "install",
        "provision",
        "release",
        "rollout",
        "upgrade",
    ];
    let mut words = stem(file).split(['-', '_', '.']);
    let is_of_stage = || {
        let mut words = words.clone();
        words.next().is_some_and(|first| VERBS.contains(&first))
            && words.next() == Some("test")
            && words.next().is_none()
    };
    !is_of_stage() && words.any(|word| WORDS.contains(&word))
        || file.parent().is_some_and(is_folder_of_tests)
}

/// Whether a file's name says that its values are for a linter: `.checkov-values.yml`.
fn is_of_linter(file: &Path) -> bool {
    let name = stem(file).replace("kube-", "kube");
    name.split(['-', '_', '.'])
        .any(|word| LINTERS.contains(&word))
}

fn stem(file: &Path) -> &str {
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    stem.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_for_linters_are_called_so() {
        for file in [
            ".checkov-values.yml",
            "kube-linter.values.yaml",
            "values-lint.yaml",
        ] {
            assert!(is_tried(Path::new(file)), "{file}");
        }
        for file in ["values.yaml", "values-splint.yaml", "ci/x-values.yaml"] {
            assert!(!is_tried(Path::new(file)), "{file}");
        }
    }

    #[test]
    fn a_suite_is_told_by_its_keys() {
        assert!(is_suite("\nsuite: shop\nset: {}\ntests:\n- it: x\n"));
        for text in [
            "tests:\n- it: x\n",
            "a:\n  suite: x\n  tests: []\n",
            "suite: x\n",
        ] {
            assert!(!is_suite(text), "{text}");
        }
    }

    #[test]
    fn chart_testing_takes_values_of_its_own_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Chart.yaml"), "name: web\n").unwrap();
        let tried = |file: &str| is_tried(&folder.path().join(file));
        for file in ["ci/full-values.yaml", "ci/02-statefulset.yaml"] {
            assert!(tried(file), "{file}");
        }
        for file in ["ci/prod.yaml", "values.yaml", "env/ci-values.yaml"] {
            assert!(!tried(file), "{file}");
        }
    }

    #[test]
    fn integration_is_a_stage_save_beside_the_tests_of_a_program() {
        let folder = tempfile::tempdir().unwrap();
        let told = |name: &str| is_folder_of_tests(&folder.path().join(name));
        assert!(told("integration-tests") && !told("integration"));
        assert!(told("test-fixtures") && !told("fixtures"));
        std::fs::create_dir_all(folder.path().join("src/test")).unwrap();
        assert!(told("integration") && !told("overlays/integration"));
    }

    #[test]
    fn scripts_for_tests_are_called_so() {
        for file in [
            "a/test.sh",
            "test-alerts.sh",
            "db_test.sh",
            "e2e/run.sh",
            "50-smoke-login.sh",
            "deploy-test-data.sh",
            "deploy-e2e.sh",
            ".github/workflows/e2e-shop.yml",
        ] {
            assert!(is_test(Path::new(file)), "{file}");
        }
        for file in [
            "deploy.sh",
            "deploy-test.sh",
            "latest.sh",
            "test/deploy.sh",
            "tests/shop/deploy.sh",
        ] {
            assert!(!is_test(Path::new(file)), "{file}");
        }
    }

    #[test]
    fn tests_of_a_chart_install_what_is_gone_with_them() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Chart.yaml"), "name: web\n").unwrap();
        let tried = |file: &str| is_tried(&folder.path().join(file));
        assert!(tried("tests/login-values.yaml") && tried("test/acceptance/db/values.yaml"));
        for file in ["templates/tests/a.yaml", "env/test/values.yaml"] {
            assert!(!tried(file), "{file}");
        }
    }
}
