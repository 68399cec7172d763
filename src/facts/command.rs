//! Command lines of Azure's tools (`az`, `azcopy`, Azure PowerShell, …) in what is shell text: the
//! strings under keys that hold commands, in objects of Kubernetes, Dockerfiles and pipelines.
//! `shell` knows where in a text a command begins.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::gate::Topic;
use crate::model::{Node, Part, Resource, Role, Step, ValuePath};
use crate::shell::{Command, commands};

/// Keys whose strings are command lines.
const SHELL_KEYS: [&str; 19] = [
    "Inline",
    "after_script",
    "args",
    "bash",
    "before_script",
    "command",
    "commands",
    "entrypoint",
    "inline",
    "inlineScript",
    "inlinescript",
    "install",
    "powershell",
    "preDeploymentScript",
    "pwsh",
    "run",
    "script",
    "scripts",
    "source",
];

/// Tools by name, each with its services by subcommand.
pub(crate) type Commands = BTreeMap<String, BTreeMap<String, Entry>>;
/// Azure PowerShell's nouns, by their beginnings.
pub(crate) type Cmdlets = BTreeMap<String, Entry>;
/// Words that fetch a tool.
pub(crate) type Installs = BTreeMap<String, Install>;

/// The service that a command is about.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    service: String,
}

/// What a word fetches.
#[derive(Debug, Deserialize)]
pub(crate) struct Install {
    service: String,
    tool: String,
}

/// The catalogue's commands.
#[derive(Debug, Default)]
pub(crate) struct CommandTable {
    commands: Commands,
    cmdlets: Cmdlets,
    installs: Installs,
}

/// A command line of one of Azure's tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AzureCommand {
    /// The string it stands in, or the first of those that it is made of.
    pub(crate) path: ValuePath,
    /// The tool and its subcommand, in bytes of the string.
    pub(crate) part: Option<Part>,
    /// The tool.
    pub(crate) tool: String,
    /// Tool and subcommand, with one space between them.
    pub(crate) shown: String,
    /// The service's id.
    pub(crate) service: String,
    /// Whether the command only fetches the tool.
    pub(crate) is_install: bool,
}

impl CommandTable {
    /// A table of the catalogue's rows.
    pub(crate) fn new(commands: Commands, cmdlets: Cmdlets, installs: Installs) -> Self {
        Self {
            commands,
            cmdlets,
            installs,
        }
    }

    /// The command lines in a resource, in the order of the source.
    pub(crate) fn commands(&self, resource: &Resource) -> Vec<AzureCommand> {
        let mut walk = Walk {
            table: self,
            path: ValuePath::default(),
            found: Vec::new(),
        };
        let is_passed =
            resource.role == Role::Package || resource.gvk.kind == "CustomResourceDefinition";
        if !is_passed {
            let is_config = resource.gvk.kind == "ConfigMap" && resource.gvk.group.is_empty();
            walk.node(resource.node(), is_config);
        }
        walk.found
    }

    /// The tool that a command calls and the service that it is about.
    fn told(&self, words: &[&str]) -> Option<(String, usize, &str)> {
        let first = words.first()?;
        let name = first.rsplit(['/', '\\']).next().unwrap_or(first);
        let name = name
            .strip_suffix(".cmd")
            .or_else(|| name.strip_suffix(".exe"))
            .unwrap_or(name);
        if let Some(services) = self.commands.get(name) {
            let most = words.len().min(4);
            let known = (1..=most).rev().find_map(|count| {
                let entry = services.get(&words[1..count].join(" "))?;
                Some((count, entry))
            });
            let (_, entry) = known?;
            let is_word = |word: &&&str| {
                !word.is_empty()
                    && word.bytes().all(|byte| {
                        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
                    })
                    && word.starts_with(|c: char| c.is_ascii_lowercase())
            };
            let most = if name == "azcopy" { 1 } else { 3 };
            let shown = 1 + words[1..].iter().take(most).take_while(is_word).count();
            let is_call = shown > 1
                || words
                    .get(1)
                    .is_some_and(|word| word.starts_with(['-', '$', '%']))
                || name == "azcopy";
            return is_call.then(|| (name.to_owned(), shown, entry.service.as_str()));
        }
        let noun = cmdlet_noun(name)?;
        let known = self
            .cmdlets
            .iter()
            .filter(|(start, _)| noun.starts_with(start.as_str()));
        let (_, entry) = known.max_by_key(|(start, _)| start.len())?;
        Some((name.to_owned(), 1, &entry.service))
    }

    /// The word of a command line that fetches a tool.
    fn fetched(&self, words: &[&str]) -> Option<(usize, &Install)> {
        const FETCHING: [&str; 7] = [
            "install",
            "add",
            "i",
            "get",
            "in",
            "localinstall",
            "download",
        ];
        let is_fetching = words.iter().any(|word| FETCHING.contains(word));
        words.iter().enumerate().skip(1).find_map(|(at, word)| {
            let word = word.to_ascii_lowercase();
            let name = word
                .split(['=', '@', '>', '<', '~', '^'])
                .next()
                .unwrap_or(&word);
            let by_name = self
                .installs
                .get(name)
                .filter(|_| is_fetching && !name.contains('/'));
            let by_address = || {
                let mut addresses = self.installs.iter().filter(|(key, _)| key.contains('/'));
                addresses
                    .find(|(key, _)| word.contains(key.as_str()))
                    .map(|(_, install)| install)
            };
            by_name.or_else(by_address).map(|install| (at, install))
        })
    }
}

/// The noun of `Get-AzKeyVaultSecret`, in lower case and without the maker's prefix.
fn cmdlet_noun(name: &str) -> Option<String> {
    let (verb, noun) = name.split_once('-')?;
    let is_plain =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let rest = noun
        .strip_prefix("Az")
        .filter(|rest| is_plain(rest) && is_plain(verb))?;
    let rest = rest
        .strip_prefix("ureRm")
        .or_else(|| rest.strip_prefix("ureRM"))
        .or_else(|| rest.strip_prefix("ure"))
        .unwrap_or(rest);
    rest.starts_with(|c: char| c.is_ascii_uppercase())
        .then(|| rest.to_ascii_lowercase())
}

struct Walk<'t> {
    table: &'t CommandTable,
    path: ValuePath,
    found: Vec<AzureCommand>,
}

impl Walk<'_> {
    /// Looks for keys of commands. In a ConfigMap, scripts stand under the names of their files.
    fn node(&mut self, node: Node<'_>, is_config: bool) {
        for (key, value) in node.entries() {
            let name = key.as_str().unwrap_or_default();
            let is_shell = SHELL_KEYS.contains(&name) || (is_config && is_script(name, value));
            self.path.0.push(Step::Key(name.to_owned()));
            self.value(value, is_shell, is_config);
            self.path.0.pop();
        }
        for (index, item) in node.items().enumerate() {
            self.path.0.push(Step::Index(index));
            self.node(item, is_config);
            self.path.0.pop();
        }
    }

    fn value(&mut self, value: Node<'_>, is_shell: bool, is_config: bool) {
        match value.as_str() {
            Some(text) if is_shell => self.text(text),
            _ if is_shell && value.is_sequence() => self.list(value, is_config),
            _ => self.node(value, is_config),
        }
    }

    /// A command word by word, or a list of command lines.
    fn list(&mut self, list: Node<'_>, is_config: bool) {
        let words: Vec<&str> = list.items().map_while(Node::as_str).collect();
        if let Some((tool, shown, service)) = self.table.told(&words) {
            let mut path = self.path.clone();
            path.0.push(Step::Index(0));
            self.found.push(AzureCommand {
                path,
                part: None,
                shown: words[..shown].join(" "),
                tool,
                service: service.to_owned(),
                is_install: false,
            });
            return;
        }
        for (index, item) in list.items().enumerate() {
            // One word behind others is an argument: `[chmod, +x, /bin/azcopy]`.
            let is_word = |text: &str| !text.contains(char::is_whitespace);
            if index > 0 && item.as_str().is_some_and(is_word) {
                continue;
            }
            self.path.0.push(Step::Index(index));
            self.value(item, true, is_config);
            self.path.0.pop();
        }
    }

    fn text(&mut self, text: &str) {
        if !Topic::Commands.is_in(&format!("{text}\n")) {
            return;
        }
        for command in commands(text) {
            self.command(text, &command);
        }
    }

    fn command(&mut self, text: &str, command: &Command) {
        let words: Vec<&str> = command
            .words
            .iter()
            .map(|word| &text[word.clone()])
            .collect();
        let mut add = |range: std::ops::Range<usize>, tool: String, service: &str, is_install| {
            let shown = text[range.clone()]
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            self.found.push(AzureCommand {
                path: self.path.clone(),
                part: Some(Part {
                    start: range.start,
                    length: range.len(),
                }),
                tool,
                shown,
                service: service.to_owned(),
                is_install,
            });
        };
        if let Some((tool, shown, service)) = self.table.told(&words) {
            let start = command.words[0].start;
            // Only what stands on the tool's own line is marked.
            let on_line = command.words[..shown]
                .iter()
                .take_while(|word| !text[start..word.end].contains('\n'));
            let end = on_line.last().map_or(start, |word| word.end);
            add(start..end, tool, service, false);
        } else if let Some((at, install)) = self.table.fetched(&words) {
            add(
                command.words[at].clone(),
                install.tool.clone(),
                &install.service,
                true,
            );
        }
    }
}

fn is_script(name: &str, value: Node<'_>) -> bool {
    let ends = [".sh", ".bash", ".ps1"]
        .iter()
        .any(|end| name.ends_with(end));
    ends || value.as_str().is_some_and(|text| text.starts_with("#!"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_text;

    fn table() -> CommandTable {
        let file = include_str!("../../policies/azure/commands.yaml");
        let mut file: BTreeMap<String, serde_yaml::Value> =
            serde_yaml::from_str(file).expect("is YAML");
        let mut take = |key: &str| file.remove(key).expect("is there");
        CommandTable::new(
            serde_yaml::from_value(take("commands")).expect("fits"),
            serde_yaml::from_value(take("cmdlets")).expect("fits"),
            serde_yaml::from_value(take("installs")).expect("fits"),
        )
    }

    fn found(text: &str) -> Vec<String> {
        let table = table();
        let resources = read_text(text);
        let commands = resources.iter().flat_map(|one| table.commands(one));
        commands
            .map(|one| format!("{} {}: {}", one.path, one.shown, one.service))
            .collect()
    }

    #[test]
    fn commands_are_found_in_all_their_forms() {
        let text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - command: [az, keyvault, secret, show]\n  - command: [sh, -c]\n    args: ['az login --identity && az storage blob list | jq .']\n  - args:\n    - |\n      X=$(az acr show)\n      Get-AzKeyVaultSecret -Name a\n";
        let expected = [
            "spec.containers[0].command[0] az keyvault secret show: key-vault",
            "spec.containers[1].args[0] az login: resource-manager",
            "spec.containers[1].args[0] az storage blob list: blob-storage",
            "spec.containers[2].args[0] az acr show: container-registry",
            "spec.containers[2].args[0] Get-AzKeyVaultSecret: key-vault",
        ];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn scripts_of_config_maps_are_read_and_other_texts_are_not() {
        let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.sh: |\n    az login\n  b: |\n    #!/bin/sh\n    azcopy sync a b\n  notes: |\n    az login\n";
        assert_eq!(
            found(text),
            [
                "data[\"a.sh\"] az login: resource-manager",
                "data.b azcopy sync: storage-account"
            ]
        );
    }

    #[test]
    fn look_alikes_are_left_alone() {
        for command in [
            "echo az login",
            "# az login",
            "az=1; echo $az",
            "for az in a b; do echo $az; done",
            "topaz run",
            "grep 'az login' file",
            "kubelogin get-token --oidc-issuer-url=x",
            "func_name start",
            "cat <<EOF\naz login\nEOF",
            "apt-get remove azure-cli",
            "./az-deploy.sh",
            "chmod +x /usr/local/bin/azcopy",
        ] {
            let text = format!(
                "apiVersion: v1\nkind: Pod\nspec:\n  command:\n  - sh\n  - {}\n",
                serde_json::Value::from(command)
            );
            assert!(found(&text).is_empty(), "{command}: {:?}", found(&text));
        }
    }

    #[test]
    fn an_argument_of_another_command_is_no_call() {
        let text = "apiVersion: v1\nkind: Pod\nspec:\n  command: [chmod, +x, /opt/azcopy]\n  initial: {command: [azcopy]}\n";
        assert_eq!(
            found(text),
            ["spec.initial.command[0] azcopy: storage-account"]
        );
    }

    #[test]
    fn fetching_a_tool_is_told_apart() {
        let text = "apiVersion: v1\nkind: Pod\nspec:\n  command: [sh, -c, 'curl -sL https://aka.ms/InstallAzureCLIDeb | bash; pip install azure-cli==2.1; npm i -g azure-functions-core-tools@4; apt-get install -y azure-functions-core-tools-4 azcopy']\n";
        let table = table();
        let commands = table.commands(&read_text(text)[0]);
        assert!(commands.iter().all(|one| one.is_install));
        let tools: Vec<&str> = commands.iter().map(|one| one.tool.as_str()).collect();
        assert_eq!(tools, ["az", "az", "func", "func"]);
    }
}
