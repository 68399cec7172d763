//! Renderings with marks in templates and values: which copies they take, and what is learned from
//! helm when it refuses a mark.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::chart::ChartFile;
use super::copies::ValuedCopy;
use super::copy::write;
use super::marked::{Templates, is_note};
use super::marker::Mark;
use super::refusal::Refusal;
use super::run::{Arguments, end};
use super::settings::Setting;
use super::single::Single;
use super::subject::Subject;
use super::text::Texts;
use super::trace::{MarkedRun, ValuedRun};
use super::values::{Exclusion, Key, Layer, Marker, ORIGINAL, Reach};
use super::workshop::Workshop;
use super::{reference, trace, uses, values};
use crate::model::Place;
use crate::source::template;

/// How often marks that make helm refuse are taken out of the values before that is given up.
const PATIENCE: usize = 3;

impl Workshop<'_> {
    /// A rendering with marks in templates and values; marks that make helm refuse are taken out, unless
    /// it `is_refused` without marks as well.
    pub(super) fn valued(
        &self,
        slug: &str,
        layers: &[Layer],
        (setting, arguments): (&Setting, &Arguments),
        is_refused: &AtomicBool,
    ) -> Option<ValuedRun<'_>> {
        let full = self.learned().full.as_ref()?;
        let given = &layers[self.layers.len()..];
        for attempt in 0..PATIENCE {
            if is_refused.load(Ordering::Relaxed) {
                return None;
            }
            let exclusion = self.exclusion.lock().ok()?.clone();
            let copy = self.valued_copy(&exclusion)?;
            let name = format!("{slug}-{attempt}");
            let (keys, marked) =
                self.mark_given(&name, given, (setting, arguments), &exclusion, &copy)?;
            match self.helm.plain(&copy.subject, &marked) {
                Ok(texts) => {
                    let marked = MarkedRun {
                        writers: &full.writers,
                        texts: Texts::new(texts),
                    };
                    return Some(ValuedRun { marked, keys });
                }
                Err(refusal) => self.exclude(exclusion, &refusal)?,
            }
        }
        None
    }

    /// Learns from a refusal which values had better bear no marks.
    fn exclude(&self, mut exclusion: Exclusion, refusal: &Refusal) -> Option<()> {
        let before = exclusion.names.len();
        let named = refusal.fields.iter();
        let names = named.filter_map(|field| field.rsplit('.').next().map(str::to_owned));
        exclusion.names.extend(names);
        if let Some((template, line, _)) = &refusal.place {
            let file = trace::template(self.chart, template);
            let mut files = self.learned().templates.iter().flat_map(Templates::files);
            let found = files.find(|(known, _)| file.is_some_and(|file| file.path == known.path));
            let names = found.map(|(file, pieces)| {
                reference::fields_on_line(&file.artifact.text, pieces, *line)
            });
            exclusion.names.extend(names.unwrap_or_default());
        }
        if exclusion.names.len() == before {
            exclusion.reach = Reach::Strings;
        }
        let mut known = self.exclusion.lock().ok()?;
        known.names.extend(exclusion.names);
        known.reach = known.reach.max(exclusion.reach);
        Some(())
    }

    /// The copy with marks in the chart's own values; the same for all renderings.
    fn valued_copy(&self, exclusion: &Exclusion) -> Option<Arc<ValuedCopy>> {
        let make = |to: &Path| self.make_valued_copy(to, exclusion);
        self.copies.valued(exclusion, self.scratch, make)
    }

    fn make_valued_copy(&self, to: &Path, exclusion: &Exclusion) -> Option<ValuedCopy> {
        let full = self.learned().full.as_ref()?;
        let mut marker = Marker::new(self.chart, &self.learned().uses, exclusion, Vec::new());
        let mut values: HashMap<String, String> = HashMap::new();
        for layer in &self.layers {
            let text = marker.marked(layer).to_string();
            values.insert(format!("{}values.yaml", layer.folder), text);
        }
        let replaced = |file: &ChartFile| {
            if file.path.ends_with("values.schema.json") {
                return Some("{}".to_owned());
            }
            if is_note(file) {
                return Some(String::new());
            }
            if let Some(text) = values.get(&file.path) {
                return Some(text.clone());
            }
            let marked = full.texts.get(&file.path)?;
            Some(uses::with_original_conditions(
                marked,
                &template::pieces(marked)?,
            ))
        };
        let units = self.chart.units.iter();
        let paths = units.map(|unit| format!("{}values.yaml", unit.folder));
        let lacking = paths.filter(|path| !values.contains_key(path));
        let mut more = vec![end()];
        more.extend(lacking.map(|path| (path, format!("{{\"{ORIGINAL}\": {{}}}}"))));
        let subject = Subject::copied(self.chart, to, &replaced, &more);
        Some(ValuedCopy {
            subject,
            keys: marker.keys,
        })
    }

    /// Marks the values that are given to the chart.
    fn mark_given(
        &self,
        name: &str,
        given: &[Layer],
        (setting, arguments): (&Setting, &Arguments),
        exclusion: &Exclusion,
        copy: &ValuedCopy,
    ) -> Option<(Vec<Key>, Arguments)> {
        let mut marker = Marker::new(
            self.chart,
            &self.learned().uses,
            exclusion,
            copy.keys.clone(),
        );
        let mut arguments = arguments.clone();
        arguments.values.clear();
        for (index, layer) in given.iter().enumerate() {
            let path = self.scratch.join(format!("{name}-{index}.json"));
            write(&path, marker.marked(layer).to_string()).ok()?;
            arguments.values.push(path);
        }
        for option in std::mem::take(&mut arguments.set) {
            arguments.set.extend(self.original_set(&option));
            arguments
                .set
                .push(mark_set(option, &setting.places, &mut marker.keys));
        }
        Some((marker.keys, arguments))
    }

    /// The options that set the same value where conditions look for it.
    fn original_set(&self, option: &str) -> Vec<String> {
        let mut options = vec![format!("{ORIGINAL}.{option}")];
        let below = self.chart.unit().and_then(|unit| {
            let (first, rest) = option.split_once('.')?;
            values::child(self.chart, unit, first)?;
            Some(format!("{first}.{ORIGINAL}.{rest}"))
        });
        options.extend(below);
        options
    }
}

/// An option with a mark behind its value, where that is a plain one.
fn mark_set(option: String, places: &BTreeMap<String, Place>, keys: &mut Vec<Key>) -> String {
    let Some(Single { value, supply, .. }) = Single::of(&option, places) else {
        return option;
    };
    let is_plain = !value.contains(['{', ',', '\\', '=']);
    if !is_plain || matches!(value.as_str(), "" | "0" | "false" | "true" | "null") {
        return option;
    }
    let number = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    keys.push(Key {
        whole: Arc::clone(&supply),
        supply,
        text: value,
    });
    format!("{option}{}", Mark::Value(number).text())
}
