//! Which files of its folder an Application of Argo CD takes: all, those that a pattern includes, and none
//! that one excludes. A `*` stands for anything, folders as well, and `{a,b}` for either.

use crate::model::Node;

/// Groups of choices in one pattern multiply: one with more fits nothing.
const MOST_GROUPS: usize = 6;

/// The patterns of an Application, for paths from its folder on.
#[derive(Clone, Debug, Default)]
pub(super) struct Picked {
    include: Option<String>,
    exclude: Option<String>,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pick {
    /// It is deployed.
    Taken,
    /// It is not among what is picked; others may deploy it.
    Passed,
    /// It is kept from what is deployed.
    Excluded,
}

impl Picked {
    /// The patterns of a source.
    pub(super) fn of(source: Node<'_>) -> Self {
        let pattern = |key| {
            let pattern = source.find(&["directory", key]).and_then(Node::as_str);
            pattern.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        Self {
            include: pattern("include"),
            exclude: pattern("exclude"),
        }
    }

    /// What becomes of a file.
    pub(super) fn pick(&self, path: &str) -> Pick {
        let fits = |pattern: &String| fits(pattern, path);
        if self.exclude.as_ref().is_some_and(fits) {
            return Pick::Excluded;
        }
        match self.include.as_ref().is_none_or(fits) {
            true => Pick::Taken,
            false => Pick::Passed,
        }
    }
}

/// Whether a path is as a pattern says.
fn fits(pattern: &str, path: &str) -> bool {
    if pattern.matches('{').count() > MOST_GROUPS {
        return false;
    }
    match choices(pattern) {
        Some(choices) => choices.iter().any(|choice| fits(choice, path)),
        None => is_like(pattern, path),
    }
}

/// The patterns that one with a group of choices stands for.
fn choices(pattern: &str) -> Option<Vec<String>> {
    let (before, rest) = pattern.split_once('{')?;
    let (inner, after) = rest.split_once('}')?;
    let each = inner.split(',').map(|one| format!("{before}{one}{after}"));
    Some(each.collect())
}

/// Whether the parts between the stars of a pattern follow each other in a text.
pub(super) fn is_like(pattern: &str, text: &str) -> bool {
    let Some((start, mut rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    while let Some((part, more)) = rest.split_once('*') {
        let Some(at) = text.find(part) else {
            return false;
        };
        (text, rest) = (&text[at + part.len()..], more);
    }
    text.ends_with(rest)
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    fn pick(directory: &str, path: &str) -> Pick {
        let text = format!("apiVersion: v1\nkind: A\ndirectory: {directory}\n");
        Picked::of(read_text(&text)[0].node()).pick(path)
    }

    #[test]
    fn what_is_excluded_is_not_taken_and_what_is_not_included_is_passed() {
        let exclude = "{recurse: true, exclude: '{**/*.disabled,**/_disabled/**}'}";
        for (directory, path, expected) in [
            ("{recurse: true}", "a/b.yaml", Pick::Taken),
            (exclude, "web/_disabled/a.yaml", Pick::Excluded),
            (exclude, "web/inner/_disabled/a.yaml", Pick::Excluded),
            (exclude, "web/disabled/a.yaml", Pick::Taken),
            ("{exclude: '*.tmp.yaml'}", "a/b.tmp.yaml", Pick::Excluded),
            ("{exclude: 'b.yaml'}", "a/b.yaml", Pick::Taken),
            ("{include: '*/app.yaml'}", "web/app.yaml", Pick::Taken),
            ("{include: '*/app.yaml'}", "web/pod.yaml", Pick::Passed),
            (
                "{include: '*.yaml', exclude: 'a*'}",
                "a.yaml",
                Pick::Excluded,
            ),
        ] {
            assert_eq!(pick(directory, path), expected, "{directory} {path}");
        }
    }

    #[test]
    fn a_pattern_with_too_many_choices_fits_nothing() {
        let groups = |count| format!("{{include: '{}'}}", "{a,b}".repeat(count));
        assert_eq!(pick(&groups(MOST_GROUPS), "aaaaab"), Pick::Taken);
        assert_eq!(pick(&groups(40), &"a".repeat(40)), Pick::Passed);
    }
}
