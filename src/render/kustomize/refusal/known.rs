//! The kinds of refusals that are told in words of ours: what the program says, with the names in it that are no
//! secrets.

/// What is recognised in the program's words, how it is told, and what to do; `$1` stands for a name. The first one that
/// fits is it.
pub(super) const KNOWN: &[(&str, &str, &str)] = &[
    (
        r#"produces ID conflict: .*?[{,]"kind":"(\w+)","metadata":.*?"internal.config.kubernetes.io/previousNames":"([\w.-]+)"#,
        "its `namespace` makes `$1 $2` and another object one and the same",
        "take one of them out of it, or leave the field `namespace` out",
    ),
    (
        r"produces ID conflict",
        "what it sets makes two objects one and the same",
        "take one of them out, or set less",
    ),
    (
        r"multiple matches for Id ([^\s;:]+)",
        "a patch or reference finds several `$1`",
        "name its namespace, or leave all but one of them out",
    ),
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
        r"failed to find unique target for patch ([\w.\[\]/-]+)",
        "a patch finds no object `$1`, or several",
        "correct the patch's kind, name and namespace",
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
        r"\b(?:add|remove|replace|copy|move|test) operation does not apply",
        "a JSON patch does not apply",
        "correct the path, or patch what has it",
    ),
    (
        r"wrong Node Kind for ([\w.-]{1,120}) expected: (\w+)Node was (\w+)Node",
        "`$1` is a $3 where a $2 belongs",
        "correct the object or the patch",
    ),
    (
        r"wrong Node Kind",
        "a mapping, a list or a scalar stands where another one of them belongs",
        "correct the object or the patch",
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
        r"[Ff]ound multiple kustomization files",
        "a folder has several kustomizations",
        "leave one of its `kustomization.yaml`, `kustomization.yml` and `Kustomization`",
    ),
    (
        r"kustomization.yaml is empty",
        "a kustomization is empty",
        "list its resources",
    ),
    (
        r"expected kind != 'Component' for path '([^']+)'",
        "takes the component `$1` for resources",
        "list it under `components`",
    ),
    (
        r"expected kind 'Component' for path '([^']+)'",
        "takes `$1` for a component, which it is not",
        "list it under `resources`",
    ),
    (
        r"(apiVersion for \w+ should be|kind should be Kustomization or Component)",
        "a kustomization has another `apiVersion` or `kind` than there is",
        "correct them, or leave them out",
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
        r"is missing for replacement source ([^\s:]+)",
        "a replacement finds no such field in its source `$1`",
        "correct the source's `fieldPath`",
    ),
    (
        r"multiple matches for selector",
        "a replacement's source is several objects",
        "name its kind, name and namespace",
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
        r"must specify --enable-helm",
        "uses a chart, and `helm` is not on the PATH",
        "install helm, or scan what a build prints where it is",
    ),
    (
        r"unable to run: '[^']*helm",
        "helm refuses a chart that it uses",
        "see what `kustomize build --enable-helm` says",
    ),
    (
        r"var '([\w.-]+)' already encountered",
        "the var `$1` is there twice",
        "remove one of them",
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
        r"invalid literal source",
        "a generator has a literal that is no `key=value`",
        "correct the literal",
    ),
    (
        r"is not a valid (?:key name|env var name|environment variable name)",
        "a generator has a key that no ConfigMap or Secret may have",
        "correct the key",
    ),
    (
        r"cannot add key ([\w.-]+|'[\w.-]+'), another key by that name already exists",
        "a generator has the key `$1` twice",
        "remove one of them",
    ),
    (
        r"number of previous names, number of previous namespaces",
        "an object bears annotations `internal.config.kubernetes.io/…`, which are kustomize's own",
        "remove them",
    ),
    (
        r"yaml: (?:unmarshal errors|mapping values|did not find|found|control characters|unknown anchor|block )",
        "a file is no YAML",
        "mend the syntax",
    ),
    (
        r"evalsymlink failure on '(?:[\w.@ -]*/)*([\w.@-]+)'",
        "uses a file `$1`, which is not there",
        "add the file, or remove the entry",
    ),
    (
        r"(evalsymlink failure on|no such file or directory)",
        "uses a file that is not there",
        "add the file, or remove the entry",
    ),
];
