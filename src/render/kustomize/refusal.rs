//! Why a build was refused, told without quoting what may be secret: the program's own words hold
//! whole patches and literals.

use std::sync::LazyLock;

use regex::Regex;

/// What is recognised in the program's words, and how it is told; `$1` stands for a name.
const KNOWN: [(&str, &str, &str); 13] = [
    (
        r"no matches for Id ([^\s;:]+)",
        "a patch or reference finds no `$1`",
        "add the resource, or correct the patch's kind and name",
    ),
    (
        r"already registered id: ([^\s;']+)",
        "`$1` comes from two places",
        "remove one of them, or give it a prefix of its own",
    ),
    (
        r"cycle detected",
        "kustomizations use one another in a circle",
        "remove the reference that closes the circle",
    ),
    (
        r#"unknown field "([^"\\]{1,60})"#,
        "there is no field `$1` in a kustomization",
        "correct the field's name",
    ),
    (
        r"MalformedYAMLError: yaml: line (\d+):.* in File: ([^\s']+)",
        "`$2` is no YAML at line $1",
        "mend the syntax",
    ),
    (
        r"yaml: line (\d+): ",
        "a file is no YAML at line $1",
        "mend the syntax",
    ),
    (
        r"missing metadata.name in object",
        "an object has no name",
        "give each object a `metadata.name`",
    ),
    (
        r#"unable to find field "([^"]{1,120})" in replacement target"#,
        "a replacement finds no field `$1`",
        "correct the path, or set `options.create`",
    ),
    (
        r"nothing selected by ([^\s:]+)",
        "a replacement's source `$1` is not there",
        "correct the source's kind and name",
    ),
    (
        r"(external plugins disabled|unable to load external plugin)",
        "needs a plugin, and none is run",
        "build it where its plugins may run, and scan the result",
    ),
    (
        r"field specified in var '\{([\w.-]+) [^']*' not found",
        "the var `$1` finds no field in its object",
        "add the field, or the file of values that it comes from",
    ),
    (
        r"security; file '([^']+)' is not in or below",
        "uses `$1`, which lies outside of its folder",
        "move the file into the folder, or make a kustomization of it",
    ),
    (
        r"(evalsymlink failure on|no such file or directory)",
        "uses a file that is not there",
        "add the file, or remove the entry",
    ),
];

static PATTERNS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    KNOWN
        .iter()
        .map(|(pattern, ..)| Regex::new(pattern).ok())
        .collect()
});

/// The reason and what to do.
pub(super) fn told(stderr: &str, folder: &str) -> (String, String) {
    let known = PATTERNS
        .iter()
        .zip(KNOWN)
        .find_map(|(pattern, (_, reason, help))| {
            let found = pattern.as_ref()?.captures(stderr)?;
            let mut text = String::new();
            found.expand(reason, &mut text);
            Some((text, help.to_owned()))
        });
    let (reason, help) = known.unwrap_or_else(|| {
        (
            "the build was refused".to_owned(),
            format!("see what `kustomize build {folder}` says"),
        )
    });
    (format!("cannot be built: {reason}"), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_what_is_at_fault() {
        let (reason, _) = told(
            r#"Error: no resource matches strategic merge patch "Deployment.v1.apps/web.[noNs]": no matches for Id Deployment.v1.apps/web.[noNs]; failed to find unique target"#,
            "prod",
        );
        assert_eq!(
            reason,
            "cannot be built: a patch or reference finds no `Deployment.v1.apps/web.[noNs]`"
        );
    }

    #[test]
    fn a_var_is_named_that_finds_nothing() {
        let stderr = "Error: field specified in var '{HOST ~G_v1_ConfigMap {data.HOST}}' not found in corresponding resource";
        let (reason, _) = told(stderr, "prod");
        assert_eq!(
            reason,
            "cannot be built: the var `HOST` finds no field in its object"
        );
    }

    #[test]
    fn what_is_not_known_is_not_quoted() {
        let (reason, help) = told(
            "Error: unable to parse SM or JSON patch from [password: hunter2]",
            "prod",
        );
        assert_eq!(reason, "cannot be built: the build was refused");
        assert_eq!(help, "see what `kustomize build prod` says");
    }
}
