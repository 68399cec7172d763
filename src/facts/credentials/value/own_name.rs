//! Names in capitals of what belongs where they stand.

/// The name of what belongs there, in capitals: `PASSWORD`, `CLIENT_SECRET`, `_TOKEN_`. `THESECRETKEY` is
/// what somebody took for one.
pub(super) fn is_own_name(value: &str) -> bool {
    let thing = ["THE", "MY"].iter().find_map(|own| value.strip_prefix(own));
    let is_taken = thing.is_some_and(|thing| {
        [
            "PASSWORD",
            "SECRET",
            "SECRETKEY",
            "ACCESSKEY",
            "PASS",
            "TOKEN",
        ]
        .contains(&thing)
    });
    let is_shouted = value.split(['_', '-', ' ']).all(is_shouted_word);
    let names = [
        "PASSWORD",
        "SECRET",
        "TOKEN",
        "PASS",
        "KEY",
        "APIKEY",
        "COMMUNITY",
        "COMMUNITYSTRING",
    ];
    let inner = without_encoding(value.trim_end_matches('_'));
    is_shouted && !is_taken && names.iter().any(|name| inner.ends_with(name))
}

/// A name in capitals without the words behind it for how the value is to be encoded: `APP_KEY` of
/// `APP_KEY_IN_BASE64_FORMAT`.
fn without_encoding(name: &str) -> &str {
    const FORMS: [&str; 6] = ["IN", "AS", "BASE64", "B64", "ENCODED", "FORMAT"];
    let mut rest = name;
    while let Some((before, _)) = rest
        .rsplit_once(['_', '-'])
        .filter(|(_, last)| FORMS.contains(last))
    {
        rest = before;
    }
    let is_encoded = ["BASE64", "B64", "ENCODED"]
        .iter()
        .any(|word| name[rest.len()..].contains(word));
    if is_encoded { rest } else { name }
}

/// Whether a word has capitals alone, or is a name with a digit in it that settings begin with.
fn is_shouted_word(word: &str) -> bool {
    const NUMBERED: [&str; 12] = [
        "S3", "S3A", "R2", "B2", "EC2", "K8S", "N8N", "OAUTH2", "DB1", "DB2", "BASE64", "B64",
    ];
    NUMBERED.contains(&word) || word.bytes().all(|byte| byte.is_ascii_uppercase())
}
