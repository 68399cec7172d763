//! The way through a resource: which values are asked whether they are credentials, and by which
//! key. Schemas, selectors and references to Secrets are passed over.

use super::command::{Argument, arguments, flags, without_quotes};
use super::config::is_pass_file;
use super::embedded::{Syntax, embedded};
use super::key::{self, Meaning, meaning};
use super::known::Around;
use super::off::Place;
use super::text::is_shell_reference;
use super::{Credential, Detector, Kind, Verdict};
use crate::model::{Artifact, Node, Part, Resource, Role, Scalar, Step, ValuePath};

/// Kinds whose values are no settings: schemas, permissions, references, ciphertext.
const PASSED_KINDS: [&str; 19] = [
    "CustomResourceDefinition",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ServiceAccount",
    "SealedSecret",
    "ExternalSecret",
    "ClusterExternalSecret",
    "SecretStore",
    "ClusterSecretStore",
    "PushSecret",
    "SecretProviderClass",
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "APIService",
    "NetworkPolicy",
    "PodSecurityPolicy",
    "ValidatingAdmissionPolicy",
];

/// API groups of policies: what stands there is a pattern to compare with.
const PASSED_GROUPS: [&str; 3] = ["kyverno.io", "gatekeeper.sh", "policies.kubewarden.io"];

/// Keys whose values are passed over, wherever they stand.
const PASSED_KEYS: [&str; 22] = [
    "labels",
    "matchLabels",
    "selector",
    "nodeSelector",
    "podSelector",
    "namespaceSelector",
    "matchExpressions",
    "openAPIV3Schema",
    "managedFields",
    "ownerReferences",
    "finalizers",
    "secretKeyRef",
    "configMapKeyRef",
    "valueFrom",
    "fieldRef",
    "encryptedData",
    "caBundle",
    "volumeMounts",
    "imagePullSecrets",
    "description",
    "status",
    "kubectl.kubernetes.io/last-applied-configuration",
];

/// What may be a credential, and the node it stands in.
pub(super) struct Candidate {
    pub node: u32,
    pub credential: Credential,
}

/// Everything in a resource that stands where credentials stand, whatever the verdict.
pub(super) fn candidates(detector: &Detector, resource: &Resource) -> Vec<Candidate> {
    let mut walk = Walk {
        detector,
        artifact: &resource.artifact,
        is_of_charts: resource.role == Role::Values,
        found: Vec::new(),
        path: Vec::new(),
    };
    let group = resource.gvk.group.as_str();
    let is_passed = resource.role == Role::Package
        || PASSED_KINDS.contains(&resource.gvk.kind.as_str())
        || PASSED_GROUPS.iter().any(|passed| group.ends_with(passed));
    if is_passed {
        return walk.found;
    }
    let node = resource.node();
    let surroundings = surroundings(resource);
    let context = Context {
        surroundings: &surroundings,
        ..Context::default()
    };
    match (group, resource.gvk.kind.as_str()) {
        ("", "ConfigMap") => walk.data_holder(node, Kind::Config, context),
        ("", "Secret") => walk.data_holder(node, Kind::Secret, context),
        _ => walk.node(node, context),
    }
    walk.found
}

/// Names that tell which product a resource is about: its kind, its own name, its chart.
fn surroundings(resource: &Resource) -> String {
    let node = resource.node();
    let chart = ["spec", "chart"]
        .iter()
        .try_fold(node, |node, key| node.get(key))
        .and_then(|chart| {
            chart
                .find(&["spec", "chart"])
                .or(Some(chart))
                .and_then(Node::as_str)
        });
    let source = node
        .find(&["spec", "source", "chart"])
        .and_then(Node::as_str);
    // Values are named by their folder; the file often says what they are for.
    let file = (resource.role == Role::Values).then(|| resource.artifact.uri.rsplit('/').next());
    let names = [
        Some(resource.gvk.kind.as_str()),
        Some(resource.identity.name.as_str()),
        file.flatten(),
        chart,
        source,
    ];
    let names: Vec<&str> = names.into_iter().flatten().collect();
    names.join(" ").to_ascii_lowercase()
}

/// What stands around the values below.
#[derive(Clone, Copy, Default)]
pub(super) struct Context<'a> {
    pub users: &'a [&'a str],
    pub image: Option<&'a str>,
    /// The key that the values below stand under.
    pub parent: &'a str,
    /// Whether the values below are a chart's.
    pub is_of_chart: bool,
    /// Names around, in lower case.
    pub surroundings: &'a str,
}

impl<'a> Context<'a> {
    pub(super) fn around(self, key: &'a str) -> Around<'a> {
        Around {
            key,
            users: self.users,
            image: self.image,
            surroundings: self.surroundings,
            ..Around::default()
        }
    }
}

pub(super) struct Walk<'d, 'r> {
    pub detector: &'d Detector,
    pub artifact: &'r Artifact,
    /// Whether it is about values of charts, where the first keys often name the charts in a chart.
    pub is_of_charts: bool,
    pub found: Vec<Candidate>,
    pub path: Vec<Visited<'r>>,
}

#[derive(Clone, Copy)]
pub(super) enum Visited<'r> {
    Key(&'r str),
    Index(usize),
}

/// A value that may be a credential as a whole.
pub(super) struct Whole<'a> {
    pub key: &'a str,
    pub meaning: Meaning,
    pub kind: Kind,
    pub may_be_name: bool,
}

impl<'r> Walk<'_, 'r> {
    pub(super) fn node(&mut self, node: Node<'r>, context: Context<'_>) {
        if node.is_mapping() {
            self.mapping(node, context);
        } else if node.is_sequence() {
            self.sequence(node, context);
        } else if let Some(text) = node.as_str() {
            let syntax = if text.contains('\n') {
                Syntax::of_file(context.parent)
            } else {
                Syntax::Inline
            };
            self.string(node, text, syntax, Kind::Config, context);
        }
    }

    fn mapping(&mut self, node: Node<'r>, context: Context<'_>) {
        let image = node.get("image");
        // Charts: `image: {repository, tag}`.
        let repository = || image?.get("repository")?.as_str();
        let own_image = image.and_then(Node::as_str).or_else(repository);
        let users = users(node, context.users);
        let surroundings = own_image.map(|image| {
            let image = image.to_ascii_lowercase();
            format!("{} {image}", context.surroundings)
        });
        let context = Context {
            users: &users,
            image: own_image.or(context.image),
            surroundings: surroundings.as_deref().unwrap_or(context.surroundings),
            ..context
        };
        self.command(node, context);
        let pair = self.pair(node, context);
        self.headers(node, context);
        // Keycloak: `credentials: [{type: password, value: x}]`.
        let is_password = node.get("type").and_then(Node::as_str) == Some("password");
        for (key, value) in node.entries() {
            let key = key.as_str().unwrap_or_default();
            let is_passed = PASSED_KEYS.contains(&key)
                || key.ends_with("Ref")
                || key.ends_with("Refs")
                || key.ends_with("RefKey")
                || (pair && matches!(key, "name" | "value"));
            if is_passed {
                continue;
            }
            self.path.push(Visited::Key(key));
            self.entry(key, value, context);
            if is_password && key == "value" {
                let whole = Whole {
                    key,
                    meaning: Meaning::Password,
                    kind: Kind::Field,
                    may_be_name: true,
                };
                self.whole(value, &whole, context);
            }
            if key == "value"
                && let Some(target) = patched(node)
            {
                self.operation(target, value, context);
            }
            self.path.pop();
        }
    }

    /// Grafana's headers: `jsonData: {httpHeaderName1: X-Api-Key}` beside
    /// `secureJsonData: {httpHeaderValue1: x}`.
    fn headers(&mut self, node: Node<'r>, context: Context<'_>) {
        let (Some(names), Some(values)) = (node.get("jsonData"), node.get("secureJsonData")) else {
            return;
        };
        for (key, value) in values.entries() {
            let key = key.as_str().unwrap_or_default();
            let number = key.strip_prefix("httpHeaderValue");
            let name = number.map(|number| format!("httpHeaderName{number}"));
            let Some(header) = name.and_then(|name| names.get(&name)?.as_str()) else {
                continue;
            };
            self.path
                .extend([Visited::Key("secureJsonData"), Visited::Key(key)]);
            let whole = Whole {
                key: header,
                meaning: meaning(header),
                kind: Kind::Field,
                may_be_name: false,
            };
            self.whole(value, &whole, context);
            self.path.truncate(self.path.len() - 2);
        }
    }

    /// The value that an operation of a JSON patch puts at a path; below `/data` it may be encoded.
    fn operation(&mut self, target: &'r str, value: Node<'r>, context: Context<'_>) {
        let key = target.rsplit('/').next().unwrap_or_default();
        if target.starts_with("/data/") && self.encoded_entry(key, value, context) {
            return;
        }
        let whole = Whole {
            key,
            meaning: self.detector.known().meaning(key),
            kind: Kind::Field,
            may_be_name: true,
        };
        self.whole(value, &whole, context);
    }

    fn entry(&mut self, key: &'r str, value: Node<'r>, context: Context<'_>) {
        if matches!(key, "command" | "args") && (value.is_sequence() || value.as_str().is_some()) {
            return self.command_strings(value, context);
        }
        let chart = (self.is_of_charts && self.path.len() == 1)
            .then(|| format!("{} {}", context.surroundings, key.to_ascii_lowercase()));
        // A HelmRelease and an Application hold a chart's values under these keys.
        let is_values = matches!(key, "values" | "valuesObject") && value.is_mapping();
        let context = Context {
            surroundings: chart.as_deref().unwrap_or(context.surroundings),
            is_of_chart: context.is_of_chart || self.is_of_charts || is_values,
            ..context
        };
        let parent = if key.is_empty() { context.parent } else { key };
        self.node(value, Context { parent, ..context });
        if value.scalar().is_some() {
            self.switch(key, value, context);
            let is_environment = key::contains_ignoring_case(context.parent, "env");
            let kind = if is_environment {
                Kind::Environment
            } else {
                Kind::Field
            };
            let meaning = self.field(key, context.parent);
            // Charts call the Secret by another key, such as `existingSecret`.
            let is_given = context.is_of_chart && meaning == Meaning::Password;
            let whole = Whole {
                key,
                meaning,
                kind,
                may_be_name: !is_environment && !is_given,
            };
            self.whole(value, &whole, context);
        }
    }

    /// What a field means below another one.
    fn field(&self, key: &str, parent: &str) -> Meaning {
        match key {
            // NGINX's `action: {pass: upstream}`.
            "pass" if parent == "action" => Meaning::Other,
            "secret" if key::contains_ignoring_case(parent, "webhook") => Meaning::Secret,
            // OpenShift's builds: `triggers: [{github: {secret: x}}]`.
            "secret" if self.is_trigger_of_build(parent) => Meaning::Password,
            _ => self.detector.known().meaning(key),
        }
    }

    /// Whether the field that is visited stands in a trigger of an OpenShift build, whose secret is
    /// a literal: a reference has a key of its own.
    fn is_trigger_of_build(&self, parent: &str) -> bool {
        const HOOKS: [&str; 4] = ["github", "gitlab", "bitbucket", "generic"];
        let above = self.path.len().checked_sub(4).map(|at| &self.path[at..]);
        HOOKS.contains(&parent)
            && matches!(
                above,
                Some([Visited::Key("triggers"), Visited::Index(_), ..])
            )
    }

    fn sequence(&mut self, node: Node<'r>, context: Context<'_>) {
        let named = node.items().filter(|item| item.get("value").is_some());
        let named = named.filter(|item| {
            item.get("name")
                .and_then(Node::as_str)
                .is_some_and(|name| matches!(meaning(name), Meaning::User | Meaning::AccessKey))
        });
        let mut users: Vec<&str> = context.users.to_vec();
        users.extend(named.filter_map(|item| item.get("value")?.as_str()));
        let context = Context {
            users: &users,
            ..context
        };
        for (index, item) in node.items().enumerate() {
            self.path.push(Visited::Index(index));
            match item.as_str().and_then(|text| text.split_once('=')) {
                Some((key, _)) if context.parent == "literals" => self.literal(item, key, context),
                _ => self.node(item, context),
            }
            // `passwords: [one, another]`
            if item.scalar().is_some() && context.parent.to_ascii_lowercase().ends_with("passwords")
            {
                let whole = Whole {
                    key: context.parent,
                    meaning: Meaning::Password,
                    kind: Kind::Field,
                    may_be_name: !self.is_of_charts,
                };
                self.whole(item, &whole, context);
            }
            self.path.pop();
        }
    }

    /// `key=value` of a kustomization's generator.
    fn literal(&mut self, item: Node<'r>, key: &'r str, context: Context<'_>) {
        let Some(text) = item.as_str() else { return };
        let start = key.len() + 1;
        let range = without_quotes(text.as_bytes(), start..text.len());
        let value = &text[range.clone()];
        let around = context.around(key);
        if meaning(key).is_credential() {
            self.add(item, Some(range), value, meaning(key), Kind::Config, around);
            return;
        }
        let switches = self.detector.known().switches();
        let place = Place {
            surroundings: context.surroundings,
            ..Place::default()
        };
        if let Some(verdict) = switches.judge(key, Some(value), place) {
            let credential = self.credential(key, Kind::Config, verdict, value);
            let part = Part {
                start: range.start,
                length: range.len(),
            };
            self.push(item, Some(part), credential);
        } else {
            self.string(item, text, Syntax::Inline, Kind::Config, context);
        }
    }

    /// A `{name, value}` pair, such as an environment variable; says whether it is one.
    fn pair(&mut self, node: Node<'r>, context: Context<'_>) -> bool {
        let name = node.get("name").and_then(Node::as_str);
        let value = node.get("value").filter(|value| value.scalar().is_some());
        let (Some(name), Some(value)) = (name, value) else {
            return false;
        };
        let is_environment = key::contains_ignoring_case(context.parent, "env");
        let kind = if is_environment {
            Kind::Environment
        } else {
            Kind::Field
        };
        self.path.push(Visited::Key("value"));
        if let Some(text) = value.as_str() {
            if name == "NEO4J_AUTH" {
                self.user_and_password(value, text, name, context);
            }
            let syntax = if text.contains('\n') {
                Syntax::of_file(name)
            } else {
                Syntax::Inline
            };
            self.string(
                value,
                text,
                syntax,
                kind,
                Context {
                    parent: name,
                    ..context
                },
            );
        }
        self.switch(name, value, context);
        let meaning = match name {
            "PWD" | "OLDPWD" => Meaning::Other,
            name => self.detector.known().meaning(name),
        };
        self.whole(
            value,
            &Whole {
                key: name,
                meaning,
                kind,
                may_be_name: !is_environment,
            },
            context,
        );
        self.path.pop();
        true
    }

    /// Neo4j's `user/password`.
    fn user_and_password(&mut self, node: Node<'r>, text: &str, key: &str, context: Context<'_>) {
        if let Some((user, password)) = text.split_once('/') {
            let users = [user];
            let around = Around {
                users: &users,
                ..context.around(key)
            };
            let range = user.len() + 1..text.len();
            self.add(
                node,
                Some(range),
                password,
                Meaning::Password,
                Kind::Environment,
                around,
            );
        }
    }

    /// The words of `command` and `args` together: what a flag means may depend on the program.
    fn command(&mut self, node: Node<'r>, context: Context<'_>) {
        let mut items: Vec<(Node<'r>, &'r str, Option<usize>)> = Vec::new();
        for key in ["command", "args"] {
            let Some(value) = node.get(key) else { continue };
            if value.scalar().is_some() {
                items.push((value, key, None));
            }
            let list = value.items().enumerate();
            items.extend(list.map(|(index, item)| (item, key, Some(index))));
        }
        let texts: Vec<&str> = items
            .iter()
            .map(|(item, ..)| item.as_str().unwrap_or_default())
            .collect();
        if !texts.iter().any(|text| super::may_hold_credentials(text)) {
            return;
        }
        for found in arguments(&texts, context.image) {
            let value = texts[found.item].get(found.value.clone());
            if let Some(value) = value.filter(|value| !is_shell_reference(value)) {
                self.argument(items[found.item], value, &found, context);
            }
        }
        let surroundings = format!("{} {}", context.surroundings, texts.join(" "));
        let surroundings = surroundings.to_ascii_lowercase();
        for flag in flags(&texts) {
            let value = flag.value.clone().map(|(item, range)| &texts[item][range]);
            let switches = self.detector.known().switches();
            let place = Place {
                surroundings: &surroundings,
                text: &surroundings,
                is_flag: flag.has_dashes,
            };
            let judge = |value| switches.judge(flag.key, value, place);
            let is_answer = value.is_some_and(|value| matches!(value, "true" | "false"));
            let stands_alone = !flag.is_joined && !is_answer;
            let mut verdict = value.and_then(|value| judge(Some(value)));
            let is_alone = verdict.is_none() && stands_alone;
            if is_alone {
                verdict = judge(None);
            }
            if let Some(verdict) = verdict {
                let value = flag
                    .value
                    .filter(|(_, range)| !is_alone && !range.is_empty());
                let (item, range) = value.unwrap_or((flag.item, flag.whole));
                let found = Argument {
                    meaning: Meaning::Other,
                    key: flag.key.to_owned(),
                    item,
                    value: range.clone(),
                };
                let credential =
                    self.credential(flag.key, Kind::Argument, verdict, &texts[item][range]);
                self.at_argument(items[item], &found, credential);
            }
        }
    }

    fn argument(
        &mut self,
        item: (Node<'r>, &'r str, Option<usize>),
        value: &str,
        found: &Argument,
        context: Context<'_>,
    ) {
        let around = context.around(&found.key);
        let verdict = self.detector.known().judge(found.meaning, value, around);
        let credential = self.credential(&found.key, Kind::Argument, verdict, value);
        self.at_argument(item, found, credential);
    }

    fn at_argument(
        &mut self,
        (node, key, index): (Node<'r>, &'r str, Option<usize>),
        found: &Argument,
        credential: Credential,
    ) {
        let length = node.as_str().map_or(0, str::len);
        let part = Part {
            start: found.value.start,
            length: found.value.len(),
        };
        let before = self.path.len();
        self.path.push(Visited::Key(key));
        self.path.extend(index.map(Visited::Index));
        self.push(
            node,
            Some(part).filter(|part| part.length < length),
            credential,
        );
        self.path.truncate(before);
    }

    /// A setting that lets everyone in, by its own name or by its path.
    pub(super) fn switch(&mut self, key: &str, value: Node<'r>, context: Context<'_>) {
        let switches = self.detector.known().switches();
        if !switches.may_be(key) {
            return;
        }
        let text = match value.scalar() {
            Some(Scalar::String(text)) => text.to_owned(),
            Some(Scalar::Bool(is_on)) => is_on.to_string(),
            Some(Scalar::Signed(number)) => number.to_string(),
            _ => return,
        };
        let above = self.path.iter().filter_map(|visited| match visited {
            Visited::Key(key) => Some(*key),
            Visited::Index(_) => None,
        });
        let path: Vec<&str> = above.collect();
        let path = path.join(".");
        let surroundings = format!("{} {}", context.surroundings, path.to_ascii_lowercase());
        let place = Place {
            surroundings: &surroundings,
            ..Place::default()
        };
        for name in [key, tail(&path)] {
            if let Some(verdict) = switches.judge(name, Some(&text), place) {
                let credential = self.credential(name, Kind::Field, verdict, &text);
                self.push(value, None, credential);
                return;
            }
        }
    }

    fn command_strings(&mut self, list: Node<'r>, context: Context<'_>) {
        let syntax = |text: &str| {
            if text.trim_end().contains('\n') {
                Syntax::Config
            } else {
                Syntax::Inline
            }
        };
        if let Some(text) = list.as_str() {
            self.string(list, text, syntax(text), Kind::Argument, context);
        }
        for (index, item) in list.items().enumerate() {
            if let Some(text) = item.as_str() {
                self.path.push(Visited::Index(index));
                self.string(item, text, syntax(text), Kind::Argument, context);
                self.path.pop();
            }
        }
    }

    /// What stands inside a string.
    pub(super) fn string(
        &mut self,
        node: Node<'r>,
        text: &str,
        syntax: Syntax,
        kind: Kind,
        context: Context<'_>,
    ) {
        let is_telling_file = context.parent.contains("hba") || is_pass_file(context.parent);
        if !super::may_hold_credentials(text) && !is_telling_file {
            return;
        }
        let around = context.around(context.parent);
        for found in embedded(self.detector.known(), text, syntax, kind, around) {
            let part = Part {
                start: found.range.start,
                length: found.range.len(),
            };
            let part = Some(part).filter(|part| part.length < text.trim_end().len());
            let credential =
                self.credential(&found.key, found.kind, found.verdict, &text[found.range]);
            self.push(node, part, credential);
        }
    }

    /// A value that is a credential as a whole, unless something in it is one.
    pub(super) fn whole(&mut self, node: Node<'r>, whole: &Whole<'_>, context: Context<'_>) {
        let is_found = self.found.iter().any(|found| found.node == node.id());
        if !whole.meaning.is_credential() || is_found {
            return;
        }
        let around = Around {
            may_be_name: whole.may_be_name,
            ..context.around(whole.key)
        };
        match node.scalar() {
            Some(Scalar::String(text)) if !text.trim_end().contains('\n') => {
                self.add(node, None, text, whole.meaning, whole.kind, around);
            }
            Some(Scalar::Signed(number)) if whole.meaning == Meaning::Password && number > 999 => {
                let text = number.to_string();
                self.add(node, None, &text, whole.meaning, whole.kind, around);
            }
            _ => {}
        }
    }

    /// Judges a value and keeps what comes out.
    pub(super) fn add(
        &mut self,
        node: Node<'r>,
        range: Option<std::ops::Range<usize>>,
        value: &str,
        meaning: Meaning,
        kind: Kind,
        around: Around<'_>,
    ) {
        if meaning == Meaning::Login {
            let Some((user, password)) = value.split_once(':') else {
                return;
            };
            // What is encoded is marked as a whole.
            let start = range.as_ref().map_or(0, |range| range.start) + user.len() + 1;
            let is_written = range.is_some() || node.as_str() == Some(value);
            let range = is_written.then(|| start..start + password.len());
            let users = [user];
            let around = Around {
                users: &users,
                ..around
            };
            return self.add(node, range, password, Meaning::Password, kind, around);
        }
        let verdict = self.detector.known().judge(meaning, value, around);
        let part = range.map(|range| Part {
            start: range.start,
            length: range.len(),
        });
        let credential = self.credential(around.key, kind, verdict, value);
        self.push(node, part, credential);
    }

    pub(super) fn credential(
        &self,
        key: &str,
        kind: Kind,
        verdict: Verdict,
        value: &str,
    ) -> Credential {
        Credential {
            path: ValuePath::default(),
            part: None,
            key: key.to_owned(),
            kind,
            same: if verdict.is_reported() {
                self.detector.same(value)
            } else {
                0
            },
            verdict,
            length: value.trim().chars().count(),
        }
    }

    /// Whether a tool made up a value when it rendered the text: then nobody has written it.
    pub(super) fn is_made_up(&self, node: Node<'r>, part: Option<Part>) -> bool {
        let Some(provenance) = &self.artifact.provenance else {
            return false;
        };
        let part = part.and_then(|part| {
            let range = part.start..part.start + part.length;
            node.span().part(&self.artifact.text, node.as_str()?, range)
        });
        provenance.is_made_up(part.unwrap_or(node.span()))
    }

    /// Keeps a candidate unless one on the same characters takes precedence.
    pub(super) fn push(&mut self, node: Node<'r>, part: Option<Part>, mut credential: Credential) {
        if credential.verdict.is_reported() && self.is_made_up(node, part) {
            credential.verdict = Verdict::Unsure;
        }
        let overlaps = |other: &Candidate| match (other.credential.part, part) {
            (Some(one), Some(two)) => {
                one.start < two.start + two.length && two.start < one.start + one.length
            }
            _ => true,
        };
        let same = |found: &Candidate| found.node == node.id() && overlaps(found);
        let mut others = self.found.iter().filter(|found| same(found)).peekable();
        if others.peek().is_some() {
            if !others.all(|other| credential.verdict.beats(&other.credential.verdict)) {
                return;
            }
            self.found.retain(|found| !same(found));
        }
        let step = |visited: &Visited<'_>| match visited {
            Visited::Key(key) => Step::Key((*key).to_owned()),
            Visited::Index(index) => Step::Index(*index),
        };
        let path = ValuePath(self.path.iter().map(step).collect());
        self.found.push(Candidate {
            node: node.id(),
            credential: Credential {
                path,
                part,
                ..credential
            },
        });
    }
}

/// The last words of a path of keys: what a table knows is never longer.
fn tail(path: &str) -> &str {
    let start = path.rmatch_indices('.').nth(3).map_or(0, |(at, _)| at + 1);
    &path[start..]
}

/// The user names in a mapping, or those known so far where it has none.
pub(super) fn users<'a>(node: Node<'a>, known: &[&'a str]) -> Vec<&'a str> {
    let named = node.entries().filter(|(key, _)| {
        key.as_str()
            .is_some_and(|key| matches!(meaning(key), Meaning::User | Meaning::AccessKey))
    });
    let own: Vec<&str> = named.filter_map(|(_, value)| value.as_str()).collect();
    if own.is_empty() { known.to_vec() } else { own }
}

/// The path that an operation of a JSON patch gives its value to.
fn patched(node: Node<'_>) -> Option<&str> {
    let text = |key| node.get(key).and_then(Node::as_str);
    let target = text("path").filter(|path| path.starts_with('/'));
    target.filter(|_| matches!(text("op"), Some("add" | "replace")))
}
