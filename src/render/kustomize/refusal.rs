//! Why a build was refused, told without quoting what may be secret: the program's own words hold
//! whole patches and literals.

mod known;

use std::sync::LazyLock;

use regex::Regex;

use self::known::KNOWN;

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
            Some((text, (*help).to_owned()))
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
                r#"Error: namespace transformation produces ID conflict: [{"apiVersion":"v1","data":{"a":"hunter2","kind":"Pod"},"kind":"ConfigMap","metadata":{"annotations":{"internal.config.kubernetes.io/previousKinds":"ConfigMap","internal.config.kubernetes.io/previousNames":"web","internal.config.kubernetes.io/previousNamespaces":"a"},"name":"web","namespace":"x"}} {}]"#,
                "its `namespace` makes `ConfigMap web` and another object one and the same",
            ),
            (
                "Error: multiple matches for Id Deployment.v1.apps/web.[noNs]; failed to find unique target for patch Deployment.v1.apps/web.[noNs]",
                "a patch or reference finds several `Deployment.v1.apps/web.[noNs]`",
            ),
            (
                "Error: wrong Node Kind for spec.template expected: MappingNode was SequenceNode: value: {- hunter2}",
                "`spec.template` is a Sequence where a Mapping belongs",
            ),
            (
                "Error: loading KV pairs: literal sources [hunter2]: invalid literal source hunter2, expected key=value",
                "a generator has a literal that is no `key=value`",
            ),
            (
                "Error: loading KV pairs: env source files: [prod.env]: evalsymlink failure on '/srv/shop/prod.env' : lstat /srv/shop/prod.env: no such file or directory",
                "uses a file `prod.env`, which is not there",
            ),
            (
                "Error: accumulating resources: accumulateDirectory: \"expected kind != 'Component' for path 'auth'\"",
                "takes the component `auth` for resources",
            ),
            (
                "Error: add operation does not apply: Unable to access invalid index: 5: invalid index referenced",
                "a JSON patch does not apply",
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
            "Error: trouble configuring builtin SecretGenerator with config: hunter2: not known",
            "prod",
        );
        assert_eq!(reason, "cannot be built: the build was refused");
        assert_eq!(help, "see what `kustomize build prod` says");
    }
}
