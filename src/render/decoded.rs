//! What encoded values hold.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The text of which base64 is the code, between whose letters there may be blanks and breaks; `None` where that is none.
pub(super) fn base64_text(encoded: &str) -> Option<String> {
    let letters: String = encoded.split_whitespace().collect();
    String::from_utf8(STANDARD.decode(letters).ok()?).ok()
}
