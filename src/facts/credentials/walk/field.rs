//! What a field means by what it stands below: the same name is a secret here and none there.

use super::candidate::Whole;
use super::context::Context;
use super::{Visited, Walk};
use crate::facts::credentials::Kind;
use crate::facts::credentials::key::Meaning;
use crate::facts::credentials::key::words::{contains_ignoring_case, ends_ignoring_case};
use crate::facts::credentials::text::subject::{CALLBACKS, is_no_mode, of_receiver};
use crate::model::Node;

/// Whether an object is about what its key encrypts or signs: `encryption: {key: x}`.
fn protects(parent: &str) -> bool {
    ["encryption", "signing", "hmac"]
        .iter()
        .any(|end| ends_ignoring_case(parent, end))
}

/// Whether a field has what a subscriber lets in with, beside the address at which he is called back:
/// `{callback_url: x, auth: y}`.
pub(super) fn is_sent_to_subscriber(key: &str, value: Node<'_>, context: Context<'_>) -> bool {
    let is_called_back = |holder: Node<'_>| CALLBACKS.iter().any(|name| holder.get(name).is_some());
    key == "auth"
        && value.as_str().is_some_and(is_no_mode)
        && context.holder.is_some_and(is_called_back)
}

/// Whether a field is one of the secrets of a data source of Grafana: all are that stand there, save certificates
/// and what a header says whose name is known, which tells by itself.
pub(super) fn is_secret_of_source(key: &str, context: Context<'_>) -> bool {
    if context.parent != "secureJsonData" || ends_ignoring_case(key, "cert") {
        return false;
    }
    let Some(number) = key.strip_prefix("httpHeaderValue") else {
        return true;
    };
    let name = format!("httpHeaderName{number}");
    let names = context.above.and_then(|source| source.get("jsonData"));
    names.is_none_or(|names| names.get(&name).is_none())
}

impl<'r> Walk<'_, 'r> {
    /// What a field means below another one.
    pub(super) fn field(&self, key: &str, parent: &str) -> Meaning {
        match key {
            // NGINX's `action: {pass: upstream}`.
            "pass" if parent == "action" => Meaning::Other,
            "secret" if contains_ignoring_case(parent, "webhook") => Meaning::Secret,
            // Bitnami's MinIO: `accessKey: {password: shop}` is the public half.
            "password" if parent == "accessKey" => Meaning::AccessKey,
            // `secret: {key: x}`: the key itself, where it is no name of one.
            "key" if parent == "secret" => Meaning::SureToken,
            "key" if protects(parent) => Meaning::SureToken,
            // Datadog: `api: {key: x}`; anything else than a drawn value may be a name.
            "key" if matches!(parent, "api" | "keyauth_credentials" | "admin_key") => {
                Meaning::Token
            }
            // APISIX' chart: `admin: {credentials: {admin: x, viewer: y}}`.
            "admin" | "viewer" if parent == "credentials" => Meaning::Token,
            // Rails: `activeRecordEncryption: {primaryKey: x}`.
            "primaryKey" | "keyDerivationSalt" if protects(parent) => Meaning::Token,
            // `secretIds: {smtpPassword: x}`: where each is kept.
            _ if ["Ids", "IDs", "_ids"]
                .iter()
                .any(|end| parent.ends_with(end)) =>
            {
                Meaning::Other
            }
            // Prometheus: `authorization: {credentials: x}`.
            "credentials" if parent == "authorization" => Meaning::SureToken,
            // Grafana's data sources: whatever stands there is secret.
            // So is it in a kubeconfig's user.
            "token" if matches!(parent, "secureJsonData" | "adminUser" | "user") => {
                Meaning::Password
            }
            // GitLab puts it into the application's Secret, without the beginning.
            _ if parent == "variables" && key.starts_with("K8S_SECRET_") => {
                self.detector.known().meaning(&key["K8S_SECRET_".len()..])
            }
            // OpenShift's builds: `triggers: [{github: {secret: x}}]`.
            "secret" if self.is_trigger_of_build(parent) => Meaning::Password,
            _ => of_receiver(key, parent).unwrap_or_else(|| self.detector.known().meaning(key)),
        }
    }

    /// A client of OpenShift's own login: its `secret` is nothing else, whatever stands there.
    pub(super) fn client(&mut self, node: Node<'r>, context: Context<'_>) {
        if let Some(secret) = node.get("secret") {
            let whole = Whole {
                key: "secret",
                meaning: Meaning::Password,
                kind: Kind::Field,
                may_be_name: false,
            };
            self.path.push(Visited::Key("secret"));
            self.whole(secret, &whole, context);
            self.path.pop();
        }
        self.node(node, context);
    }

    /// What a consumer of Kong's is let in with: the `key` of one that logs in by a key. Of other types it is the
    /// name or the public half of a pair.
    pub(super) fn key_of_consumer(&mut self, node: Node<'r>, context: Context<'_>) {
        let is_key = node.get("type").and_then(Node::as_str) == Some("key-auth");
        let key = node.get("config").and_then(|config| config.get("key"));
        if let Some(key) = key.filter(|_| is_key) {
            let whole = Whole {
                key: "key",
                meaning: Meaning::Kept,
                kind: Kind::Field,
                may_be_name: false,
            };
            self.path.extend(["config", "key"].map(Visited::Key));
            self.whole(key, &whole, context);
            self.path.truncate(self.path.len() - 2);
        }
        self.node(node, context);
    }

    /// Whether a `secretId` is the password of an account of Vault's: others call so what they name
    /// a secret by.
    pub(super) fn is_of_app_role(&self, node: Node<'r>) -> bool {
        node.get("roleId").or(node.get("roleID")).is_some()
            || self.is_below("approle")
            || self.is_below_vault()
    }

    /// Whether what is visited stands below a key that names Vault, where a path says what to fetch.
    pub(super) fn is_below_vault(&self) -> bool {
        self.is_below("vault")
    }

    fn is_below(&self, word: &str) -> bool {
        self.path.iter().any(|visited| match visited {
            Visited::Key(key) => contains_ignoring_case(key, word),
            Visited::Index(_) => false,
        })
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
}
