//! `run`: check, plan, execute, record, judge. Calls the floors in this order and says what came of it.

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread;

use crate::commands::governed;
use crate::commands::governed::Readied;
use crate::commands::governed::Site;
use crate::commands::judging;
use crate::commands::resuming;
use crate::commands::shown;
use crate::commands::watching;
use crate::commands::watching::Watching;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::judge::report::Report;
use crate::record::kept::Past;
use crate::record::reusable::Reusable;
use crate::record::store::Store;
use crate::render::json;
use crate::render::run::Shown;
use crate::steps::event::CheckSummary;
use crate::steps::event::Doubt;
use crate::steps::event::Event;
use crate::steps::event::JudgedRun;
use crate::steps::event::Machine;
use crate::steps::event::RunBegan;
use crate::steps::event::RunEnded;
use crate::steps::event::RunPolicy;
use crate::steps::event::RunSubject;
use crate::steps::event::Shard;
use crate::steps::event::StepNotRun;
use crate::steps::event::StepReused;
use crate::steps::evidence::silent::silent_suites;
use crate::steps::execute;
use crate::steps::execution::GRACE;
use crate::steps::execution::Ground;
use crate::steps::execution::Planned;
use crate::steps::execution::Progress;
use crate::steps::forecast;
use crate::steps::forecast::Forecast;
use crate::steps::lease;
use crate::steps::normal::places::Places;
use crate::steps::outcome::Confinement;
use crate::steps::plan;
use crate::steps::replaced;
use crate::steps::replaced::RULES;
use crate::steps::replaced::Replaced;
use crate::steps::reuse::Decision;
use crate::steps::reuse::Terms;
use crate::steps::scrub::Secrets;
use crate::steps::shard;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::checkout::Checkout;
use crate::world::clock;
use crate::world::process::interrupt::Interrupt;
use crate::world::random;
use crate::world::snapshot::Snapshot;
use crate::world::target_folder;

/// What is run, and how: the arguments of the verb, resolved.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A folder inside the tree.
    pub folder: PathBuf,
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
    pub shard: Option<Shard>,
    /// `--override`.
    pub reason: Option<String>,
}

/// Everything up to the first process: what `--plan` shows.
pub(crate) struct Ready {
    pub(crate) site: Site,
    pub(crate) readied: Readied,
    pub(crate) forecast: Forecast,
    /// The torn run that this one goes on from.
    pub(crate) resumes: Option<String>,
}

/// Says what would run, and why. Nothing is executed but questions to tools who they are.
pub fn foresee(options: &Options) -> Result<Forecast, Error> {
    let mut forecast = ready(options)?.forecast;
    forecast.parts = match options.shard {
        Some(shard) => shard::pack(&plan_of(&forecast), &forecast.timings, Some(shard.total))?,
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
    let check = governed::options(options.folder.clone(), options.base.clone(), options.config.clone());
    let checkout = Checkout::open(&check.folder, None)?;
    let site = governed::site(&checkout, &check.folder.canonicalize().unwrap_or_else(|_| check.folder.clone()))?;
    let past = governed::past(&site.record)?;
    let resumes = if options.resume { Some(torn(&past)?) } else { None };
    let readied = governed::ready(&check, checkout, &site, &options.steps)?;
    let forecast = forecast(&readied, &past, options.fresh, resumes.as_deref(), &site)?;
    Ok(Ready { site, readied, forecast, resumes })
}

/// The last run that did not end and whose engine is gone.
fn torn(past: &Past) -> Result<String, Error> {
    let unfinished = past.unfinished();
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
    let clock = clock::Stopwatch::start();
    let interrupt = Interrupt::on_signals()?;
    let ready = ready(options)?;
    let store = Store::in_folder(&ready.site.record)?;
    refuse_second_copy(&store.past(), &ready.forecast)?;
    if let Some(torn) = &ready.resumes {
        resuming::refuse_edited(&ready.site.record, torn, &ready.readied.prepared.subject.bytes)?;
        resuming::put_away(&ready.site.record, &ready.site.root, torn, &store)?;
    }
    let mine = part(options.shard, &ready.forecast)?;
    let run = begin(options, &ready, &store)?;
    let planned = planned(&ready, &mine);
    let reused = reuse(&run, &ready, &mine, &store)?;
    let missing = leave_out(&run, &ready, &mine, &store)?;
    let ground = ground(&run, options, &ready, reused)?;
    let watching = watching(&ready, &ground, &store, &interrupt);
    let doing: Vec<Planned> = planned.into_iter().filter(|planned| !missing.contains(&planned.step.name)).collect();
    execute::execute(&ground, &doing, &store, &watching, progress, &interrupt)?;
    let check = summary(&ready.readied.report, &store)?;
    let report = shown::of(&ready.site.record, &run)?.report;
    let steps = &ready.readied.prepared.plan.steps;
    let replaced = replaced::deciding(replaced(&ready.readied.report), steps);
    let (verdict, because) = judging::of(ready.readied.report.verdict, &replaced, &report);
    let word = verdict.as_str().to_owned();
    store.append(
        &Event::Judged(JudgedRun { run: run.clone(), check, verdict: word.clone(), because }),
        Durability::Soon,
    )?;
    let certifiable = options.reason.is_none();
    let ended = RunEnded { run: run.clone(), verdict: word, duration_ms: clock.milliseconds(), certifiable };
    store.append(&Event::RunEnded(ended), Durability::Now)?;
    shown::of(&ready.site.record, &run)
}

/// A step in flight under a living shepherd is never started twice.
fn refuse_second_copy(past: &Past, forecast: &Forecast) -> Result<(), Error> {
    for open in past.unfinished() {
        for step in &open.steps {
            let planned = forecast.steps.iter().any(|foreseen| foreseen.step.name == step.step);
            if planned && lease::is_alive(&step.lease) {
                let message = format!(
                    "start `{}`: run {} has it in flight since {} (process {})",
                    step.step, open.run, step.at, step.lease.pid
                );
                return Err(Error {
                    exit: crate::commands::exit::UNPROVEN,
                    ..Error::usage("already-running", message)
                }
                .help("wait for that run; `cargo governed recover` says how to end it"));
            }
        }
    }
    Ok(())
}

/// The steps that this machine does.
fn part(shard: Option<Shard>, forecast: &Forecast) -> Result<BTreeSet<String>, Error> {
    let all = || forecast.steps.iter().map(|foreseen| foreseen.step.name.clone()).collect();
    let Some(shard) = shard else { return Ok(all()) };
    let parts = shard::pack(&plan_of(forecast), &forecast.timings, Some(shard.total))?;
    let mine = parts.into_iter().find(|part| part.shard.index == shard.index);
    Ok(mine.map(|part| part.steps.into_iter().collect()).unwrap_or_default())
}

fn begin(options: &Options, ready: &Ready, store: &Store) -> Result<String, Error> {
    let readied = &ready.readied;
    let prepared = &readied.prepared;
    let stamp = clock::stamp();
    let day: String = stamp.chars().filter(char::is_ascii_digit).take(14).collect();
    let run = format!("{}-{}-{}", &day[..8], &day[8..], random::nonce(6));
    for bytes in prepared.keys.objects.values() {
        store.object(bytes)?;
    }
    for keyed in prepared.keys.steps.values() {
        store.object(&keyed.bytes)?;
    }
    let subject = readied.head.subject();
    let began = RunBegan {
        run: run.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        subject: RunSubject {
            source: subject.source.as_str().to_owned(),
            revision: subject.revision,
            tree: subject.tree,
            dirty: subject.dirty,
            listing: store.object(&prepared.subject.bytes)?,
        },
        base: readied.ruling.base.clone(),
        policy: RunPolicy {
            path: readied.ruling.policy.path.as_deref().map(str::to_owned),
            sha256: readied.ruling.policy.sha256.clone(),
        },
        plan: store.object(&prepared.plan.bytes())?,
        machine: Machine {
            os: env::consts::OS.to_owned(),
            arch: env::consts::ARCH.to_owned(),
            threads: thread::available_parallelism().map_or(1, std::num::NonZero::get),
        },
        lease: lease::engine(),
        shard: options.shard,
        resumes: ready.resumes.clone(),
        joins: Vec::new(),
        overridden: options.reason.clone(),
    };
    store.append(&Event::RunBegan(began), Durability::Now)?;
    Ok(run)
}

fn planned(ready: &Ready, mine: &BTreeSet<String>) -> Vec<Planned> {
    let readied = &ready.readied;
    let prepared = &readied.prepared;
    let steps = prepared.plan.steps.iter().filter(|step| mine.contains(&step.name));
    let planned = steps.filter_map(|step| {
        let keyed = prepared.keys.steps.get(&step.name)?;
        let environment = prepared.environments.get(&step.name).cloned().unwrap_or_default();
        let environment = governed::readable(environment);
        Some(Planned { step: step.clone(), key: keyed.key, program: None, environment })
    });
    planned.collect()
}

/// Records which steps stand on kept results.
fn reuse(run: &str, ready: &Ready, mine: &BTreeSet<String>, store: &Store) -> Result<BTreeSet<String>, Error> {
    let mut reused = BTreeSet::new();
    for foreseen in ready.forecast.steps.iter().filter(|foreseen| mine.contains(&foreseen.step.name)) {
        let Decision::Reuse(accepted) = &foreseen.decision else { continue };
        let step = foreseen.step.name.clone();
        let event = StepReused {
            run: run.to_owned(),
            step: step.clone(),
            key: foreseen.key,
            from: accepted.run.clone(),
            line: accepted.line,
            executed_at: accepted.at.clone(),
        };
        store.append(&Event::StepReused(event), Durability::Soon)?;
        reused.insert(step);
    }
    Ok(reused)
}

/// Records which steps can't run because a tool is missing, and with them those that need them.
fn leave_out(run: &str, ready: &Ready, mine: &BTreeSet<String>, store: &Store) -> Result<BTreeSet<String>, Error> {
    let mut left = BTreeSet::new();
    for foreseen in ready.forecast.steps.iter().filter(|foreseen| mine.contains(&foreseen.step.name)) {
        let step = foreseen.step.name.clone();
        let why = match &foreseen.decision {
            Decision::Missing(tools) => Doubt { code: "tool-missing".to_owned(), message: tools.join("; ") },
            _ => match foreseen.step.needs.iter().find(|need| left.contains(*need)) {
                Some(need) => {
                    Doubt { code: "need-not-run".to_owned(), message: format!("it needs {need}, which did not run") }
                }
                None => continue,
            },
        };
        store.append(
            &Event::StepNotRun(StepNotRun { run: run.to_owned(), step: step.clone(), why }),
            Durability::Soon,
        )?;
        left.insert(step);
    }
    Ok(left)
}

fn ground(run: &str, options: &Options, ready: &Ready, reused: BTreeSet<String>) -> Result<Ground, Error> {
    let readied = &ready.readied;
    let prepared = &readied.prepared;
    let run_table = &readied.ruling.policy.run;
    let named: BTreeSet<String> = prepared.plan.steps.iter().flat_map(|step| step.env.iter().cloned()).collect();
    let tool = env::current_exe()
        .map_err(|error| Error::failed("no-tool", format!("find this program's own file: {error}")))?;
    Ok(Ground {
        run: run.to_owned(),
        tool,
        root: ready.site.root.clone(),
        chain: Arc::new(prepared.chain.clone()),
        record: ready.site.record.clone(),
        isolation: run_table.isolation,
        output_cap: run_table.output_cap,
        grace: GRACE,
        threads: thread::available_parallelism().map_or(1, std::num::NonZero::get),
        secrets: Secrets::of(&readied.ambient, &named),
        reused,
        goes_on: options.reason.is_some(),
    })
}

fn watching<'a>(ready: &Ready, ground: &'a Ground, store: &'a Store, interrupt: &'a Interrupt) -> Watching<'a> {
    let readied = &ready.readied;
    let prepared = &readied.prepared;
    let see = |name: &str| env::var(name).unwrap_or_default();
    let targets = target_folder::of(&ground.root, &ground.chain, &[], &|name| env::var_os(name));
    // Within the tree it is named by its path from the root.
    let target = targets.into_iter().find(|target| !target.starts_with(&ground.root)).unwrap_or_default();
    let places = Places::default()
        .with("<root>", &ground.root.to_string_lossy())
        .with("<target>", &target.to_string_lossy())
        .with("<temp>", &env::temp_dir().to_string_lossy())
        .with("<cargo-home>", &see("CARGO_HOME"))
        .with("<home>", &see("HOME"));
    Watching {
        before: Snapshot::of(&prepared.listing),
        silent: silent_suites(&readied.head.facts.cargo),
        files: prepared.listing.files.iter().map(|listed| listed.path.to_string()).collect(),
        ground,
        sink: store,
        previous: watching::previous(&prepared.plan, store),
        places,
        interrupt,
        canaries: Mutex::default(),
    }
}

fn summary(report: &Report, store: &Store) -> Result<CheckSummary, Error> {
    let summary = report.summary();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Ok(CheckSummary {
        verdict: report.verdict.as_str().to_owned(),
        deny: count(summary.deny),
        warn: count(summary.warn),
        note: count(summary.note),
        waived: count(summary.waived),
        new: count(summary.new),
        report: store.object(json::render(report).as_bytes())?,
    })
}

/// The findings of the rules that `run` enforces, whatever their level.
fn replaced(report: &Report) -> Vec<Replaced> {
    let of = |judged: &&crate::judge::report::Judged| RULES.contains(&judged.rule) && judged.waiver.is_none();
    let one = |judged: &crate::judge::report::Judged| Replaced {
        rule: judged.rule.to_owned(),
        message: judged.finding.message.clone(),
    };
    report.findings.iter().filter(of).map(one).collect()
}
