//! `run`: check, plan, execute, record, judge. Calls the floors in this order and says what came of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use crate::commands::beginning;
use crate::commands::beginning::Beginning;
use crate::commands::exporting;
use crate::commands::governed;
use crate::commands::governed::Documents;
use crate::commands::governed::Readied;
use crate::commands::governed::Site;
use crate::commands::judging;
use crate::commands::output;
use crate::commands::place;
use crate::commands::place::Place;
use crate::commands::proving;
use crate::commands::proving::Ended;
use crate::commands::reporting;
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
use crate::record::store::Store;
use crate::render::human::look::Look;
use crate::render::run::Shown;
use crate::render::run::checked::Checked;
use crate::steps::event::CheckSummary;
use crate::steps::event::Event;
use crate::steps::event::JudgedRun;
use crate::steps::event::RunEnded;
use crate::steps::execute;
use crate::steps::execution::Planned;
use crate::steps::execution::Progress;
use crate::steps::forecast;
use crate::steps::forecast::Forecast;
use crate::steps::lease;
use crate::steps::outcome::Confinement;
use crate::steps::plan;
use crate::steps::replaced;
use crate::steps::replaced::RULES;
use crate::steps::replaced::Replaced;
use crate::steps::reuse::Terms;
use crate::steps::shard;
use crate::steps::shard::Asked;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::clock;
use crate::world::elsewhere::Elsewhere;
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

/// Everything up to the first process: what `--plan` shows.
pub(crate) struct Ready {
    pub(crate) site: Site,
    pub(crate) readied: Readied,
    pub(crate) forecast: Forecast,
    /// What earlier runs left.
    past: Past,
    /// The torn run that this one goes on from.
    pub(crate) resumes: Option<String>,
    /// The fresh folder of `--rev`, which goes away with this value.
    elsewhere: Option<Elsewhere>,
}

/// Says what would run, and why. Nothing is executed but questions to tools who they are.
pub fn foresee(options: &Options) -> Result<Forecast, Error> {
    let mut forecast = ready(options)?.forecast;
    forecast.parts = match &options.shard {
        Some(asked) => shard::pack(&plan_of(&forecast), &forecast.timings, Some(asked.shard.total))?,
        None => Vec::new(),
    };
    Ok(forecast)
}

/// The jobs of a matrix: as many as there are independent parts, or as many as were asked for.
pub fn matrix(options: &Options, total: Option<u32>) -> Result<Forecast, Error> {
    let mut forecast = ready(options)?.forecast;
    forecast.parts = shard::pack(&plan_of(&forecast), &forecast.timings, total)?;
    Ok(forecast)
}

fn plan_of(forecast: &Forecast) -> plan::Plan {
    let steps = forecast.steps.iter().map(|foreseen| foreseen.step.clone()).collect();
    plan::Plan { steps, left_out: forecast.left_out.clone() }
}

pub(crate) fn ready(options: &Options) -> Result<Ready, Error> {
    let Options { folder, rev, base, config, .. } = options.clone();
    let check = governed::options(folder, rev, base, config);
    let Place { checkout, site, elsewhere } = place::open(&options.folder, options.rev.as_deref())?;
    let past = governed::past(&site.record)?;
    let resumes = if options.resume { Some(torn(&past, &site.record)?) } else { None };
    let memory = elsewhere.is_none().then_some(site.record.as_path());
    let readied = governed::ready(&check, checkout, &site, memory, &options.steps)?;
    let forecast = forecast(&readied, &past, options.fresh, resumes.as_deref(), &site)?;
    Ok(Ready { site, readied, forecast, past, resumes, elsewhere })
}

/// The last run that was told to stop, or did not end and whose engine is gone.
fn torn(past: &Past, record: &Path) -> Result<String, Error> {
    if let Some(run) = resuming::interrupted(record, past)? {
        return Ok(run);
    }
    let mut unfinished = past.unfinished();
    unfinished.retain(|open| open.replays.is_none());
    let Some(last) = unfinished.iter().rev().find(|open| !lease::is_alive(&open.lease)) else {
        let message = match unfinished.last() {
            Some(open) => format!("go on from run {}: its engine still runs", open.run),
            None => "go on from a run: every run that began has ended".to_owned(),
        };
        return Err(Error::usage("nothing-to-resume", message).help("run without --resume"));
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
    forecast::foresee(
        &prepared.plan,
        &prepared.keys,
        &reusable,
        Terms { fresh, isolation, doubt: None },
        queries,
        &object,
    )
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
    let ready = ready(options)?;
    for line in &ready.readied.ruling.told {
        output::talk(&Look::plain().charset.line(&format!("base: {line}")));
    }
    let shard = options.shard.as_ref().map(|asked| asked.shard);
    let export = exporting::prepare(options.export.as_deref(), shard, options.own_root(&ready.site))?;
    let store = Store::in_folder(&ready.site.record)?;
    store.adopt(&ready.past);
    if options.rev.is_none() {
        refuse_second_copy(&store.past(), &ready.forecast)?;
    }
    if let Some(torn) = &ready.resumes {
        resuming::refuse_edited(&ready.site.record, torn, &ready.readied.prepared.subject.bytes)?;
        resuming::put_away(&ready.site.record, &ready.site.root, torn, &store)?;
    }
    let mine = part(options.shard.as_ref(), &ready.forecast)?;
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
    let standing = beginning::standing(&forecast.steps, &mine);
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
    let doing: Vec<Planned> = planned.into_iter().filter(|planned| !missing.contains(&planned.step.name)).collect();
    execute::execute(&ground, &doing, &store, &watching, progress, &interrupt)?;
    let check = summary(&ready.readied.report, &ready.readied.documents, &store)?;
    let report = shown::writing(&ready.site.record, &store).report(&run)?;
    let checked = Checked::read(ready.readied.documents.json.as_bytes());
    let steps = &ready.readied.prepared.plan.steps;
    let replaced = replaced::deciding(replaced(&ready.readied.report), steps);
    let claims = match ready.readied.report.claims.as_slice() {
        [] => Vec::new(),
        _ => judging::claims(store.objects(), &check, steps, &report),
    };
    let (verdict, because) = judging::of(ready.readied.report.verdict, &replaced, &claims, &report);
    let word = verdict.as_str().to_owned();
    let junit = Some(reporting::junit(&store, &report, checked.as_ref())?);
    store.append(
        &Event::Judged(JudgedRun { run: run.clone(), check, verdict: word.clone(), because, junit }),
        Durability::Soon,
    )?;
    let certifiable = options.reason.is_none();
    let ended = RunEnded { run: run.clone(), verdict: word, duration_ms: clock.milliseconds(), certifiable };
    store.append(&Event::RunEnded(ended), Durability::Now)?;
    // A run that no checkpoint covers can be cut away without a trace: then its end is no end.
    store.checkpoint()?;
    if let Some(folder) = &export {
        exporting::write(folder, &ready.site, &run)?;
    }
    let exported = export.map(|folder| folder.display().to_string());
    // What ran in a folder of its own leaves its proof in the record alone: `prove` writes it.
    let facts = ready.elsewhere.is_none().then_some(&ready.readied.head.facts);
    let opened = shown::writing(&ready.site.record, &store);
    let record = opened.record(&run)?;
    let report = record.report().ok_or_else(|| opened.unfound(&run))?;
    let ended = Ended { opened: &opened, record: &record, report: &report, keys: Some(&prepared.keys) };
    let proof = proving::after(&ready.site, facts, &ended, &store)?;
    let past = store.past();
    let shown = opened.show(&record, report)?;
    let shown = Shown { proof, exported, ledger: (past.entries(), past.head()), ..shown };
    let Ready { readied: Readied { report, prepared, .. }, forecast, .. } = ready;
    // Nobody waits until their memory is given back piece by piece.
    rayon::spawn(move || drop((prepared, forecast, record)));
    Ok((shown, report))
}

/// A step in flight under a living shepherd is not started twice: said before anything is, and held to by the record
/// when the step begins.
fn refuse_second_copy(past: &Past, forecast: &Forecast) -> Result<(), Error> {
    for open in past.unfinished().into_iter().filter(|open| open.revision.is_none() && open.replays.is_none()) {
        for step in &open.steps {
            let planned = forecast.steps.iter().any(|foreseen| foreseen.step.name == step.step);
            if planned && lease::is_alive(&step.lease) {
                return Err(lookup::in_flight(&open, step));
            }
        }
    }
    Ok(())
}

/// The steps that this machine does.
fn part(asked: Option<&Asked>, forecast: &Forecast) -> Result<BTreeSet<String>, Error> {
    match asked {
        None => Ok(forecast.steps.iter().map(|foreseen| foreseen.step.name.clone()).collect()),
        Some(asked) => shard::steps(asked, &plan_of(forecast), &forecast.timings),
    }
}

fn summary(report: &Report, documents: &Documents, store: &Store) -> Result<CheckSummary, Error> {
    let summary = report.summary();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Ok(CheckSummary {
        verdict: report.verdict.as_str().to_owned(),
        deny: count(summary.deny),
        warn: count(summary.warn),
        note: count(summary.note),
        waived: count(summary.waived),
        new: count(summary.new),
        report: store.object(documents.json.as_bytes())?,
        sarif: Some(store.object(documents.sarif.as_bytes())?),
    })
}

/// The findings of the rules that `run` enforces, whatever their level, and whatever waives them.
pub(crate) fn replaced(report: &Report) -> Vec<Replaced> {
    let of = |judged: &&crate::judge::report::Judged| RULES.contains(&judged.rule);
    let one = |judged: &crate::judge::report::Judged| Replaced {
        rule: judged.rule.to_owned(),
        message: judged.finding.message.clone(),
    };
    report.findings.iter().filter(of).map(one).collect()
}
