//! What cargo's configuration names by paths: programs that work for the compiler, and folders with sources.
//!
//! Pure. Cargo counts a path with a slash from the folder above the one that the file is in, and looks for a name without
//! one on the search path.

use std::path::Path;
use std::path::PathBuf;

use crate::world::cargo_chain;
use crate::world::cargo_chain::ChainFile;
use crate::world::cargo_chain::ChainSetting;
use crate::world::flag_paths;
use crate::world::plain_path::plain;

/// Variables that name a program which stands in for the compiler or works for it; those that end in `*` go on with a
/// target.
const VARIABLES: &[&str] = &[
    "RUSTC",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_LINKER",
    "RUSTDOC",
    "CARGO_BUILD_RUSTC",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTDOC",
    "CC",
    "CC_*",
    "CXX",
    "CXX_*",
    "AR",
    "AR_*",
    "HOST_CC",
    "HOST_CXX",
    "HOST_AR",
    "TARGET_CC",
    "TARGET_CXX",
    "TARGET_AR",
    "LD",
    "RANLIB",
    "PKG_CONFIG",
];
/// The same, by what stands before the target and behind it.
const OF_TARGETS: &[(&str, &str)] = &[
    ("CARGO_TARGET_", "_RUNNER"),
    ("CARGO_TARGET_", "_LINKER"),
    ("CARGO_HOST_", "_RUNNER"),
    ("CARGO_HOST_", "_LINKER"),
];

/// Says whether a variable names a program which stands in for the compiler or works for it.
pub fn is_program(variable: &str) -> bool {
    let named = VARIABLES.iter().any(|name| match name.strip_suffix('*') {
        Some(beginning) => variable.len() > beginning.len() && variable.starts_with(beginning),
        None => variable == *name,
    });
    named || OF_TARGETS.iter().any(|(before, behind)| variable.starts_with(before) && variable.ends_with(behind))
}

/// The programs in the value of such a variable: the first word, and the compiler behind a launcher (`ccache gcc`).
pub fn in_value(value: &str) -> Vec<String> {
    let mut words = value.split_whitespace();
    let first = words.next();
    let second = words.next().filter(|word| !word.starts_with('-'));
    // A path may hold spaces, and then the whole is the program.
    let whole = (second.is_some() && value.contains('/')).then_some(value);
    let found = [first, second, whole].into_iter().flatten();
    found.map(str::to_owned).collect()
}

/// The programs that a file of configuration puts in the compiler's place or lets work for it, as they are looked for
/// from the root.
pub fn programs(file: &ChainFile, root: &Path) -> Vec<String> {
    let found = file.settings.iter().flat_map(words);
    found.filter(|word| !word.is_empty()).map(|word| from_root(file, &word, root)).collect()
}

/// The programs that a setting on the command line names (`--config build.rustc='x'`), and those of its flags.
pub fn in_argument(text: &str) -> Vec<String> {
    let settings = cargo_chain::settings(text).1;
    let flags = settings.iter().flat_map(|setting| flag_paths::named(&flag_paths::in_setting(setting)).files);
    settings.iter().flat_map(words).chain(flags).collect()
}

fn words(setting: &ChainSetting) -> Vec<String> {
    let path: Vec<&str> = setting.path.iter().map(String::as_str).collect();
    let first = || setting.words.first().cloned().into_iter().collect();
    match path.as_slice() {
        ["build", "rustc" | "rustc-wrapper" | "rustc-workspace-wrapper" | "rustdoc"]
        | ["target" | "host", _, "linker"]
        | ["host", "linker"] => first(),
        ["target" | "host", _, "runner"] | ["host", "runner"] if setting.words.len() > 1 => first(),
        ["target" | "host", _, "runner"] | ["host", "runner"] => {
            setting.words.first().map(|value| in_value(value)).unwrap_or_default()
        }
        ["env", name] | ["env", name, "value"] if is_program(name) => {
            setting.words.first().map(|value| in_value(value)).unwrap_or_default()
        }
        ["build", "target"] => setting.words.iter().filter(|word| is_specification(word)).cloned().collect(),
        _ => Vec::new(),
    }
}

/// Says whether a target is a file that describes one.
pub fn is_specification(target: &str) -> bool {
    Path::new(target).extension().is_some_and(|end| end == "json")
}

/// A program as it is named from the root: for a file of the tree or above it the same at whatever depth the tree lies.
fn from_root(file: &ChainFile, word: &str, root: &Path) -> String {
    if !word.contains(['/', '\\']) || Path::new(word).is_absolute() {
        return word.to_owned();
    }
    let place = plain(&base(file).join(word));
    let is_of_user = file.name.starts_with(['$', '~']);
    let mut above = root.ancestors().enumerate().filter(|(_, folder)| folder.parent().is_some() && !is_of_user);
    let near = above.find_map(|(height, folder)| Some((height, place.strip_prefix(folder).ok()?)));
    match near {
        Some((0, rest)) => format!("./{}", rest.display()),
        Some((height, rest)) => format!("{}{}", "../".repeat(height), rest.display()),
        None => place.display().to_string(),
    }
}

/// The folders with sources that a file of configuration names: the setting, and the folder.
pub fn folders(file: &ChainFile) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for setting in &file.settings {
        let path: Vec<&str> = setting.path.iter().map(String::as_str).collect();
        if matches!(path.as_slice(), ["paths"] | ["patch", _, _, "path"] | ["source", _, "directory"]) {
            let places = setting.words.iter().map(|word| plain(&base(file).join(word)));
            found.extend(places.map(|place| (setting.key.clone(), place)));
        }
    }
    found
}

fn base(file: &ChainFile) -> &Path {
    file.path.parent().and_then(Path::parent).unwrap_or(&file.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::digest::Digest;
    use crate::world::cargo_chain::Part;

    fn file(name: &str, path: &str, settings: &[(&[&str], &[&str])]) -> ChainFile {
        let setting = |(path, words): &(&[&str], &[&str])| ChainSetting {
            key: path.join("."),
            path: path.iter().map(|&key| key.to_owned()).collect(),
            digest: Digest::ZERO,
            shown: None,
            words: words.iter().map(|&word| word.to_owned()).collect(),
        };
        let settings = settings.iter().map(setting).collect();
        let (name, path, digest) = (name.to_owned(), path.into(), Digest::ZERO);
        ChainFile { part: Part::Cargo, name, path, digest, settings, workspace: None }
    }

    #[test]
    fn a_program_is_named_from_the_root_wherever_its_configuration_lies() {
        let root = Path::new("/w/a/b");
        let wrapper: (&[&str], &[&str]) = (&["build", "rustc-wrapper"], &["tools/wrap"]);
        let of = |name: &str, path: &str| programs(&file(name, path, &[wrapper]), root);
        assert_eq!(of(".cargo/config.toml", "/w/a/b/.cargo/config.toml"), ["./tools/wrap"]);
        assert_eq!(of("../../.cargo/config.toml", "/w/.cargo/config.toml"), ["../../tools/wrap"]);
        assert_eq!(of("$CARGO_HOME/config.toml", "/home/u/.cargo/config.toml"), ["/home/u/tools/wrap"]);
        let several: [(&[&str], &[&str]); 6] = [
            (&["target", "cfg(unix)", "runner"], &["qemu -L x"]),
            (&["target", "x86_64-unknown-linux-gnu", "runner"], &["wasmtime", "run"]),
            (&["target", "x86_64-unknown-linux-gnu", "linker"], &["/usr/bin/clang"]),
            (&["env", "CC"], &["ccache gcc"]),
            (&["env", "HOME"], &["/x"]),
            (&["build", "rustc"], &[""]),
        ];
        let found = programs(&file(".cargo/config.toml", "/w/a/b/.cargo/config.toml", &several), root);
        assert_eq!(found, ["qemu", "wasmtime", "/usr/bin/clang", "ccache", "gcc"]);
    }

    #[test]
    fn variables_that_name_programs_are_known() {
        for name in ["RUSTC", "CARGO_BUILD_RUSTC_WRAPPER", "CARGO_TARGET_WASM32_WASIP1_RUNNER", "CC_aarch64_linux"] {
            assert!(is_program(name), "{name}");
        }
        for name in ["RUSTFLAGS", "CARGO_TARGET_DIR", "CC_", "PATH", "CARGO_BUILD_TARGET"] {
            assert!(!is_program(name), "{name}");
        }
    }

    #[test]
    fn folders_with_sources_are_found() {
        let settings: [(&[&str], &[&str]); 3] = [
            (&["paths"], &["../one", "two"]),
            (&["patch", "crates-io", "x", "path"], &["/three"]),
            (&["source", "vendored", "directory"], &["vendor"]),
        ];
        let found = folders(&file(".cargo/config.toml", "/w/a/.cargo/config.toml", &settings));
        let places: Vec<&Path> = found.iter().map(|(_, place)| place.as_path()).collect();
        assert_eq!(places, ["/w/one", "/w/a/two", "/three", "/w/a/vendor"].map(Path::new));
    }
}
