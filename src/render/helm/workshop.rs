//! The workshop of a chart: its copies, and how each of its renderings becomes a text that knows
//! where it comes from.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use super::chart::{Chart, ChartFile};
use super::copy::{copy, write};
use super::marked::{Extent, Marked, Templates};
use super::notice;
use super::run::{Arguments, END, Helm, Refusal};
use super::settings::{Setting, ValuesFile};
use super::text::Texts;
use super::trace::{MarkedRun, Single, Tracer};
use super::uses::Variables;
use super::valued::{ValuedCopy, set_supply};
use super::values::{Exclusion, Layer, Uses};
use super::{random, trace, uses};
use crate::model::{Artifact, Notice, Provenance, Region, Rendering};

/// The copies of a chart, and what is known of it: the same for all its renderings.
pub(super) struct Workshop<'a> {
    pub(super) chart: &'a Chart,
    pub(super) helm: &'a Helm,
    pub(super) scratch: &'a Path,
    /// What helm renders: the user's own folder, unless it lacks what lies elsewhere.
    pub(super) own: PathBuf,
    /// The layers of the charts' own values.
    pub(super) layers: Vec<Layer>,
    pub(super) templates: Option<Templates<'a>>,
    pub(super) full: Option<Marked>,
    pub(super) uses: Uses,
    /// Whether two renderings differ though nothing else does.
    pub(super) makes_things_up: bool,
    /// The variables of templates, by the template's path for people.
    pub(super) variables: HashMap<Arc<str>, Variables>,
    /// What was learned about values that had better bear no marks.
    pub(super) exclusion: Mutex<Exclusion>,
    pub(super) copies: Mutex<BTreeMap<Exclusion, Arc<ValuedCopy>>>,
    pub(super) full_copy: OnceLock<Option<PathBuf>>,
    pub(super) outside: OnceLock<Option<Marked>>,
    pub(super) outside_copy: OnceLock<Option<PathBuf>>,
}

impl<'a> Workshop<'a> {
    pub(super) fn new(
        chart: &'a Chart,
        helm: &'a Helm,
        scratch: &'a Path,
    ) -> std::io::Result<Self> {
        let templates = Templates::new(chart);
        let full = templates
            .as_ref()
            .and_then(|templates| templates.marked(Extent::Full));
        let uses = templates
            .as_ref()
            .map(|templates| uses::uses(templates, chart));
        let files = templates.iter().flat_map(Templates::files);
        let variables = files.map(|(file, pieces)| {
            let variables = Variables::new(&file.artifact.text, pieces);
            (Arc::clone(&file.artifact.display), variables)
        });
        let variables = variables.collect();
        let workshop = Self {
            own: if chart.is_scattered {
                scratch.join("own")
            } else {
                chart.folder.path.clone()
            },
            chart,
            helm,
            scratch,
            layers: own_layers(chart),
            templates,
            full,
            uses: uses.unwrap_or_default(),
            makes_things_up: random::makes_things_up(chart),
            variables,
            exclusion: Mutex::default(),
            copies: Mutex::default(),
            full_copy: OnceLock::new(),
            outside: OnceLock::new(),
            outside_copy: OnceLock::new(),
        };
        if chart.is_scattered {
            chart.write(&workshop.own, &|_| None)?;
        }
        Ok(workshop)
    }

    fn copy(&self, name: &str, marked: &Marked) -> std::io::Result<PathBuf> {
        let replaced = |file: &ChartFile| marked.texts.get(&file.path).cloned();
        copy(self.chart, &self.scratch.join(name), &replaced, &[end()])
    }

    /// One rendering as a text that knows where it comes from.
    /// `given` is what somebody has rendered already.
    pub(super) fn render(
        &self,
        setting: &Setting,
        given: Option<&Artifact>,
    ) -> Result<Artifact, Notice> {
        let mut layers = self.layers.clone();
        let mut arguments = setting.arguments.clone();
        for file in &setting.values {
            arguments.values.push(absolute(&file.path));
            layers.extend(self.values_layer(file)?);
        }
        let slug = &blake3::hash(setting.name.as_bytes()).to_hex()[..16];
        if let Some(inline) = &setting.inline {
            let path = self.scratch.join(format!("{slug}-inline.json"));
            write(&path, &inline.plain().to_string())
                .map_err(|error| self.scratch_notice(&error))?;
            arguments.values.push(path);
            layers.push(inline.clone());
        }
        let own = || match given {
            Some(given) => (Ok(given.text.clone()), None),
            None if self.makes_things_up => {
                let template = || self.helm.template(&self.own, &arguments);
                let (own, again) = rayon::join(template, template);
                (own, again.ok())
            }
            None => (self.helm.template(&self.own, &arguments), None),
        };
        let ((output, again), valued) =
            rayon::join(own, || self.valued(slug, &layers, setting, &arguments));
        let output = output.map_err(|refusal| self.refused(&refusal))?;
        let rendering = Arc::new(Rendering {
            root: self.chart.folder.display.clone(),
            name: setting.name.clone(),
            tool: format!("helm {}", self.helm.version()),
            arguments: {
                let values: Vec<String> = setting
                    .values
                    .iter()
                    .map(|file| file.display.clone())
                    .collect();
                arguments.shown(&self.chart.folder.display, &values)
            },
            objects: 0,
            namespace: setting.arguments.namespace.clone(),
            is_variant: setting.is_variant,
        });
        let mut tracer = Tracer {
            chart: self.chart,
            output: &output,
            marked: Vec::new(),
            valued,
            layers: &layers,
            variables: &self.variables,
            set: setting
                .arguments
                .set
                .iter()
                .filter_map(|set| {
                    let (key, value) = set.split_once('=')?;
                    let supply = Arc::new(set_supply(key, &setting.places));
                    Some(Single {
                        key: key.to_owned(),
                        value: value.to_owned(),
                        supply,
                    })
                })
                .collect(),
        };
        let (mut pieces, is_whole) = tracer.pieces();
        if !is_whole {
            tracer.marked = self.marked(&arguments);
            (pieces, _) = tracer.pieces();
        }
        let folder = &self.chart.folder;
        let named = |root: &str| format!("{root}/rendered/{}.yaml", setting.name);
        let mut artifact = match given {
            Some(given) => Artifact::new(&given.display, &given.uri, output.clone()),
            None => Artifact::new(&named(&folder.display), &named(&folder.uri), output.clone()),
        };
        let differing = again.map_or_else(Vec::new, |again| random::differing(&output, &again));
        let made_up = random::made_up(self.chart, differing, &pieces);
        let provenance = Provenance::new(rendering, pieces);
        artifact.provenance = Some(provenance.with_made_up(made_up));
        Ok(artifact)
    }

    fn values_layer(&self, file: &ValuesFile) -> Result<Option<Layer>, Notice> {
        let unreadable = |reason: String| Notice {
            display: Some(file.display.as_str().into()),
            uri: Some(file.uri.as_str().into()),
            ..notice(
                &self.chart.folder,
                reason,
                "check the path and what the file holds".to_owned(),
            )
        };
        let text = std::fs::read_to_string(&file.path).map_err(|error| {
            unreadable(format!(
                "cannot be read: {}",
                crate::source::io_reason(&error)
            ))
        })?;
        let artifact = Arc::new(Artifact::new(&file.display, &file.uri, text));
        Layer::new(&artifact, "", false).map_err(unreadable)
    }

    fn scratch_notice(&self, error: &std::io::Error) -> Notice {
        let reason = format!("no scratch file could be written: {error}");
        notice(
            &self.chart.folder,
            reason,
            "check TMPDIR and the space left".to_owned(),
        )
    }

    fn refused(&self, refusal: &Refusal) -> Notice {
        let mut told = notice(
            &self.chart.folder,
            refusal.reason.clone(),
            refusal.help.clone(),
        );
        if let Some((template, line, column)) = &refusal.place
            && let Some(file) = trace::template(self.chart, template)
        {
            told.display = Some(Arc::clone(&file.artifact.display));
            told.uri = Some(Arc::clone(&file.artifact.uri));
            // Helm counts columns from 0.
            let column = column + 1;
            told.region = Some(Region {
                line: *line,
                column,
                end_line: *line,
                end_column: column,
            });
        }
        told
    }

    /// Renderings with marks in the templates alone: in all of them, and outside of named ones. For
    /// documents in which other marks changed something.
    fn marked(&self, arguments: &Arguments) -> Vec<MarkedRun<'_>> {
        let outside = || {
            let templates = self.templates.as_ref();
            let marked = || templates?.marked(Extent::Outside);
            self.outside.get_or_init(marked).as_ref()
        };
        let (full, outside) = rayon::join(
            || self.marked_run("full", self.full.as_ref()?, &self.full_copy, arguments),
            || self.marked_run("outside", outside()?, &self.outside_copy, arguments),
        );
        full.into_iter().chain(outside).collect()
    }

    fn marked_run<'b>(
        &self,
        name: &str,
        marked: &'b Marked,
        written: &OnceLock<Option<PathBuf>>,
        arguments: &Arguments,
    ) -> Option<MarkedRun<'b>> {
        let copy = written.get_or_init(|| self.copy(name, marked).ok());
        let texts = self.helm.plain(copy.as_ref()?, arguments).ok()?;
        Some(MarkedRun {
            writers: &marked.writers,
            texts: Texts::new(texts),
        })
    }
}

/// The values of the charts in a chart, the innermost first, since those around them win.
fn own_layers(chart: &Chart) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    for unit in chart.units.iter().rev() {
        let path = format!("{}values.yaml", unit.folder);
        let file = chart.files.iter().find(|file| file.path == path);
        let layer = file.map(|file| Layer::new(&file.artifact, &unit.folder, true));
        if let Some(Ok(Some(layer))) = layer {
            layers.push(layer);
        }
    }
    layers.sort_by_key(|layer| std::cmp::Reverse(layer.folder.matches('/').count()));
    layers
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The template that makes helm end with the plain texts.
pub(super) fn end() -> (String, String) {
    (END.0.to_owned(), END.1.to_owned())
}
