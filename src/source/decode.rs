//! Bytes to text, as far as they are any.

/// Bytes that are no text, with the text before them, so that the place can be told.
pub(super) struct Undecodable {
    pub before: String,
    pub reason: &'static str,
    pub help: &'static str,
}

/// Gives the text of a file in UTF-8 or UTF-16; fails where the bytes are neither, or hold a NUL.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, Undecodable> {
    const UTF_16: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];
    /// Stands for half a unit at the end, which no text has.
    const LONE_SURROGATE: u16 = 0xd800;
    let undecodable = |before: &[u8], reason, help| Undecodable {
        before: String::from_utf8_lossy(before).into_owned(),
        reason,
        help,
    };
    if let Some(mark) = UTF_16.iter().position(|mark| bytes.starts_with(mark)) {
        // kubectl reads it too; PowerShell writes it.
        let unit = [u16::from_le_bytes, u16::from_be_bytes][mark];
        let units = bytes[2..].chunks(2).map(|pair| match pair {
            [one, other] => unit([*one, *other]),
            _ => LONE_SURROGATE,
        });
        let text: Result<String, _> = char::decode_utf16(units).collect();
        return text.map_err(|_| undecodable(&[], "is not valid UTF-16", "save the file as UTF-8"));
    }
    if u32::try_from(bytes.len()).is_err() {
        return Err(undecodable(&[], "is larger than 4 GiB", "split the file"));
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let help = "exclude the file if it is binary, else remove the byte";
        return Err(undecodable(&bytes[..at], "holds a NUL byte", help));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        undecodable(
            &error.as_bytes()[..valid],
            "is not valid UTF-8",
            "save the file as UTF-8",
        )
    })
}
