//! One port: as a container declares it, and as others call it. Sets of ports are in `ports`.

use super::ports::Protocol;
use crate::model::{Node, Scalar};

/// A port that a container declares.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Port {
    /// The name by which others may call it.
    pub(crate) name: Option<String>,
    /// The protocol; TCP where none is named.
    pub(crate) protocol: Protocol,
    /// Its number.
    pub(crate) number: u16,
}

impl Port {
    /// The ports that a container declares; one of an unknown protocol or without a number is left out.
    pub(super) fn declared(container: Node<'_>) -> impl Iterator<Item = Self> {
        let listed = container.get("ports").into_iter().flat_map(Node::items);
        listed.filter_map(|port| {
            let text = |key| port.string(key);
            Some(Self {
                name: text("name").map(str::to_owned),
                protocol: text("protocol").map_or(Some(Protocol::Tcp), Protocol::of)?,
                number: number(port.get("containerPort")?)?,
            })
        })
    }

    /// Whether a policy or a Service means it by a name, for one protocol or for whichever it has.
    pub(super) fn is_called(&self, name: &str, protocol: Option<Protocol>) -> bool {
        self.name.as_deref() == Some(name) && protocol.is_none_or(|asked| asked == self.protocol)
    }
}

/// A port by number or by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PortName {
    /// Its number.
    Number(u16),
    /// The name that the Service, or the pod, gives it.
    Name(String),
}

impl PortName {
    /// What a text says: a number, else a name.
    pub(super) fn of(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| Self::Name(text.to_owned()), Self::Number)
    }

    /// What a value says: a number from 1 to 65535, else a name; `None` for anything else.
    pub(crate) fn read(node: Node<'_>) -> Option<Self> {
        let name = node.as_str().filter(|name| !name.is_empty());
        let named = name.map(|name| Self::Name(name.to_owned()));
        named.or_else(|| number(node).filter(|number| *number > 0).map(Self::Number))
    }
}

/// A number such as ports have, from 0 to 65535; `None` for any other value.
pub(super) fn number(node: Node<'_>) -> Option<u16> {
    match node.scalar()? {
        Scalar::Signed(value) => u16::try_from(value).ok(),
        _ => None,
    }
}
