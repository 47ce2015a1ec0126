//! `replay --live`: does the steps of a recorded run again in a fresh folder, and judges what came of them by the declared
//! level. The replay is recorded as a run of its own, which is evidence of nothing but this comparison.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;

use crate::commands::beginning;
use crate::commands::beginning::Beginning;
use crate::commands::examine::Examined;
use crate::commands::governed;
use crate::commands::governed::Ruling;
use crate::commands::governed::Site;
use crate::commands::own_folders;
use crate::commands::place;
use crate::commands::place::Place;
use crate::commands::present;
use crate::commands::recorded;
use crate::commands::recorded::Written;
use crate::commands::replay_judged;
use crate::commands::replay_judged::Bench;
use crate::commands::shown;
use crate::commands::shown::Opened;
use crate::commands::stage;
use crate::commands::stage::Scene;
use crate::error::Error;
use crate::judge::report::Source;
use crate::record::report::RunReport;
use crate::record::store::Store;
use crate::record::verify;
use crate::render::replay::Live;
use crate::render::replay::Tree;
use crate::render::replay::Verdict;
use crate::render::replay::json;
use crate::steps::compare::replayed::Standing;
use crate::steps::event::Event;
use crate::steps::event::RunEnded;
use crate::steps::event_replayed::Replayed;
use crate::steps::execute;
use crate::steps::execution::Planned;
use crate::steps::execution::Progress;
use crate::steps::outcome::State;
use crate::steps::plan::Plan;
use crate::steps::policy_text::PolicyText;
use crate::steps::prepare;
use crate::steps::prepare::Prepared;
use crate::steps::prepare::Strength;
use crate::steps::prepare::Wanted;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::checkout::Checkout;
use crate::world::clock;
use crate::world::elsewhere::Elsewhere;
use crate::world::process::interrupt::Interrupt;
use crate::world::record_salt;

/// What is done again.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A folder inside the checkout.
    pub folder: PathBuf,
    /// The run, or the beginning of its name; none for the last one.
    pub run: Option<String>,
    /// `--rev`: the tree to do the steps on instead of the recorded one.
    pub rev: Option<String>,
}

/// The tree that the steps are done again on, in its fresh folder.
struct Ground {
    head: Examined,
    ruling: Ruling,
    prepared: Prepared,
    site: Site,
    ambient: Vec<(OsString, OsString)>,
    _elsewhere: Elsewhere,
}

/// Does the steps of a run again. The progress callback hears what happens, as it happens.
pub fn replay(options: &Options, progress: &(dyn Fn(Progress<'_>) + Sync)) -> Result<Live, Error> {
    let interrupt = Interrupt::on_signals()?;
    let around = options.folder.canonicalize().unwrap_or_else(|_| options.folder.clone());
    let checkout = Checkout::open(&options.folder, None)?;
    let site = governed::site(&checkout, &around)?;
    let storage = shown::storage(&site.record);
    let verified = verify::verify(&storage)?;
    let opened = shown::whole(storage, verified.reading.lines);
    let run = opened.named(options.run.as_deref())?;
    let report = opened.report(&run)?;
    refuse_replay(&report)?;
    let mut live = empty(&report);
    if !verified.faults.is_empty() {
        (live.altered, live.verdict) = (verified.faults, Verdict::Differs);
        return Ok(live);
    }
    let plan = plan(&opened, &report);
    let ground = match plan {
        Err(why) => Err(why),
        Ok(plan) => ground(options, &around, &site, &opened, &report, &plan)?,
    };
    let ground = match ground {
        Ok(ground) => ground,
        Err(why) => {
            live.why = Some(why);
            return Ok(live);
        }
    };
    let now = present::of(checkout, &site);
    let again = execute(&ground, &report, progress, &interrupt)?;
    judge(&mut live, &ground, &report, now, &again)?;
    record(&live, &again)?;
    Ok(live)
}

/// A replay says how another run stands; done again it would say nothing more.
fn refuse_replay(report: &RunReport) -> Result<(), Error> {
    match &report.began.replays {
        None => Ok(()),
        Some(of) => Err(Error::usage("is-a-replay", format!("do {} again: it is a replay itself", report.began.run))
            .help(format!("cargo governed replay --live {of}"))),
    }
}

fn empty(report: &RunReport) -> Live {
    let subject = &report.began.subject;
    Live {
        run: report.began.run.clone(),
        replay: None,
        tree: Tree { source: "recorded", revision: subject.revision.clone(), dirty: subject.dirty },
        accept: "unknown",
        flaky_tests: (0, 0),
        steps: Vec::new(),
        altered: Vec::new(),
        why: None,
        checkout_unread: None,
        verdict: Verdict::NotComparable,
    }
}

/// The recorded plan; of a part of it, what that machine did.
fn plan(opened: &Opened, report: &RunReport) -> Result<Plan, String> {
    if !report.has_ended() {
        return Err("the run did not end".to_owned());
    }
    if !report.began.joins.is_empty() {
        return Err("it joins the runs of other machines: replay those where they were done".to_owned());
    }
    let mut steps = opened.record(&report.began.run).map_err(|error| error.message)?.plan().to_vec();
    if report.began.shard.is_some() {
        steps.retain(|step| report.steps.iter().any(|found| found.step == step.name));
    }
    if steps.is_empty() {
        Err("its plan has no steps, or is no longer kept".to_owned())
    } else {
        Ok(Plan { steps, left_out: Vec::new() })
    }
}

/// Writes the tree and makes the keys of the recorded plan on it; the reason where that can't be.
fn ground(
    options: &Options,
    around: &Path,
    site: &Site,
    opened: &Opened,
    report: &RunReport,
    plan: &Plan,
) -> Result<Result<Ground, String>, Error> {
    let (mut checkout, elsewhere) = match options.rev.as_deref() {
        Some(rev) => {
            let Place { checkout, elsewhere, .. } = place::open(&options.folder, Some(rev))?;
            let Some(elsewhere) = elsewhere else { return Ok(Err(format!("{rev} is no revision"))) };
            (checkout, elsewhere)
        }
        None => match recorded::write(around, &site.record, opened, report)? {
            Written::Whole(elsewhere) => (Checkout::open(elsewhere.root(), None)?, elsewhere),
            Written::Lost(why) => return Ok(Err(why)),
        },
    };
    let head = Examined::take(&mut checkout, None);
    let Some(ruling) = recorded::ruling(around, opened, &report.began, &head.facts) else {
        return Ok(Err("the text of its policy is no longer to be had".to_owned()));
    };
    let site = Site { root: elsewhere.root().to_path_buf(), record: site.record.clone() };
    let ambient: Vec<(OsString, OsString)> = env::vars_os().collect();
    let prepared = prepare::prepare(&Wanted {
        checkout: &checkout,
        facts: &head.facts,
        root: &site.root,
        policy: &ruling.policy,
        policy_text: PolicyText::from_elsewhere(&ruling.path, &ruling.text),
        plan: Some(plan),
        only: &[],
        ambient: &ambient,
        record: None,
        strength: Strength::Strong,
        salt: &record_salt::of(&site.record)?,
        platform: (env::consts::OS, env::consts::ARCH),
    })?;
    Ok(Ok(Ground { head, ruling, prepared, site, ambient, _elsewhere: elsewhere }))
}

/// A replay that was executed, and how long it took.
struct Again {
    run: String,
    store: Store,
    clock: clock::Stopwatch,
}

/// Executes every step that the run has a result of.
fn execute(
    ground: &Ground,
    then: &RunReport,
    progress: &(dyn Fn(Progress<'_>) + Sync),
    interrupt: &Interrupt,
) -> Result<Again, Error> {
    let clock = clock::Stopwatch::start();
    let Ground { head, ruling, prepared, site, ambient, .. } = ground;
    let store = Store::in_folder(&site.record)?;
    let mut subject = head.subject();
    subject.source = Source::Revision;
    let beginning = Beginning {
        subject,
        ruling,
        prepared,
        shard: then.began.shard,
        resumes: None,
        overridden: None,
        replays: Some(then.began.run.clone()),
    };
    own_folders::refuse_links(&head.facts)?;
    let run = beginning::begin(beginning, &BTreeSet::new(), &store)?;
    let has_result = |step: &str| {
        then.steps.iter().any(|found| found.step == step && found.state.is_some_and(|state| state != State::NotRun))
    };
    let names = prepared.plan.steps.iter().map(|step| step.name.clone());
    let mine: BTreeSet<String> = names.filter(|name| has_result(name)).collect();
    let missing = beginning::leave_out(&run, prepared, &mine, &BTreeSet::new(), &store)?;
    let doing: Vec<Planned> = beginning::planned(prepared, &mine, &BTreeSet::new())
        .into_iter()
        .filter(|planned| !missing.contains(&planned.step.name))
        .collect();
    let scene = Scene { run: &run, site, prepared, policy: &ruling.policy, facts: &head.facts, ambient };
    let goes_on = then.began.overridden.is_some();
    let ground = stage::ground(scene, goes_on, BTreeSet::new())?;
    let watching = stage::watching(scene, &ground, &store, interrupt);
    execute::execute(&ground, &doing, &store, &watching, progress, interrupt)?;
    Ok(Again { run, store, clock })
}

fn judge(
    live: &mut Live,
    ground: &Ground,
    then: &RunReport,
    checkout: Result<Prepared, Error>,
    again: &Again,
) -> Result<(), Error> {
    let opened = shown::open(&ground.site.record)?;
    let now = opened.report(&again.run)?;
    let replay = &ground.ruling.policy.replay;
    let bench = Bench {
        opened: &opened,
        then,
        now: &now,
        prepared: &ground.prepared,
        checkout: checkout.as_ref().ok(),
        replay,
    };
    let (steps, used) = replay_judged::judge(&bench);
    let any = |standing| steps.iter().any(|step| step.judged.standing == standing);
    live.verdict = match (any(Standing::Drifted), any(Standing::NotComparable)) {
        (true, _) => Verdict::Differs,
        (false, true) => Verdict::NotComparable,
        (false, false) => Verdict::Stands,
    };
    live.steps = steps;
    live.accept = replay_judged::word(replay.accept);
    live.flaky_tests = (u64::from(replay.flaky_tests), used);
    live.replay = Some(again.run.clone());
    live.checkout_unread = checkout.err().map(|error| error.message);
    let subject = ground.head.subject();
    if subject.source == Source::Revision {
        live.tree = Tree { source: "revision", revision: subject.revision, dirty: false };
    }
    Ok(())
}

/// The end of the replay in the record.
fn record(live: &Live, again: &Again) -> Result<(), Error> {
    let Again { run, store, clock } = again;
    let report = store.object(json::render(live).as_bytes())?;
    let verdict = live.verdict.as_str().to_owned();
    let replayed = Replayed { run: run.clone(), of: live.run.clone(), verdict: verdict.clone(), report };
    store.append(&Event::Replayed(replayed), Durability::Soon)?;
    let ended = RunEnded { run: run.clone(), verdict, duration_ms: clock.milliseconds(), certifiable: false };
    store.append(&Event::RunEnded(ended), Durability::Now)?;
    store.checkpoint()?;
    Ok(())
}
