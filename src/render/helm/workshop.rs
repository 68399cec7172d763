//! The workshop of a chart: its copies, and how each of its renderings becomes a text that knows
//! where it comes from.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use super::chart::Chart;
use super::copies::Copies;
use super::copy::write;
use super::marked::{Extent, Marked, Templates};
use super::notice::notice;
use super::reference::Variables;
use super::refusal::Refusal;
use super::run::{Arguments, Helm, Time};
use super::settings::{Setting, ValuesFile};
use super::single::Single;
use super::subject::Subject;
use super::trace::{Tracer, ValuedRun};
use super::values::{Exclusion, Layer, Uses};
use super::{asked, functions, passage, random, trace, uses};
use crate::model::{Artifact, Notice, Provenance, Region, Rendering};

/// The copies of a chart, and what is known of it: the same for all its renderings.
pub(super) struct Workshop<'a> {
    pub(super) chart: &'a Chart,
    pub(super) helm: &'a Helm,
    pub(super) scratch: &'a Path,
    /// What helm renders: the user's own folder, unless it lacks what lies elsewhere.
    pub(super) own: Subject,
    /// The layers of the charts' own values.
    pub(super) layers: Vec<Layer>,
    learned: OnceLock<Learned<'a>>,
    makes_things_up: OnceLock<bool>,
    /// What was learned about values that had better bear no marks.
    pub(super) exclusion: Mutex<Exclusion>,
    pub(super) copies: Copies,
    pub(super) careful: OnceLock<Option<Marked>>,
    pub(super) outside: OnceLock<Option<Marked>>,
}

/// What is read off the templates of a chart.
pub(super) struct Learned<'a> {
    pub(super) templates: Option<Templates<'a>>,
    pub(super) full: Option<Marked>,
    pub(super) uses: Uses,
    /// The variables of templates, by the template's path for people.
    variables: HashMap<Arc<str>, Variables>,
}

impl<'a> Learned<'a> {
    fn read(chart: &'a Chart, layers: &[Layer]) -> Self {
        let templates = Templates::new(chart);
        let full = templates
            .as_ref()
            .and_then(|templates| templates.marked(Extent::Full));
        let files = templates.iter().flat_map(Templates::files);
        let variables = files.map(|(file, pieces)| {
            let variables = Variables::new(&file.artifact.text, pieces);
            (Arc::clone(&file.artifact.display), variables)
        });
        let variables = variables.collect();
        let uses = templates
            .as_ref()
            .map(|templates| uses::uses(templates, &variables, chart, layers));
        Self {
            templates,
            full,
            uses: uses.unwrap_or_default(),
            variables,
        }
    }
}

impl<'a> Workshop<'a> {
    pub(super) fn new(chart: &'a Chart, helm: &'a Helm, scratch: &'a Path) -> Self {
        let own = match chart.is_scattered {
            true => Subject::copied(chart, &scratch.join("own"), &|_| None, &[]),
            false => Subject::own(chart),
        };
        Self {
            own,
            chart,
            helm,
            scratch,
            layers: own_layers(chart),
            learned: OnceLock::new(),
            makes_things_up: OnceLock::new(),
            exclusion: Mutex::default(),
            copies: Copies::default(),
            careful: OnceLock::new(),
            outside: OnceLock::new(),
        }
    }

    /// Whether two renderings differ though nothing else does.
    fn makes_things_up(&self) -> bool {
        let make = || functions::makes_things_up(self.chart);
        *self.makes_things_up.get_or_init(make)
    }

    /// What the templates tell, read while helm renders the chart as it is.
    pub(super) fn learned(&self) -> &Learned<'a> {
        let learn = || Learned::read(self.chart, &self.layers);
        self.learned.get_or_init(learn)
    }

    /// One rendering as a text that knows where it comes from.
    /// `given` is what somebody has rendered already.
    pub(super) fn render(
        &self,
        setting: &Setting,
        given: Option<&Artifact>,
    ) -> Result<Artifact, Notice> {
        let (layers, arguments) = self.laid(setting)?;
        let (output, valued) = self.run(setting, &layers, &arguments, given)?;
        let mut tracer = self.tracer(setting, &layers, &output, valued);
        let differing = self.settle(&mut tracer, &arguments, given.is_some());
        let pieces = tracer.pieces();
        let pieces = passage::with_files(&tracer, pieces);
        let templates = self.learned().templates.as_ref();
        let made_up = templates.map(|templates| random::made_up(templates, differing, &pieces));
        let rendering = Arc::new(self.rendering(setting, &arguments));
        let provenance = Provenance::new(rendering, pieces);
        let (display, uri) = self.place(setting, given);
        let mut artifact = Artifact::new(&display, &uri, output);
        artifact.provenance = Some(provenance.with_made_up(made_up.unwrap_or_default()));
        Ok(artifact)
    }

    /// All values of a rendering, those that win last, and what helm is asked with them.
    fn laid(&self, setting: &Setting) -> Result<(Vec<Layer>, Arguments), Notice> {
        let mut layers = self.layers.clone();
        let mut arguments = setting.arguments.clone();
        for file in setting.values.iter().filter(|file| !file.is_elsewhere()) {
            arguments.values.push(absolute(&file.path));
            layers.extend(self.values_layer(file)?);
        }
        let asked = asked::layer(&setting.asked);
        for (name, layer) in [("inline", &setting.inline), ("asked", &asked)] {
            let Some(layer) = layer else { continue };
            let path = self.scratch.join(format!("{}-{name}.json", slug(setting)));
            write(&path, layer.plain().to_string()).map_err(|error| self.scratch_notice(&error))?;
            arguments.values.push(path);
            layers.push(layer.clone());
        }
        Ok((layers, arguments))
    }

    /// What helm prints of the chart as it is, and of the chart with marks.
    fn run(
        &self,
        setting: &Setting,
        layers: &[Layer],
        arguments: &Arguments,
        given: Option<&Artifact>,
    ) -> Result<(String, Option<ValuedRun<'_>>), Notice> {
        let is_refused = AtomicBool::new(false);
        let own = || match given {
            Some(given) => Ok(given.text.clone()),
            None => {
                let output = self.helm.template(&self.own, arguments, Time::First);
                is_refused.store(output.is_err(), Ordering::Relaxed);
                // Helm takes longer with marks: what will be asked next is found out meanwhile.
                self.makes_things_up();
                output
            }
        };
        let with_marks = || self.valued(&slug(setting), layers, (setting, arguments), &is_refused);
        let (output, valued) = rayon::join(own, with_marks);
        let output = output.map_err(|refusal| self.refused(&refusal))?;
        Ok((output, valued))
    }

    fn tracer<'t>(
        &'t self,
        setting: &Setting,
        layers: &'t [Layer],
        output: &'t str,
        valued: Option<ValuedRun<'t>>,
    ) -> Tracer<'t> {
        let single = |set: &String| Single::of(set, &setting.places);
        let mut tracer = Tracer {
            chart: self.chart,
            output,
            templates: trace::templates(output),
            valued: None,
            layers,
            variables: &self.learned().variables,
            set: setting.arguments.set.iter().filter_map(single).collect(),
        };
        if let Some(valued) = valued {
            tracer.settle(&valued.marked);
            tracer.valued = Some(valued);
        }
        tracer
    }

    /// Settles what the first marks left open, and says which bytes differ from run to run.
    fn settle<'t>(
        &'t self,
        tracer: &mut Tracer<'t>,
        arguments: &Arguments,
        is_given: bool,
    ) -> Vec<Range<usize>> {
        let unsettled = match self.makes_things_up() {
            true => tracer.unsettled(),
            false => BTreeSet::new(),
        };
        let lacking = tracer.lacking();
        let (careful, differing) = rayon::join(
            || self.marked_with_care(&lacking, arguments),
            || {
                let differing = self.made_anew(tracer.output, is_given, &unsettled, arguments);
                tracer.place_settled();
                differing
            },
        );
        careful.iter().for_each(|run| tracer.settle(run));
        let outside = self.marked_outside(&tracer.lacking(), arguments);
        outside.iter().for_each(|run| tracer.settle(run));
        differing
    }

    fn rendering(&self, setting: &Setting, arguments: &Arguments) -> Rendering {
        let folder = &self.chart.folder.display;
        let values = setting.values.iter().filter(|file| !file.is_elsewhere());
        let values = values.map(|file| file.display.clone());
        Rendering {
            root: folder.clone(),
            name: setting.name.clone(),
            tool: format!("helm {}", self.helm.version()),
            arguments: arguments.shown(folder, &values.collect::<Vec<_>>()),
            objects: 0,
            namespace: setting.arguments.namespace.clone(),
            release: Some(arguments.release.clone()),
            is_variant: setting.is_variant,
            is_part: self.chart.is_part,
            lacks_charts: self.chart.lacks_charts,
            left_out: self.chart.left_out.clone(),
            own_name: self.chart.own_name(),
        }
    }

    /// Where a rendering is said to stand, for people and as a URI.
    fn place(&self, setting: &Setting, given: Option<&Artifact>) -> (String, String) {
        let named = |root: &str| format!("{root}/rendered/{}.yaml", setting.name);
        let folder = &self.chart.folder;
        match given {
            Some(given) => (given.display.to_string(), given.uri.to_string()),
            None => (named(&folder.display), named(&folder.uri)),
        }
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
        let (_, uri) = self.chart.folder.names(&file.path);
        let artifact = Arc::new(Artifact::new(&file.display, &uri, text));
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
        let file = |template: &String| trace::template(self.chart, template);
        if let Some(file) = refusal.template.as_ref().and_then(file) {
            told.display = Some(Arc::clone(&file.artifact.display));
            told.uri = Some(Arc::clone(&file.artifact.uri));
        }
        if let Some((template, line, column)) = &refusal.place
            && file(template).is_some()
        {
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

/// A setting's name as that of a file.
fn slug(setting: &Setting) -> String {
    blake3::hash(setting.name.as_bytes()).to_hex()[..16].to_owned()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
