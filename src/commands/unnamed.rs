//! What the compiler said that it read for a step, held against what the step's key names.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;

use crate::facts::Facts;
use crate::facts::path;
use crate::steps::environment::Environment;
use crate::steps::event::Doubt;
use crate::steps::execution::Ground;
use crate::steps::execution::INPUTS_UNNAMED;
use crate::steps::inputs::Globs;
use crate::steps::prepare::Prepared;
use crate::steps::step::Profile;
use crate::steps::step::Step;
use crate::steps::unnamed;
use crate::steps::unnamed::Since;
use crate::world::dep_info;
use crate::world::folders::Folders;
use crate::world::stamp::Stamp;
use crate::world::stamp::Time;
use crate::world::target_folder;
use crate::world::tools::Tool;

/// The most names that a doubt tells.
const NAMED: usize = 5;

/// The folders that the compiler may be started in: those of the workspaces, from the root, the main one first.
pub(crate) fn folders(facts: &Facts) -> Vec<String> {
    let main = facts.cargo.main_workspace().into_iter();
    main.chain(&facts.cargo.workspaces).map(|workspace| workspace.folder.clone()).collect()
}

/// What a step had compiled from that no key names: what proves nothing because of it, and what is only never reused.
pub(crate) fn of(
    prepared: &Prepared,
    ground: &Ground,
    folders: &[String],
    step: &Step,
    began: Time,
) -> (Vec<Doubt>, Vec<Doubt>) {
    let builds = step.resolves();
    // A command that says which files it reads, and is not cargo's, is taken at its word.
    if !builds && (step.profile == Profile::Fmt || step.inputs.is_some()) {
        return (Vec::new(), Vec::new());
    }
    let none = Environment::default();
    let environment = prepared.environments.get(&step.name).map_or(&none, |seen| &**seen);
    let see = |name: &str| environment.get(name).map(OsString::from);
    let mut targets = target_folder::of(&ground.root, &ground.chain, &step.argv, &see);
    // A workspace within the tree builds in a folder of its own.
    targets.extend(folders.iter().map(|folder| ground.root.join(folder).join("target")));
    let infos = dep_info::below(&targets);
    if infos.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut known = known(&targets, &see);
    let compiler = Tool::named("rustc");
    let compiler = prepared.tools.identity(&compiler).and_then(|identity| identity.path.canonicalize().ok());
    known.extend(compiler.as_deref().and_then(Path::parent).and_then(Path::parent).map(Path::to_path_buf));
    let made: Vec<Globs> = prepared.plan.steps.iter().map(|step| Globs::new(Some(&step.outputs))).collect();
    let listed: BTreeSet<&str> =
        prepared.listing.files.iter().chain(&prepared.listing.inside).map(|one| &*one.path).collect();
    let is_named =
        |path: &str| listed.contains(path) || path == prepared.lock_path || made.iter().any(|globs| globs.holds(path));
    let plumbing: BTreeSet<&str> = environment.plumbing().map(|variable| variable.name.as_str()).collect();
    let held = unnamed::Ground {
        root: &ground.root,
        folders,
        is_named: &is_named,
        known: &known,
        plumbing: &plumbing,
        real: &|path| path.canonicalize().ok(),
        written: &|path| Stamp::at(path).map(|stamp| stamp.modified),
    };
    let found = unnamed::of(&infos, &held, Since { began, also_fresh: builds });
    let outside = doubt("inputs-outside", "the compiler read files that are not in the tree", &found.outside);
    let ignored = doubt(
        INPUTS_UNNAMED,
        "the compiler read files that git ignores, so its result stands in for no other",
        &found.ignored,
    );
    let variables = doubt(
        INPUTS_UNNAMED,
        "the compiler read variables that no key names, so its result stands in for no other",
        &found.variables,
    );
    (outside.into_iter().collect(), ignored.into_iter().chain(variables).collect())
}

/// The note that files came and went in folders that a step reads, which no look at its end can tell apart.
pub(crate) fn passed_through(folders: &Folders, step: &Step, root: &Path) -> Vec<Doubt> {
    let globs = Globs::new(step.inputs.as_deref());
    let makes = |folder: &str| {
        let of = |glob: &String| path::parent(glob.split(['*', '?', '[', '{']).next().unwrap_or_default()) == folder;
        step.outputs.iter().any(of)
    };
    let found = folders.passed_through(root).into_iter();
    let found = found.filter(|folder| globs.holds(&path::child(folder, "_")) && !makes(folder));
    let names = found.map(|folder| if folder.is_empty() { "the root".to_owned() } else { folder }).collect();
    let what = "files came and went while it ran, so its result stands in for no other";
    doubt(INPUTS_UNNAMED, what, &names).into_iter().collect()
}

fn doubt(code: &str, what: &str, names: &BTreeSet<String>) -> Option<Doubt> {
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let told = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| Doubt { code: code.to_owned(), message: format!("{what}: {told}{more}") })
}

/// The folders whose files keys name by other means, or that cargo makes.
fn known(targets: &[PathBuf], see: &dyn Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let home = |variable: &str, folder: &str| {
        let own = see(variable).filter(|own| !own.is_empty()).map(PathBuf::from);
        own.or_else(|| Some(Path::new(&see("HOME").or_else(|| env::var_os("HOME"))?).join(folder)))
    };
    let homes = [home("CARGO_HOME", ".cargo"), home("RUSTUP_HOME", ".rustup")];
    let mut found: Vec<PathBuf> = targets.iter().cloned().chain(homes.into_iter().flatten()).collect();
    let real: Vec<PathBuf> = found.iter().filter_map(|path| path.canonicalize().ok()).collect();
    found.extend(real);
    found.sort();
    found.dedup();
    found
}
