//! An image, as one place names it, and where that place is.

use serde_json::{Value, json};

use super::super::place::{path, with_part};
use super::reference::Reference;
use super::tag;
use super::trust::{Trust, TrustVerdict};
use crate::model::{Part, Step, ValuePath};

/// What names an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// A container of a pod, of any of the three kinds.
    Container,
    /// A volume that mounts an image.
    Volume,
    /// A field of a custom resource.
    CustomResource,
    /// A kustomization that puts images in the place of others.
    Kustomize,
    /// Values of a chart.
    Values,
    /// An environment variable.
    Environment,
    /// An argument of a command.
    Argument,
    /// An entry of a ConfigMap.
    Config,
}

impl Place {
    /// The name, as facts have it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Volume => "volume",
            Self::CustomResource => "custom-resource",
            Self::Kustomize => "kustomize",
            Self::Values => "values",
            Self::Environment => "environment",
            Self::Argument => "argument",
            Self::Config => "config",
        }
    }
}

/// What a message shows for the part of a reference that something else adds.
pub(super) const REST: &str = "{{ … }}";

/// Where a value stands: its path, and the bytes of it where it is a part of a string.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct At {
    pub(crate) path: ValuePath,
    pub(crate) part: Option<Part>,
}

impl At {
    pub(super) fn whole(path: ValuePath) -> Self {
        Self { path, part: None }
    }

    fn fact(&self) -> Value {
        with_part(json!({"path": path(&self.path)}), self.part)
    }
}

/// An image, as one place names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// Where the registry of the reference stands, or the reference itself.
    pub(crate) at: At,
    /// What names it.
    pub(crate) place: Place,
    /// What a message calls that, with a verb: container `web` runs.
    pub(crate) subject: String,
    /// The reference, put together where its parts stand apart.
    pub(crate) text: String,
    /// What it means.
    pub(crate) reference: Reference,
    /// Whether nothing but the reference says which version it is: a chart or an operator may add
    /// the tag to what its user leaves out.
    pub(crate) is_complete: bool,
    /// Whether a field that is known for it holds it; otherwise it is told by its form.
    pub(crate) is_known_field: bool,
    /// Where the tag stands, if it stands apart.
    pub(crate) tag_at: Option<At>,
    /// The pull policy, and where it stands.
    pub(crate) policy: Option<(String, At)>,
    /// Further ones, of other containers that run the same.
    pub(super) other_policies: Vec<(String, At)>,
    /// Of a container: where the pod's template stands.
    pub(crate) template: Option<ValuePath>,
    /// Of a container: whether its pod, or the pod's ServiceAccount, names Secrets to pull with.
    pub(crate) has_pull_secret: bool,
    /// Whether another place decides on the registry: every kustomization that uses the resource
    /// names another image for this one, a kustomization leaves the name as it is, or a trigger
    /// puts another in its place.
    pub(crate) is_registry_elsewhere: bool,
    /// Whether every kustomization that uses the resource, or a trigger, gives it another tag.
    pub(crate) is_tag_elsewhere: bool,
    /// Whether kustomizations, or a trigger, are known to put another one, or another tag, in its place.
    pub(crate) is_replaced: bool,
}

impl Image {
    pub(super) fn new(at: At, place: Place, subject: String, text: String) -> Self {
        let text = without_user(text);
        Self {
            reference: Reference::parse(&text),
            at,
            place,
            subject,
            text,
            is_complete: true,
            is_known_field: true,
            tag_at: None,
            policy: None,
            other_policies: Vec::new(),
            template: None,
            has_pull_secret: false,
            is_registry_elsewhere: false,
            is_tag_elsewhere: false,
            is_replaced: false,
        }
    }

    /// Whether it stands where kustomizations look for images: in a container of an object of any
    /// kind.
    pub(super) fn is_of_container(&self) -> bool {
        const LISTS: [&str; 2] = ["containers", "initContainers"];
        let is_listed = match self.at.path.steps() {
            [.., Step::Key(list), Step::Index(_), Step::Key(key)] => {
                key == "image" && LISTS.contains(&list.as_str()) && self.at.part.is_none()
            }
            _ => false,
        };
        self.place == Place::Container || (self.place == Place::CustomResource && is_listed)
    }

    /// Tells that others decide on its registry, on its tag, or on both.
    pub(super) fn replace(&mut self, is_renamed: bool, is_retagged: bool) {
        self.is_registry_elsewhere = is_renamed;
        self.is_tag_elsewhere = is_retagged;
        self.is_replaced = is_renamed || is_retagged;
    }

    /// Takes a name or a tag that is empty for one that somebody is to give.
    pub(super) fn leave_parts_to_install(&mut self) {
        let (is_nameless, is_tagless) = (self.text.starts_with(':'), self.text.ends_with(':'));
        if is_nameless || is_tagless {
            self.reference.is_placeholder = true;
            // What is refused by its name already has no registry to tell.
            let is_refused = || !Reference::parse(self.text.trim_end_matches(':')).is_valid();
            self.reference.is_registry_known &= !is_nameless && !is_refused();
        }
    }

    /// Adds a tag that stands elsewhere, unless the reference has a version itself.
    pub(super) fn add_tag(&mut self, tag: &str, at: At) {
        if Reference::parse(&self.text).is_versioned() {
            return;
        }
        self.text = format!("{}:{tag}", self.text);
        self.reference = Reference::parse(&self.text);
        self.is_complete = self.reference.is_versioned();
        self.tag_at = Some(at);
    }

    /// Whether it is no more than the name of what is put in its place.
    pub(crate) fn is_slot(&self) -> bool {
        self.is_replaced && self.is_registry_elsewhere
    }

    /// Why a container runtime refuses what runs, as far as it is written here.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        self.reference.problem.filter(|_| !self.is_slot())
    }

    /// What is to say of the registry: nothing where it is not certain, or no registry at all.
    pub(super) fn trust(&self, trust: &Trust) -> Option<TrustVerdict> {
        let reference = &self.reference;
        // Also of what no node may pull: the platform compares references, whatever the policy.
        let is_known = reference.is_registry_known || trust.excludes(reference);
        let is_certain = is_known && !self.is_registry_elsewhere;
        (is_certain && (reference.is_valid() || reference.is_placeholder))
            .then(|| trust.verdict(reference, &self.text))
    }

    /// The project of the own registry from which a pod pulls the image, unless it is known to be public.
    pub(super) fn project(&self, trust: &Trust) -> Option<String> {
        let is_certain = self.reference.is_valid() && !self.is_registry_elsewhere;
        (is_certain && self.template.is_some())
            .then(|| trust.private_project(&self.reference))
            .flatten()
    }

    /// The name without the version, as far as it is written: where something else adds the end, what it
    /// begins with.
    fn name(&self) -> &str {
        let name = &self.reference.name;
        match name.split_once(REST) {
            Some(_) if self.text.starts_with(REST) => REST,
            Some((start, _)) => start.trim_end_matches('/'),
            None => name,
        }
    }

    /// The image as rules see it; with the project and the other pods of which it tells that they lack a Secret.
    pub(super) fn fact(&self, trust: &Trust, lacking: Option<&(String, String)>) -> Value {
        let reference = &self.reference;
        let targets = trust.targets(reference);
        let mut fact = json!({
            "path": path(&self.at.path),
            "place": self.place.as_str(),
            "subject": self.subject,
            "reference": self.text,
            "registry": reference.registry,
            "name": self.name(),
            "valid": reference.is_valid(),
            "placeholder": reference.is_placeholder,
            "certain_tag": !self.is_tag_elsewhere,
            "complete": self.is_complete && !self.is_tag_elsewhere,
            "known_field": self.is_known_field,
            "trust": self.trust(trust).map_or("unknown", TrustVerdict::as_str),
            "advice": targets.advice(),
            "targets": {},
        });
        let texts = [
            ("tag", reference.tag.clone()),
            ("digest", reference.digest.clone()),
            ("problem", self.problem().map(str::to_owned)),
        ];
        add_texts(&mut fact, texts);
        if let Some(tag) = &reference.tag {
            fact["tag_words"] = Value::from(tag::words(tag));
        }
        let targets = [("push_to", targets.push_to), ("proxy", targets.proxy)];
        add_texts(&mut fact["targets"], targets);
        if let Some(at) = &self.tag_at {
            fact["tag_at"] = at.fact();
        }
        if let Some(policy) = &self.policy {
            fact["policy"] = policy_fact(policy);
        }
        if let Some((project, others)) = lacking {
            fact["lacks_secret"] = Value::from(project.as_str());
            fact["others"] = Value::from(others.as_str());
        }
        with_part(fact, self.at.part)
    }

    /// A fact about an image with another pull policy, if one is given.
    pub(super) fn with_policy(mut fact: Value, policy: Option<&(String, At)>) -> Value {
        if let Some(policy) = policy {
            fact["policy"] = policy_fact(policy);
        }
        fact
    }
}

fn policy_fact((value, at): &(String, At)) -> Value {
    let mut fact = at.fact();
    fact["value"] = Value::from(value.as_str());
    fact
}

/// Adds the texts that are there.
fn add_texts<const N: usize>(fact: &mut Value, texts: [(&str, Option<String>); N]) {
    for (key, text) in texts {
        if let Some(text) = text {
            fact[key] = Value::from(text);
        }
    }
}

/// A reference without a user's name and password, which some put before the host.
fn without_user(text: String) -> String {
    let Some((before, after)) = text.rsplit_once('@') else {
        return text;
    };
    if !before.contains(':') || !after.contains('/') {
        return text;
    }
    match before.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://***@{after}"),
        None => format!("***@{after}"),
    }
}
