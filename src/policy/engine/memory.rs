//! What rules said of facts, for when the same facts come again: many resources have the same image in the same
//! place. Only for programs whose answer hangs on their input alone.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use serde_json::Value;

use super::Verdict;

/// Answers by the hash of the facts; none for what came once, which most facts do: only the hash is kept of them.
#[derive(Default)]
pub(super) struct Memory {
    answers: RefCell<HashMap<u64, Option<Answer>, RandomState>>,
    hashes: RandomState,
}

struct Answer {
    facts: Vec<(String, Value)>,
    verdicts: Vec<Verdict>,
}

impl Memory {
    /// What was said of the same facts, or what is said now.
    pub(super) fn recall(
        &self,
        facts: &[(&str, &Value)],
        ask: impl FnOnce() -> Vec<Verdict>,
    ) -> Vec<Verdict> {
        let hash = self.hashes.hash_one(facts);
        match self.answers.borrow_mut().entry(hash) {
            Entry::Vacant(entry) => {
                entry.insert(None);
            }
            Entry::Occupied(mut entry) => {
                if let Some(known) = entry.get().as_ref().filter(|one| one.is_for(facts)) {
                    return known.verdicts.clone();
                }
                let verdicts = ask();
                // A failure may be one of time.
                if verdicts.iter().all(Result::is_ok) {
                    entry.insert(Some(Answer::new(facts, verdicts.clone())));
                }
                return verdicts;
            }
        }
        ask()
    }
}

impl Answer {
    fn new(facts: &[(&str, &Value)], verdicts: Vec<Verdict>) -> Self {
        let facts = facts.iter();
        let facts = facts.map(|(name, fact)| ((*name).to_owned(), (*fact).clone()));
        Self {
            facts: facts.collect(),
            verdicts,
        }
    }

    /// Whether these are the facts: different ones may have the same hash.
    fn is_for(&self, facts: &[(&str, &Value)]) -> bool {
        let known = self.facts.iter().map(|(name, fact)| (name.as_str(), fact));
        known.eq(facts.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::json;

    use super::*;

    #[test]
    fn what_comes_a_third_time_is_not_asked_again_and_what_differs_is() {
        let (memory, asked) = (Memory::default(), Cell::new(0));
        let ask = |facts: &[(&str, &Value)]| {
            memory.recall(facts, || {
                asked.set(asked.get() + 1);
                vec![Ok(Vec::new())]
            })
        };
        let (one, other) = (json!([{"name": "a"}]), json!([{"name": "b"}]));
        for times in [1, 2, 2, 2] {
            assert_eq!(ask(&[("images", &one)]), [Ok(Vec::new())]);
            assert_eq!(asked.get(), times);
        }
        ask(&[("images", &other)]);
        ask(&[("image_tags", &one)]);
        ask(&[("images", &one), ("image_tags", &one)]);
        assert_eq!(asked.get(), 5);
    }

    #[test]
    fn what_failed_is_asked_again() {
        let (memory, asked) = (Memory::default(), Cell::new(0));
        for _ in 0..4 {
            memory.recall(&[], || {
                asked.set(asked.get() + 1);
                vec![Err("late".to_owned())]
            });
        }
        assert_eq!(asked.get(), 4);
    }
}
