//! Frames of source lines, as miette draws them.

use std::fmt;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use crate::model::{Excerpt, Finding, Location, Severity};
use crate::output::printable::printable;

/// The frames of a finding: where it was written, what supplied the value, what is deployed.
pub(super) fn shown(finding: &Finding) -> Vec<Shown<'_>> {
    let origin = finding.resource.origin.as_ref();
    let origin = origin.filter(|_| finding.rendered.is_none());
    let origin = origin.map_or_else(String::new, |origin| format!(", from {origin}"));
    let first = Shown {
        title: format!("{} ({}{origin})", finding.message, finding.resource),
        severity: Some(finding.severity),
        source: Source::new(&finding.excerpt, &finding.location),
    };
    let mut shown = vec![first];
    let Some(rendered) = finding.rendered.as_deref() else {
        return shown;
    };
    let supplied = rendered.supplied.iter();
    shown.extend(supplied.filter_map(|supplied| {
        Some(Shown {
            title: format!("the value `{}`", supplied.key),
            severity: None,
            source: Source::new(supplied.excerpt.as_ref()?, supplied.location.as_ref()?),
        })
    }));
    shown.push(Shown {
        title: format!("as deployed, in: {}", rendered.renderings.join(", ")),
        severity: None,
        source: Source::new(&rendered.excerpt, &rendered.location),
    });
    shown
}

/// A frame as miette draws it.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    title: String,
    severity: Option<Severity>,
    source: Source<'a>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&printable(&self.title))
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Some(Severity::Critical | Severity::High) => miette::Severity::Error,
            Some(Severity::Medium) => miette::Severity::Warning,
            Some(Severity::Low) | None => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (start, end) = self.source.excerpt.marked;
        let label = LabeledSpan::new_with_span(None, (start, end - start));
        Some(Box::new(std::iter::once(label)))
    }
}

/// An excerpt that knows on which line of its file it begins.
#[derive(Debug)]
struct Source<'a> {
    excerpt: &'a Excerpt,
    name: String,
    column: usize,
}

impl<'a> Source<'a> {
    fn new(excerpt: &'a Excerpt, location: &Location) -> Self {
        let about = if location.approximate { "near " } else { "" };
        Self {
            excerpt,
            name: format!("{about}{}", location.display),
            column: location.region.column.saturating_sub(1) as usize,
        }
    }
}

impl SourceCode for Source<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = self
            .excerpt
            .lines
            .read_span(span, lines_before, lines_after)?;
        let line = read.line() + self.excerpt.first_line as usize - 1;
        let column = if lines_before == 0 {
            self.column
        } else {
            read.column()
        };
        let (data, span, lines) = (read.data(), *read.span(), read.line_count());
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data,
            span,
            line,
            column,
            lines,
        )))
    }
}
