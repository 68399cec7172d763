//! Keys of SendGrid, as services and examples have them: `SG.x.y`.

use super::characters::distinct;
use super::random::is_random;
use super::token_place::is_part;

/// The two parts of a key of SendGrid, `SG.x.y`, as long as examples shorten it.
fn parts_of_sendgrid(value: &str) -> Option<(&str, &str)> {
    let (id, secret) = value.strip_prefix("SG.")?.split_once('.')?;
    let is_long = |part: &str| part.len() >= 8 && part.bytes().all(is_part);
    (is_long(id) && is_long(secret) && distinct(secret) >= 8).then_some((id, secret))
}

/// Whether a value is a key of SendGrid, of which both halves may be shorter than `tokens` asks for
/// in any text.
pub(super) fn is_of_sendgrid(value: &str) -> bool {
    parts_of_sendgrid(value).is_some_and(|(_, secret)| is_random(secret, 12))
}

/// Whether a value has the shape of SendGrid's keys, whatever stands in it.
pub(super) fn is_shaped_for_sendgrid(value: &str) -> bool {
    parts_of_sendgrid(value).is_some()
}
