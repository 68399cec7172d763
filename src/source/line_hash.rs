//! Hashes of lines as GitHub computes them, so that its alerts survive edits elsewhere in a file.
//!
//! The method is that of `fingerprints.ts` in github/codeql-action: a rolling hash over the 100
//! UTF-16 code units that start with the line, blanks left out and line ends made alike, and
//! behind a colon how often the hash has come up in the file.

use std::collections::HashMap;

/// How many code units a hash covers.
const BLOCK: usize = 100;
/// The multiplier of the rolling hash.
const FACTOR: u64 = 37;
/// What a code unit weighs by the time it leaves the block.
const LEAVING: u64 = FACTOR.wrapping_pow(BLOCK as u32);
/// Stands for the end of the text.
const END: u16 = u16::MAX;

const LF: u16 = b'\n' as u16;
const CR: u16 = b'\r' as u16;
const SPACE: u16 = b' ' as u16;
const TAB: u16 = b'\t' as u16;

/// GitHub's `primaryLocationLineHash` of each wanted line, by line number from 1. `text` is the
/// whole file, a byte-order mark included. A line the text does not have is left out.
pub(crate) fn line_hashes(text: &str, wanted: &[u32]) -> HashMap<u32, String> {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    let last = wanted.last().copied().unwrap_or(0) as usize;
    let Units { units, starts } = if text.is_ascii() {
        Units::read(text.bytes().map(u16::from), last)
    } else {
        Units::read(text.encode_utf16(), last)
    };
    let mut hashes = HashMap::with_capacity(wanted.len());
    // How often each hash has come up.
    let mut counts: HashMap<u64, u32> = HashMap::with_capacity(last.min(starts.len()));
    let (mut hash, mut next) = (0, 0);
    for (line, start) in (1..).zip(starts.iter().take(last)) {
        let end = start + BLOCK;
        // What leaves the block stands a block before what enters it.
        let entering = units[next + BLOCK..end + BLOCK].iter();
        for (entering, leaving) in entering.zip(&units[next..end]) {
            hash = rolled(hash, *entering, *leaving);
        }
        next = end;
        let count = counts.entry(hash).or_default();
        *count += 1;
        if wanted.binary_search(&line).is_ok() {
            hashes.insert(line, format!("{hash:x}:{count}"));
        }
    }
    hashes
}

fn rolled(hash: u64, entering: u16, leaving: u16) -> u64 {
    let leaving = LEAVING.wrapping_mul(leaving.into());
    let shifted = hash.wrapping_mul(FACTOR);
    shifted.wrapping_add(entering.into()).wrapping_sub(leaving)
}

/// What of a text is hashed.
struct Units {
    /// Its code units and its end, behind an empty block, and filled up so that every line has a whole one.
    units: Vec<u16>,
    /// Where each line starts in them, without the empty block.
    starts: Vec<usize>,
}

impl Units {
    /// The units of the first lines, and of the block that the last of these starts.
    fn read(text: impl Iterator<Item = u16>, lines: usize) -> Self {
        let mut units = Vec::with_capacity(text.size_hint().0 + 2 * BLOCK + 1);
        units.resize(BLOCK, 0);
        let mut starts = Vec::new();
        let (mut is_line_start, mut was_cr) = (true, false);
        for unit in text.chain([END]) {
            let is_second_half = was_cr && unit == LF;
            was_cr = unit == CR;
            if unit == SPACE || unit == TAB || is_second_half {
                continue;
            }
            if is_line_start {
                starts.push(units.len() - BLOCK);
            }
            let unit = if unit == CR { LF } else { unit };
            is_line_start = unit == LF;
            units.push(unit);
            let is_enough = |start: &usize| units.len() >= start + 2 * BLOCK;
            if starts.len() >= lines && starts.get(lines.wrapping_sub(1)).is_none_or(is_enough) {
                break;
            }
        }
        units.resize(units.len() + BLOCK, 0);
        Self { units, starts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hashes of all lines of a text that has `count` of them.
    fn all(text: &str, count: u32) -> Vec<String> {
        let wanted: Vec<u32> = (1..=count + 1).collect();
        let mut hashes = line_hashes(text, &wanted);
        let all = (1..=count).map(|line| hashes.remove(&line).unwrap());
        let all = all.collect();
        assert!(hashes.is_empty(), "more lines than expected: {hashes:?}");
        all
    }

    /// The values of these tests are those of `fingerprints.test.ts` in github/codeql-action.
    const GREETINGS: [&str; 7] = [
        "e9496ae3ebfced30:1",
        "fb7c023a8b9ccb3f:1",
        "ce8ba1a563dcdaca:1",
        "e20e36e16fcb0cc8:1",
        "b3edc88f2938467e:1",
        "c8e28b0b4002a3a0:1",
        "c129715d7a2bc9a3:1",
    ];

    #[test]
    fn an_empty_text_has_one_line() {
        assert_eq!(all("", 1), ["c129715d7a2bc9a3:1"]);
    }

    #[test]
    fn blanks_do_not_count() {
        let expected = [
            "271789c17abda88f:1",
            "54703d4cd895b18:1",
            "180aee12dab6264:1",
            "a23a3dc5e078b07b:1",
        ];
        assert_eq!(all(" a\nb\n  \t\tc\n d", 4), expected);
    }

    #[test]
    fn a_last_line_may_lack_its_end() {
        let expected = [
            "8b7cf3e952e7aeb2:1",
            "b1ae1287ec4718d9:1",
            "bff680108adb0fcc:1",
            "c6805c5e1288b612:1",
            "b86d3392aea1be30:1",
            "e6ceba753e1a442:1",
        ];
        assert_eq!(
            all(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", 6),
            expected
        );
    }

    #[test]
    fn line_ends_are_alike() {
        for text in [
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
            " hello; \t\rworld!!!\r\r\r  \t\tGreetings\r End\r",
            " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        ] {
            assert_eq!(all(text, 7), GREETINGS, "{text:?}");
        }
    }

    #[test]
    fn lines_of_the_same_hash_are_counted() {
        let text = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let expected = [
            "a7f2ff13bc495cf2:1",
            "a7f2ff13bc495cf2:2",
            "a7f2ff13bc495cf2:3",
            "a7f2ff13bc495cf2:4",
            "a7f2ff13bc495cf2:5",
            "a7f2ff13bc495cf2:6",
            "a7f2ff1481e87703:1",
            "a9cf91f7bbf1862b:1",
            "55ec222b86bcae53:1",
            "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(all(&text, 11), expected);
    }

    #[test]
    fn wanted_lines_alone_are_told_and_counted_as_in_the_whole() {
        let text = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let hashes = line_hashes(&text, &[3, 3, 99]);
        assert_eq!(
            hashes,
            HashMap::from([(3, "a7f2ff13bc495cf2:3".to_owned())])
        );
        assert!(line_hashes(&text, &[]).is_empty());
        assert_eq!(line_hashes(&text, &[6])[&6], "a7f2ff13bc495cf2:6");
    }

    /// No case of upstream's has other than ASCII; these came from running its algorithm in Node.
    #[test]
    fn other_than_ascii_counts_as_utf_16() {
        let expected = [
            "6c7decffa86fc413:1",
            "c9e1e35156b45736:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(all("\u{feff}name: Zo\u{eb} \u{1f600}\nb: 1\n", 3), expected);
    }
}
