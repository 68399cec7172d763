//! What several refusals of one chart have in common: helm stops at each template that asks for the same value, and
//! whoever gives it has mended them all.

use crate::model::Notice;

/// Where helm names the expression that fails.
const EXPRESSION: &str = " at <";
/// What helm says of a value in one that nobody gave.
const NOT_GIVEN: &str = ": nil pointer evaluating interface {}.";

/// What a value is named by that has the same name everywhere.
const VALUES: &str = ".Values";

/// What is told of some renderings of a chart, with their names: what is wrong for one value that nobody gave is told
/// once, with the other places.
pub(super) fn of_one_cause(told: Vec<(Notice, Vec<&str>)>) -> Vec<(Notice, Vec<&str>)> {
    let mut found: Vec<(Option<String>, Notice, Vec<&str>)> = Vec::new();
    let mut others: Vec<Vec<String>> = Vec::new();
    for (notice, names) in told {
        let cause = cause(&notice);
        let same = found
            .iter()
            .position(|(known, _, of)| known.is_some() && *known == cause && *of == names);
        match same {
            Some(at) => others[at].extend(place(&notice)),
            None => {
                found.push((cause, notice, names));
                others.push(Vec::new());
            }
        }
    }
    let joined = found.into_iter().zip(others);
    joined
        .map(|((_, mut notice, names), others)| {
            if !others.is_empty() {
                notice.reason = format!("{}; so it is at {}", notice.reason, others.join(", "));
            }
            (notice, names)
        })
        .collect()
}

/// The value that nobody gave, and what became of the rest.
fn cause(notice: &Notice) -> Option<String> {
    let reason = &notice.reason;
    let (_, expression) = reason.rsplit_once(EXPRESSION)?;
    let (_, behind) = expression.split_once(NOT_GIVEN)?;
    let (step, rest) = behind.split_once(';').unwrap_or((behind, ""));
    let (key, _) = expression.split_once('>')?;
    // What has no such step is the map around it, whatever else the template wanted of it.
    let (around, _) = key
        .trim_start_matches('$')
        .split_once(&format!(".{step}"))?;
    let is_absolute = around.starts_with(VALUES);
    is_absolute.then(|| format!("{around};{rest}"))
}

fn place(notice: &Notice) -> Option<String> {
    let file = notice.display.as_deref()?;
    let line = notice.region.as_ref().map(|region| region.line);
    Some(match line {
        Some(line) => format!("`{file}:{line}`"),
        None => format!("`{file}`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::helm::refusal::Refusal;

    fn notice(file: &str, expression: &str, said: &str) -> Notice {
        let refusal = Refusal::read(&format!(
            "Error: template: {file}:1:2: executing \"{file}\" at <{expression}>: {said}"
        ));
        Notice {
            display: Some(file.into()),
            uri: Some(file.into()),
            region: None,
            rule: None,
            resource: None,
            reason: refusal.reason,
            help: Some(refusal.help),
        }
    }

    #[test]
    fn what_one_missing_value_makes_fail_is_told_once() {
        let nil = |key: &str| format!("nil pointer evaluating interface {{}}.{key}");
        let told = vec![
            (
                notice("web/templates/a.yaml", ".Values.db.host", &nil("host")),
                vec!["default"],
            ),
            (
                notice("web/templates/b.yaml", ".Values.db.pool.size", &nil("pool")),
                vec!["default"],
            ),
            (
                notice("web/templates/c.yaml", ".Values.db.host", &nil("host")),
                vec!["prod"],
            ),
            (
                notice("web/templates/d.yaml", ".Values.on.it", &nil("it")),
                vec!["default"],
            ),
            (
                notice("web/templates/e.yaml", "fail", "error calling fail: no"),
                vec!["default"],
            ),
            (
                notice("web/templates/f.yaml", "fail", "error calling fail: no"),
                vec!["default"],
            ),
        ];
        let told = of_one_cause(told);
        let files = told.iter().filter_map(|(one, _)| one.display.as_deref());
        let files: Vec<&str> = files.collect();
        let expected = ["a", "c", "d", "e", "f"].map(|one| format!("web/templates/{one}.yaml"));
        assert_eq!(files, expected);
        assert!(
            told[0]
                .0
                .reason
                .ends_with("; so it is at `web/templates/b.yaml`")
        );
    }
}
