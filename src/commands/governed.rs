//! What the verbs of governed runs share: the tree, the policy, the plan and the keys, made in this order.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crate::commands::authority;
use crate::commands::check::Options;
use crate::commands::examine::Examined;
use crate::commands::policy;
use crate::error::Error;
use crate::facts::policy::Policy;
use crate::judge::judging;
use crate::judge::judging::Base;
use crate::judge::judging::Case;
use crate::judge::report::Report;
use crate::record::kept::Past;
use crate::render::json;
use crate::render::sarif;
use crate::rules;
use crate::steps::base_policy;
use crate::steps::environment::Class;
use crate::steps::environment::Environment;
use crate::steps::environment::Variable;
use crate::steps::event::Machine;
use crate::steps::evidence::environment::ADDED;
use crate::steps::evidence::environment::REMOVED;
use crate::steps::policy_text::PolicyText;
use crate::steps::prepare;
use crate::steps::prepare::Prepared;
use crate::steps::prepare::Strength;
use crate::steps::prepare::Wanted;
use crate::world::checkout::Checkout;
use crate::world::clock;
use crate::world::disk_storage::DiskStorage;
use crate::world::given;
use crate::world::random;
use crate::world::record_folder;
use crate::world::record_salt;

/// The tree that a run is about, and where its record lies.
pub(crate) struct Site {
    /// The root of the tree, where steps run.
    pub(crate) root: PathBuf,
    /// The folder of the record.
    pub(crate) record: PathBuf,
}

/// The policy of a run, and the tree that it was taken from.
pub(crate) struct Ruling {
    /// The policy.
    pub(crate) policy: Policy,
    /// The commit of `--base`.
    pub(crate) base: Option<String>,
    /// What the tree takes away from the policy of the base, or loosens.
    pub(crate) told: Vec<String>,
    /// The file that it stands in.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// What the record keeps of the check: its report as programs read it.
pub(crate) struct Documents {
    pub(crate) json: String,
    pub(crate) sarif: String,
}

impl Documents {
    fn of(report: &Report) -> Self {
        Self { json: json::render(report), sarif: sarif::render(report) }
    }
}

/// All that is known before the first step begins.
pub(crate) struct Readied {
    pub(crate) head: Examined,
    pub(crate) report: Report,
    pub(crate) documents: Documents,
    pub(crate) ruling: Ruling,
    pub(crate) prepared: Prepared,
    pub(crate) ambient: Vec<(OsString, OsString)>,
}

/// Finds the root and the record of the tree around a folder.
pub(crate) fn site(checkout: &Checkout, folder: &Path) -> Result<Site, Error> {
    let Some(root) = checkout.root.clone() else {
        return Err(Error::usage("no-worktree", "run steps: the repository has no work tree")
            .help("name a revision with --rev, or clone the repository with a work tree"));
    };
    let record = record_folder::of(folder, &root)?;
    Ok(Site { root, record })
}

/// What earlier runs left; nothing where there is no record.
pub(crate) fn past(record: &Path) -> Result<Past, Error> {
    Past::load(Arc::new(DiskStorage::at(record)))
}

/// What a step sees beside its own environment: what makes the output of cargo and nextest readable.
pub(crate) fn readable(mut environment: Environment) -> Environment {
    let ours = |name: &str| REMOVED.contains(&name) || ADDED.iter().any(|(added, _)| *added == name);
    environment.variables.retain(|variable| !ours(&variable.name));
    environment.variables.extend(ADDED.iter().map(|(name, value)| Variable {
        name: (*name).to_owned(),
        value: (*value).into(),
        class: Class::Plumbing,
    }));
    environment.variables.sort();
    environment
}

/// The name of a run that begins now.
pub(crate) fn new_name() -> String {
    let day: String = clock::stamp().chars().filter(char::is_ascii_digit).take(14).collect();
    format!("{}-{}-{}", &day[..8], &day[8..], random::nonce(6))
}

/// This machine.
pub(crate) fn machine() -> Machine {
    Machine {
        os: env::consts::OS.to_owned(),
        arch: env::consts::ARCH.to_owned(),
        threads: thread::available_parallelism().map_or(1, std::num::NonZero::get),
    }
}

/// Checks the tree, and makes the plan and its keys.
///
/// `memory` is where answers and digests are remembered; none for a fresh folder, of which nothing will be asked again.
pub(crate) fn ready(
    options: &Options,
    mut checkout: Checkout,
    site: &Site,
    memory: Option<&Path>,
    only: &[String],
) -> Result<Readied, Error> {
    let head = Examined::take(&mut checkout, None);
    let rev = options.rev.as_deref();
    let base = options.since.as_deref().map(|since| Checkout::open_base(&options.folder, since, rev)).transpose()?;
    let base = base.map(|base| Examined::read(base, None));
    let head = head.since(base.as_ref());
    let ruling = rule(options, &head, base.as_ref())?;
    let ambient: Vec<(OsString, OsString)> = env::vars_os().collect();
    let wanted = Wanted {
        checkout: &checkout,
        facts: &head.facts,
        root: &site.root,
        policy: &ruling.policy,
        policy_text: PolicyText::from_elsewhere(&ruling.path, &ruling.text),
        only,
        ambient: &ambient,
        plan: None,
        record: memory,
        strength: Strength::Local,
        salt: &record_salt::of(&site.record)?,
        platform: (env::consts::OS, env::consts::ARCH),
    };
    // The rules need nothing of the plan, and the plan nothing of what they say.
    let judged = || {
        let report = judge(options, &head, base.as_ref(), &ruling);
        let documents = Documents::of(&report);
        (report, documents)
    };
    let (prepared, (report, documents)) = rayon::join(|| prepare::prepare(&wanted), judged);
    Ok(Readied { prepared: prepared?, head, report, documents, ruling, ambient })
}

/// The policy: `--config`, else that of the base, else that of the tree.
pub(crate) fn rule(options: &Options, head: &Examined, base: Option<&Examined>) -> Result<Ruling, Error> {
    let commit = base.and_then(|base| base.subject().revision);
    if let Some(path) = &options.config {
        let (path, text) = (path.display().to_string(), given::read(path)?);
        return Ok(Ruling { policy: policy::of_text(&path, &text)?, base: commit, path, text, told: Vec::new() });
    }
    let facts = base.map_or(&head.facts, |base| &base.facts);
    let mut policy = policy::of_tree(facts)?;
    // A policy of the tree that can't be read takes nothing away: the base's applies.
    let own = base.and_then(|_| policy::of_tree(&head.facts).ok());
    let told = own.map(|own| base_policy::join(&mut policy, &own)).unwrap_or_default();
    let path = policy.path.as_deref().unwrap_or_default().to_owned();
    let text = facts.text(&path).unwrap_or_default().to_owned();
    Ok(Ruling { policy, base: commit, path, text, told })
}

/// What all rules come to under a policy.
pub(crate) fn judge(options: &Options, head: &Examined, base: Option<&Examined>, ruling: &Ruling) -> Report {
    judge_by(options, head, base, ruling, None)
}

/// What all rules come to, where signers other than those of the base say who may sign for a change of it.
pub(crate) fn judge_by(
    options: &Options,
    head: &Examined,
    base: Option<&Examined>,
    ruling: &Ruling,
    signers: Option<&BTreeMap<String, Vec<u8>>>,
) -> Report {
    let all: Vec<_> = rules::all().collect();
    let today = options.today.unwrap_or_else(|| head.date());
    let change = base.and_then(|base| authority::change(head, base, signers, today));
    let outcomes = head.outcomes(&all, &ruling.policy, base.map(|base| (&base.facts, change.as_ref())), today);
    let then = base.map(|base| &base.facts);
    let base = base
        .zip(options.since.clone())
        .map(|(base, revision)| Base { revision, outcomes: base.outcomes(&all, &ruling.policy, None, today) });
    let subject = head.subject();
    judging::judge(Case {
        subject,
        facts: &head.facts,
        policy: &ruling.policy,
        outcomes,
        base,
        today,
        deny_warn: false,
        waivers_of: then,
    })
}

/// The options of the check that is part of a run.
pub(crate) fn options(folder: PathBuf, rev: Option<String>, base: Option<String>, config: Option<PathBuf>) -> Options {
    Options { rev, since: base, config, ..Options::in_folder(folder) }
}
