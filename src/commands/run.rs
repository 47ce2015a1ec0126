//! `run`: check, plan, execute, record, judge. Calls the floors in this order and says what came of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use crate::commands::beginning;
use crate::commands::beginning::Beginning;
use crate::commands::concluding::Conclusion;
use crate::commands::exporting;
use crate::commands::governed;
use crate::commands::governed::Readied;
use crate::commands::governed::Site;
use crate::commands::output;
use crate::commands::own_folders;
use crate::commands::place;
use crate::commands::place::Place;
use crate::commands::resuming;
use crate::commands::shown;
use crate::commands::stage;
use crate::commands::stage::Scene;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::judge::report::Report;
use crate::record::kept::Past;
use crate::record::lookup;
use crate::record::reusable::Reusable;
use crate::record::state::LEDGER;
use crate::record::store::Store;
use crate::render::human::look::Look;
use crate::render::run::Shown;
use crate::steps::event::may_be_one_place;
use crate::steps::execute;
use crate::steps::execution::Planned;
use crate::steps::execution::Progress;
use crate::steps::forecast;
use crate::steps::forecast::Forecast;
use crate::steps::lease;
use crate::steps::outcome::Confinement;
use crate::steps::plan;
use crate::steps::reuse::Terms;
use crate::steps::shard;
use crate::steps::shard::Asked;
use crate::world::clock;
use crate::world::elsewhere::Elsewhere;
use crate::world::lying::Reader;
use crate::world::process::interrupt::Interrupt;

/// What is run, and how: the arguments of the verb, resolved.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A folder inside the tree.
    pub folder: PathBuf,
    /// `--rev`.
    pub rev: Option<String>,
    /// `--base`.
    pub base: Option<String>,
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--fresh`.
    pub fresh: bool,
    /// `--resume`.
    pub resume: bool,
    /// `--step`.
    pub steps: Vec<String>,
    /// `--shard`.
    pub shard: Option<Asked>,
    /// `--export`.
    pub export: Option<PathBuf>,
    /// `--override`.
    pub reason: Option<String>,
}

impl Options {
    /// The folder of the checkout that lasts: a revision is run in a folder that goes away.
    fn own_root<'o>(&'o self, site: &'o Site) -> &'o Path {
        if self.rev.is_some() { &self.folder } else { &site.root }
    }
}

/// Whether the record is opened for writing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// It is: where there is one, while the tree is checked.
    Writing,
    /// It is not: nothing will be recorded.
    Reading,
}

/// Everything up to the first process: what `--plan` shows.
struct Ready {
    site: Site,
    readied: Readied,
    forecast: Forecast,
    /// What earlier runs left.
    past: Past,
    /// The record, where it could be opened already.
    store: Option<Store>,
    /// The torn run that this one goes on from.
    resumes: Option<String>,
    /// The fresh folder of `--rev`, which goes away with this value.
    elsewhere: Option<Elsewhere>,
}

/// Says what would run, and why. Nothing is executed but questions to tools who they are.
pub fn foresee(options: &Options) -> Result<Forecast, Error> {
    let mut forecast = ready(options, Opening::Reading)?.forecast;
    forecast.parts = match &options.shard {
        Some(asked) => shard::pack(&plan_of(&forecast), &forecast.timings, Some(asked.shard.total))?,
        None => Vec::new(),
    };
    Ok(forecast)
}

/// The jobs of a matrix: as many as there are independent parts, or as many as were asked for.
pub fn matrix(options: &Options, total: Option<u32>) -> Result<Forecast, Error> {
    let mut forecast = ready(options, Opening::Reading)?.forecast;
    forecast.parts = shard::pack(&plan_of(&forecast), &forecast.timings, total)?;
    Ok(forecast)
}

fn plan_of(forecast: &Forecast) -> plan::Plan {
    let steps = forecast.steps.iter().map(|foreseen| foreseen.step.clone()).collect();
    plan::Plan { steps, left_out: forecast.left_out.clone() }
}

fn ready(options: &Options, opening: Opening) -> Result<Ready, Error> {
    let Options { folder, rev, base, config, .. } = options.clone();
    let check = governed::options(folder, rev, base, config);
    let Place { checkout, site, elsewhere } = place::open(&options.folder, options.rev.as_deref())?;
    let memory = elsewhere.is_none().then_some(site.record.as_path());
    // Who begins a record waits until nothing is wrong with the tree. One that is there can be opened meanwhile.
    let is_there = || shown::storage(&site.record).look(LEDGER).is_ok_and(|ledger| ledger.is_some());
    let opens = opening == Opening::Writing && !options.resume && is_there();
    let before = if opens { None } else { Some(governed::past(&site.record)?) };
    let mut store = None;
    let readied = rayon::in_place_scope(|scope| {
        scope.spawn(|_| store = opens.then(|| Store::in_folder(&site.record)));
        governed::ready(&check, checkout, &site, memory, &options.steps)
    });
    // Nothing is asked of a tree whose record can't be written.
    let store = store.transpose()?;
    let readied = readied?;
    let past = store.as_ref().map(Store::past).or(before);
    let past = past.map_or_else(|| governed::past(&site.record), Ok)?;
    let here = elsewhere.is_none().then(|| readied.prepared.place());
    let resumes = if options.resume { Some(torn(&past, &site.record, here.as_ref())?) } else { None };
    let forecast = forecast(&readied, &past, options.fresh, resumes.as_deref(), &site)?;
    Ok(Ready { site, readied, forecast, past, store, resumes, elsewhere })
}

/// The last run in this work tree that was told to stop, or did not end and whose engine is gone.
fn torn(past: &Past, record: &Path, here: Option<&Digest>) -> Result<String, Error> {
    if let Some(run) = resuming::interrupted(record, past, here)? {
        return Ok(run);
    }
    let mut unfinished = past.unfinished();
    unfinished.retain(|open| open.replays.is_none() && may_be_one_place(open.place.as_ref(), here));
    let Some(last) = unfinished.iter().rev().find(|open| !lease::is_alive(&open.lease)) else {
        let message = match unfinished.last() {
            Some(open) => format!("go on from run {}: its engine still runs", open.run),
            None => "go on from a run: every run that began here has ended".to_owned(),
        };
        let elsewhere = past.unfinished().into_iter().any(|open| open.replays.is_none());
        let help = if unfinished.is_empty() && elsewhere {
            "a run in another work tree of the repository did not end: go on there, or run without --resume"
        } else {
            "run without --resume"
        };
        return Err(Error::usage("nothing-to-resume", message).help(help));
    };
    Ok(last.run.clone())
}

fn forecast(
    readied: &Readied,
    past: &Past,
    fresh: bool,
    resumes: Option<&str>,
    site: &Site,
) -> Result<Forecast, Error> {
    let reusable = Reusable::new(past, resumes);
    let prepared = &readied.prepared;
    if !fresh {
        reusable.look_ahead(prepared.keys.steps.values().map(|keyed| &keyed.key))?;
    }
    let demands = readied.ruling.policy.run.isolation == crate::facts::policy::run::Isolation::Landlock;
    let isolation = if demands { Confinement::Landlock } else { Confinement::None };
    let objects = shown::objects(&site.record);
    let queries = prepared.tools.queries.clone();
    let object = |digest: &Digest| objects.read(digest).ok();
    let terms = Terms { fresh, isolation, doubt: None };
    let mut forecast = forecast::foresee(&prepared.plan, &prepared.keys, &reusable, terms, queries, &object)?;
    let reader = Reader::below(&site.root);
    forecast.renew(&reusable, &|step| reader.at(&step.outputs));
    Ok(forecast)
}

/// Runs the steps. The progress callback hears what happens, as it happens.
pub fn run(options: &Options, progress: &(dyn Fn(Progress<'_>) + Sync)) -> Result<Shown, Error> {
    with_report(options, progress).map(|(shown, _)| shown)
}

/// Runs the steps, and gives the report of the check beside them.
pub(crate) fn with_report(
    options: &Options,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<(Shown, Report), Error> {
    let clock = clock::Stopwatch::start();
    let interrupt = Interrupt::on_signals()?;
    let mut ready = ready(options, Opening::Writing)?;
    for line in &ready.readied.ruling.told {
        output::talk(&Look::plain().charset.line(&format!("base: {line}")));
    }
    own_folders::refuse_links(&ready.readied.head.facts)?;
    let shard = options.shard.as_ref().map(|asked| asked.shard);
    let export = exporting::prepare(options.export.as_deref(), shard, options.own_root(&ready.site))?;
    let store = if let Some(store) = ready.store.take() {
        store
    } else {
        let store = Store::in_folder(&ready.site.record)?;
        store.adopt(&ready.past);
        store
    };
    let known = store.past();
    if options.rev.is_none() {
        refuse_second_copy(&known, &ready.forecast, &ready.readied.prepared.place())?;
    }
    if let Some(torn) = &ready.resumes {
        resuming::refuse_edited(&ready.site.record, torn, &ready.readied.prepared.subject.bytes)?;
    }
    let mine = part(options.shard.as_ref(), &ready.forecast)?;
    let standing = loop {
        let standing = beginning::standing(&ready.forecast.steps, &mine);
        let away = put_away(&ready, &known, &|step| mine.contains(step) && !standing.contains(step), &store)?;
        if away.is_empty() {
            break standing;
        }
        for line in &away {
            output::talk(&Look::plain().charset.line(line));
        }
        // What is away may be what another step had left: that one makes it anew, and may have been cut short itself.
        let Ready { readied, past, site, resumes, .. } = &ready;
        ready.forecast = forecast(readied, past, options.fresh, resumes.as_deref(), site)?;
    };
    let Ready { readied, forecast, .. } = &ready;
    let prepared = &readied.prepared;
    let beginning = Beginning {
        subject: readied.head.subject(),
        ruling: &readied.ruling,
        prepared,
        shard,
        resumes: ready.resumes.clone(),
        overridden: options.reason.clone(),
        replays: None,
    };
    let run = beginning::begin(beginning, &standing, &store)?;
    let planned = beginning::planned(prepared, &mine, &standing);
    let reused = beginning::reuse(&run, &forecast.steps, &mine, &store)?;
    let missing = beginning::leave_out(&run, prepared, &mine, &reused, &store)?;
    let scene = Scene {
        run: &run,
        site: &ready.site,
        prepared,
        policy: &readied.ruling.policy,
        facts: &readied.head.facts,
        ambient: &readied.ambient,
    };
    let ground = stage::ground(scene, options.reason.is_some(), reused)?;
    let watching = stage::watching(scene, &ground, &store, &interrupt);
    watching.left.stand(&forecast.steps);
    let doing: Vec<Planned> = planned.into_iter().filter(|planned| !missing.contains(&planned.step.name)).collect();
    execute::execute(&ground, &doing, &store, &watching, progress, &interrupt)?;
    let conclusion = Conclusion {
        site: &ready.site,
        is_elsewhere: ready.elsewhere.is_some(),
        readied: &ready.readied,
        store: &store,
        run: &run,
        certifiable: options.reason.is_none(),
        clock: &clock,
        export: export.as_deref(),
    };
    let (shown, record) = conclusion.conclude()?;
    let Ready { readied: Readied { report, prepared, documents, .. }, forecast, past, .. } = ready;
    // Nobody waits until their memory is given back piece by piece.
    rayon::spawn(move || drop((prepared, documents, forecast, past, record)));
    Ok((shown, report))
}

/// A step in flight under a living shepherd is not started twice: said before anything is, and held to by the record
/// when the step begins.
fn refuse_second_copy(past: &Past, forecast: &Forecast, here: &Digest) -> Result<(), Error> {
    for open in past.unfinished().into_iter().filter(|open| open.is_in_the_way(Some(here))) {
        for step in &open.steps {
            let planned = forecast.steps.iter().any(|foreseen| foreseen.step.name == step.step);
            if planned && lease::is_alive(&step.lease) {
                return Err(lookup::in_flight(&open, step));
            }
        }
    }
    Ok(())
}

/// Moves away what steps left here half-written that are about to run again.
fn put_away(ready: &Ready, past: &Past, runs: &dyn Fn(&str) -> bool, store: &Store) -> Result<Vec<String>, Error> {
    let Ready { site, readied, elsewhere: None, .. } = ready else { return Ok(Vec::new()) };
    let prepared = &readied.prepared;
    let mut halves = past.halves(&prepared.place());
    halves.retain(|half| runs(&half.step));
    if halves.is_empty() {
        return Ok(Vec::new());
    }
    let listed = prepared.listing.files.iter().chain(&prepared.listing.inside);
    let of_tree: BTreeSet<&str> = listed.map(|listed| &*listed.path).collect();
    resuming::put_away((&site.record, &site.root), &halves, &prepared.plan, &|path| of_tree.contains(path), store)
}

/// The steps that this machine does.
fn part(asked: Option<&Asked>, forecast: &Forecast) -> Result<BTreeSet<String>, Error> {
    match asked {
        None => Ok(forecast.steps.iter().map(|foreseen| foreseen.step.name.clone()).collect()),
        Some(asked) => shard::steps(asked, &plan_of(forecast), &forecast.timings),
    }
}
