//! Every place where a setting may be written, for tests of what is found in each.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A setting of a program.
    Setting,
    /// An entry of a Secret.
    Secret,
    /// A field of an object.
    Object,
    /// A chart's value.
    Values,
}

/// The words of a key as each language writes them.
struct Key {
    screaming: String,
    snake: String,
    kebab: String,
    camel: String,
}

impl Key {
    fn new(words: &str) -> Self {
        let words: Vec<&str> = words.split(' ').collect();
        let capital = |word: &&str| word[..1].to_uppercase() + &word[1..];
        let rest: String = words[1..].iter().map(capital).collect();
        Self {
            screaming: words.join("_").to_uppercase(),
            snake: words.join("_"),
            kebab: words.join("-"),
            camel: format!("{}{rest}", words[0]),
        }
    }
}

/// A setting and what stands beside it, each key in the spelling of the place.
struct Settings<'a>(Vec<(Key, &'a str)>);

impl Settings<'_> {
    /// Each written by `one`, with `between` in between.
    fn written(&self, between: &str, one: impl Fn(&Key, &str) -> String) -> String {
        let all: Vec<String> = self.0.iter().map(|(key, value)| one(key, value)).collect();
        all.join(between)
    }
}

/// The same setting in every place, each an object of its own; `beside` stands there too.
pub(super) fn places(
    words: &str,
    value: &str,
    beside: Option<(&str, &str)>,
) -> Vec<(&'static str, Place, String)> {
    let both = beside.into_iter().chain([(words, value)]);
    let settings = Settings(both.map(|(key, value)| (Key::new(key), value)).collect());
    let written =
        |between: &str, one: &dyn Fn(&Key, &str) -> String| settings.written(between, one);
    let config = |name: &str, head: &str, one: &dyn Fn(&Key, &str) -> String| {
        let text = format!("{head}{}", written("\n", one)).replace('\n', "\n    ");
        format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  {name}: |\n    {text}\n")
    };
    let container = |field: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: example.com/app\n    {field}\n"
        )
    };
    let flow = |one: &dyn Fn(&Key, &str) -> String| written(", ", one);
    let camel = |key: &Key, value: &str| format!("{}: '{value}'", key.camel);
    let json = flow(&|key, value| format!("\"{}\": \"{value}\"", key.snake));
    use Place::{Object, Secret, Setting, Values};
    vec![
        (
            "variable",
            Setting,
            container(&format!(
                "env: [{}]",
                flow(&|key, value| format!("{{name: {}, value: '{value}'}}", key.screaming))
            )),
        ),
        (
            "joined flag",
            Setting,
            container(&format!(
                "args: [{}, --x]",
                flow(&|key, value| format!("'--{}={value}'", key.kebab))
            )),
        ),
        (
            "flag",
            Setting,
            container(&format!(
                "args: [{}, --x]",
                flow(&|key, value| format!("--{}, '{value}'", key.kebab))
            )),
        ),
        (
            "a chart's list of flags",
            Setting,
            format!(
                "apiVersion: example.com/v1\nkind: App\nspec: {{extraArgs: [{}, --x]}}\n",
                flow(&|key, value| format!("'--{}={value}'", key.kebab))
            ),
        ),
        (
            "script",
            Setting,
            container(&format!(
                "command: [sh, -c, \"{} run\"]",
                written(" ", &|key, value| format!("{}='{value}'", key.screaming))
            )),
        ),
        (
            "ConfigMap",
            Setting,
            format!(
                "apiVersion: v1\nkind: ConfigMap\ndata: {{{}}}\n",
                flow(&|key, value| format!("{}: '{value}'", key.screaming))
            ),
        ),
        (
            "YAML",
            Setting,
            config("a.yaml", "a:\n  b: c\n", &|key, value| {
                format!("  {}: {value}", key.snake)
            }),
        ),
        (
            "YAML's camel case",
            Setting,
            config("a.yaml", "a:\n  b: c\n", &|key, value| {
                format!("  {}: {value}", key.camel)
            }),
        ),
        (
            "JSON",
            Setting,
            config("a.json", "{\n  \"b\": \"c\",\n", &|key, value| {
                format!("  \"{}\": \"{value}\",", key.snake)
            }),
        ),
        (
            "properties",
            Setting,
            config("a.properties", "a.b=c\n", &|key, value| {
                format!("a.{}={value}", key.kebab)
            }),
        ),
        (
            "ini",
            Setting,
            config("a.ini", "[a]\nb = c\n", &|key, value| {
                format!("{} = {value}", key.snake)
            }),
        ),
        (
            "TOML",
            Setting,
            config("a.toml", "[a]\nb = \"c\"\n", &|key, value| {
                format!("{} = \"{value}\"", key.snake)
            }),
        ),
        (
            "XML",
            Setting,
            config("a.xml", "<a>\n", &|key, value| {
                format!("  <{0}>{value}</{0}>", key.camel)
            }),
        ),
        (
            "dotenv",
            Setting,
            config(".env", "A=b\n", &|key, value| {
                format!("{}={value}", key.screaming)
            }),
        ),
        (
            "generator",
            Setting,
            format!(
                "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nconfigMapGenerator:\n- literals: [{}]\n",
                flow(&|key, value| format!("'{}={value}'", key.screaming))
            ),
        ),
        (
            "stringData",
            Secret,
            format!(
                "apiVersion: v1\nkind: Secret\nstringData: {{{}}}\n",
                flow(&|key, value| format!("{}: '{value}'", key.kebab))
            ),
        ),
        (
            "data",
            Secret,
            format!(
                "apiVersion: v1\nkind: Secret\ndata: {{{}}}\n",
                flow(&|key, value| format!("{}: {}", key.screaming, STANDARD.encode(value)))
            ),
        ),
        (
            "custom resource",
            Object,
            format!(
                "apiVersion: example.com/v1\nkind: App\nspec: {{{}}}\n",
                flow(&camel)
            ),
        ),
        (
            "chart's values",
            Values,
            format!(
                "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {{values: {{a: {{{}}}}}}}\n",
                flow(&camel)
            ),
        ),
        (
            "parameter's default",
            Setting,
            format!(
                "apiVersion: tekton.dev/v1\nkind: Pipeline\nspec: {{params: [{}]}}\n",
                flow(&|key, value| format!("{{name: {}, default: '{value}'}}", key.screaming))
            ),
        ),
        (
            "annotation",
            Setting,
            format!("apiVersion: v1\nkind: Pod\nmetadata: {{annotations: {{x: '{{{json}}}'}}}}\n"),
        ),
    ]
}
