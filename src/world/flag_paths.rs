//! What flags of the compiler name by paths: the linker, what it is told to link with, files and folders.
//!
//! Pure. The compiler takes a path from the folder that it is started in, and looks for a name without a slash on the
//! search path.

use crate::world::cargo_chain::ChainSetting;

/// Variables with flags between spaces; those of a target stand before and behind its name.
const VARIABLES: &[&str] = &["RUSTFLAGS", "RUSTDOCFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_RUSTDOCFLAGS"];
/// Variables with flags between characters of their own.
const ENCODED: &[&str] = &["CARGO_ENCODED_RUSTFLAGS", "CARGO_ENCODED_RUSTDOCFLAGS"];
/// What stands between encoded flags.
const SEPARATOR: char = '\u{1f}';
/// Options whose value may be the next word.
const WITH_VALUE: &[&str] = &["-C", "-Z", "-L", "--codegen", "--sysroot", "--extern"];
/// Programs that link, as the driver of the linker is told to take them.
const TAKES: &[&str] = &["-fuse-ld=", "--ld-path="];

/// What some flags name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Programs and files, each as it is looked for from the root.
    pub files: Vec<String>,
    /// Folders with libraries.
    pub folders: Vec<String>,
}

/// The flags in the value of a variable; none where it is no variable with flags.
pub fn in_variable(name: &str, value: &str) -> Vec<String> {
    let of_target =
        |end: &str| ["CARGO_TARGET_", "CARGO_HOST_"].iter().any(|start| name.starts_with(start)) && name.ends_with(end);
    if ENCODED.contains(&name) {
        value.split(SEPARATOR).map(str::to_owned).collect()
    } else if VARIABLES.contains(&name) || of_target("_RUSTFLAGS") || of_target("_RUSTDOCFLAGS") {
        value.split_whitespace().map(str::to_owned).collect()
    } else {
        Vec::new()
    }
}

/// The flags of a setting of cargo's; none where it is another one.
pub fn in_setting(setting: &ChainSetting) -> Vec<String> {
    let path: Vec<&str> = setting.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["build" | "target" | "host", .., "rustflags" | "rustdocflags"] => {
            // Flags in one string stand between spaces, and one of a list may hold some.
            let parts = setting.words.iter().flat_map(|word| word.split_whitespace());
            let whole = setting.words.iter().map(String::as_str).filter(|word| word.contains(char::is_whitespace));
            parts.chain(whole).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// What flags name.
pub fn named(flags: &[String]) -> Named {
    let mut found = Named::default();
    let mut words = flags.iter().map(String::as_str).peekable();
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&word) {
            if let Some(value) = words.next() {
                option(word, value, &mut found);
            }
        } else if let Some(file) = word.strip_prefix('@') {
            found.files.push(file.to_owned());
        } else if let Some((name, value)) = WITH_VALUE.iter().find_map(|name| Some((name, word.strip_prefix(name)?))) {
            option(name, value.strip_prefix('=').unwrap_or(value), &mut found);
        }
    }
    found
}

fn option(name: &str, value: &str, found: &mut Named) {
    let behind = || value.split_once('=').map_or(value, |(_, path)| path);
    match name {
        "-L" => found.folders.push(behind().to_owned()),
        "--sysroot" => found.folders.push(value.to_owned()),
        "--extern" => found.files.extend(value.split_once('=').map(|(_, path)| path.to_owned())),
        _ => {
            let Some((key, value)) = value.split_once('=') else { return };
            match key {
                "linker" => found.files.push(value.to_owned()),
                "link-arg" | "link-args" | "pre-link-arg" | "pre-link-args" | "post-link-args" => {
                    value.split_whitespace().for_each(|word| linked(word, found));
                }
                // What a build writes.
                "incremental" | "profile-generate" => {}
                _ if value.contains('/') => found.files.push(value.to_owned()),
                _ => {}
            }
        }
    }
}

/// What a word for the linker names.
fn linked(word: &str, found: &mut Named) {
    if let Some(taken) = TAKES.iter().find_map(|start| word.strip_prefix(start)) {
        found.files.push(taken.to_owned());
        if !taken.contains('/') {
            found.files.push(format!("ld.{taken}"));
        }
        return;
    }
    for part in word.strip_prefix("-Wl,").unwrap_or(word).split([',', '=']) {
        match part.strip_prefix("-L").or_else(|| part.strip_prefix("-B")) {
            Some(folder) if !folder.is_empty() => found.folders.push(folder.to_owned()),
            _ if part.contains('/') => found.files.push(part.trim_start_matches("-T").to_owned()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(flags: &[&str]) -> (Vec<String>, Vec<String>) {
        let found = named(&flags.iter().map(|flag| (*flag).to_owned()).collect::<Vec<_>>());
        (found.files, found.folders)
    }

    #[test]
    fn linkers_files_and_folders_are_found_however_they_are_written() {
        for flags in [
            &["-Clinker=my-cc"][..],
            &["-C", "linker=my-cc"],
            &["--codegen=linker=my-cc"],
            &["--codegen", "linker=my-cc"],
        ] {
            assert_eq!(of(flags).0, ["my-cc"], "{flags:?}");
        }
        assert_eq!(of(&["-C", "link-arg=-fuse-ld=mold"]).0, ["mold", "ld.mold"]);
        assert_eq!(of(&["-Clink-args=--ld-path=/opt/ld -Wl,-L/opt/lib,/opt/x.o"]).0, ["/opt/ld", "/opt/x.o"]);
        assert_eq!(of(&["-Clink-args=-Wl,-L/opt/lib"]).1, ["/opt/lib"]);
        assert_eq!(of(&["-L", "native=/opt/lib", "-L/other"]).1, ["/opt/lib", "/other"]);
        assert_eq!(of(&["--sysroot", "/opt/rust"]).1, ["/opt/rust"]);
        assert_eq!(of(&["--extern", "a=/x/liba.rlib", "--extern", "b", "@flags"]).0, ["/x/liba.rlib", "flags"]);
        assert_eq!(of(&["-Zcodegen-backend=/opt/b.so", "-Cprofile-use=/tmp/p"]).0, ["/opt/b.so", "/tmp/p"]);
        assert_eq!(of(&["-Dwarnings", "-Copt-level=3", "--cfg", "x", "-Ctarget-cpu=native"]), Default::default());
        assert_eq!(of(&["-C"]), Default::default());
    }

    #[test]
    fn variables_hold_flags_each_in_its_own_way() {
        assert_eq!(in_variable("RUSTFLAGS", "-a  -b"), ["-a", "-b"]);
        assert_eq!(in_variable("CARGO_ENCODED_RUSTFLAGS", "-a b\u{1f}-c"), ["-a b", "-c"]);
        assert_eq!(in_variable("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "-a"), ["-a"]);
        assert!(in_variable("CARGO_TARGET_DIR", "-a").is_empty() && in_variable("PATH", "-a").is_empty());
    }
}
