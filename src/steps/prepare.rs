//! From a tree that was opened to the keys of its plan: every question to the world is asked here, each once.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Error;
use crate::facts::Facts;
use crate::facts::digest::Digest;
use crate::facts::path;
use crate::facts::policy::Policy;
use crate::steps::environment;
use crate::steps::environment::Environment;
use crate::steps::inputs;
use crate::steps::inputs::Part;
use crate::steps::keyed_digest;
use crate::steps::keys;
use crate::steps::keys::Ground;
use crate::steps::keys::Keys;
use crate::steps::outside;
use crate::steps::outside::Outside;
use crate::steps::plan;
use crate::steps::plan::OPTIONAL_TOOLS;
use crate::steps::plan::Plan;
use crate::steps::policy_text::PolicyText;
use crate::steps::step::Step;
use crate::world::beside::Beside;
use crate::world::cargo_chain;
use crate::world::cargo_chain::Chain;
use crate::world::cargo_chain::Homes;
use crate::world::checkout::Checkout;
use crate::world::hash_memo::HashMemo;
use crate::world::listing;
use crate::world::listing::Listing;
use crate::world::lock_file;
use crate::world::toolchain_choice;
use crate::world::tools;
use crate::world::tools::Around;
use crate::world::tools::Identified;

/// What is to be prepared.
pub struct Wanted<'a> {
    /// The tree; its `tree` may have gone into the facts.
    pub checkout: &'a Checkout,
    /// What it says.
    pub facts: &'a Facts,
    /// Where steps start: the root of the work tree, or of the folder that a revision was written into.
    pub root: &'a Path,
    /// The policy that applies.
    pub policy: &'a Policy,
    /// Its text, for the places of faults.
    pub policy_text: PolicyText<'a>,
    /// The plan of a recorded run, instead of the one that the policy and the tree make.
    pub plan: Option<&'a Plan>,
    /// `--step`; none for all steps.
    pub only: &'a [String],
    /// The variables around us.
    pub ambient: &'a [(OsString, OsString)],
    /// The folder of the record, where memos lie; none to read and ask everything anew.
    pub record: Option<&'a Path>,
    /// Whether the digests of a memo count. They do for what is reused here, not for what leaves the machine.
    pub strength: Strength,
    /// The secret of the record.
    pub salt: &'a [u8],
    /// The system and the architecture.
    pub platform: (&'a str, &'a str),
}

/// How the files of the tree are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// A file whose stamp is known is not read again.
    Local,
    /// Every byte is read.
    Strong,
}

/// A plan with its keys, and what they were made from.
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    /// How many steps there are, where `--step` chose some of them.
    pub chosen_of: Option<usize>,
    /// The keys of its steps.
    pub keys: Keys,
    /// The files of the tree with their stamps: [`Snapshot::of`](crate::world::snapshot::Snapshot::of) begins here.
    pub listing: Listing,
    /// The listing of the tree as an object: the subject of the run.
    pub subject: Part,
    /// The files around the tree.
    pub chain: Chain,
    /// Who the tools are, and which queries were started.
    pub tools: Identified,
    /// What each step sees; steps with the same list of own variables share one.
    pub environments: BTreeMap<String, Arc<Environment>>,
    /// The toolchain that the caller chose and the steps do not see, because the tree names its own.
    pub toolchain_withheld: Option<OsString>,
    /// The path of the lock file from the root.
    pub lock_path: String,
    /// Whether it was there.
    pub has_lock: bool,
    /// The lock file as it was just before it was read.
    pub lock_seen: Vec<Beside>,
    /// What leads out of the tree.
    pub outside: Vec<Outside>,
    root: PathBuf,
    salt: Vec<u8>,
    platform: (String, String),
}

impl Prepared {
    /// Which folder of this machine the steps run in.
    pub fn place(&self) -> Digest {
        place(&self.salt, &self.root)
    }

    /// The keys as they are since cargo wrote a lock file where there was none.
    pub fn keys_with(&self, lock: &[u8]) -> Keys {
        let of_step =
            |step: &Step| self.environments.get(&step.name).map(|seen| Environment::clone(seen)).unwrap_or_default();
        let ground = Ground {
            root: &self.root,
            listing: &self.listing,
            outside: &self.outside,
            lock_path: &self.lock_path,
            lock: Some(lock),
            chain: &self.chain,
            tools: &self.tools,
            environment: &of_step,
            salt: &self.salt,
            platform: (&self.platform.0, &self.platform.1),
        };
        keys::keys(&self.plan, &ground)
    }
}

/// A folder of this machine, told apart from others under the secret of a record; nobody can tell its name from it.
pub fn place(salt: &[u8], root: &Path) -> Digest {
    keyed_digest::of(salt, &[b"place ", root.as_os_str().as_encoded_bytes()].concat())
}

/// Makes the plan and its keys. A policy with faults is an error; a tool that is missing is told in the key of its step.
pub fn prepare(wanted: &Wanted<'_>) -> Result<Prepared, Error> {
    let chain = cargo_chain::read(wanted.root, &homes(wanted.ambient));
    let (ambient, toolchain_withheld) = toolchain_choice::apply(&chain, wanted.ambient);
    let common: BTreeMap<OsString, OsString> = environment::of(&ambient, &[])
        .variables
        .into_iter()
        .map(|variable| (OsString::from(variable.name), variable.value))
        .collect();
    let around = Around { root: wanted.root, environment: &common, record: wanted.record };
    let (plan, chosen_of) = match wanted.plan {
        Some(plan) => (plan.clone(), None),
        None => made(wanted, around)?,
    };
    let environments = environments(&plan, &ambient);
    let of_step = |step: &Step| environments.get(&step.env).map(|seen| Environment::clone(seen)).unwrap_or_default();
    let asked = keys::tools(&plan, &of_step, &chain, wanted.root);
    let (tools, listing) = rayon::join(|| tools::identify(asked, around), || list(wanted));
    let lock_path = lock_path(wanted.facts);
    let lock_seen = Beside::at(&wanted.root.join(&lock_path), &lock_path);
    let lock = lock_file::read(wanted.root, &lock_path)?;
    let outside = outside::of(wanted.facts, &listing, &chain, wanted.root);
    let ground = Ground {
        root: wanted.root,
        listing: &listing,
        outside: &outside,
        lock_path: &lock_path,
        lock: lock.as_deref(),
        chain: &chain,
        tools: &tools,
        environment: &of_step,
        salt: wanted.salt,
        platform: wanted.platform,
    };
    let keys = keys::keys(&plan, &ground);
    let subject = inputs::subject(&listing);
    let seen = |step: &Step| Some((step.name.clone(), Arc::clone(environments.get(&step.env)?)));
    let environments = plan.steps.iter().filter_map(seen).collect();
    let (salt, (os, arch)) = (wanted.salt.to_vec(), wanted.platform);
    let platform = (os.to_owned(), arch.to_owned());
    let has_lock = lock.is_some();
    Ok(Prepared {
        plan,
        chosen_of,
        keys,
        listing,
        subject,
        chain,
        tools,
        environments,
        toolchain_withheld,
        lock_path,
        has_lock,
        lock_seen,
        outside,
        root: wanted.root.to_path_buf(),
        salt,
        platform,
    })
}

/// The plan, and of how many steps `--step` chose it.
fn made(wanted: &Wanted<'_>, around: Around<'_>) -> Result<(Plan, Option<usize>), Error> {
    let installed: BTreeSet<String> = tools::installed(OPTIONAL_TOOLS, around).into_iter().map(str::to_owned).collect();
    let plan = plan::plan(wanted.policy, wanted.policy_text, wanted.facts, &installed)?;
    let chosen = plan::select(&plan, wanted.only)?;
    let chosen_of = (chosen.steps.len() < plan.steps.len()).then_some(plan.steps.len());
    Ok((chosen, chosen_of))
}

/// The environment of each list of own variables: most steps have none, and share one.
fn environments(plan: &Plan, ambient: &[(OsString, OsString)]) -> BTreeMap<Vec<String>, Arc<Environment>> {
    let mut made = BTreeMap::new();
    for step in &plan.steps {
        if !made.contains_key(&step.env) {
            made.insert(step.env.clone(), Arc::new(environment::of(ambient, &step.env)));
        }
    }
    made
}

fn list(wanted: &Wanted<'_>) -> Listing {
    let memo = match (wanted.record, wanted.strength) {
        (Some(record), Strength::Local) => Some(HashMemo::open(record, wanted.root)),
        _ => None,
    };
    let listing = listing::list(wanted.checkout, &wanted.facts.tree, memo.as_ref());
    // Without a memo the next run reads everything again, and is right just the same.
    let _ = memo.map(|memo| listing.remember(&memo));
    listing
}

/// The path of the lock file of the main workspace, there or not.
pub fn lock_path(facts: &Facts) -> String {
    let folder = facts.cargo.main_workspace().map_or("", |workspace| workspace.folder.as_str());
    path::child(folder, "Cargo.lock")
}

/// Where cargo and its tools look beside the tree, by the variables.
fn homes(ambient: &[(OsString, OsString)]) -> Homes {
    let variable = |name: &str| ambient.iter().find(|(own, _)| own == name).map(|(_, value)| PathBuf::from(value));
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    let below = |folder: &str| home.as_ref().map(|home| home.join(folder));
    Homes {
        cargo: variable("CARGO_HOME").or_else(|| below(".cargo")),
        settings: variable("XDG_CONFIG_HOME").or_else(|| below(".config")),
    }
}
