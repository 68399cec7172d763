//! One entry of a map: what its key says of the value below it, and whether the value is passed over.

use super::candidate::Whole;
use super::context::Context;
use super::field::{is_secret_of_source, is_sent_to_subscriber};
use super::{Visited, Walk};
use crate::facts::credentials::key::plural::{entry_meaning, tells_whose};
use crate::facts::credentials::key::words::{contains_ignoring_case, ends_ignoring_case};
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::text::key_pair::{
    is_id_of_client, is_secret_half, is_secret_of_client,
};
use crate::facts::credentials::value::instead::{
    is_filled_in_instead, names_secret_instead, stands_for_secret,
};
use crate::facts::credentials::value::key_name::{
    is_auth_key_itself, is_filled_alike, is_filled_with_names, is_key_of_secret, is_name_to_take,
    is_named_by_aws, is_of_form, is_respelled, maps_names, may_name_key, names_keys,
    names_own_keys, spells_path,
};
use crate::facts::credentials::value::label::{holds_wording, is_label, is_wording};
use crate::facts::credentials::value::path::is_path_of_names;
use crate::facts::credentials::{Kind, Verdict};
use crate::model::Node;

impl<'r> Walk<'_, 'r> {
    /// The value under a key, and all that is below it.
    pub(super) fn entry(&mut self, key: &'r str, value: Node<'r>, context: Context<'_>) {
        if matches!(key, "command" | "args") && (value.is_sequence() || value.as_str().is_some()) {
            return self.command_strings(value, context);
        }
        let is_first = (self.is_of_charts && self.path.len() == 1)
            || matches!(context.parent, "values" | "valuesObject")
            || self.is_chart_within(value, context);
        let chart =
            is_first.then(|| format!("{} {}", context.surroundings, key.to_ascii_lowercase()));
        // A HelmRelease and an Application hold a chart's values under these keys.
        let is_values = matches!(key, "values" | "valuesObject") && value.is_mapping();
        let context = Context {
            surroundings: chart.as_deref().unwrap_or(context.surroundings),
            is_of_chart: context.is_of_chart || self.is_of_charts || is_values,
            names_keys: context.names_keys
                || (value.is_mapping() && names_keys(key, context.holder)),
            maps_names: context.maps_names
                || (value.is_mapping() && maps_names(key, context.parent)),
            ..context
        };
        let parent = if key.is_empty() { context.parent } else { key };
        self.node(value, Context { parent, ..context });
        if value.scalar().is_some() {
            self.switch(key, value, context);
            self.setting(key, value, context);
        }
    }

    /// A value that holds no others.
    fn setting(&mut self, key: &'r str, value: Node<'r>, context: Context<'_>) {
        let is_environment = contains_ignoring_case(context.parent, "env");
        let kind = match is_environment {
            true => Kind::Environment,
            false => Kind::Field,
        };
        if context.is_of_chart
            && let Some(text) = value.as_str()
        {
            if text.contains(':') {
                self.login_of_values(key, value, text, context);
            }
            if context.parent == "property" {
                self.account_with_roles(key, value, text, context);
            }
        }
        let of_value = value_of(context.parent, key, context.holder);
        let (key, meaning) = match of_value {
            Some(meaning) => (context.parent, meaning),
            None => (key, self.said_meaning(key, value, context)),
        };
        if self.is_passed(key, value, meaning, context) {
            return;
        }
        let is_half = is_half(key, value, meaning, context);
        let meaning = if is_half { Meaning::Secret } else { meaning };
        let whole = Whole {
            key,
            meaning,
            kind,
            may_be_name: !is_environment && !is_half && !is_given(key, value, meaning, context),
        };
        self.whole(value, &whole, context);
        if context.is_of_chart && meaning == Meaning::Password {
            self.leave_unused(key, value, context);
        }
    }

    /// What a key says of its value, by itself or by what is around and in it.
    fn said_meaning(&self, key: &'r str, value: Node<'r>, context: Context<'_>) -> Meaning {
        let mut meaning = self.field(key, context.parent);
        if meaning == Meaning::Other && is_secret_of_source(key, context) {
            meaning = Meaning::SureToken;
        }
        if is_sent_to_subscriber(key, value, context) {
            meaning = Meaning::Secret;
        }
        if names_account_again(key, value, context) || self.names_client_again(key, value, context)
        {
            meaning = Meaning::Password;
        }
        if meaning == Meaning::Other && self.is_published(value) {
            meaning = Meaning::Named;
        }
        let tells_owner = || tells_whose(key) && self.is_in_item();
        if context.is_of_chart
            && !meaning.is_credential()
            && !is_path(value)
            && !tells_owner()
            && let Some(of_map) = entry_meaning(key, context.parent)
        {
            meaning = of_map;
        }
        meaning
    }

    /// Whether a `secret` is the name of the client whose `id` stands beside it, with a word behind, in a map or a list
    /// of clients: `clients: {shop: {id: shop, secret: shop-secret}}`.
    fn names_client_again(&self, key: &str, value: Node<'r>, context: Context<'_>) -> bool {
        if key != "secret" {
            return false;
        }
        let above = self
            .path
            .len()
            .checked_sub(3)
            .and_then(|at| self.path.get(at));
        let is_of_clients =
            matches!(above, Some(Visited::Key(key)) if ends_ignoring_case(key, "clients"));
        let id = context.holder.and_then(|holder| holder.get("id")?.as_str());
        let rest = id
            .zip(value.as_str())
            .and_then(|(id, own)| own.strip_prefix(id));
        is_of_clients && rest.is_some_and(|rest| matches!(rest, "" | "-secret" | "_secret"))
    }

    /// Whether a value is none that anybody could use, by its key and what is around it.
    fn is_passed(
        &self,
        key: &str,
        value: Node<'r>,
        meaning: Meaning,
        context: Context<'_>,
    ) -> bool {
        (key == "devRootToken" && context.is_switched_off())
            || (is_path(value) && self.is_below_vault())
            || ((context.names_keys || is_key_of_secret(key, context.holder))
                && may_name_key(value))
            || (meaning == Meaning::Password && names_own_keys(context.parent, context.holder))
            || (meaning.is_credential()
                && (self.only_names(key, value, context)
                    || self.is_said_of_other(value, context)
                    || self.is_used_as_name(value)))
    }

    /// Whether the value under a credential's key stands for one, by what is beside and above it.
    fn only_names(&self, key: &str, value: Node<'r>, context: Context<'_>) -> bool {
        let text = value.as_str().unwrap_or_default();
        let keys = self.path.iter().filter_map(|visited| match visited {
            Visited::Key(key) => Some(*key),
            Visited::Index(_) => None,
        });
        (context.maps_names && is_name_to_take(key, text))
            || is_filled_with_names(key, value, context.holder)
            || is_of_form(key, value, context.holder)
            || is_filled_alike(key, value, context.holder)
            || is_respelled(key, value, context.holder)
            || is_named_by_aws(text)
            || is_id_of_client(key, |other| {
                context
                    .holder
                    .is_some_and(|holder| holder.get(other).is_some())
            })
            || spells_path(text, keys)
    }

    /// Whether a chart's templates use a value as nothing but the name of a Secret or of an entry in one. What is
    /// drawn at random is called so by nobody.
    fn is_used_as_name(&self, value: Node<'r>) -> bool {
        if self.names_alone.is_empty() || !may_name_key(value) {
            return false;
        }
        let keys = self.path.iter().map(|visited| match visited {
            Visited::Key(key) => *key,
            Visited::Index(_) => "",
        });
        let path = keys.collect::<Vec<_>>().join(".");
        self.names_alone.contains(&path)
    }

    /// Whether a value is the name of a column or a limit, or a word for people.
    fn is_said_of_other(&self, value: Node<'r>, context: Context<'_>) -> bool {
        let text = value.as_str();
        let is_shown =
            |visited: &Visited<'_>| matches!(visited, Visited::Key(key) if holds_wording(key));
        is_label(context.parent, self.is_in_item(), text)
            || (text.is_some_and(is_wording) && self.path.iter().any(is_shown))
    }

    /// Passes over a default or guessed password of a chart in whose place a Secret is named: nobody has it.
    fn leave_unused(&mut self, key: &str, value: Node<'r>, context: Context<'_>) {
        let Some(holder) = context.holder else { return };
        let text = value.as_str().unwrap_or_default();
        let is_word_for_none = stands_for_secret(text, holder, context.above);
        if !is_word_for_none && !names_secret_instead(key, holder) {
            return;
        }
        let is_filled_in = is_word_for_none || is_filled_in_instead(text, holder);
        let found = self.found.iter_mut().filter(|one| one.node == value.id());
        for found in found.map(|one| &mut one.credential) {
            let is_word = matches!(found.verdict, Verdict::Default { .. } | Verdict::Weak);
            if is_word || (is_filled_in && found.verdict == Verdict::Literal) {
                found.verdict = Verdict::Unsure;
            }
        }
    }

    /// Whether the values may be those of a chart that another chart uses, whose name their key is.
    fn is_chart_within(&self, value: Node<'r>, context: Context<'_>) -> bool {
        let depth = if self.is_of_charts { 2 } else { 4 };
        context.is_of_chart && value.is_mapping() && self.path.len() == depth
    }

    /// Whether what is visited stands in an object of a list.
    fn is_in_item(&self) -> bool {
        matches!(
            self.path.as_slice(),
            [.., Visited::Index(_), Visited::Key(_)]
        )
    }

    fn is_published(&self, value: Node<'r>) -> bool {
        let text = value.as_str().filter(|text| text.len() >= 24);
        text.is_some_and(|text| self.detector.known().is_published(text))
    }
}

/// Whether a `secret` is the name of the account that its key opens, and no Secret's: `walletKey: {secret: shop}`
/// beside `walletId: shop`.
fn names_account_again(key: &str, value: Node<'_>, context: Context<'_>) -> bool {
    const OPENING: [&str; 3] = ["key", "pin", "password"];
    if key != "secret" {
        return false;
    }
    let parent = context.parent.to_ascii_lowercase();
    let stem = OPENING.iter().find_map(|end| parent.strip_suffix(end));
    let Some((stem, above)) = stem.filter(|stem| !stem.is_empty()).zip(context.above) else {
        return false;
    };
    let is_account = |name: &str| {
        let name = name.to_ascii_lowercase();
        let end = name.strip_prefix(stem);
        end.is_some_and(|end| matches!(end, "id" | "user" | "username"))
    };
    value.as_str().is_some_and(|own| {
        let mut entries = above.entries();
        entries
            .any(|(name, one)| name.as_str().is_some_and(is_account) && one.as_str() == Some(own))
    })
}

/// Whether a value is the path of something that is kept elsewhere.
fn is_path(value: Node<'_>) -> bool {
    value.as_str().is_some_and(is_path_of_names)
}

/// Whether a value is the secret half of a pair.
fn is_half(key: &str, value: Node<'_>, meaning: Meaning, context: Context<'_>) -> bool {
    let may_be = matches!(meaning, Meaning::Secret | Meaning::SureToken);
    // No store takes a key of three letters: `accessKey: abc`, `secretKey: xyz`.
    let text = value.as_str().filter(|text| text.len() > 3);
    let both = context.holder.zip(text).filter(|_| may_be);
    both.is_some_and(|(holder, text)| {
        is_secret_half(key, text, holder, context.parent)
            || is_secret_of_client(key, text, holder, context.parent)
            || (key == "secret" && is_client_of_keycloak(holder, context))
    })
}

/// Whether an object is a client of Keycloak's, whose `secret` is nothing else: of a kind of its operator's.
fn is_client_of_keycloak(holder: Node<'_>, context: Context<'_>) -> bool {
    let is_client = matches!(context.parent, "client" | "clients");
    is_client && context.surroundings.starts_with("keycloak") && holder.get("clientId").is_some()
}

/// Whether a value is the credential itself: charts call the Secret by another key, such as `existingSecret`.
fn is_given(key: &str, value: Node<'_>, meaning: Meaning, context: Context<'_>) -> bool {
    context.is_of_chart
        && (is_auth_key_itself(key, value, context.holder, context.surroundings)
            || (meaning == Meaning::Password && context.parent != "keys"))
}

/// What a `value` means by the key that its object stands under: `adminPassword: {value: x}`. With a
/// `name` beside, that is whose value it is.
fn value_of(parent: &str, key: &str, holder: Option<Node<'_>>) -> Option<Meaning> {
    let is_named = |holder: Node<'_>| holder.get("name").or(holder.get("key")).is_some();
    let is_own = key == "value" && !holder.is_some_and(is_named);
    let meaning = is_own.then(|| meaning(parent.rsplit('.').next().unwrap_or(parent)))?;
    let is_sure = matches!(
        meaning,
        Meaning::Password | Meaning::Secret | Meaning::SureToken
    );
    is_sure.then_some(meaning)
}
