//! Invisible marks in texts: what they are written in, put there and taken out.
//!
//! A mark is a row of combining characters of a script that no manifest is written in. Unlike those for
//! private use they count as printable, so that neither Go's quoting nor its YAML writer escapes them.

/// The characters of marks: three bytes each in UTF-8.
const FIRST: u32 = 0xa8e0;
/// How many characters there are: four that begin a mark, the rest are digits.
const LETTERS: u32 = 16;
const KINDS: u32 = 4;
const BASE: u32 = LETTERS - KINDS;
const DIGITS: u32 = 5;

/// How many numbers there are.
pub(super) const NUMBERS: u32 = BASE.pow(DIGITS);

/// What a mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A literal chunk follows.
    Literal(u32),
    /// An action begins to print.
    Open(u32),
    /// It ends.
    Close(u32),
    /// A value ends.
    Value(u32),
}

impl Mark {
    /// The mark as characters.
    pub(super) fn text(self) -> String {
        let (kind, number) = match self {
            Self::Literal(number) => (0, number),
            Self::Open(number) => (1, number),
            Self::Close(number) => (2, number),
            Self::Value(number) => (3, number),
        };
        let digits = (0..DIGITS).map(|place| KINDS + number / BASE.pow(place) % BASE);
        std::iter::once(kind)
            .chain(digits)
            .filter_map(|letter| char::from_u32(FIRST + letter))
            .collect()
    }
}

/// Whether a text has characters that marks are written in, so that it cannot be marked.
pub(super) fn is_taken(text: &str) -> bool {
    text.chars().any(|one| letter(one).is_some())
}

fn letter(one: char) -> Option<u32> {
    let letter = u32::from(one).checked_sub(FIRST)?;
    (letter < LETTERS).then_some(letter)
}

/// A text without its marks, and where they stood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stripped {
    /// The text.
    pub text: String,
    /// Each mark with the offset in the text before which it stood, in order.
    pub marks: Vec<(usize, Mark)>,
}

/// Takes the marks out. Of a mark that was cut, what is left is dropped.
pub(super) fn strip(marked: &str) -> Stripped {
    let mut stripped = Stripped {
        text: String::with_capacity(marked.len()),
        marks: Vec::new(),
    };
    let mut letters: Vec<u32> = Vec::new();
    for one in marked.chars() {
        match letter(one) {
            Some(kind) if kind < KINDS => {
                letters.clear();
                letters.push(kind);
            }
            Some(digit) => letters.push(digit - KINDS),
            None => {
                letters.clear();
                stripped.text.push(one);
            }
        }
        if letters.len() == 1 + DIGITS as usize {
            let digits = letters[1..].iter().rev();
            let number = digits.fold(0, |number, digit| number * BASE + digit);
            let mark = match letters[0] {
                0 => Mark::Literal(number),
                1 => Mark::Open(number),
                2 => Mark::Close(number),
                _ => Mark::Value(number),
            };
            stripped.marks.push((stripped.text.len(), mark));
            letters.clear();
        }
    }
    stripped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_back_as_they_went_in() {
        for number in [0, 1, 11, 12, 1000, 200_000, NUMBERS - 1] {
            let marks = [
                Mark::Open(number),
                Mark::Literal(number),
                Mark::Value(number),
                Mark::Close(number),
            ];
            let text: String = marks.map(|mark| format!("ä{}", mark.text())).concat();
            assert!(is_taken(&text));
            let stripped = strip(&text);
            assert_eq!(stripped.text, "ääää");
            let expected: Vec<_> = [2, 4, 6, 8].into_iter().zip(marks).collect();
            assert_eq!(stripped.marks, expected);
        }
    }

    #[test]
    fn a_mark_that_was_cut_leaves_nothing() {
        let mark = Mark::Open(5).text();
        let cut: String = mark.chars().take(3).collect();
        let stripped = strip(&format!("a{cut}b{mark}"));
        assert_eq!(stripped.text, "ab");
        assert_eq!(stripped.marks, [(2, Mark::Open(5))]);
        assert!(!is_taken("a\u{fe0f}"));
    }
}
