//! Charts: found, rendered by the real helm with each of their sets of values, and traced back to
//! the lines that a person can change. No chart is evaluated by code of ours.

mod align;
mod chart;
mod copy;
mod marked;
mod marker;
mod output;
mod release;
mod run;
mod settings;
mod template;
mod trace;
mod uses;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use rayon::prelude::*;

use self::chart::{About, Chart, ChartFile, local_folder};
use self::copy::{copy, write};
use self::marked::{Extent, Marked, Templates};
use self::marker::Mark;
use self::release::releases;
use self::run::{Arguments, END, Helm, Refusal};
use self::settings::{DEFAULT, Setting, settings};
use self::trace::{MarkedRun, Texts, Tracer, ValuedRun};
use self::uses::Variables;
use self::values::{Exclusion, Key, Layer, Marker, ORIGINAL, Reach, Uses};
use super::{Job, Outcome, Request};
use crate::model::{Artifact, Node, Notice, Provenance, Region, Rendering, Resource, Supply};
use crate::source::{ChartFolder, Sources};

/// How often marks that make helm refuse are taken out of the values before that is given up.
const PATIENCE: usize = 3;

/// The charts to render. What another chart uses is rendered with that one, unless the user
/// names it.
pub(super) fn jobs(sources: &Sources, request: &Request) -> Vec<Box<dyn Job>> {
    let inflated = charts_of_kustomizations(&sources.resources);
    let mut roots = roots(&sources.charts, &request.paths, inflated);
    let releases = releases(&sources.resources, &request.kube_version);
    for release in &releases {
        if !roots
            .iter()
            .any(|root| root.display == release.chart.display)
        {
            roots.push(release.chart.clone());
        }
    }
    let jobs = roots.into_iter().map(|folder| {
        let own = releases
            .iter()
            .filter(|release| release.chart.display == folder.display);
        Box::new(ChartJob {
            releases: own.map(|release| release.setting.clone()).collect(),
            folder,
            request: request.clone(),
        }) as Box<dyn Job>
    });
    jobs.collect()
}

/// The local charts under `helmCharts` of kustomizations, which are rendered with these.
fn charts_of_kustomizations(resources: &[Resource]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let kustomizations = resources
        .iter()
        .filter(|one| one.gvk.kind == "Kustomization");
    for resource in kustomizations {
        let folder = Path::new(&*resource.artifact.display).parent();
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let node = resource.node();
        let home = node
            .find(&["helmGlobals", "chartHome"])
            .and_then(Node::as_str);
        let charts = node.get("helmCharts").into_iter().flat_map(Node::items);
        let names = charts.filter_map(|chart| chart.get("name").and_then(Node::as_str));
        let paths = names.map(|name| folder.join(home.unwrap_or("charts")).join(name));
        found.extend(paths.filter_map(|path| path.canonicalize().ok()));
    }
    found
}

/// The charts that nothing else uses, or that the user names; libraries have nothing to deploy.
/// `used` are charts that others than charts use.
fn roots(
    charts: &[ChartFolder],
    named: &[PathBuf],
    mut used: BTreeSet<PathBuf>,
) -> Vec<ChartFolder> {
    let about: Vec<Option<About>> = charts
        .iter()
        .map(|chart| About::read(&chart.path))
        .collect();
    used.extend(charts.iter().flat_map(used_folders));
    let is_root = |(chart, about): &(&ChartFolder, &Option<About>)| {
        let is_named = named.contains(&chart.path);
        let is_used = is_vendored(&chart.path)
            || chart
                .path
                .canonicalize()
                .is_ok_and(|path| used.contains(&path));
        is_named || !(is_used || about.as_ref().is_some_and(About::is_library))
    };
    let roots = charts.iter().zip(&about).filter(is_root);
    let mut roots: Vec<ChartFolder> = roots.map(|(chart, _)| chart.clone()).collect();
    // A file that the user names may belong to a chart that only others deploy.
    if named.iter().any(|path| path.is_file()) {
        for user in charts.iter().flat_map(users) {
            if !roots.contains(&user) {
                roots.push(user);
            }
        }
    }
    roots
}

/// The charts around that use a chart by its path.
fn users(chart: &ChartFolder) -> Vec<ChartFolder> {
    let Ok(target) = chart.path.canonicalize() else {
        return Vec::new();
    };
    let around = |folder: PathBuf| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.join("Chart.yaml").is_file())
    };
    let neighbours = around(chart.path.join("..")).chain(around(chart.path.join("../..")));
    let is_user = |folder: &PathBuf| {
        let about = About::read(folder).unwrap_or_default();
        let used = about.dependencies.iter();
        used.filter_map(|dependency| local_folder(folder, dependency))
            .any(|used| used == target)
    };
    let folder = |path: PathBuf| {
        let (display, uri) = crate::source::names(&path);
        ChartFolder {
            path: PathBuf::from(&display),
            display,
            uri,
        }
    };
    neighbours.filter(is_user).map(folder).collect()
}

/// The libraries that no chart of the scan uses: nothing is rendered of them.
pub(super) fn idle(charts: &[ChartFolder]) -> Vec<String> {
    let roots = roots(charts, &[], BTreeSet::new());
    let used: BTreeSet<PathBuf> = charts.iter().flat_map(used_folders).collect();
    let is_idle = |chart: &&ChartFolder| {
        !roots.contains(chart)
            && !is_vendored(&chart.path)
            && chart
                .path
                .canonicalize()
                .is_ok_and(|path| !used.contains(&path))
    };
    let idle = charts.iter().filter(is_idle);
    idle.map(|chart| chart.display.clone()).collect()
}

/// The folders of the charts that a chart uses by their path.
fn used_folders(chart: &ChartFolder) -> Vec<PathBuf> {
    let about = About::read(&chart.path).unwrap_or_default();
    let dependencies = about.dependencies.iter();
    dependencies
        .filter_map(|dependency| local_folder(&chart.path, dependency))
        .collect()
}

/// Whether a chart lies among those that another chart keeps.
fn is_vendored(folder: &Path) -> bool {
    let above = folder.parent().filter(|parent| parent.ends_with("charts"));
    above
        .and_then(Path::parent)
        .is_some_and(|chart| chart.join("Chart.yaml").is_file())
}

/// A chart with all its renderings.
struct ChartJob {
    folder: ChartFolder,
    /// What objects of the repository ask for.
    releases: Vec<Setting>,
    request: Request,
}

impl Job for ChartJob {
    fn run(&self) -> Vec<Outcome> {
        match self.outcomes() {
            Ok(outcomes) => outcomes,
            Err(notice) => vec![Outcome::Failure(notice)],
        }
    }
}

impl ChartJob {
    fn outcomes(&self) -> Result<Vec<Outcome>, Notice> {
        self.in_workshop(&|workshop, chart_name| {
            let mut settings = settings(&self.folder, chart_name, &self.request);
            for release in &self.releases {
                if !settings.iter().any(|known| known.name == release.name) {
                    settings.push(release.clone());
                }
            }
            // The first one teaches the others which marks helm does not bear.
            let (first, others) = settings.split_at(settings.len().min(1));
            let render = |setting| workshop.render(setting, None);
            let mut rendered: Vec<Result<Artifact, Notice>> = first.iter().map(render).collect();
            rendered.extend(others.par_iter().map(render).collect::<Vec<_>>());
            outcomes(&settings, rendered)
        })
    }

    /// A text that somebody rendered from this chart, traced back to it.
    fn trace(&self, text: &Artifact) -> Result<Option<Artifact>, Notice> {
        let traced = self.in_workshop(&|workshop, chart_name| {
            let mut setting = settings(&self.folder, chart_name, &self.request).pop();
            if let Some(setting) = &mut setting {
                setting.arguments.release = release_in(&text.text);
            }
            let traced = setting.map(|setting| workshop.render(&setting, Some(text)));
            vec![match traced {
                Some(Ok(artifact)) => Outcome::Text(Box::new(artifact), Vec::new()),
                Some(Err(notice)) => Outcome::Failure(notice),
                None => return Vec::new(),
            }]
        })?;
        match traced.into_iter().next() {
            Some(Outcome::Text(artifact, _)) => Ok(Some(*artifact)),
            Some(Outcome::Failure(notice) | Outcome::Warning(notice)) => Err(notice),
            None => Ok(None),
        }
    }

    /// Does something with the chart's copies, which are gone afterwards.
    fn in_workshop(
        &self,
        work: &(dyn Fn(&Workshop<'_>, &str) -> Vec<Outcome> + Sync),
    ) -> Result<Vec<Outcome>, Notice> {
        let failure = |reason: String, help: &str| notice(&self.folder, reason, help.to_owned());
        let scratch = tempfile::Builder::new().prefix("landfall-").tempdir();
        let scratch = scratch.map_err(|error| {
            let reason = format!("no scratch folder: {error}");
            failure(reason, "check TMPDIR and the space left")
        })?;
        let Some(helm) = Helm::find(scratch.path()) else {
            return Err(failure(
                "not rendered: no `helm` on the PATH".to_owned(),
                "install helm, as with `go install helm.sh/helm/v3/cmd/helm@v3.21.1`, or scan with --no-render",
            ));
        };
        let chart = Chart::read(&self.folder).map_err(|error| {
            let reason = crate::source::io_reason(&error);
            let reason = format!("the chart cannot be read: {reason}");
            failure(reason, "check the chart's files and packages")
        })?;
        let Some(unit) = chart.unit() else {
            // An archive that holds no chart is none of ours.
            if self.folder.path.is_file() {
                return Ok(Vec::new());
            }
            return Err(failure(
                "`Chart.yaml` is no valid description of a chart".to_owned(),
                "mend `Chart.yaml`",
            ));
        };
        let made = || {
            let workshop = Workshop::new(&chart, &helm, scratch.path()).map_err(|error| {
                let reason = format!("no copy of the chart could be made: {error}");
                failure(reason, "check TMPDIR and the space left")
            })?;
            Ok(work(&workshop, &unit.about.name))
        };
        // Helm is asked for its version beside the first rendering.
        rayon::join(|| helm.version(), made).1
    }
}

/// The release that a rendered text is of, as its objects say; else what helm calls it where nobody says.
fn release_in(text: &str) -> String {
    let label = "app.kubernetes.io/instance:";
    let mut lines = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(label));
    let name = lines
        .next()
        .map(|name| name.trim().trim_matches(['"', '\'']));
    name.filter(|name| !name.is_empty())
        .unwrap_or("release-name")
        .to_owned()
}

/// A text that somebody rendered from a chart, traced back to it.
pub(super) fn traced(
    text: &Artifact,
    chart: &Path,
    request: &Request,
) -> Result<Option<Artifact>, Notice> {
    let (display, uri) = crate::source::names(chart);
    let job = ChartJob {
        folder: ChartFolder {
            display,
            uri,
            path: chart.to_owned(),
        },
        releases: Vec::new(),
        request: request.clone(),
    };
    job.trace(text)
}

/// What becomes of the renderings. What is wrong with several is told once, with their names; that the
/// defaults alone are not enough is no failure where other values are.
fn outcomes(settings: &[Setting], rendered: Vec<Result<Artifact, Notice>>) -> Vec<Outcome> {
    let is_any = rendered.iter().any(Result::is_ok);
    let mut outcomes = Vec::new();
    let mut failed: Vec<(Notice, Vec<&str>)> = Vec::new();
    for (setting, rendered) in settings.iter().zip(rendered) {
        let notice = match rendered {
            Ok(artifact) => {
                outcomes.push(Outcome::Text(Box::new(artifact), Vec::new()));
                continue;
            }
            Err(notice) => notice,
        };
        match failed.iter_mut().find(|(known, _)| *known == notice) {
            Some((_, names)) => names.push(&setting.name),
            None => failed.push((notice, vec![&setting.name])),
        }
    }
    for (mut notice, names) in failed {
        notice.reason = format!("{} (in: {})", notice.reason, names.join(", "));
        outcomes.push(if is_any && names == [DEFAULT] {
            Outcome::Warning(notice)
        } else {
            Outcome::Failure(notice)
        });
    }
    outcomes
}

fn notice(folder: &ChartFolder, reason: String, help: String) -> Notice {
    Notice {
        display: Some(folder.display.as_str().into()),
        uri: Some(folder.uri.as_str().into()),
        region: None,
        rule: None,
        resource: None,
        reason,
        help: Some(help),
    }
}

/// A copy of a chart with marks in its templates and its own values.
#[derive(Debug)]
struct ValuedCopy {
    /// What helm renders.
    path: PathBuf,
    keys: Vec<Key>,
}

/// The copies of a chart, and what is known of it: the same for all its renderings.
struct Workshop<'a> {
    chart: &'a Chart,
    helm: &'a Helm,
    scratch: &'a Path,
    /// What helm renders: the user's own folder, unless it lacks what lies elsewhere.
    own: PathBuf,
    /// The layers of the charts' own values.
    layers: Vec<Layer>,
    templates: Option<Templates<'a>>,
    full: Option<Marked>,
    uses: Uses,
    /// The variables of templates, by the template's path for people.
    variables: HashMap<Arc<str>, Variables>,
    /// What was learned about values that had better bear no marks.
    exclusion: Mutex<Exclusion>,
    copies: Mutex<BTreeMap<Exclusion, Arc<ValuedCopy>>>,
    full_copy: OnceLock<Option<PathBuf>>,
    outside: OnceLock<Option<Marked>>,
    outside_copy: OnceLock<Option<PathBuf>>,
}

impl<'a> Workshop<'a> {
    fn new(chart: &'a Chart, helm: &'a Helm, scratch: &'a Path) -> std::io::Result<Self> {
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
    fn render(&self, setting: &Setting, given: Option<&Artifact>) -> Result<Artifact, Notice> {
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
        let (output, valued) = rayon::join(
            || match given {
                Some(given) => Ok(given.text.clone()),
                None => self.helm.template(&self.own, &arguments),
            },
            || self.valued(slug, &layers, &arguments),
        );
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
                .map(|set| key_of(set).to_owned())
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
        artifact.provenance = Some(Provenance::new(rendering, pieces));
        Ok(artifact)
    }

    fn values_layer(&self, file: &settings::ValuesFile) -> Result<Option<Layer>, Notice> {
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

    /// A rendering with marks in templates and values; marks that make helm refuse are taken out.
    fn valued(&self, slug: &str, layers: &[Layer], arguments: &Arguments) -> Option<ValuedRun<'_>> {
        let full = self.full.as_ref()?;
        let given = &layers[self.layers.len()..];
        for attempt in 0..PATIENCE {
            let exclusion = self.exclusion.lock().ok()?.clone();
            let copy = self.valued_copy(&exclusion)?;
            let name = format!("{slug}-{attempt}");
            let (keys, marked) = self.mark_given(&name, given, arguments, &exclusion, &copy)?;
            match self.helm.plain(&copy.path, &marked) {
                Ok(texts) => {
                    return Some(ValuedRun {
                        writers: &full.writers,
                        keys,
                        texts: Texts::new(texts),
                    });
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
            let mut files = self.templates.iter().flat_map(Templates::files);
            let found = files.find(|(known, _)| file.is_some_and(|file| file.path == known.path));
            let names = found
                .map(|(file, pieces)| uses::fields_on_line(&file.artifact.text, pieces, *line));
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
        let mut copies = self.copies.lock().ok()?;
        if let Some(copy) = copies.get(exclusion) {
            return Some(Arc::clone(copy));
        }
        let to = self.scratch.join(format!("valued-{}", copies.len()));
        let copy = Arc::new(self.make_valued_copy(&to, exclusion)?);
        copies.insert(exclusion.clone(), Arc::clone(&copy));
        Some(copy)
    }

    fn make_valued_copy(&self, to: &Path, exclusion: &Exclusion) -> Option<ValuedCopy> {
        let full = self.full.as_ref()?;
        let mut marker = Marker::new(self.chart, &self.uses, exclusion, Vec::new());
        let mut values: HashMap<String, String> = HashMap::new();
        for layer in &self.layers {
            let text = marker.marked(layer).to_string();
            values.insert(format!("{}values.yaml", layer.folder), text);
        }
        let replaced = |file: &ChartFile| {
            if file.path.ends_with("values.schema.json") {
                return Some("{}".to_owned());
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
        let path = copy(self.chart, to, &replaced, &more).ok()?;
        Some(ValuedCopy {
            path,
            keys: marker.keys,
        })
    }

    /// Marks the values that are given to the chart.
    fn mark_given(
        &self,
        name: &str,
        given: &[Layer],
        arguments: &Arguments,
        exclusion: &Exclusion,
        copy: &ValuedCopy,
    ) -> Option<(Vec<Key>, Arguments)> {
        let mut marker = Marker::new(self.chart, &self.uses, exclusion, copy.keys.clone());
        let mut arguments = arguments.clone();
        arguments.values.clear();
        for (index, layer) in given.iter().enumerate() {
            let path = self.scratch.join(format!("{name}-{index}.json"));
            write(&path, &marker.marked(layer).to_string()).ok()?;
            arguments.values.push(path);
        }
        for option in std::mem::take(&mut arguments.set) {
            arguments.set.extend(self.original_set(&option));
            arguments.set.push(mark_set(option, &mut marker.keys));
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
fn mark_set(option: String, keys: &mut Vec<Key>) -> String {
    let Some((key, value)) = option.split_once('=') else {
        return option;
    };
    let is_plain = !value.contains(['{', ',', '\\', '=']);
    if !is_plain || matches!(value, "" | "0" | "false" | "true" | "null") {
        return option;
    }
    let number = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    keys.push(Key {
        supply: Arc::new(Supply {
            key: format!("--set {key}"),
            place: None,
        }),
        text: value.to_owned(),
    });
    format!("{option}{}", Mark::Value(number).text())
}

fn key_of(set: &str) -> &str {
    set.split('=').next().unwrap_or_default()
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
fn end() -> (String, String) {
    (END.0.to_owned(), END.1.to_owned())
}
