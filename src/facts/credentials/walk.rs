//! The way through a resource: which values are asked whether they are credentials, and by which
//! key. Schemas, selectors and references to Secrets are passed over.
//! What has a shape of its own has a module of its own; `candidate` keeps what comes out.

mod account;
mod built;
pub(super) mod candidate;
mod container;
mod context;
mod encoding;
mod entry;
mod field;
mod holder;
mod job;
mod last_applied;
pub(super) mod momentary;
mod off;
mod pair;
mod reached;
mod step;
mod store;
mod stored;
mod surroundings;
mod values;

use super::key::plural::items_meaning;
use super::key::vocabulary::SECRETS_OF_ORY;
use super::key::words::contains_ignoring_case;
use super::key::{Meaning, meaning};
use super::text::key_pair::is_id_beside;
use super::text::syntax::Syntax;
use super::value::closed::is_closed;
use super::value::off::Place;
use super::{Detector, Kind};
use crate::model::{Artifact, Node, Resource, Role, Scalar};
use candidate::{Candidate, Whole};
use context::Context;
use last_applied::{LAST_APPLIED, leave_repeated};
use off::leave_off;
use pair::patched;
use step::is_pipeline;
use surroundings::{are_values, surroundings};

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
const PASSED_KEYS: [&str; 29] = [
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
    // Of an operator's bundle: what a console fills its forms with.
    "alm-examples",
    "operatorframework.io/initialization-resource",
    "specDescriptors",
    "statusDescriptors",
    // Of pipelines: where a secret is kept, and what is encrypted.
    "parameter-store",
    "secrets-manager",
    "from_secret",
    "secretEnv",
];

/// Everything in a resource that stands where credentials stand, whatever the verdict.
pub(super) fn candidates(detector: &Detector, resource: &Resource) -> Vec<Candidate> {
    candidates_around(detector, resource, "")
}

/// The same, with the names around what holds the resource.
fn candidates_around(detector: &Detector, resource: &Resource, around: &str) -> Vec<Candidate> {
    let mut walk = Walk {
        detector,
        artifact: &resource.artifact,
        is_of_charts: are_values(resource),
        is_pipeline: is_pipeline(resource),
        is_base: resource.is_base,
        names_alone: &resource.names_alone,
        are_settings: are_values(resource) || resource.gvk.group.contains('.'),
        found: Vec::new(),
        path: Vec::new(),
        of_type: "",
    };
    let group = resource.gvk.group.as_str();
    let is_passed = resource.role == Role::Package
        || PASSED_KINDS.contains(&resource.gvk.kind.as_str())
        || PASSED_GROUPS.iter().any(|passed| group.ends_with(passed));
    let node = resource.node();
    let surroundings = format!("{} {around}", surroundings(resource));
    let context = Context {
        surroundings: &surroundings,
        ..Context::default()
    };
    if is_passed {
        walk.template_of_secret(&resource.gvk.kind, node, context);
        return walk.found;
    }
    match (group, resource.gvk.kind.as_str()) {
        // The operations of a patch: `kubectl patch secret x --type=json`.
        ("", "ConfigMap" | "Secret") if node.is_sequence() => walk.node(node, context),
        ("", "ConfigMap") => walk.data_holder(node, Kind::Config, context),
        ("", "Secret") => walk.data_holder(node, Kind::Secret, context),
        ("oauth.openshift.io", "OAuthClient") => walk.client(node, context),
        ("configuration.konghq.com", "KongCredential") => walk.key_of_consumer(node, context),
        // How to reach a cluster: no object of one, whose Secrets it might name.
        ("", "Config") => walk.node(
            node,
            Context {
                is_of_chart: true,
                ..context
            },
        ),
        (_, "Dockerfile") => walk.build(node, context),
        _ => walk.node(node, context),
    }
    leave_repeated(resource, &mut walk.found);
    if !resource.is_base {
        leave_off(resource, &mut walk.found);
    }
    walk.found
}

/// Whether a value is a whole Secret.
fn is_secret(node: Node<'_>) -> bool {
    let is = |key, text| node.get(key).and_then(Node::as_str) == Some(text);
    is("kind", "Secret") && is("apiVersion", "v1") && node.get("metadata").is_some()
}

struct Walk<'d, 'r> {
    pub detector: &'d Detector,
    pub artifact: &'r Artifact,
    /// Whether it is about values of charts.
    pub is_of_charts: bool,
    /// Whether it is a pipeline, whose steps hand texts to a shell.
    pub is_pipeline: bool,
    /// Whether these are values that others may win over.
    pub is_base: bool,
    /// Values that are used as names alone.
    pub names_alone: &'r [String],
    /// Whether lists may hold settings of a program.
    pub are_settings: bool,
    pub found: Vec<Candidate>,
    pub path: Vec<Visited<'r>>,
    /// The type of the Secret that is walked through.
    pub of_type: &'r str,
}

#[derive(Clone, Copy)]
enum Visited<'r> {
    Key(&'r str),
    Index(usize),
}

impl<'r> Walk<'_, 'r> {
    fn node(&mut self, node: Node<'r>, context: Context<'_>) {
        // Charts are handed whole objects, too: `extraObjects: [{kind: Secret, data: …}]`.
        if is_secret(node) {
            self.data_holder(node, Kind::Secret, context);
        } else if node.is_mapping() {
            self.mapping(node, context);
        } else if node.is_sequence() {
            self.sequence(node, context);
        } else if let Some(text) = node.as_str() {
            let is_patch = context.parent == "patch" && text.starts_with(['[', '{']);
            let is_file = text.contains('\n') || contains_ignoring_case(context.parent, "hba");
            let syntax = if is_file || is_patch {
                Syntax::of_file(context.parent)
            } else {
                Syntax::Inline
            };
            if self.is_pipeline {
                self.step(node, text, context);
            }
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
            holder: Some(node),
            above: context.holder,
            surroundings: surroundings.as_deref().unwrap_or(context.surroundings),
            ..context
        };
        self.command(node, context);
        let pair = self.pair(node, context);
        self.headers(node, context);
        self.header_in_two(node, context);
        // Keycloak: `credentials: [{type: password, value: x}]`.
        let is_password = node.get("type").and_then(Node::as_str) == Some("password");
        for (key, value) in node.entries() {
            let key = key.as_str().unwrap_or_default();
            let is_passed = PASSED_KEYS.contains(&key)
                || key.ends_with("Ref")
                || key.ends_with("Refs")
                || key.ends_with("RefKey")
                || is_of_store(key)
                || (key == LAST_APPLIED && self.path.len() != 2)
                || (matches!(key, "secretId" | "secretID") && !self.is_of_app_role(node))
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

    fn sequence(&mut self, node: Node<'r>, context: Context<'_>) {
        let name = |item: Node<'r>| item.get("name").and_then(Node::as_str);
        let names = || node.items().filter_map(name);
        let named = node
            .items()
            .filter(|item| item.get("value").is_some())
            .filter(|item| name(*item).is_some_and(|name| names_user(name, names())));
        let mut users: Vec<&str> = context.users.to_vec();
        users.extend(named.filter_map(|item| item.get("value")?.as_str()));
        let context = Context {
            users: &users,
            ..context
        };
        let meaning = self.meaning_of_items(context.parent);
        let may_switch = self.detector.known().switches().may_be(context.parent);
        for (index, item) in node.items().enumerate() {
            self.path.push(Visited::Index(index));
            match item.as_str().and_then(|text| text.split_once('=')) {
                Some((key, _))
                    if matches!(context.parent, "literals" | "mountOptions")
                        // Of a generator's files, each is called by its key: `password=path`.
                        || (context.parent != "files" && self.is_setting(item, key)) =>
                {
                    self.literal(item, key, context);
                }
                _ => self.node(item, context),
            }
            if let Some(meaning) = meaning.filter(|_| item.scalar().is_some()) {
                let whole = Whole {
                    key: context.parent,
                    meaning,
                    kind: Kind::Field,
                    may_be_name: !(self.is_of_charts && meaning == Meaning::Password),
                };
                self.whole(item, &whole, context);
            }
            if may_switch && item.scalar().is_some() {
                self.switch(context.parent, item, context);
            }
            self.path.pop();
        }
    }

    /// Whether an item of a list is a setting of a program, `key=value`, as custom resources and charts hand
    /// them on; a pipeline's are arguments of its tasks.
    fn is_setting(&self, item: Node<'r>, key: &str) -> bool {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let is_line = item.as_str().is_some_and(|text| !text.contains('\n'));
        self.are_settings
            && is_line
            && !key.starts_with('-')
            && key.bytes().all(is_part)
            && meaning(key).is_credential()
    }

    /// `passwords: [one, another]`, and Ory's `secrets: {cookie: [x]}`; items of `secrets` themselves are
    /// mostly names.
    fn meaning_of_items(&self, parent: &str) -> Option<Meaning> {
        match self.path.as_slice() {
            [.., Visited::Key("secrets"), Visited::Key(own)] if SECRETS_OF_ORY.contains(own) => {
                Some(Meaning::Secret)
            }
            _ => items_meaning(parent).filter(|meaning| *meaning != Meaning::Secret),
        }
    }

    /// A setting that lets everyone in, by its own name or by its path.
    fn switch(&mut self, key: &str, value: Node<'r>, context: Context<'_>) {
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
        let keys: Vec<&str> = above.collect();
        let path = keys.join(".");
        let surroundings = format!("{} {}", context.surroundings, path.to_ascii_lowercase());
        let place = Place {
            surroundings: &surroundings,
            above: &path,
            users: context.users,
            is_off: context.is_of_what_is_off(key),
            ..Place::default()
        };
        if is_closed(key, context.holder, &self.artifact.text)
            // Whoever switches it on in a chart gets it as the chart's own values have it.
            || (!self.is_base && place.is_off)
        {
            return;
        }
        for name in [key, tail(&path, &keys)] {
            if let Some(verdict) = switches.judge(name, Some(&text), place) {
                let credential = self.credential(name, Kind::Field, verdict, &text);
                self.push(value, None, credential);
                return;
            }
        }
    }
}

/// Whether a key is an annotation that says where a store keeps a secret.
fn is_of_store(key: &str) -> bool {
    key.starts_with("vault.hashicorp.com/") || key.starts_with("conjur.org/")
}

/// The last words of a path of keys, no key cut in two: what a table knows is never longer than four.
fn tail<'p>(path: &'p str, keys: &[&str]) -> &'p str {
    let (mut length, mut words) = (0, 0);
    for key in keys.iter().rev() {
        if words >= 4 {
            break;
        }
        length += key.len() + usize::from(words > 0);
        words += key.split('.').count();
    }
    &path[path.len() - length..]
}

/// The user names in a mapping, or those known so far where it has none.
pub(super) fn users<'a>(node: Node<'a>, known: &[&'a str]) -> Vec<&'a str> {
    let keys = || node.entries().filter_map(|(key, _)| key.as_str());
    let named = node
        .entries()
        .filter(|(key, _)| key.as_str().is_some_and(|key| names_user(key, keys())));
    let own: Vec<&str> = named.filter_map(|(_, value)| value.as_str()).collect();
    if own.is_empty() { known.to_vec() } else { own }
}

/// Whether the value under a key is a user's name, or says which key stands beside it.
fn names_user<'a>(key: &str, beside: impl Iterator<Item = &'a str>) -> bool {
    meaning(key) == Meaning::User || is_id_beside(key, beside)
}
