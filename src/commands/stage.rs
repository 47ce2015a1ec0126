//! What all steps of a run share: where they run and what watches over them.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread;

use crate::commands::governed::Site;
use crate::commands::left_outputs::LeftOutputs;
use crate::commands::unnamed;
use crate::commands::watching;
use crate::commands::watching::Watching;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::policy::Policy;
use crate::record::store::Store;
use crate::steps::evidence::silent::silent_suites;
use crate::steps::execution::GRACE;
use crate::steps::execution::Ground;
use crate::steps::normal::places::Places;
use crate::steps::prepare::Prepared;
use crate::steps::scrub::Secrets;
use crate::world::process::interrupt::Interrupt;
use crate::world::snapshot::Snapshot;
use crate::world::target_folder;

/// A run that began, and what it was made from.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// The run.
    pub(crate) run: &'a str,
    /// Where its steps run, and where the record lies.
    pub(crate) site: &'a Site,
    /// The plan and its keys.
    pub(crate) prepared: &'a Prepared,
    /// The policy.
    pub(crate) policy: &'a Policy,
    /// What the tree says.
    pub(crate) facts: &'a Facts,
    /// The variables around us.
    pub(crate) ambient: &'a [(OsString, OsString)],
}

/// What the executor is given.
pub(crate) fn ground(scene: Scene<'_>, goes_on: bool, reused: BTreeSet<String>) -> Result<Ground, Error> {
    let Scene { run, site, prepared, policy, ambient, .. } = scene;
    let named: BTreeSet<String> = prepared.plan.steps.iter().flat_map(|step| step.env.iter().cloned()).collect();
    let tool = env::current_exe()
        .map_err(|error| Error::failed("no-tool", format!("find this program's own file: {error}")))?;
    Ok(Ground {
        run: run.to_owned(),
        tool,
        root: site.root.clone(),
        chain: Arc::new(prepared.chain.clone()),
        record: site.record.clone(),
        isolation: policy.run.isolation,
        output_cap: policy.run.output_cap,
        grace: GRACE,
        threads: thread::available_parallelism().map_or(1, std::num::NonZero::get),
        secrets: Secrets::of(ambient, &named),
        reused,
        goes_on,
    })
}

/// What watches over the attempts.
pub(crate) fn watching<'a>(
    scene: Scene<'a>,
    ground: &'a Ground,
    store: &'a Store,
    interrupt: &'a Interrupt,
) -> Watching<'a> {
    let prepared = scene.prepared;
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
    let executed = prepared.plan.steps.iter().filter(|step| !ground.reused.contains(&step.name));
    Watching {
        before: Snapshot::of(&prepared.listing),
        silent: silent_suites(&scene.facts.cargo),
        files: prepared.listing.files.iter().map(|listed| listed.path.to_string()).collect(),
        members: members(scene.facts),
        folders: unnamed::folders(scene.facts),
        began: Mutex::default(),
        touched: Mutex::default(),
        left: LeftOutputs::of(&ground.root, &prepared.plan.steps),
        prepared,
        locked: Mutex::default(),
        ground,
        sink: store,
        previous: watching::previous(executed, store),
        places,
        interrupt,
        canaries: Mutex::default(),
    }
}

/// The names of the packages of the main workspace.
fn members(facts: &Facts) -> Vec<String> {
    let members = facts.cargo.main_workspace().into_iter().flat_map(|workspace| &workspace.members);
    let packages = members.filter_map(|&index| facts.cargo.packages.get(index));
    packages.map(|package| package.name.value.clone()).collect()
}
