//! What several refusals of one chart have in common: helm stops at each template that asks for the same value, and
//! whoever gives it has mended them all.

use crate::model::Notice;

/// Where helm names the expression that fails.
const EXPRESSION: &str = " at <";
/// What helm says of a value in one that nobody gave.
const NOT_GIVEN: &str = ": nil pointer evaluating interface {}.";

/// What a value is named by that has the same name everywhere.
const VALUES: &str = ".Values";
/// How it begins what is told of the rest of a chart.
const CHECKED: &str = "; what ";

/// What is behind several refusals.
#[derive(PartialEq, Eq)]
enum Cause {
    /// That the chart comes without any values.
    NoValues,
    /// A value that nobody gave, and what became of the rest.
    Value(String),
}

/// What is told of some renderings of a chart, with their names: what is wrong for one value that nobody gave is told
/// once, with the other places; and so what is wrong with a chart that `lacks_values` of its own, with their number.
pub(super) fn told_once(
    told: Vec<(Notice, Vec<&str>)>,
    lacks_values: bool,
) -> Vec<(Notice, Vec<&str>)> {
    let mut found: Vec<(Option<Cause>, Notice, Vec<&str>)> = Vec::new();
    let mut others: Vec<Vec<Notice>> = Vec::new();
    for (notice, names) in of_each_refusal(told) {
        let cause = cause(&notice, lacks_values);
        let same = found
            .iter()
            .position(|(known, _, of)| known.is_some() && *known == cause && *of == names);
        match same {
            Some(at) => others[at].push(notice),
            None => {
                found.push((cause, notice, names));
                others.push(Vec::new());
            }
        }
    }
    let joined = found.into_iter().zip(others);
    joined
        .map(|((cause, mut notice, names), others)| {
            notice
                .reason
                .push_str(&cause.map_or_else(String::new, |cause| more(&cause, &others)));
            (notice, names)
        })
        .collect()
}

/// What is said of the other places of one cause.
fn more(cause: &Cause, others: &[Notice]) -> String {
    let places: Vec<String> = others.iter().filter_map(place).collect();
    match cause {
        Cause::NoValues if !others.is_empty() => format!(
            "; the chart has no `values.yaml`, for want of which {} more fail",
            others.len()
        ),
        Cause::Value(_) if !places.is_empty() => {
            format!("; so it is at {}", places.join(", "))
        }
        Cause::NoValues | Cause::Value(_) => String::new(),
    }
}

/// One notice for each refusal: of renderings that helm refuses in the same words, the rest of the chart may be checked
/// in some alone.
fn of_each_refusal(told: Vec<(Notice, Vec<&str>)>) -> Vec<(Notice, Vec<&str>)> {
    let mut found: Vec<Vec<(Notice, Vec<&str>)>> = Vec::new();
    for one in told {
        let is_same = |(known, _): &(Notice, _)| {
            (&known.display, &known.region) == (&one.0.display, &one.0.region)
                && parted(&known.reason).0 == parted(&one.0.reason).0
        };
        match found.iter_mut().find(|known| is_same(&known[0])) {
            Some(known) => known.push(one),
            None => found.push(vec![one]),
        }
    }
    found.into_iter().filter_map(joined).collect()
}

/// One refusal of several renderings, with what of the rest is checked in which.
fn joined(all: Vec<(Notice, Vec<&str>)>) -> Option<(Notice, Vec<&str>)> {
    if all.len() == 1 {
        return all.into_iter().next();
    }
    let (first, _) = all.first()?;
    let mut reason = parted(&first.reason).0.to_owned();
    for (notice, names) in &all {
        let (_, rest) = parted(&notice.reason);
        if !rest.is_empty() {
            reason = format!("{reason}{rest} in {}", names.join(", "));
        }
    }
    let notice = Notice {
        reason,
        ..first.clone()
    };
    Some((
        notice,
        all.into_iter().flat_map(|(_, names)| names).collect(),
    ))
}

/// What helm says, and what became of the rest.
fn parted(reason: &str) -> (&str, &str) {
    let at = reason.find(CHECKED).unwrap_or(reason.len());
    reason.split_at(at)
}

/// What is behind a refusal that may be behind others.
fn cause(notice: &Notice, lacks_values: bool) -> Option<Cause> {
    let reason = &notice.reason;
    if lacks_values && reason.contains(NOT_GIVEN) {
        return Some(Cause::NoValues);
    }
    let (around, rest) = lacking(reason)?;
    Some(Cause::Value(format!("{around};{rest}")))
}

/// The value in which helm looks for another one, and that nobody gave, as the template names it; and what became
/// of the rest. `None` where it has that name in its own template alone.
pub(super) fn lacking(reason: &str) -> Option<(&str, &str)> {
    let (_, expression) = reason.rsplit_once(EXPRESSION)?;
    let (_, behind) = expression.split_once(NOT_GIVEN)?;
    let (step, rest) = behind.split_once(';').unwrap_or((behind, ""));
    let (key, _) = expression.split_once('>')?;
    // What has no such step is the map around it, whatever else the template wanted of it.
    let key = key.trim_start_matches('$');
    let mut steps = key.match_indices('.').map(|(at, _)| at);
    let is_step = |at: &usize| {
        let behind = key[at + 1..].strip_prefix(step);
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(['.', ' ']))
    };
    let around = &key[..steps.find(is_step)?];
    around.starts_with(VALUES).then_some((around, rest))
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
        let told = told_once(told, false);
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

    fn of_chart(display: &str, why: &str) -> Notice {
        Notice {
            display: Some(display.into()),
            uri: None,
            region: None,
            rule: None,
            resource: None,
            reason: why.to_owned(),
            help: None,
        }
    }

    #[test]
    fn what_helm_refuses_in_the_same_words_is_told_once() {
        let why = "helm cannot render it: missing in charts/ directory: db";
        let rest = format!("{why}; what the rest of the chart deploys is checked");
        let told = |whys: [(&str, &'static str); 2]| {
            let told = whys.map(|(why, name)| (of_chart("web", why), vec![name]));
            told_once(told.to_vec(), false)
        };
        let one = told([(why, "default"), (&rest, "local")]);
        assert_eq!(one.len(), 1);
        assert_eq!(one[0].0.reason, format!("{rest} in local"));
        assert_eq!(one[0].1, ["default", "local"]);
        assert_eq!(told([(why, "default"), ("other", "local")]).len(), 2);
    }

    #[test]
    fn that_a_chart_lacks_its_values_is_told_once() {
        let notice = |line: u32, why: &str| of_chart(&format!("a.yaml:{line}"), why);
        let nil = "helm cannot render it: nil pointer evaluating interface {}.image";
        let failed = vec![
            (notice(1, nil), vec!["default"]),
            (notice(2, "parse error"), vec!["default"]),
            (notice(3, nil), vec!["default"]),
            (notice(4, nil), vec!["prod"]),
        ];
        let failed = told_once(failed, true);
        let told: Vec<&str> = failed.iter().map(|(one, _)| one.reason.as_str()).collect();
        let first = format!("{nil}; the chart has no `values.yaml`, for want of which 1 more fail");
        assert_eq!(told, [first.as_str(), "parse error", nil]);
    }
}
