//! A cheap question before an expensive search: which topics does a text name? One automaton for
//! the words of all topics, made by the build, answers it in one pass.

/// The letter of each byte: the automaton reads these.
static LETTERS: &[u8; 256] = include_bytes!(concat!(env!("OUT_DIR"), "/words.letters"));

/// The number of the state that each state leads to, by each letter. Taken as it stands in the program: a scan of one file
/// sees little of it.
static STEPS: &[[u8; 2]] = include_bytes!(concat!(env!("OUT_DIR"), "/words.steps"))
    .as_chunks()
    .0;

/// Which [`Topic`]s are found in each state, and which more where the text ends in it.
static TOPICS: &[[u8; 2]] = include_bytes!(concat!(env!("OUT_DIR"), "/words.topics"))
    .as_chunks()
    .0;

/// How many letters there are.
static WIDTH: usize = STEPS.len() / TOPICS.len();

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

    /// The topics of a text, up to the byte at which all that are wanted are found.
    fn until(text: &str, wanted: u8) -> Self {
        // Words that are all of a line stand between two breaks, the first and the last line's, too.
        let mut state = step(0, b'\n');
        let mut found = 0;
        for byte in text.bytes() {
            state = step(state, byte);
            let here = TOPICS[state][0];
            if here != 0 {
                found |= here;
                if found & wanted == wanted {
                    return Self(found);
                }
            }
        }
        // A match is told one step after its last byte.
        let [here, at_end] = TOPICS[step(state, b'\n')];
        Self(found | here | at_end)
    }
}

fn step(state: usize, byte: u8) -> usize {
    let letter = usize::from(LETTERS[usize::from(byte)]);
    usize::from(u16::from_le_bytes(STEPS[state * WIDTH + letter]))
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
