//! The programs that a step hangs on: their identities are ingredients of its key, and without one its claim is unproven.

use std::path::Path;

use crate::facts::shell::cargo_call::CargoCall;
use crate::steps::catalog::profile;
use crate::steps::environment::Environment;
use crate::steps::key::Layer;
use crate::steps::step::Profile;
use crate::steps::step::Step;
use crate::world::cargo_chain::Chain;
use crate::world::config_paths;
use crate::world::flag_paths;
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
        // The linker that the compiler starts where nothing names another, and the one that it starts in its turn.
        found.extend(["cc", "ld"].map(|program| plain(program, Hold::Optional)));
    }
    found.extend(in_arguments(&step.argv).map(|program| plain(program, Hold::Optional)));
    found
}

/// The programs and files that a command names itself: among flags of the compiler, and by `--config`.
fn in_arguments(argv: &[String]) -> impl Iterator<Item = String> {
    let separate = argv.windows(2).filter(|pair| pair[0] == "--config").map(|pair| pair[1].as_str());
    let joined = argv.iter().filter_map(|word| word.strip_prefix("--config="));
    let configured: Vec<String> = separate.chain(joined).flat_map(config_paths::in_argument).collect();
    let targets = argv.iter().map(|word| word.strip_prefix("--target=").unwrap_or(word));
    let described = targets.filter(|word| config_paths::is_specification(word)).map(str::to_owned);
    flag_paths::named(argv).files.into_iter().chain(configured).chain(described).filter(|program| !program.is_empty())
}

/// The flags of the compiler in the environment of a step and in cargo's configuration: where they stand, and they.
pub fn flags(environment: &Environment, chain: &Chain) -> Vec<(String, Vec<String>)> {
    let variables = environment.variables.iter().filter_map(|variable| {
        let flags = flag_paths::in_variable(&variable.name, variable.value.to_str()?);
        Some((variable.name.clone(), flags))
    });
    let settings = chain.found.iter().flat_map(|file| {
        file.settings.iter().map(|setting| (format!("{} {}", file.name, setting.key), flag_paths::in_setting(setting)))
    });
    variables.chain(settings).filter(|(_, flags)| !flags.is_empty()).collect()
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

/// The programs that the environment or cargo's configuration puts in the compiler's place, or lets work for it.
pub fn stand_ins(environment: &Environment, chain: &Chain, root: &Path) -> Vec<Needed> {
    let named = environment.variables.iter().filter(|variable| config_paths::is_program(&variable.name));
    let named = named.filter_map(|variable| variable.value.to_str()).flat_map(config_paths::in_value);
    let target = environment.get("CARGO_BUILD_TARGET").and_then(|value| value.to_str());
    let named = named.chain(target.filter(|target| config_paths::is_specification(target)).map(str::to_owned));
    let configured = chain.found.iter().flat_map(|file| config_paths::programs(file, root));
    let flagged = flags(environment, chain).into_iter().flat_map(|(_, flags)| flag_paths::named(&flags).files);
    let all = named.chain(configured).chain(flagged).filter(|program| !program.is_empty());
    let mut found: Vec<Needed> = all.map(|program| plain(program, Hold::Optional)).collect();
    found.sort();
    found.dedup();
    found
}
