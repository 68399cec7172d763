//! What a resource says of Azure: one sign for each fact.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{Part, Step, ValuePath};

/// By what a dependency shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Signal {
    ConnectionString,
    Image,
    ResourceId,
    Endpoint,
    Kind,
    Label,
    Annotation,
    Driver,
    Volume,
    StorageClass,
    IngressClass,
    RuntimeClass,
    NodeLabel,
    Toleration,
    Name,
    Setting,
    Environment,
}

impl Signal {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionString => "connection-string",
            Self::Image => "image",
            Self::ResourceId => "resource-id",
            Self::Endpoint => "endpoint",
            Self::Kind => "kind",
            Self::Label => "label",
            Self::Annotation => "annotation",
            Self::Driver => "driver",
            Self::Volume => "volume",
            Self::StorageClass => "storage-class",
            Self::IngressClass => "ingress-class",
            Self::RuntimeClass => "runtime-class",
            Self::NodeLabel => "node-label",
            Self::Toleration => "toleration",
            Self::Name => "name",
            Self::Setting => "setting",
            Self::Environment => "environment",
        }
    }

    /// The subject of signals that have a rule of their own; the others go by their service.
    fn topic(self) -> Option<&'static str> {
        match self {
            Self::ConnectionString | Self::Image | Self::Endpoint | Self::Environment => {
                Some(self.as_str())
            }
            Self::ResourceId => Some(Self::Endpoint.as_str()),
            Self::Kind
            | Self::Label
            | Self::Annotation
            | Self::Driver
            | Self::Volume
            | Self::StorageClass
            | Self::IngressClass
            | Self::RuntimeClass
            | Self::NodeLabel
            | Self::Toleration
            | Self::Name
            | Self::Setting => None,
        }
    }
}

/// What becomes of the workload on a platform without Azure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Effect {
    /// It waits for what is not there.
    Stops,
    /// It runs on, with its data at Azure.
    Stays,
    /// Nothing: the setting is ignored.
    Inert,
}

impl Effect {
    fn as_str(self) -> &'static str {
        match self {
            Self::Stops => "stops",
            Self::Stays => "stays",
            Self::Inert => "inert",
        }
    }
}

/// How sure it is that the resource depends on the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Certainty {
    #[default]
    Depends,
    Probably,
    Hint,
}

impl Certainty {
    fn as_str(self) -> &'static str {
        match self {
            Self::Depends => "depends",
            Self::Probably => "probably",
            Self::Hint => "hint",
        }
    }
}

/// One fact that ties a resource to Azure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sign {
    pub(super) path: ValuePath,
    /// The bytes of the string at `path`; `None` means the whole value.
    pub(super) part: Option<Part>,
    pub(super) signal: Signal,
    /// The service's id.
    pub(super) service: String,
    /// What a message calls it: host `x`, annotation `y`. Never holds a secret.
    pub(super) subject: String,
    pub(super) effect: Effect,
    pub(super) certainty: Certainty,
    /// Whether a secret key stands in it.
    pub(super) has_key: bool,
}

impl Sign {
    /// The sign as rules see it; `category` gives a service's category, `topic` the subject of one.
    pub(super) fn fact(&self, subject_of: impl Fn(&str) -> String) -> Value {
        let topic = match self.signal.topic() {
            Some(topic) => topic.to_owned(),
            None => subject_of(&self.service),
        };
        let step = |step: &Step| match step {
            Step::Key(key) => Value::from(key.as_str()),
            Step::Index(index) => Value::from(*index),
        };
        let mut fact = json!({
            "path": self.path.steps().iter().map(step).collect::<Value>(),
            "signal": self.signal.as_str(),
            "topic": topic,
            "service": self.service,
            "subject": self.subject,
            "effect": self.effect.as_str(),
            "certainty": self.certainty.as_str(),
        });
        if self.has_key {
            fact["has_key"] = Value::Bool(true);
        }
        if let Some(part) = self.part {
            fact["part"] = json!({"start": part.start, "length": part.length});
        }
        fact
    }
}
