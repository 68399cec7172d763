//! What a script gives its variables, and which of several values one has at a place: the last that it is given whatever
//! happens, or one that it may be given after that, in a block which ended before.

use super::command::unquoted;

/// A block that a place of a text is in: which one it is of all, and in which of its branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    end: &'static str,
    number: usize,
    branch: usize,
}

/// Where a text stands.
#[derive(Debug, Default)]
struct Flow {
    blocks: Vec<Block>,
    count: usize,
}

/// What a text gives a variable, or its default.
pub(super) fn assigned<'t>(variable: &str, text: &'t str) -> Option<&'t str> {
    text.lines().find_map(|line| value_of(line, variable))
}

/// What a line gives a variable, if it does: a value, or its default.
fn value_of<'t>(line: &'t str, variable: &str) -> Option<&'t str> {
    // `$name = "x"` in PowerShell.
    let line = line.trim().trim_start_matches("export ");
    let line = line.strip_prefix('$').unwrap_or(line);
    let rest = line.strip_prefix(variable)?.trim_start();
    let rest = rest.trim_start_matches([':', '?']).strip_prefix('=')?;
    let value = unquoted(rest.trim());
    let default = value
        .split_once(":-")
        .map(|(_, rest)| rest.trim_end_matches('}'));
    Some(default.unwrap_or(value))
}

/// The values that a variable may have behind a text. What an argument gives in the place of a default is none.
pub(super) fn values_at_end<'t>(variable: &str, text: &'t str) -> Vec<&'t str> {
    if variable.is_empty() || !text.contains(variable) {
        return Vec::new();
    }
    let (mut flow, mut given) = (Flow::default(), Vec::new());
    for line in text.lines().map(str::trim) {
        if line.starts_with('#') {
            continue;
        }
        for statement in statements(line) {
            let statement = flow.enter(statement);
            if let Some(value) = value_of(statement, variable) {
                given.push((value, flow.blocks.clone()));
            }
            if statement.is_empty() && line.contains(";;") {
                flow.turn("esac");
            }
        }
    }
    let mut found = Vec::new();
    for (value, blocks) in given.into_iter().rev() {
        let parts = blocks.iter().zip(&flow.blocks);
        let apart = parts.clone().find(|(own, here)| own != here);
        let is_of_other_branch = apart.is_some_and(|(own, here)| own.number == here.number);
        let is_sure = apart.is_none() && blocks.len() <= flow.blocks.len();
        if !is_of_other_branch && !found.contains(&value) {
            found.push(value);
        }
        if is_sure {
            break;
        }
    }
    let is_plain = |value: &&str| !value.contains(['$', '`']);
    if found.last().is_some_and(is_plain) {
        found.retain(is_plain);
    }
    found
}

/// The statements of a line, as far as no quote holds what ends them.
fn statements(line: &str) -> impl Iterator<Item = &str> {
    let mut quote = None;
    let ends = move |one: char| {
        match (quote, one) {
            (None, '"' | '\'') => quote = Some(one),
            (Some(open), _) if open == one => quote = None,
            _ => {}
        }
        one == ';' && quote.is_none()
    };
    line.split(ends).map(str::trim)
}

impl Flow {
    /// Goes on with a statement; what stands in it behind the words that begin blocks and branches.
    fn enter<'s>(&mut self, statement: &'s str) -> &'s str {
        let rest = statement.trim_start_matches("- ");
        let (first, behind) = rest.split_once(' ').unwrap_or((rest, ""));
        match first {
            "if" | "for" | "while" if rest.ends_with('{') => self.open("}"),
            "if" => self.open("fi"),
            "case" => {
                self.open("esac");
                let pattern = behind.split_once(" in ");
                return self.behind_pattern(pattern.map_or("", |(_, rest)| rest));
            }
            "for" | "while" | "until" => self.open("done"),
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => self.open("endif"),
            "else" | "elif" => {
                self.turn("fi");
                self.turn("endif");
                return behind;
            }
            "then" | "do" => return self.enter(behind),
            "fi" | "esac" | "done" | "endif" => self.close(first),
            // `} else {`
            _ if first.starts_with('}') && rest.ends_with('{') => self.turn("}"),
            _ if first.starts_with('}') => self.close("}"),
            _ if rest.ends_with('{') => self.open("}"),
            _ => return self.behind_pattern(rest),
        }
        ""
    }

    /// What stands behind the pattern of a `case`: `prod) NS=shop`.
    fn behind_pattern<'s>(&self, statement: &'s str) -> &'s str {
        let is_in_case = self.blocks.last().is_some_and(|block| block.end == "esac");
        let behind = statement.split_once(')').filter(|_| is_in_case);
        let behind = behind.filter(|(pattern, _)| !pattern.contains(['(', '=']));
        behind.map_or(statement, |(_, rest)| rest.trim_start())
    }

    fn open(&mut self, end: &'static str) {
        self.count += 1;
        let number = self.count;
        let branch = 0;
        self.blocks.push(Block {
            end,
            number,
            branch,
        });
    }

    /// Comes to the next branch of the innermost block, if it ends so.
    fn turn(&mut self, end: &str) {
        let block = self.blocks.last_mut().filter(|block| block.end == end);
        if let Some(block) = block {
            block.branch += 1;
        }
    }

    fn close(&mut self, end: &str) {
        let last = self.blocks.iter().rposition(|block| block.end == end);
        if let Some(at) = last {
            self.blocks.truncate(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_counts_and_all_that_conditions_may_give_after_it() {
        for (text, expected) in [
            ("", vec![]),
            ("NS=a", vec!["a"]),
            ("NS=a\nNS=b", vec!["b"]),
            ("NS=a\nif x; then\n  NS=b\nfi", vec!["b", "a"]),
            ("NS=a\nif x; then NS=b; fi", vec!["b", "a"]),
            ("NS=a\nif x; then\n  NS=b", vec!["b"]),
            ("if x; then\n  NS=a\nelse\n", vec![]),
            ("if x; then\n  NS=a\nelse\n  NS=b", vec!["b"]),
            ("if x; then\n  NS=a\nelse\n  NS=b\nfi", vec!["b", "a"]),
            ("if x; then\n  NS=a\nelse\n  NS=b\nfi\nNS=c", vec!["c"]),
            ("NS=a\ncase $1 in\n  p) NS=b ;;\nesac", vec!["b", "a"]),
            (
                "case $1 in\n  p)\n    NS=b\n    ;;\n  q|r)\n    NS=c",
                vec!["c"],
            ),
            ("case $1 in p) NS=b;; *) NS=a;; esac", vec!["a", "b"]),
            (
                "for s in x; do\n  NS=a\n  if [ $s = x ]; then\n    NS=b\n  fi",
                vec!["b", "a"],
            ),
            ("NS=a\nif x; then\n  NS=a\nfi", vec!["a"]),
            // An argument in the place of a default.
            ("NS=\"${NS:-a}\"\nwhile x; do\n  NS=$2\ndone", vec!["a"]),
            ("NS=$1\nif x; then\n  NS=a\nfi", vec!["a", "$1"]),
            (
                "if ($x) {\n  $NS = \"a\"\n} else {\n  $NS = \"b\"",
                vec!["b"],
            ),
            (
                "$NS = \"c\"\nif ($x) {\n  $NS = \"a\"\n} else {\n  $NS = \"b\"\n}",
                vec!["b", "a", "c"],
            ),
            (
                "ifeq ($(E),p)\nNS := a\nelse\nNS := b\nendif",
                vec!["b", "a"],
            ),
            ("NS=a\n# if\n# NS=b", vec!["a"]),
            ("NS=a\necho 'x; NS=b'", vec!["a"]),
            ("NS=a\nNS_B=c\nif x; then y; fi", vec!["a"]),
        ] {
            assert_eq!(values_at_end("NS", text), expected, "{text}");
        }
    }
}
