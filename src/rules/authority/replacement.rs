//! What a setting of cargo puts in the place of what it would use.

use crate::facts::cargo_config::Setting;
use crate::facts::cargo_config::SettingValue;
use crate::rules::authority::token;

/// A replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replacement {
    /// What is replaced.
    pub(super) what: &'static str,
    /// By what; empty where the setting names nothing.
    pub(super) by: String,
}

/// Folders of programs that no checkout lies in.
const SYSTEM: &[&str] = &["/usr/", "/bin/", "/sbin/", "/opt/", "/nix/store/", "c:/program", "c:\\program"];
/// Flags of the compiler, with the value behind them, that name a program.
const PROGRAMS: &[(&str, &str)] = &[
    ("linker=", "the linker"),
    ("codegen-backend=", "the code generator"),
    ("link-arg=-fuse-ld=", "the linker"),
    ("link-args=-fuse-ld=", "the linker"),
    ("link-arg=--ld-path=", "the linker"),
    ("link-args=--ld-path=", "the linker"),
    ("link-arg=-B", "the linker"),
    ("link-args=-B", "the linker"),
    ("--sysroot=", "the standard library"),
    ("--runtool=", "the start of doc tests"),
    ("--test-runtool=", "the start of doc tests"),
    ("--test-builder=", "the compiler of doc tests"),
];
/// Flags that have their value in a word of their own.
const APART: &[&str] = &["--sysroot", "--runtool", "--test-runtool", "--test-builder"];
/// Groups of lints that leave nothing to deny.
const ALL_LINTS: &[&str] = &["warnings", "clippy::all"];
/// Variables by which a library gets into every program.
const PRELOADS: &[&str] = &["LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES"];

/// What a setting replaces, if it replaces anything.
pub(super) fn of(setting: &Setting) -> Option<Replacement> {
    let path: Vec<&str> = setting.path.iter().map(String::as_str).collect();
    let value = setting.value.shown();
    let by_value = |what| Some(Replacement { what, by: value.clone() });
    match path.as_slice() {
        ["build", "rustc"] => by_value("the compiler"),
        ["build", "rustdoc"] => by_value("rustdoc"),
        ["build", "rustc-wrapper" | "rustc-workspace-wrapper"] if !value.is_empty() => {
            by_value("the call of the compiler")
        }
        ["target", _, "runner"] => by_value("the start of tests and binaries"),
        ["target", _, "linker"] if is_of_the_tree(&value) => by_value("the linker"),
        ["build" | "profile" | "target", .., "rustflags" | "rustdocflags"] => flags(&setting.value),
        ["env", _, "force"] if setting.value == SettingValue::Flag(true) => by_value("a variable of the environment"),
        ["env", name] | ["env", name, "value"] if PRELOADS.contains(name) => by_value("parts of every program"),
        ["paths"] => by_value("packages"),
        ["source", _, "replace-with"] => by_value("the source of packages"),
        ["registry" | "registries" | "credential-alias", ..] => {
            let by = token::programs(setting).into_iter().find(|program| is_of_the_tree(program))?;
            Some(Replacement { what: "the provider of tokens", by })
        }
        _ => None,
    }
}

/// The first flag that puts a program of the tree in the compiler's hands, or makes it say less.
fn flags(value: &SettingValue) -> Option<Replacement> {
    let words: Vec<&str> = match value {
        SettingValue::Text(text) => text.split_whitespace().collect(),
        SettingValue::List(list) => list.iter().map(|word| word.value.as_str()).collect(),
        SettingValue::Flag(_) | SettingValue::Other => Vec::new(),
    };
    words.iter().enumerate().find_map(|(index, word)| flag(word, words.get(index + 1).copied()))
}

fn flag(word: &str, next: Option<&str>) -> Option<Replacement> {
    let replaced = |what, by: &str| Some(Replacement { what, by: by.to_owned() });
    if word.starts_with('@') {
        return replaced("the flags of the compiler", word);
    }
    if word.starts_with("--cap-lints") || allowed_lints(word, next).is_some_and(|lints| ALL_LINTS.contains(&lints)) {
        return replaced("the levels of lints", word);
    }
    let joined = next.filter(|_| APART.contains(&word)).map(|next| format!("{word}={next}"));
    let word = joined.as_deref().unwrap_or(word);
    let option = ["--codegen=", "-C", "-Z"].iter().find_map(|prefix| word.strip_prefix(prefix)).unwrap_or(word);
    if option.starts_with("llvm-plugins=") || (option.starts_with("link-arg") && option.contains("plugin")) {
        return replaced("parts of the compiler", option);
    }
    let named = PROGRAMS.iter().find_map(|(prefix, what)| Some((what, option.strip_prefix(prefix)?)));
    let (what, program) = named.filter(|(_, program)| is_of_the_tree(program))?;
    replaced(what, program)
}

fn allowed_lints<'a>(word: &'a str, next: Option<&'a str>) -> Option<&'a str> {
    match word {
        "-A" | "--allow" => next,
        _ => ["-A", "--allow="].iter().find_map(|prefix| word.strip_prefix(prefix)),
    }
}

/// Says whether a program may be one of the tree: a name without a folder is looked for on the search path.
fn is_of_the_tree(program: &str) -> bool {
    let program = program.trim();
    let lower = program.to_ascii_lowercase();
    let has_folder = program.contains(['/', '\\']);
    has_folder && (program.contains("..") || !SYSTEM.iter().any(|folder| lower.starts_with(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::cargo_config;

    fn replaced(text: &str) -> Option<&'static str> {
        cargo_config::parse(text, &mut Vec::new()).settings.iter().find_map(of).map(|found| found.what)
    }

    #[test]
    fn programs_of_the_tree_are_replacements_and_those_of_the_machine_are_not() {
        for (text, expected) in [
            ("[target.x]\nlinker = './evil.sh'", Some("the linker")),
            ("[target.x]\nlinker = '/proc/self/cwd/evil'", Some("the linker")),
            ("[target.x]\nlinker = 'rust-lld'", None),
            ("[target.x]\nlinker = 'aarch64-linux-gnu-gcc'", None),
            ("[target.x]\nlinker = '/usr/bin/clang'", None),
            ("[target.x]\nlinker = '/usr/../tmp/clang'", Some("the linker")),
            ("[build]\nrustflags = ['-Clinker=./evil.sh']", Some("the linker")),
            ("[build]\nrustflags = ['-C', 'linker=ci/evil']", Some("the linker")),
            ("[build]\nrustflags = '-C linker=clang'", None),
            ("[target.x]\nrustflags = ['-C', 'link-arg=-fuse-ld=lld']", None),
            ("[target.x]\nrustflags = ['-Clink-arg=-fuse-ld=./ld']", Some("the linker")),
            ("[target.x]\nrustflags = ['-Zcodegen-backend=cranelift']", None),
            ("[build]\nrustflags = ['-Dwarnings', '--cap-lints=allow']", Some("the levels of lints")),
            ("[build]\nrustflags = ['-A', 'warnings']", Some("the levels of lints")),
            ("[build]\nrustflags = ['-Adead_code', '--cfg', 'tokio_unstable']", None),
            ("[build]\nrustflags = ['@flags']", Some("the flags of the compiler")),
            ("[build]\nrustflags = ['--sysroot', './std']", Some("the standard library")),
            ("[build]\nrustdocflags = ['--test-runtool', './true']", Some("the start of doc tests")),
            ("[env]\nLD_PRELOAD = { value = 'evil.so', relative = true }", Some("parts of every program")),
            ("[env]\nLD_LIBRARY_PATH = 'lib'", None),
            ("[env]\nA = { value = '1', force = true }", Some("a variable of the environment")),
            ("[registries.a]\ncredential-provider = ['ci/steal.sh']", Some("the provider of tokens")),
            ("[registry]\ncredential-provider = 'sh -c ./steal.sh'", Some("the provider of tokens")),
            ("[registry]\nglobal-credential-providers = ['cargo:token', '/tmp/p x']", Some("the provider of tokens")),
            ("[credential-alias]\na = ['cargo:token-from-stdout', './p']", Some("the provider of tokens")),
            ("[registry]\nglobal-credential-providers = ['cargo:libsecret', 'cargo-credential-1password']", None),
            ("[registries.a]\ncredential-provider = ['/usr/bin/p', 'secret/data/x']", None),
            ("[registries.a]\nindex = 'sparse+https://a/b'\ntoken = 'a/b'", None),
        ] {
            assert_eq!(replaced(text), expected, "{text}");
        }
    }
}
