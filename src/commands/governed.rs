//! What the verbs of governed runs share: the tree, the policy, the plan and the keys, made in this order.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::commands::check;
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
use crate::rules;
use crate::steps::environment;
use crate::steps::environment::Class;
use crate::steps::environment::Environment;
use crate::steps::environment::Variable;
use crate::steps::evidence::environment::ADDED;
use crate::steps::evidence::environment::REMOVED;
use crate::steps::keys;
use crate::steps::keys::Ground;
use crate::steps::keys::Keys;
use crate::steps::plan;
use crate::steps::plan::OPTIONAL_TOOLS;
use crate::steps::plan::Plan;
use crate::steps::policy_text::PolicyText;
use crate::steps::step::Step;
use crate::world::cargo_chain;
use crate::world::cargo_chain::Homes;
use crate::world::checkout::Checkout;
use crate::world::disk_storage::DiskStorage;
use crate::world::given;
use crate::world::hash_memo::HashMemo;
use crate::world::listing;
use crate::world::listing::Listing;
use crate::world::random;
use crate::world::record_folder;
use crate::world::tools;
use crate::world::tools::Around;
use crate::world::tools::Identified;

/// The lock file of the workspace at the root.
const LOCK: &str = "Cargo.lock";

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
    path: String,
    text: String,
}

/// All that is known before the first step begins.
pub(crate) struct Prepared {
    pub(crate) head: Examined,
    pub(crate) report: Report,
    pub(crate) ruling: Ruling,
    pub(crate) plan: Plan,
    pub(crate) listing: Listing,
    pub(crate) keys: Keys,
    pub(crate) tools: Identified,
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

/// The environment of this process.
pub(crate) fn ambient() -> Vec<(OsString, OsString)> {
    env::vars_os().collect()
}

/// What a step sees: the allowed part of the ambient environment, and what makes cargo's output readable.
pub(crate) fn environment_of(ambient: &[(OsString, OsString)], step: &Step) -> Environment {
    let mut environment = environment::of(ambient, &step.env);
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

/// Checks the tree, and makes the plan and its keys.
pub(crate) fn prepare(options: &Options, checkout: Checkout, site: &Site, names: &[String]) -> Result<Prepared, Error> {
    let memo = HashMemo::open(&site.record, &site.root);
    let listing = listing::list(&checkout, &checkout.tree, Some(&memo));
    // A memo that can't be written costs time, not truth.
    let _ = listing.remember(&memo);
    let head = Examined::read(checkout, None);
    let base = options.since.as_deref().map(|since| Checkout::open_base(&options.folder, since, None)).transpose()?;
    let base = base.map(|base| Examined::read(base, None));
    let ruling = rule(options, &head, base.as_ref())?;
    let ambient = ambient();
    let shared: BTreeMap<OsString, OsString> = environment::of(&ambient, &[])
        .variables
        .into_iter()
        .map(|variable| (OsString::from(variable.name), variable.value))
        .collect();
    let around = Around { root: &site.root, environment: &shared, record: Some(&site.record) };
    let installed: BTreeSet<String> = tools::installed(OPTIONAL_TOOLS, around).into_iter().map(str::to_owned).collect();
    let text = PolicyText::from_elsewhere(&ruling.path, &ruling.text);
    let mut plan = plan::plan(&ruling.policy, text, &head.facts, &installed)?;
    if !names.is_empty() {
        plan = plan::select(&plan, names)?;
    }
    let environment = |step: &Step| environment_of(&ambient, step);
    let chain = cargo_chain::read(&site.root, &homes(&shared));
    let tools = tools::identify(keys::tools(&plan, &environment, &chain), around);
    let lock = given::bytes_of(&site.root.join(LOCK));
    let salt = random::salt(&site.record)?;
    let keys = keys::keys(
        &plan,
        &Ground {
            listing: &listing,
            lock_path: LOCK,
            lock: lock.as_deref(),
            chain: &chain,
            tools: &tools,
            environment: &environment,
            salt: &salt,
            platform: (env::consts::OS, env::consts::ARCH),
        },
    );
    let report = judge(options, &head, base.as_ref(), &ruling);
    Ok(Prepared { head, report, ruling, plan, listing, keys, tools, ambient })
}

fn homes(environment: &BTreeMap<OsString, OsString>) -> Homes {
    let see = |name: &str| environment.get(&OsString::from(name)).map(PathBuf::from);
    let home = see("HOME").or_else(|| see("USERPROFILE"));
    Homes {
        cargo: see("CARGO_HOME").or_else(|| Some(home.as_ref()?.join(".cargo"))),
        settings: see("XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config"))),
    }
}

/// The policy: `--config`, else that of the base, else that of the tree.
fn rule(options: &Options, head: &Examined, base: Option<&Examined>) -> Result<Ruling, Error> {
    let commit = base.and_then(|base| base.subject().revision);
    if let Some(path) = &options.config {
        let (path, text) = (path.display().to_string(), given::read(path)?);
        return Ok(Ruling { policy: policy::of_text(&path, &text)?, base: commit, path, text });
    }
    let facts = base.map_or(&head.facts, |base| &base.facts);
    let policy = policy::of_tree(facts)?;
    let path = policy.path.as_deref().unwrap_or_default().to_owned();
    let text = facts.text(&path).unwrap_or_default().to_owned();
    Ok(Ruling { policy, base: commit, path, text })
}

fn judge(options: &Options, head: &Examined, base: Option<&Examined>, ruling: &Ruling) -> Report {
    let all: Vec<_> = rules::all().collect();
    let today = options.today.unwrap_or_else(|| head.date());
    let outcomes = head.outcomes(&all, &ruling.policy, base.map(|base| &base.facts), today);
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
    })
}

/// The options of the check that is part of a run.
pub(crate) fn options(folder: PathBuf, base: Option<String>, config: Option<PathBuf>) -> Options {
    Options { since: base, config, ..check::Options::in_folder(folder) }
}
