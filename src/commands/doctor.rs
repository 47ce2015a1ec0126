//! `doctor`: what around the tree keeps a check from seeing all, with a remedy a line.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;

use crate::commands::policy;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::cargo_config;
use crate::facts::kind::Kind;
use crate::facts::toolchain;
use crate::facts::zone::Zone;
use crate::world::checkout::Checkout;
use crate::world::git::repository::Repository;
use crate::world::installation;
use crate::world::reading;

/// What `doctor` needs of the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// `PATH`.
    pub search_path: OsString,
    /// `CARGO_HOME`, or `.cargo` in the home folder.
    pub cargo_home: Option<PathBuf>,
}

impl Surroundings {
    /// Those of this process.
    pub fn here() -> Self {
        let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"));
        Self {
            search_path: env::var_os("PATH").unwrap_or_default(),
            cargo_home: env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(Path::new(&home?).join(".cargo"))),
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// What it is: `git`, `history`, `policy`.
    pub name: &'static str,
    /// What was seen.
    pub seen: String,
    /// What to do, where something is to be done.
    pub remedy: Option<String>,
}

/// What `doctor` came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// What was looked at, in order.
    pub examined: Vec<Examination>,
}

impl Diagnosis {
    pub(super) fn good(&mut self, name: &'static str, seen: impl Into<String>) {
        self.examined.push(Examination { name, seen: seen.into(), remedy: None });
    }

    pub(super) fn ill(&mut self, name: &'static str, seen: impl Into<String>, remedy: impl Into<String>) {
        self.examined.push(Examination { name, seen: seen.into(), remedy: Some(remedy.into()) });
    }

    /// Says whether nothing is to be done.
    pub fn is_well(&self) -> bool {
        self.examined.iter().all(|examined| examined.remedy.is_none())
    }

    /// What `doctor` says to a person: a line for each thing, and a line for each remedy.
    pub fn told(&self) -> String {
        let mut text = String::new();
        for Examination { name, seen, remedy } in &self.examined {
            let mark = if remedy.is_some() { "!!" } else { "ok" };
            let _ = writeln!(text, "{mark} {name}: {seen}");
            if let Some(remedy) = remedy {
                let _ = writeln!(text, "   remedy: {remedy}");
            }
        }
        text
    }
}

/// Examines the surroundings of the tree around a folder. What keeps the tree from being read is a part of the answer.
pub fn doctor(folder: &Path, surroundings: &Surroundings) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    tools(&mut diagnosis, surroundings);
    match Repository::discover(folder) {
        Err(error) => refused(&mut diagnosis, "git", &error),
        Ok(None) => diagnosis.ill(
            "git",
            "there is no git repository: rules that ask the history have nothing to ask",
            "run inside a repository, or `git init`",
        ),
        Ok(Some(repository)) => shallow(&mut diagnosis, &repository),
    }
    match Checkout::open(folder, None) {
        Err(error) => refused(&mut diagnosis, "tree", &error),
        Ok(checkout) => tree(&mut diagnosis, checkout, folder, surroundings),
    }
    diagnosis
}

/// Says what kept something from being read.
pub(super) fn refused(diagnosis: &mut Diagnosis, name: &'static str, error: &Error) {
    let remedy = error.help.clone().unwrap_or_else(|| "mend what the message names".to_owned());
    diagnosis.ill(name, error.to_string(), remedy);
}

fn tools(diagnosis: &mut Diagnosis, surroundings: &Surroundings) {
    for (name, remedy) in [
        ("git", "install git"),
        ("cargo", "install Rust: https://rustup.rs"),
        ("rustfmt", "rustup component add rustfmt"),
        ("cargo-clippy", "rustup component add clippy"),
    ] {
        match installation::program(name, &surroundings.search_path) {
            Some(path) => diagnosis.good("tool", format!("{name} is {}", path.display())),
            None => diagnosis.ill("tool", format!("{name} is not on the path"), remedy),
        }
    }
}

fn shallow(diagnosis: &mut Diagnosis, repository: &Repository) {
    if repository.is_shallow() {
        diagnosis.ill(
            "history",
            "the clone is shallow: what lies behind its border is unproven",
            "git fetch --unshallow --tags (in GitHub Actions: `fetch-depth: 0` for actions/checkout)",
        );
    } else {
        diagnosis.good("history", "the clone is whole");
    }
}

fn tree(diagnosis: &mut Diagnosis, mut checkout: Checkout, folder: &Path, surroundings: &Surroundings) {
    let tree = std::mem::take(&mut checkout.tree);
    let facts = reading::read_facts(tree, |entry, limit| checkout.read(entry, limit), None);
    tags(diagnosis, &checkout, &facts);
    replaced_cargo(diagnosis, &facts);
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let root = checkout.root.clone().unwrap_or_default();
    aliases(diagnosis, &facts, &root, &folder, surroundings);
    match policy::of_tree(&facts) {
        Ok(policy) => diagnosis.good(
            "policy",
            policy
                .path
                .map_or_else(|| "none, the built-in defaults apply".to_owned(), |path| format!("{path} can be read")),
        ),
        Err(error) => faults(diagnosis, &error),
    }
}

/// Says what is wrong with the policy, a remedy a fault.
pub(super) fn faults(diagnosis: &mut Diagnosis, error: &Error) {
    for error in error.all() {
        let place = error.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        let remedy = error.help.clone().unwrap_or_else(|| "correct the policy there".to_owned());
        diagnosis.ill("policy", format!("{place}{error}"), remedy);
    }
}

/// Tags that are missing make every claim about releases unproven; whoever keeps a changelog has released something.
fn tags(diagnosis: &mut Diagnosis, checkout: &Checkout, facts: &Facts) {
    let released = facts.of_kind(Kind::Changelog).next().is_some();
    match checkout.history.tags() {
        Ok([]) if released => diagnosis.ill("tags", "there is a changelog and not one tag", "git fetch --tags"),
        Ok(tags) => diagnosis.good("tags", format!("{} are here", tags.len())),
        // That there is no history was said before.
        Err(_) => {}
    }
}

/// A toolchain that is named by its path brings a cargo of its own.
fn replaced_cargo(diagnosis: &mut Diagnosis, facts: &Facts) {
    for file in facts.of_kind(Kind::Toolchain) {
        let toolchain = toolchain::parse(file.text(), &mut Vec::new());
        match (toolchain.path, toolchain.channel) {
            (Some(path), _) => diagnosis.ill(
                "toolchain",
                format!("{} takes cargo and rustc from `{}`", file.path, path.value),
                "read what is there before you run cargo in this tree, or name a toolchain: cargo +stable",
            ),
            (None, Some(channel)) => diagnosis.good("toolchain", format!("{} asks for {}", file.path, channel.value)),
            (None, None) => {}
        }
    }
}

/// An alias named `governed` runs in our place wherever `cargo governed` is typed.
fn aliases(diagnosis: &mut Diagnosis, facts: &Facts, root: &Path, folder: &Path, surroundings: &Surroundings) {
    // What cargo reads at the root is the repository's own, whatever lies beside it.
    let own = |path: &str| path.starts_with(".cargo/") || facts.zone_by_place(path) == Zone::Own;
    let mut files: BTreeMap<PathBuf, String> = facts
        .of_kind(Kind::CargoConfig)
        .filter(|file| own(&file.path))
        .map(|file| (root.join(file.path.as_ref()), file.text().to_owned()))
        .collect();
    files.extend(installation::cargo_configurations(folder, surroundings.cargo_home.as_deref()));
    let mut found = false;
    for (path, text) in files {
        if cargo_config::parse(&text, &mut Vec::new()).get(&["alias", "governed"]).is_some() {
            found = true;
            diagnosis.ill(
                "alias",
                format!("{} has an alias `governed`: `cargo governed` runs that and not this program", path.display()),
                "remove the alias, or call `cargo-governed` by its own name",
            );
        }
    }
    if !found {
        diagnosis.good("alias", "no alias of cargo stands in for `governed`");
    }
}
