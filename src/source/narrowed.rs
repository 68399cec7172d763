//! Of a source on several lines, the ones that some deployed characters are from.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::{Place, Span};

/// Of a text on several lines that was written anew, what was deployed of it may stand there once, letter by
/// letter, or as what it encodes.
pub(super) fn narrow(written: &mut Place, deployed: &str) {
    let source = written.artifact.text.get(written.span.range());
    let lines = source.filter(|source| source.contains('\n'));
    let Some(lines) = lines.filter(|_| deployed.trim().len() > 1) else {
        return;
    };
    let same = || only(lines, deployed).filter(|_| written.approximate);
    let found = same().or_else(|| {
        let letters: String = deployed.split_whitespace().collect();
        let decoded = String::from_utf8(STANDARD.decode(letters).ok()?).ok()?;
        let decoded = within_line(&decoded);
        only(lines, decoded).filter(|_| decoded.len() < lines.trim().len())
    });
    if let Some(found) = found {
        let start = written.span.start as usize;
        written.span = Span::new(start + found.start, start + found.end);
        written.approximate = false;
    }
}

/// A text without what its first and last two bytes have of the lines around: three bytes are encoded together.
fn within_line(text: &str) -> &str {
    let head = text.find('\n').filter(|at| *at < 2).map_or(0, |at| at + 1);
    let text = &text[head..];
    let tail = text.rfind('\n').filter(|at| at + 3 >= text.len());
    text[..tail.unwrap_or(text.len())].trim()
}

/// Where a text stands in lines that have it once.
fn only(lines: &str, text: &str) -> Option<Range<usize>> {
    let mut found = lines.match_indices(text).filter(|_| !text.is_empty());
    let (start, _) = found.next()?;
    found.next().is_none().then(|| start..start + text.len())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Artifact;

    #[test]
    fn what_was_written_anew_stands_where_its_characters_stand_once() {
        let text = "a: >-\n  image: x/y:1,\n  other: z\n  other: z\n";
        let source = Arc::new(Artifact::new("a", "a", text.to_owned()));
        let narrowed = |deployed: &str| {
            let mut written = Place {
                artifact: Arc::clone(&source),
                span: Span::new(3, text.len()),
                approximate: true,
            };
            narrow(&mut written, deployed);
            (text[written.span.range()].to_owned(), written.approximate)
        };
        assert_eq!(narrowed("x/y:1"), ("x/y:1".to_owned(), false));
        assert_eq!(narrowed("other: z"), (text[3..].to_owned(), true));
        assert_eq!(narrowed("absent"), (text[3..].to_owned(), true));
    }

    #[test]
    fn what_shares_three_bytes_with_another_line_is_of_its_own() {
        let lines = "user=shop\npassword=hQ7tr99x\nport=1\n";
        for (text, own) in [
            ("=hQ7tr99x\np", "=hQ7tr99x"),
            ("p\npassword=hQ7", "password=hQ7"),
            ("hQ7tr99x", "hQ7tr99x"),
        ] {
            assert_eq!(within_line(text), own);
            let found = only(lines, own).expect("stands there once");
            assert_eq!(&lines[found], own);
        }
        assert_eq!(only("a=x\nb=x\n", "x"), None);
    }
}
