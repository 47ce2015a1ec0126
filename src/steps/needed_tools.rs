//! The programs that a step hangs on: their identities are ingredients of its key, and without one its claim is unproven.

use crate::facts::shell::cargo_call::CargoCall;
use crate::steps::catalog::profile;
use crate::steps::environment::Environment;
use crate::steps::key::Layer;
use crate::steps::step::Profile;
use crate::steps::step::Step;
use crate::world::cargo_chain::Chain;
use crate::world::tools::Tool;

/// How much a step hangs on a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hold {
    /// Without it the step can't run.
    Required,
    /// Where it is there, it decides.
    Optional,
}

/// A program that a step hangs on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Needed {
    /// The program.
    pub tool: Tool,
    /// The layer that it belongs to.
    pub layer: Layer,
    /// How much the step hangs on it.
    pub hold: Hold,
}

/// Subcommands that cargo itself has.
const BUILT_IN: &[&str] = &[
    "",
    "add",
    "bench",
    "build",
    "check",
    "clean",
    "config",
    "doc",
    "fetch",
    "fix",
    "generate-lockfile",
    "help",
    "info",
    "init",
    "install",
    "locate-project",
    "login",
    "logout",
    "metadata",
    "new",
    "owner",
    "package",
    "pkgid",
    "publish",
    "read-manifest",
    "remove",
    "report",
    "run",
    "rustc",
    "rustdoc",
    "search",
    "test",
    "tree",
    "uninstall",
    "update",
    "vendor",
    "verify-project",
    "version",
    "yank",
];

/// The programs of a step, in order.
pub fn of(step: &Step) -> Vec<Needed> {
    let mut found = match profile::cargo_call(&step.argv) {
        Some(call) => of_cargo(&call, step),
        None => of_program(step),
    };
    found.sort();
    found.dedup_by(|one, other| one.tool == other.tool && one.layer == other.layer);
    found
}

fn of_cargo(call: &CargoCall, step: &Step) -> Vec<Needed> {
    let toolchain = call.known_toolchain().map(str::to_owned);
    let needed = |program: &str, layer, hold| {
        let tool = Tool { program: program.to_owned(), toolchain: toolchain.clone() };
        Needed { tool, layer, hold }
    };
    let mut found =
        vec![needed("rustc", Layer::Toolchain, Hold::Required), needed("cargo", Layer::Toolchain, Hold::Required)];
    let subcommand = call.wrapper.as_deref().unwrap_or(&call.subcommand);
    match subcommand {
        "fmt" => found.push(needed("rustfmt", Layer::Tools, Hold::Required)),
        "clippy" => found.push(needed("cargo-clippy", Layer::Tools, Hold::Required)),
        built_in if BUILT_IN.contains(&built_in) => {}
        "nextest" | "semver-checks" | "hack" | "llvm-cov" => {
            found.push(plain(format!("cargo-{subcommand}"), Hold::Required));
        }
        // It may just as well be an alias of the repository's own.
        other => found.push(plain(format!("cargo-{other}"), Hold::Optional)),
    }
    if step.profile != Profile::Fmt {
        found.push(plain("cc", Hold::Optional));
    }
    found
}

/// Another program may well start cargo, so the toolchain counts where there is one.
fn of_program(step: &Step) -> Vec<Needed> {
    let optional = |program: &str| Needed { tool: Tool::named(program), layer: Layer::Toolchain, hold: Hold::Optional };
    let program = step.argv.first().cloned().unwrap_or_default();
    vec![plain(program, Hold::Required), optional("rustc"), optional("cargo")]
}

fn plain(program: impl Into<String>, hold: Hold) -> Needed {
    Needed { tool: Tool::named(program), layer: Layer::Tools, hold }
}

/// Variables that name a program which stands in for the compiler or works for it.
const STAND_INS: &[&str] = &["RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTDOC", "CC", "CXX", "AR"];
/// Settings of cargo that do the same.
const SETTINGS: &[&str] = &["build.rustc", "build.rustc-wrapper", "build.rustc-workspace-wrapper", "build.rustdoc"];

/// The programs that the environment or cargo's configuration puts in the compiler's place.
pub fn stand_ins(environment: &Environment, chain: &Chain) -> Vec<Needed> {
    let mut found: Vec<Needed> = STAND_INS
        .iter()
        .filter_map(|name| environment.get(name)?.to_str())
        .filter(|program| !program.is_empty())
        .map(|program| plain(program, Hold::Optional))
        .collect();
    let settings = chain.found.iter().flat_map(|file| &file.settings);
    for setting in settings.filter(|setting| SETTINGS.contains(&setting.key.as_str())) {
        let program = setting.shown.as_deref().unwrap_or_default().trim_matches(['"', '\'']);
        if !program.is_empty() {
            found.push(plain(program, Hold::Optional));
        }
    }
    found.sort();
    found.dedup();
    found
}
