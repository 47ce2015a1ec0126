//! The keys of all steps of a plan, each with its ingredients, and the objects that the ingredients name.
//!
//! Pure: what the world was asked comes in as values, and a step's own variables only as keyed digests.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use crate::facts::digest::Digest;
use crate::facts::policy::find;
use crate::steps::environment::Environment;
use crate::steps::environment::looks_secret;
use crate::steps::inputs::Globs;
use crate::steps::inputs::Inputs;
use crate::steps::key::ABSENT;
use crate::steps::key::Ingredient;
use crate::steps::key::LISTING;
use crate::steps::key::LOCKFILE;
use crate::steps::key::Layer;
use crate::steps::key::Preimage;
use crate::steps::keyed_digest;
use crate::steps::needed_tools;
use crate::steps::needed_tools::Hold;
use crate::steps::needed_tools::Needed;
use crate::steps::outside;
use crate::steps::outside::Outside;
use crate::steps::plan;
use crate::steps::plan::Plan;
use crate::steps::step::Step;
use crate::world::cargo_chain::Chain;
use crate::world::cargo_chain::Part;
use crate::world::listing::Listing;
use crate::world::tools::Identified;
use crate::world::tools::Identity;
use crate::world::tools::Tool;

/// The most characters of a field of a step's definition that are shown.
const SHOWN: usize = 200;
/// What is told of a secret that a step is given.
const SET: &str = "set";

/// Everything that a key is made of beside the step.
pub struct Ground<'a> {
    /// The root of the tree.
    pub root: &'a Path,
    /// The files of the tree.
    pub listing: &'a Listing,
    /// What leads out of it.
    pub outside: &'a [Outside],
    /// The path of the lock file from the root: `Cargo.lock`.
    pub lock_path: &'a str,
    /// Its bytes as they are on the disk, checked in or not; none where it is not there.
    pub lock: Option<&'a [u8]>,
    /// The configuration around the tree.
    pub chain: &'a Chain,
    /// Who the tools are.
    pub tools: &'a Identified,
    /// The environment of a step.
    pub environment: &'a (dyn Fn(&Step) -> Environment + Sync),
    /// The secret of this record: a step's own variables are told apart by it, and never told.
    pub salt: &'a [u8],
    /// The system and the architecture: `linux`, `x86_64`.
    pub platform: (&'a str, &'a str),
}

/// The key of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// The key: the name of the object with the pre-image.
    pub key: Digest,
    /// The ingredients.
    pub preimage: Preimage,
    /// The canonical text of the ingredients, to be kept as an object.
    pub bytes: Vec<u8>,
    /// The tools that the step can't run without and that are missing, each with the reason.
    pub missing: Vec<String>,
    /// What the step may read and the key can't name.
    pub outside: Vec<Outside>,
}

impl Keyed {
    /// Why nothing can be reused under the key, where it does not name all that the step may read.
    pub fn doubt(&self) -> Option<String> {
        told(self.outside.iter()).map(|told| format!("not all that it may read is in the tree: {told}"))
    }

    /// What the step may read that makes its result prove nothing.
    pub fn reads_outside(&self) -> Option<String> {
        told(self.outside.iter().filter(|outside| outside.counts))
    }
}

/// The first of them, and how many more there are.
fn told<'o>(mut all: impl Iterator<Item = &'o Outside>) -> Option<String> {
    let first = all.next()?;
    let more = all.count();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    Some(format!("{} leads to {}{more}", first.at, first.to))
}

/// The keys of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The key of each step by its name.
    pub steps: BTreeMap<String, Keyed>,
    /// The objects that pre-images name: listings and the lock file. They are kept when a step begins.
    pub objects: BTreeMap<Digest, Arc<[u8]>>,
    /// Why no key can be trusted for a reuse: files that could not be read.
    pub doubt: Option<String>,
}

/// The tools that the steps of a plan hang on: what the world is to be asked.
pub fn tools(plan: &Plan, environment: &dyn Fn(&Step) -> Environment, chain: &Chain, root: &Path) -> Vec<Tool> {
    let mut found: Vec<Tool> = Vec::new();
    let mut known = BTreeMap::new();
    for step in &plan.steps {
        let stand_ins =
            known.entry(&step.env).or_insert_with(|| needed_tools::stand_ins(&environment(step), chain, root));
        found.extend(needed_tools::of(step).into_iter().chain(stand_ins.iter().cloned()).map(|needed| needed.tool));
    }
    found.sort();
    found.dedup();
    found
}

/// Makes the keys. The steps of a plan stand in order, so the keys of needs are there when they are needed.
pub fn keys(plan: &Plan, ground: &Ground<'_>) -> Keys {
    let mut keys = Keys { doubt: doubt(ground.listing), ..Keys::default() };
    let mut inputs = Inputs::new(ground.listing, apart(ground.lock_path));
    let mut environments = BTreeMap::new();
    let mut alike: Vec<(&Step, Ingredient)> = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        environments.entry(step.env.as_slice()).or_insert_with(|| Seen::of(step, ground));
        let listing = inputs.of(step.inputs.as_deref());
        let shown = Some(format!("{} files", listing.files).into());
        alike.push((step, Ingredient { shown, ..Ingredient::hidden(Layer::Source, LISTING, listing.digest) }));
    }
    let lock = ground.lock.map(|bytes| (Digest::of(bytes), bytes));
    let shared = Shared { ground, around: around(ground), lock: lock.map(|(digest, _)| digest) };
    let mut rest = alike.as_slice();
    while !rest.is_empty() {
        let (wave, behind) = rest.split_at(wave(rest));
        let keyed = wave.par_iter().with_min_len(8).map(|(step, listing)| {
            let seen = &environments[step.env.as_slice()];
            (step.name.clone(), shared.keyed(step, listing.clone(), seen, &keys.steps))
        });
        let keyed: Vec<(String, Keyed)> = keyed.collect();
        keys.steps.extend(keyed);
        rest = behind;
    }
    keys.objects = inputs.parts().map(|part| (part.digest, Arc::clone(&part.bytes))).collect();
    keys.objects.extend(lock.map(|(digest, bytes)| (digest, Arc::from(bytes))));
    keys
}

/// How many of the next steps need none of each other.
fn wave(steps: &[(&Step, Ingredient)]) -> usize {
    let mut names = BTreeSet::new();
    let free = steps.iter().take_while(|(step, _)| {
        let is_free = !step.needs.iter().any(|need| names.contains(need.as_str()));
        names.insert(step.name.as_str());
        is_free
    });
    free.count().max(1)
}

/// What steps with the same list of own variables see.
struct Seen {
    stand_ins: Vec<Needed>,
    variables: Vec<Ingredient>,
    outside: Vec<Outside>,
}

impl Seen {
    fn of(step: &Step, ground: &Ground<'_>) -> Self {
        let environment = (ground.environment)(step);
        let stand_ins = needed_tools::stand_ins(&environment, ground.chain, ground.root);
        let outside = outside::of_flags(&needed_tools::flags(&environment, ground.chain), ground.root);
        Self { stand_ins, variables: variables(&step.env, &environment, ground.salt), outside }
    }
}

/// What is the same for all steps.
struct Shared<'a> {
    ground: &'a Ground<'a>,
    around: Vec<Ingredient>,
    lock: Option<Digest>,
}

impl Shared<'_> {
    fn keyed(&self, step: &Step, listing: Ingredient, seen: &Seen, done: &BTreeMap<String, Keyed>) -> Keyed {
        let ground = self.ground;
        let globs = Globs::new(step.inputs.as_deref());
        let mut found = policy(step, ground, &globs, done);
        found.push(listing);
        if hangs_on_lock(step, &globs, ground.lock_path) {
            found.push(match self.lock {
                Some(digest) => Ingredient::hidden(Layer::Dependencies, LOCKFILE, digest),
                None => Ingredient::shown(Layer::Dependencies, LOCKFILE, ABSENT),
            });
        }
        let mut missing = Vec::new();
        for needed in needed_tools::of(step).iter().chain(&seen.stand_ins) {
            tool(needed, ground.tools, &mut found, &mut missing);
        }
        found.extend(seen.variables.iter().chain(&self.around).cloned());
        let preimage = Preimage::new(found);
        let bytes = preimage.bytes();
        let key = Digest::of(&bytes);
        let outside =
            ground.outside.iter().chain(&seen.outside).filter(|one| one.concerns(step, &globs)).cloned().collect();
        Keyed { key, preimage, bytes, missing, outside }
    }
}

/// Says whether a step reads the lock file: a command that says which files it reads, and is not cargo's, only if it
/// names it.
pub fn hangs_on_lock(step: &Step, globs: &Globs, lock_path: &str) -> bool {
    step.inputs.is_none() || step.resolves() || globs.holds(lock_path)
}

/// The digest of the files that each step of a plan reads, as its key names it.
pub fn sources(plan: &Plan, listing: &Listing, lock_path: &str) -> BTreeMap<String, Digest> {
    let mut inputs = Inputs::new(listing, apart(lock_path));
    plan.steps.iter().map(|step| (step.name.clone(), inputs.of(step.inputs.as_deref()).digest)).collect()
}

fn doubt(listing: &Listing) -> Option<String> {
    let first = listing.unread.first()?;
    let more = listing.unread.len() - 1;
    let others = if more == 0 { String::new() } else { format!(" and {more} more") };
    Some(format!("{}{others} could not be read: {}", first.path, first.problem.message))
}

/// Files of the tree that belong to another layer than the sources, so that a change is told under its own name.
fn apart(lock_path: &str) -> Vec<String> {
    let configuration = [".cargo/config", ".cargo/config.toml", "rust-toolchain", "rust-toolchain.toml"];
    let mut found: Vec<String> = configuration.map(str::to_owned).to_vec();
    found.extend([find::FILE.to_owned(), lock_path.to_owned()]);
    found
}

/// What is the same for all steps.
fn around(ground: &Ground<'_>) -> Vec<Ingredient> {
    let (os, arch) = ground.platform;
    let mut found =
        vec![Ingredient::shown(Layer::Platform, "os", os), Ingredient::shown(Layer::Platform, "arch", arch)];
    let layer = |part| if part == Part::Toolchain { Layer::Toolchain } else { Layer::Configuration };
    for file in &ground.chain.found {
        found.push(Ingredient::hidden(layer(file.part), file.name.as_str(), file.digest));
        for setting in &file.settings {
            found.push(Ingredient {
                layer: Layer::Configuration,
                name: format!("{} {}", file.name, setting.key).into(),
                digest: setting.digest,
                shown: setting.shown.as_deref().map(Arc::from),
            });
        }
    }
    for name in &ground.chain.absent {
        let part = if name.starts_with("rust-toolchain") { Part::Toolchain } else { Part::Cargo };
        found.push(Ingredient::shown(layer(part), name.as_str(), ABSENT));
    }
    found
}

/// The definition field by field, the keys of the needs, and the policy file where the step reads it.
fn policy(step: &Step, ground: &Ground<'_>, globs: &Globs, done: &BTreeMap<String, Keyed>) -> Vec<Ingredient> {
    let mut found = Vec::new();
    if let Value::Object(fields) = plan::definition(step) {
        for (name, value) in fields.into_iter().filter(|(name, _)| name != "from") {
            let text = value.to_string();
            let mut field = Ingredient::hidden(Layer::Policy, name, Digest::of(text.as_bytes()));
            field.shown = (text.len() <= SHOWN).then(|| text.into());
            found.push(field);
        }
    }
    for need in &step.needs {
        let key = done.get(need).map_or(Digest::ZERO, |keyed| keyed.key);
        found.push(Ingredient::hidden(Layer::Policy, format!("need {need}"), key));
    }
    let files = &ground.listing.files;
    let file = files.binary_search_by(|listed| listed.path.as_ref().cmp(find::FILE)).ok();
    if let Some(listed) = file.map(|index| &files[index]).filter(|_| globs.holds(find::FILE)) {
        found.push(Ingredient::hidden(Layer::Policy, find::FILE, listed.digest));
    }
    found
}

fn tool(needed: &Needed, tools: &Identified, found: &mut Vec<Ingredient>, missing: &mut Vec<String>) {
    let title = needed.tool.title();
    let Some(identity) = tools.identity(&needed.tool) else {
        if needed.hold == Hold::Required {
            let why = tools.missing(&needed.tool).unwrap_or("it was not looked for");
            missing.push(format!("{title}: {why}"));
        }
        found.push(Ingredient::shown(needed.layer, title, ABSENT));
        return;
    };
    if needed.tool.program == "rustc" {
        found.extend(compiler(identity));
    }
    let first = identity.says.lines().next().unwrap_or_default();
    let mut ingredient = Ingredient::hidden(needed.layer, title, Digest::of(identity.says.as_bytes()));
    ingredient.shown = (!first.starts_with("sha256:")).then(|| first.into());
    found.push(ingredient);
}

/// The lines of `rustc -vV` that tell compilers apart.
fn compiler(identity: &Identity) -> impl Iterator<Item = Ingredient> {
    const LINES: &[&str] = &["release", "commit-hash", "host", "LLVM version"];
    let lines = identity.says.lines().filter_map(|line| line.split_once(": "));
    let told = lines.filter(|(name, _)| LINES.contains(name));
    told.map(|(name, value)| Ingredient::shown(Layer::Toolchain, name, value))
}

/// The variables that a step with this list of own ones sees.
fn variables(own: &[String], environment: &Environment, salt: &[u8]) -> Vec<Ingredient> {
    let mut found = Vec::new();
    for variable in environment.identity() {
        let bytes = value_bytes(&variable.value);
        let digest = if own.contains(&variable.name) {
            keyed_digest::of(salt, &[variable.name.as_bytes(), b"=", &bytes].concat())
        } else {
            Digest::of(&bytes)
        };
        found.push(Ingredient::hidden(Layer::Environment, variable.name.as_str(), digest));
    }
    // A new token for the same service is no new question; that there is one, or none, is.
    for name in own.iter().filter(|name| looks_secret(name)) {
        let word = if environment.get(name).is_some() { SET } else { ABSENT };
        found.push(Ingredient::shown(Layer::Environment, name.as_str(), word));
    }
    found
}

fn value_bytes(value: &OsStr) -> Vec<u8> {
    value.as_encoded_bytes().to_vec()
}
