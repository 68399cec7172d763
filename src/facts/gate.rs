//! A cheap question before an expensive search: which topics does a text name? One automaton for
//! the words of all topics, made by the build, answers it in one pass.

use std::sync::LazyLock;

use regex_automata::Input;
use regex_automata::dfa::Automaton as _;
use regex_automata::dfa::dense::DFA;
use regex_automata::util::primitives::StateID;
use regex_automata::util::wire::AlignAs;

type Words = DFA<&'static [u32]>;

/// The letter of each byte: the automaton reads these.
static LETTERS: &[u8; 256] = include_bytes!(concat!(env!("OUT_DIR"), "/words.letters"));

/// The automaton, whose patterns are the [`Topic`]s in their order.
static WORDS: LazyLock<Option<Words>> = LazyLock::new(|| {
    static ALIGNED: &AlignAs<[u8], u32> = &AlignAs {
        _align: [],
        bytes: *include_bytes!(concat!(env!("OUT_DIR"), "/words.dfa")),
    };
    DFA::from_bytes(&ALIGNED.bytes).ok().map(|(words, _)| words)
});

/// What a text may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Topic {
    /// Anything that the tables of Azure know.
    Azure = 1,
    /// A command line of one of Azure's tools.
    Commands = 1 << 1,
    /// A credential, or what is hidden like one.
    Credentials = 1 << 2,
    /// A setting that switches authentication off.
    Switches = 1 << 3,
    /// A variable or an argument that hands an image on.
    HandedImages = 1 << 4,
    /// An image, or where images come from.
    Images = 1 << 5,
}

impl Topic {
    /// Whether a text has a word of the topic.
    pub(super) fn is_in(self, text: &str) -> bool {
        Topics::until(text, self as u8).has(self)
    }
}

/// The topics that a text has words of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Topics(u8);

impl Topics {
    const ALL: u8 = (1 << 6) - 1;

    /// All topics of a text.
    pub(super) fn of(text: &str) -> Self {
        Self::until(text, Self::ALL)
    }

    /// Whether a topic is among them.
    pub(super) fn has(self, topic: Topic) -> bool {
        self.0 & topic as u8 != 0
    }

    /// Looks until the wanted topics are found; without an automaton, a text may name all.
    fn until(text: &str, wanted: u8) -> Self {
        let words = WORDS.as_ref();
        let found = words.and_then(|words| search(words, text, wanted));
        Self(found.unwrap_or(Self::ALL))
    }
}

/// The topics of a text, up to the byte at which all that are wanted are found. `None` where the
/// automaton gives up, which one without quit bytes never does.
fn search(words: &Words, text: &str, wanted: u8) -> Option<u8> {
    let mut found = 0;
    let step = |state, byte: u8| words.next_state(state, LETTERS[usize::from(byte)]);
    let start = words.start_state_forward(&Input::new(text)).ok()?;
    // Words that are all of a line stand between two breaks, the first and the last line's, too.
    let mut state = step(start, b'\n');
    for byte in text.bytes() {
        state = step(state, byte);
        if words.is_special_state(state) {
            if words.is_quit_state(state) {
                return None;
            }
            found |= matched(words, state);
            if found & wanted == wanted {
                return Some(found);
            }
        }
    }
    state = step(state, b'\n');
    found |= matched(words, state);
    // A match is told one step after its last byte.
    Some(found | matched(words, words.next_eoi_state(state)))
}

fn matched(words: &Words, state: StateID) -> u8 {
    if !words.is_match_state(state) {
        return 0;
    }
    let topic = |index| 1 << words.match_pattern(state, index).as_u32();
    (0..words.match_len(state))
        .map(topic)
        .fold(0, |all, topic: u8| all | topic)
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;

    #[test]
    fn every_word_names_its_topic() {
        let topics = [
            Topic::Azure,
            Topic::Commands,
            Topic::Credentials,
            Topic::Switches,
            Topic::HandedImages,
            Topic::Images,
        ];
        for (topic, list) in topics.into_iter().zip(words::ALL) {
            for word in list {
                assert_eq!(*word, word.to_ascii_lowercase());
                let shown = format!("a ä{}", word.to_ascii_uppercase());
                assert!(topic.is_in(&shown), "{word:?}");
                assert!(Topics::of(&format!("{shown} b")).has(topic), "{word:?}");
                assert!(topic.is_in(word.trim_matches('\n')), "{word:?} alone");
            }
        }
    }

    #[test]
    fn a_text_without_words_has_no_topic() {
        assert_eq!(Topics::of("kind: Service name: web"), Topics::default());
        assert_eq!(Topics::of(""), Topics::default());
    }
}
