//! What a file has of an output.

use std::ops::Range;

use crate::model::{Fit, Place, Span};

/// Some characters of an output with their place in a file.
#[derive(Clone)]
pub(super) struct Claim {
    pub(super) own: Range<usize>,
    pub(super) place: Place,
    pub(super) fit: Fit,
}

impl Claim {
    /// Of a line that was filled in, what stands before and behind that as it is written, and what was filled in.
    pub(super) fn parts(&self, output: &str) -> Vec<Self> {
        let (own, span) = (self.own.clone(), self.place.span);
        let (text, line) = (
            &output[own.clone()],
            &self.place.artifact.text[span.range()],
        );
        let filled = line.find("{{").zip(line.rfind("}}"));
        let Some((head, end)) = filled.filter(|_| self.fit == Fit::Rewritten) else {
            return vec![self.clone()];
        };
        let tail = line.len() - end - 2;
        let is_filled_in = text.len() > head + tail
            && text.starts_with(&line[..head])
            && text.ends_with(&line[end + 2..]);
        if !is_filled_in {
            return vec![self.clone()];
        }
        let part = |own: Range<usize>, at: usize, length: usize, fit| {
            let start = span.start as usize + at;
            let span = Span::new(start, start + length);
            let place = Place {
                span,
                ..self.place.clone()
            };
            (!own.is_empty()).then_some(Self { own, place, fit })
        };
        let (first, last) = (own.start + head, own.end - tail);
        let parts = [
            part(own.start..first, 0, head, Fit::Verbatim),
            part(first..last, head, end + 2 - head, Fit::Rewritten),
            part(last..own.end, end + 2, tail, Fit::Verbatim),
        ];
        parts.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Artifact;

    #[test]
    fn of_a_line_that_was_filled_in_the_rest_is_as_it_is_written() {
        let output = "a: db://x:y@web-1:80";
        let text = "a: db://x:y@{{ .host }}-{{ .b }}:80";
        let file = Arc::new(Artifact::new("f", "f", text.to_owned()));
        let claim = Claim {
            own: 0..output.len(),
            place: Place {
                span: Span::new(0, file.text.len()),
                artifact: file,
                approximate: false,
            },
            fit: Fit::Rewritten,
        };
        let parts = claim.parts(output);
        let shown: Vec<_> = parts
            .iter()
            .map(|part| {
                let written = &part.place.artifact.text[part.place.span.range()];
                (&output[part.own.clone()], written, part.fit)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("a: db://x:y@", "a: db://x:y@", Fit::Verbatim),
                ("web-1", "{{ .host }}-{{ .b }}", Fit::Rewritten),
                (":80", ":80", Fit::Verbatim),
            ]
        );
    }
}
