//! Why a build was refused, told without quoting what may be secret: the program's own words hold
//! whole patches and literals.

use std::sync::LazyLock;

use regex::Regex;

/// What is recognised in the program's words, and how it is told; `$1` stands for a name.
const KNOWN: [(&str, &str, &str); 22] = [
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
        r#"Kind:"(\w+)".{0,80}?Name:"([\w.-]+)", Namespace:"[\w.-]*"\} does not exist; cannot merge"#,
        "a generator merges into `$1 $2`, which is not there",
        "add what it merges into, or remove `behavior`",
    ),
    (
        r#"Kind:"(\w+)".{0,80}?Name:"([\w.-]+)", Namespace:"[\w.-]*"\} exists; "#,
        "a generator makes `$1 $2`, which is there already",
        "set `behavior: merge` or `replace`, or give it another name",
    ),
    (
        r"operation does not apply: doc is missing (?:path|key): ([^\s:]{1,120})",
        "a JSON patch finds no `$1`",
        "correct the path, or patch what has it",
    ),
    (
        r"cannot unmarshal \w+ into Go struct field \w+\.([\w.]{1,60}) of type",
        "the field `$1` has a value of another type",
        "correct the field's value",
    ),
    (
        r"unable to find one of 'kustomization.yaml'.* in directory '([^']+)'",
        "uses `$1`, which has no kustomization",
        "add a `kustomization.yaml` there, or name its files",
    ),
    (
        r"unable to parse SM or JSON patch",
        "a patch is neither an object nor a JSON patch",
        "correct the patch",
    ),
    (
        r"line (\d+): mapping key .{1,80} already defined at line (\d+)",
        "a file has one key twice, at the lines $2 and $1",
        "remove one of them",
    ),
    (
        r"from '([^']+)': missing Resource metadata",
        "`$1` holds an object without `metadata`",
        "add it, or remove the entry of a file that holds no objects",
    ),
    (
        r"from '([^']+)': missing metadata.name in object \{\{\S+ (\w+)\}",
        "an object in `$1` has no name: `$2`",
        "give each object a `metadata.name`",
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
    fn what_is_wrong_with_a_file_or_a_generator_is_told_with_its_name() {
        for (stderr, expected) in [
            (
                r#"Error: merging from generator &{0x34 <nil>}: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"ConfigMap", isClusterScoped:false}, Name:"web", Namespace:""} does not exist; cannot merge or replace"#,
                "a generator merges into `ConfigMap web`, which is not there",
            ),
            (
                r#"Error: merging from generator &{0x34 <nil>}: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"ConfigMap", isClusterScoped:false}, Name:"web", Namespace:"shop"} exists; can not use behavior: 'unspecified', behavior must be merge or replace"#,
                "a generator makes `ConfigMap web`, which is there already",
            ),
            (
                "Error: accumulating resources: accumulation err='accumulating resources from 'a.yaml': missing metadata.name in object {{v1 ConfigMap} {{ } map[a:b] map[]}}': must build at directory: 'a.yaml': file is not directory",
                "an object in `a.yaml` has no name: `ConfigMap`",
            ),
            (
                "Error: accumulating resources: accumulation err='accumulating resources from 'b.yaml': missing Resource metadata': must build at directory: 'b.yaml': file is not directory",
                "`b.yaml` holds an object without `metadata`",
            ),
            (
                "Error: replace operation does not apply: doc is missing path: /spec/a: missing value",
                "a JSON patch finds no `/spec/a`",
            ),
            (
                "Error: invalid Kustomization: json: cannot unmarshal number into Go struct field Image.images.newTag of type string",
                "the field `images.newTag` has a value of another type",
            ),
            (
                "Error: couldn't make target for path 'x': unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory 'x'",
                "uses `x`, which has no kustomization",
            ),
            (
                "Error: trouble configuring builtin PatchTransformer with config: `\npatch: hunter2\n`: unable to parse SM or JSON patch from [patch: \"hunter2\"]",
                "a patch is neither an object nor a JSON patch",
            ),
            (
                "Error: map[string]interface {}(nil): yaml: unmarshal errors:\n  line 4: mapping key \"metadata\" already defined at line 3",
                "a file has one key twice, at the lines 3 and 4",
            ),
        ] {
            let (reason, _) = told(stderr, "prod");
            assert_eq!(reason, format!("cannot be built: {expected}"), "{stderr}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_quoted() {
        let (reason, help) = told(
            "Error: loading KV pairs: literal sources [hunter2]: invalid literal source hunter2, expected key=value",
            "prod",
        );
        assert_eq!(reason, "cannot be built: the build was refused");
        assert_eq!(help, "see what `kustomize build prod` says");
    }
}
