//! What stands around a value on the way through a resource: objects, names, an image, users.

use crate::facts::credentials::key::header::{is_value_of, names_header, says_header};
use crate::facts::credentials::text::key_pair::{
    is_id_of_client, is_key_beside_name, names_secret_half, refers_to_secret_half,
};
use crate::facts::credentials::value::around::Around;
use crate::facts::credentials::value::key_name::{
    is_called_like_others, is_key_behind_name, is_named_beside, names_key_of_secret,
};
use crate::model::{Node, SWITCHES, Scalar};

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
    /// The object that holds the values below.
    pub holder: Option<Node<'a>>,
    /// The object that holds the holder.
    pub above: Option<Node<'a>>,
    /// Whether the values below are the names of keys in a Secret.
    pub names_keys: bool,
    /// Whether the values below are the names of what is taken from elsewhere, where they look so.
    pub maps_names: bool,
}

impl<'a> Context<'a> {
    /// Whether what the values below are for is switched off.
    pub(super) fn is_switched_off(self) -> bool {
        self.holder.is_some_and(is_disabled)
    }

    /// Whether a switch is of something that is switched off as a whole, so that nothing runs; where
    /// authentication is what is off, something does.
    pub(super) fn is_of_what_is_off(self, key: &str) -> bool {
        let is_of_login = key == "enabled" || matches!(self.parent, "auth" | "authentication");
        (!is_of_login && self.is_switched_off()) || self.above.is_some_and(is_disabled)
    }

    /// Whether a variable's value is the name of a Secret or of a key in it, by its own words or by the
    /// variables beside it.
    pub(super) fn names_secret_by_variables(self, name: &str, value: &str) -> bool {
        let list = self.above.and_then(|above| above.get(self.parent));
        let items = || list.into_iter().flat_map(Node::items);
        let has = |other: &str| {
            items().any(|item| item.get("name").and_then(Node::as_str) == Some(other))
        };
        let texts = || {
            items().filter_map(|item| {
                Some((item.get("name")?.as_str()?, item.get("value")?.as_str()?))
            })
        };
        let values = items().filter_map(|item| item.get("value")?.as_str());
        names_key_of_secret(name, value)
            || is_key_beside_name(name, has)
            || is_id_of_client(name, has)
            || is_key_behind_name(name, value, values)
            || is_named_beside(name, value, texts())
            || is_called_like_others(name, value, texts())
    }

    /// The header whose value a variable has, where another one beside it names it.
    pub(super) fn header_beside(self, name: &str) -> Option<&'a str> {
        let list = says_header(name).then(|| self.above?.get(self.parent))?;
        let mut items = list.into_iter().flat_map(Node::items);
        items.find_map(|item| {
            let other = item.get("name")?.as_str()?;
            let is_named = names_header(other) && is_value_of(name, other);
            is_named.then(|| item.get("value")?.as_str()).flatten()
        })
    }

    /// Whether the secret half of a key pair of which the other is here stands in a Secret: in a field
    /// beside it, or in a variable of the same container.
    pub(super) fn keeps_secret_half_elsewhere(self) -> bool {
        let variables = self.above.and_then(|container| container.get("env"));
        let mut variables = variables.into_iter().flat_map(Node::items);
        self.holder.is_some_and(refers_to_secret_half)
            || variables.any(|one| {
                let name = one.get("name").and_then(Node::as_str);
                one.get("valueFrom").is_some() && name.is_some_and(names_secret_half)
            })
    }

    pub(super) fn around(self, key: &'a str) -> Around<'a> {
        Around {
            key,
            users: self.users,
            image: self.image,
            surroundings: self.surroundings,
            parent: self.parent,
            ..Around::default()
        }
    }
}

/// Whether an object says that what it is for is off.
pub(super) fn is_disabled(node: Node<'_>) -> bool {
    let is_off = |key| node.get(key).and_then(Node::scalar) == Some(Scalar::Bool(false));
    SWITCHES.into_iter().any(is_off)
}
