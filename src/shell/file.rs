//! Which files hold commands of a shell: by their names, and where these have no extension by their first line; and
//! which texts of commands put something into a cluster.

/// How much of a file says by which program it is run.
pub(crate) const BEGINNING: usize = 64;

/// Programs that run a script of a shell.
const PROGRAMS: [&str; 6] = ["ash", "bash", "dash", "ksh", "sh", "zsh"];

/// Whether a file holds commands.
pub(crate) fn is_script(path: &str, text: &str) -> bool {
    is_called_script(path) || (is_unnamed(path) && begins_script(text.as_bytes()))
}

/// Whether a file holds commands, a script's or such as a pipeline runs.
pub(crate) fn holds_commands(path: &str, text: &str) -> bool {
    is_called_pipeline(path) || is_script(path, text)
}

/// Whether a file is called as the pipeline of a tool that runs commands, or as one that says for another tool what it
/// deploys; pipelines that are told by what they hold are read as such.
pub(crate) fn is_called_pipeline(path: &str) -> bool {
    const FOLDERS: [&str; 4] = [".buildkite", ".circleci", ".semaphore", ".woodpecker"];
    const NAMES: [&str; 9] = [
        ".drone",
        ".travis",
        ".woodpecker",
        "Taskfile",
        "bitbucket-pipelines",
        "buildspec",
        "cloudbuild",
        "fleet",
        "taskfile",
    ];
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    match end {
        "yml" | "yaml" => {
            let mut folders = folder.split('/');
            folders.any(|folder| FOLDERS.contains(&folder)) || NAMES.contains(&stem)
        }
        _ => is_called_jenkinsfile(name),
    }
}

/// Whether a file is called as a pipeline of Jenkins, a program in Groovy: `Jenkinsfile.deploy`, `shop.jenkinsfile`,
/// `vars/deploy.groovy` of a library.
pub(crate) fn is_called_jenkinsfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ends = [".jenkinsfile", ".groovy"];
    name.starts_with("Jenkinsfile") || ends.iter().any(|end| name.ends_with(end))
}

/// Whether a file is called as one that holds commands.
pub(crate) fn is_called_script(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    matches!(
        end,
        "_sh" | "bash" | "bat" | "cmd" | "ksh" | "mk" | "ps1" | "sh" | "zsh"
    ) || matches!(name, "Justfile" | "Makefile" | "justfile" | "makefile")
}

/// Whether a file's name says nothing of what it holds, as that of `bin/deploy`.
pub(crate) fn is_unnamed(path: &str) -> bool {
    !path.rsplit('/').next().unwrap_or_default().contains('.')
}

/// Whether a text begins with the line that has a shell run it: `#!/usr/bin/env bash`.
pub(crate) fn begins_script(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next();
    let line = line.and_then(|line| line.strip_prefix(b"#!"));
    let line = line.and_then(|line| std::str::from_utf8(line).ok());
    let mut words = line.unwrap_or_default().split_whitespace();
    words.any(|word| {
        let program = word.rsplit('/').next().unwrap_or_default();
        PROGRAMS.contains(&program)
    })
}

/// Whether a text of commands logs in to a registry of images or to Azure, keeps a secret in a vault of Azure, or makes a
/// node of a machine: a cluster gets from there what it runs, and where.
pub(crate) fn feeds_cluster(text: &str) -> bool {
    const REGISTRIES: [&str; 7] = [
        "buildah",
        "crane auth",
        "docker",
        "nerdctl",
        "oras",
        "podman",
        "skopeo",
    ];
    const SIGNS: [&str; 5] = [
        "az keyvault secret set",
        "az login",
        "kubeadm init",
        "kubeadm join",
        "Set-AzKeyVaultSecret",
    ];
    let is_begin = |before: &str| {
        let before = before.trim_end_matches(' ');
        let before = before
            .strip_suffix("sudo")
            .unwrap_or(before)
            .trim_end_matches(' ');
        before.is_empty() || before.ends_with([';', '&', '|', '(', '\n', '@', '\t'])
    };
    let logs_in = || {
        let mut logins = text.match_indices(" login");
        logins.any(|(at, _)| {
            let line = text[..at].rsplit('\n').next().unwrap_or_default();
            let mut programs = REGISTRIES.into_iter();
            programs.any(|program| line.strip_suffix(program).is_some_and(is_begin))
        })
    };
    SIGNS.into_iter().any(|sign| text.contains(sign)) || logs_in()
}

/// Whether a text names a program that puts something into a cluster, or writes an object into a file, from where another
/// text may put it there.
pub(crate) fn serves_cluster(text: &str) -> bool {
    // Options of helm may wait in a list of their own for the script that runs it.
    const PROGRAMS: [&str; 8] = [
        "kubectl",
        "helm ",
        "kustomize ",
        "HELM)",
        "KUBECTL",
        "--set ",
        "argocd ",
        "flux ",
    ];
    let has = |word: &str| text.contains(word);
    let is_word = |(at, _): (usize, &str)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|one| one.is_whitespace() || "@;&|($`\"'".contains(one))
    };
    // What is only shown to a person goes to no file.
    let is_kept = |line: &str| line.contains("<<") && line.contains('>');
    let writes_object =
        || ["<<", "apiVersion:", "kind:"].into_iter().all(has) && text.lines().any(is_kept);
    PROGRAMS.into_iter().any(has) || writes_object() || text.match_indices("oc ").any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_fed_from_registries_and_vaults() {
        for text in [
            "set -e\ndocker login -u a -p b r.example.com\n",
            "echo \"$P\" | podman login --password-stdin r.example.com",
            "  az keyvault secret set --vault-name a --name b --value c",
            "az login --service-principal -u a -p b --tenant c",
            "sudo kubeadm join 10.0.0.1:6443 --token a",
        ] {
            assert!(feeds_cluster(text), "{text}");
        }
        for text in [
            "echo \"first docker login, please\"",
            "# docker login\n",
            "docker build .\nnpm login\n",
            "az keyvault secret show --name b",
        ] {
            assert!(!feeds_cluster(text), "{text}");
        }
    }

    #[test]
    fn scripts_say_by_name_or_first_line_what_they_are() {
        for (path, text) in [
            ("a/deploy.sh", ""),
            ("a/up.zsh", ""),
            ("a/up._sh", ""),
            ("Makefile", ""),
            ("up.ps1", ""),
            ("a/up.cmd", ""),
            ("bin/deploy", "#!/bin/bash -e\nkubectl"),
            ("bin/deploy", "#! /usr/bin/env -S bash -e\n"),
            ("bin/deploy", "#!/bin/sh"),
        ] {
            assert!(is_script(path, text), "{path} {text}");
        }
        for path in [
            "ci/Jenkinsfile",
            "vars/deploy.groovy",
            "a/bitbucket-pipelines.yml",
            ".circleci/config.yml",
            ".buildkite/pipelines/deploy.yml",
            ".woodpecker.yaml",
        ] {
            assert!(holds_commands(path, "") && !is_script(path, ""), "{path}");
        }
        for path in [
            "pipelines.yml",
            "circleci/config.yml",
            "a/fleet.json",
            "Jenkins",
        ] {
            assert!(!holds_commands(path, ""), "{path}");
        }
        for (path, text) in [
            ("bin/deploy", "#!/usr/bin/env python3\n# bash"),
            ("bin/deploy", "kubectl\n#!/bin/sh\n"),
            ("bin/deploy.py", "#!/bin/sh\n"),
            ("sh/deploy", ""),
        ] {
            assert!(!is_script(path, text), "{path} {text}");
        }
    }
}
