//! The way through a resource: which values are asked whether they are credentials, and by which
//! key. Schemas, selectors and references to Secrets are passed over.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::command::arguments;
use super::embedded::{Syntax, embedded};
use super::key::{self, Meaning, meaning};
use super::known::Around;
use super::{Credential, Detector, Kind};
use crate::model::{Node, Part, Resource, Role, Scalar, Step, ValuePath};

/// Kinds whose values are no settings: schemas, permissions, references, ciphertext.
const PASSED_KINDS: [&str; 20] = [
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
    "StorageClass",
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

/// Types of Secrets that hold what a cluster or Helm made.
const PASSED_TYPES: [&str; 2] = ["kubernetes.io/service-account-token", "helm.sh/release.v1"];

/// What may be a credential, and the node it stands in.
pub(super) struct Candidate {
    pub node: u32,
    pub credential: Credential,
}

/// Everything in a resource that stands where credentials stand, whatever the verdict.
pub(super) fn candidates(detector: &Detector, resource: &Resource) -> Vec<Candidate> {
    let mut walk = Walk {
        detector,
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
    match (group, resource.gvk.kind.as_str()) {
        ("", "ConfigMap") => walk.data_holder(node, Kind::Config),
        ("", "Secret") => walk.data_holder(node, Kind::Secret),
        _ => walk.node(node, Context::default()),
    }
    walk.found
}

/// What stands around the values below.
#[derive(Clone, Copy, Default)]
struct Context<'a> {
    users: &'a [&'a str],
    image: Option<&'a str>,
    /// The key that the values below stand under.
    parent: &'a str,
}

struct Walk<'d, 'r> {
    detector: &'d Detector,
    found: Vec<Candidate>,
    path: Vec<Visited<'r>>,
}

#[derive(Clone, Copy)]
enum Visited<'r> {
    Key(&'r str),
    Index(usize),
}

/// A value that may be a credential as a whole.
struct Whole<'a> {
    key: &'a str,
    meaning: Meaning,
    kind: Kind,
    may_be_name: bool,
}

impl<'r> Walk<'_, 'r> {
    fn node(&mut self, node: Node<'r>, context: Context<'_>) {
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
        let image = node.get("image").and_then(Node::as_str).or(context.image);
        let users = users(node, context.users);
        let context = Context {
            users: &users,
            image,
            ..context
        };
        self.command(node, image);
        let pair = self.pair(node, context);
        for (key, value) in node.entries() {
            let key = key.as_str().unwrap_or_default();
            let is_passed = PASSED_KEYS.contains(&key)
                || key.ends_with("Ref")
                || key.ends_with("Refs")
                || (pair && matches!(key, "name" | "value"));
            if is_passed {
                continue;
            }
            self.path.push(Visited::Key(key));
            self.entry(key, value, context);
            self.path.pop();
        }
    }

    fn entry(&mut self, key: &'r str, value: Node<'r>, context: Context<'_>) {
        if matches!(key, "command" | "args") && value.is_sequence() {
            return self.command_strings(value, context);
        }
        let parent = if key.is_empty() { context.parent } else { key };
        self.node(value, Context { parent, ..context });
        if value.scalar().is_some() {
            let meaning = meaning(key);
            let is_environment = key::contains_ignoring_case(context.parent, "env");
            let kind = if is_environment {
                Kind::Environment
            } else {
                Kind::Field
            };
            self.whole(
                value,
                &Whole {
                    key,
                    meaning,
                    kind,
                    may_be_name: !is_environment,
                },
                context,
            );
        }
    }

    fn sequence(&mut self, node: Node<'r>, context: Context<'_>) {
        let named = node.items().filter(|item| item.get("value").is_some());
        let named = named.filter(|item| {
            item.get("name")
                .and_then(Node::as_str)
                .is_some_and(|name| meaning(name) == Meaning::User)
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
            self.path.pop();
        }
    }

    /// `key=value` of a kustomization's generator.
    fn literal(&mut self, item: Node<'r>, key: &'r str, context: Context<'_>) {
        let Some(text) = item.as_str() else { return };
        let start = key.len() + 1;
        let around = Around {
            key,
            users: context.users,
            ..Around::default()
        };
        if meaning(key).is_credential() {
            self.add(
                item,
                Some(start..text.len()),
                &text[start..],
                meaning(key),
                Kind::Config,
                around,
            );
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
        let meaning = if matches!(name, "PWD" | "OLDPWD") {
            Meaning::Other
        } else {
            meaning(name)
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
            let around = Around {
                key,
                users: &[user],
                image: context.image,
                ..Around::default()
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
    fn command(&mut self, node: Node<'r>, image: Option<&str>) {
        let mut items: Vec<(Node<'r>, &'r str, usize)> = Vec::new();
        for key in ["command", "args"] {
            let list = node.get(key).filter(|list| list.is_sequence());
            let list = list.into_iter().flat_map(Node::items).enumerate();
            items.extend(list.map(|(index, item)| (item, key, index)));
        }
        let texts: Vec<&str> = items
            .iter()
            .map(|(item, ..)| item.as_str().unwrap_or_default())
            .collect();
        if !texts.iter().any(|text| super::may_hold_credentials(text)) {
            return;
        }
        for found in arguments(&texts, image) {
            let (item, key, index) = items[found.item];
            let Some(value) = texts[found.item].get(found.value.clone()) else {
                continue;
            };
            let is_whole = value.len() == texts[found.item].len();
            self.path.extend([Visited::Key(key), Visited::Index(index)]);
            let around = Around {
                key: &found.key,
                image,
                ..Around::default()
            };
            if is_shell_reference(value) {
                self.path.truncate(self.path.len() - 2);
                continue;
            }
            let range = (!is_whole).then_some(found.value);
            self.add(item, range, value, found.meaning, Kind::Argument, around);
            self.path.truncate(self.path.len() - 2);
        }
    }

    fn command_strings(&mut self, list: Node<'r>, context: Context<'_>) {
        for (index, item) in list.items().enumerate() {
            if let Some(text) = item.as_str() {
                self.path.push(Visited::Index(index));
                self.string(item, text, Syntax::Inline, Kind::Argument, context);
                self.path.pop();
            }
        }
    }

    /// A ConfigMap or a Secret.
    fn data_holder(&mut self, node: Node<'r>, kind: Kind) {
        let of_type = node.get("type").and_then(Node::as_str).unwrap_or_default();
        if kind == Kind::Secret && PASSED_TYPES.contains(&of_type) {
            return;
        }
        let plain = if kind == Kind::Secret {
            "stringData"
        } else {
            "data"
        };
        for (key, value) in node.entries() {
            let key = key.as_str().unwrap_or_default();
            self.path.push(Visited::Key(key));
            if key == plain {
                self.data(value, kind);
            } else if key == "data" {
                self.encoded_data(value);
            } else if key == "metadata" {
                self.node(value, Context::default());
            }
            self.path.pop();
        }
    }

    fn data(&mut self, data: Node<'r>, kind: Kind) {
        let users = users(data, &[]);
        for (key, value) in data.entries() {
            let key = key.as_str().unwrap_or_default();
            let context = Context {
                users: &users,
                image: None,
                parent: key,
            };
            self.path.push(Visited::Key(key));
            let mut is_text = false;
            if let Some(text) = value.as_str() {
                is_text = text.trim_end().contains('\n');
                self.string(value, text, Syntax::of_data(key, text), kind, context);
            }
            if !is_text {
                let meaning = meaning(key);
                self.whole(
                    value,
                    &Whole {
                        key,
                        meaning,
                        kind,
                        may_be_name: false,
                    },
                    context,
                );
            }
            self.path.pop();
        }
    }

    /// A Secret's `data`: decoded to look; what is found marks the whole encoded value.
    fn encoded_data(&mut self, data: Node<'r>) {
        let decode = |node: Node<'_>| {
            let text: String = node.as_str()?.split_whitespace().collect();
            String::from_utf8(STANDARD.decode(text).ok()?).ok()
        };
        let decoded: Vec<(&str, Node<'r>, String)> = data
            .entries()
            .filter_map(|(key, value)| Some((key.as_str()?, value, decode(value)?)))
            .collect();
        let users: Vec<&str> = decoded
            .iter()
            .filter(|(key, ..)| meaning(key) == Meaning::User)
            .map(|(.., text)| text.trim())
            .collect();
        for (key, value, text) in &decoded {
            self.path.push(Visited::Key(key));
            self.encoded(*value, key, text, &users);
            self.path.pop();
        }
    }

    fn encoded(&mut self, value: Node<'r>, key: &'r str, text: &str, users: &[&str]) {
        let around = Around {
            key,
            users,
            ..Around::default()
        };
        let known = self.detector.known();
        let found = embedded(
            known,
            text,
            Syntax::of_data(key, text),
            Kind::Secret,
            around,
        );
        let worst = found.into_iter().find(|one| one.verdict.as_str().is_some());
        if let Some(found) = worst {
            let length = text[found.range].chars().count();
            let kind = if found.kind == Kind::PrivateKey {
                found.kind
            } else {
                Kind::Secret
            };
            self.push(
                value,
                None,
                Credential {
                    kind,
                    ..credential(&found.key, found.verdict, length)
                },
            );
        } else if meaning(key).is_credential() && !text.trim_end().contains('\n') {
            self.add(value, None, text, meaning(key), Kind::Secret, around);
        }
    }

    /// What stands inside a string.
    fn string(
        &mut self,
        node: Node<'r>,
        text: &str,
        syntax: Syntax,
        kind: Kind,
        context: Context<'_>,
    ) {
        if !super::may_hold_credentials(text) {
            return;
        }
        let around = Around {
            key: context.parent,
            users: context.users,
            image: context.image,
            ..Around::default()
        };
        for found in embedded(self.detector.known(), text, syntax, kind, around) {
            let length = text[found.range.clone()].chars().count();
            let part = Part {
                start: found.range.start,
                length: found.range.len(),
            };
            let part = Some(part).filter(|part| part.length < text.len());
            let credential = Credential {
                kind: found.kind,
                ..credential(&found.key, found.verdict, length)
            };
            self.push(node, part, credential);
        }
    }

    /// A value that is a credential as a whole, unless something in it is one.
    fn whole(&mut self, node: Node<'r>, whole: &Whole<'_>, context: Context<'_>) {
        let is_found = self
            .found
            .iter()
            .rev()
            .take_while(|found| found.node == node.id())
            .next()
            .is_some();
        if !whole.meaning.is_credential() || is_found {
            return;
        }
        let around = Around {
            key: whole.key,
            users: context.users,
            image: context.image,
            may_be_name: whole.may_be_name,
            ..Around::default()
        };
        match node.scalar() {
            Some(Scalar::String(text)) if !text.trim_end().contains('\n') => {
                self.add(node, None, text, whole.meaning, whole.kind, around);
            }
            Some(Scalar::Signed(number)) if whole.meaning == Meaning::Password && number > 999 => {
                self.add(
                    node,
                    None,
                    &number.to_string(),
                    whole.meaning,
                    whole.kind,
                    around,
                );
            }
            _ => {}
        }
    }

    /// Judges a value and keeps what comes out.
    fn add(
        &mut self,
        node: Node<'r>,
        range: Option<std::ops::Range<usize>>,
        value: &str,
        meaning: Meaning,
        kind: Kind,
        around: Around<'_>,
    ) {
        let verdict = self.detector.known().judge(meaning, value, around);
        let part = range.map(|range| Part {
            start: range.start,
            length: range.len(),
        });
        let length = value.trim().chars().count();
        self.push(
            node,
            part,
            Credential {
                kind,
                ..credential(around.key, verdict, length)
            },
        );
    }

    /// Keeps a candidate unless another one in the same value shares a byte with it.
    fn push(&mut self, node: Node<'r>, part: Option<Part>, credential: Credential) {
        let overlaps = |other: &Candidate| match (other.credential.part, part) {
            (Some(one), Some(two)) => {
                one.start < two.start + two.length && two.start < one.start + one.length
            }
            _ => true,
        };
        if self
            .found
            .iter()
            .any(|found| found.node == node.id() && overlaps(found))
        {
            return;
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

fn credential(key: &str, verdict: super::Verdict, length: usize) -> Credential {
    let path = ValuePath::default();
    Credential {
        path,
        part: None,
        key: key.to_owned(),
        kind: Kind::Config,
        verdict,
        length,
    }
}

/// Whether the shell fills something in.
fn is_shell_reference(value: &str) -> bool {
    let bytes = value.as_bytes();
    value.contains('`')
        || bytes.windows(2).any(|pair| {
            pair[0] == b'$' && (pair[1].is_ascii_alphanumeric() || b"_{(@*".contains(&pair[1]))
        })
}

/// The user names in a mapping, or those known so far where it has none.
fn users<'a>(node: Node<'a>, known: &[&'a str]) -> Vec<&'a str> {
    let named = node.entries().filter(|(key, _)| {
        key.as_str()
            .is_some_and(|key| meaning(key) == Meaning::User)
    });
    let own: Vec<&str> = named.filter_map(|(_, value)| value.as_str()).collect();
    if own.is_empty() { known.to_vec() } else { own }
}
