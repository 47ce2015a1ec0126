//! A tool behind links is another one once any link on the way is turned, though no file of either was touched.
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use cargo_governed::world::tools;
use cargo_governed::world::tools::Around;
use cargo_governed::world::tools::Identified;
use cargo_governed::world::tools::Tool;
use support::checkout::Scratch;

fn script(scratch: &Scratch, path: &str, body: &str) {
    scratch.write(path, format!("#!/bin/sh\n{body}\n"));
    std::fs::set_permissions(scratch.at(path), std::fs::Permissions::from_mode(0o755)).expect("a script");
}

fn turn(link: &Path, to: &str) {
    std::fs::remove_file(link).expect("a link");
    symlink(to, link).expect("a link");
}

struct Place {
    scratch: Scratch,
    root: PathBuf,
    environment: BTreeMap<OsString, OsString>,
}

impl Place {
    fn new() -> Self {
        let scratch = Scratch::new();
        let real = scratch.path().canonicalize().expect("a scratch place");
        let path = format!("{}:/usr/bin:/bin", real.join("bin").display());
        let variables = [("PATH", path.into()), ("HOME", real.join("home").into_os_string())];
        scratch.write("tree/Cargo.toml", "[package]\nname = \"a\"\n");
        std::fs::create_dir_all(real.join("bin")).expect("a folder");
        let environment = variables.into_iter().map(|(name, value)| (OsString::from(name), value)).collect();
        Self { root: real.join("tree"), scratch, environment }
    }

    fn ask(&self, tool: &str) -> Identified {
        let record = self.scratch.at("record");
        tools::identify(
            [Tool::named(tool)],
            Around { root: &self.root, environment: &self.environment, record: Some(&record) },
        )
    }

    /// What a tool says now, after its answer was remembered for certain.
    fn remembered(&self, tool: &str) -> String {
        std::thread::sleep(Duration::from_millis(2_100));
        self.ask(tool);
        self.said(tool)
    }

    fn said(&self, tool: &str) -> String {
        let found = self.ask(tool);
        found.identity(&Tool::named(tool)).unwrap_or_else(|| panic!("{found:?}")).says.clone()
    }
}

#[test]
fn a_program_behind_a_chain_of_links_is_seen_when_any_of_them_turns() {
    let place = Place::new();
    script(&place.scratch, "v1/cc", "echo one");
    script(&place.scratch, "v2/cc", "echo two");
    script(&place.scratch, "v1/other", "echo three");
    symlink("v1", place.scratch.at("current")).expect("a link");
    symlink("current/cc", place.scratch.at("alt")).expect("a link");
    symlink("../alt", place.scratch.at("bin/cc")).expect("a link");
    let first = place.remembered("cc");
    assert_eq!(place.said("cc"), first);
    turn(&place.scratch.at("current"), "v2");
    let second = place.remembered("cc");
    assert_ne!(second, first, "a folder on the way is another one");
    turn(&place.scratch.at("alt"), "v1/other");
    assert_ne!(place.said("cc"), second, "a link in the middle leads elsewhere");
}

#[test]
fn a_linked_toolchain_that_turns_is_another_one() {
    let place = Place::new();
    for version in ["v1", "v2"] {
        let sysroot = place.root.parent().expect("a folder").join(format!("built/{version}"));
        std::fs::create_dir_all(sysroot.join("lib")).expect("a folder");
        script(&place.scratch, &format!("built/{version}/bin/rustc"), &format!("echo {version}"));
    }
    std::fs::create_dir_all(place.scratch.at("home/.rustup/toolchains")).expect("a folder");
    let link = place.scratch.at("home/.rustup/toolchains/mine");
    symlink("../../../built/v1", &link).expect("a link");
    // As rustup's stand-in does: it starts the toolchain's own program, which knows its real place.
    script(
        &place.scratch,
        "bin/rustc",
        "real=$(readlink -f \"$HOME/.rustup/toolchains/mine\")\n\
         case \"$*\" in *sysroot*) echo \"$real\";; *) exec \"$real/bin/rustc\" \"$@\";; esac",
    );
    let first = place.remembered("rustc");
    assert!(first.starts_with("v1\n"), "{first}");
    assert!(place.ask("rustc").queries.is_empty(), "it is remembered");
    turn(&link, "../../../built/v2");
    assert!(place.said("rustc").starts_with("v2\n"));
}

#[test]
fn a_toolchain_that_the_tree_names_by_its_path_is_another_one_when_a_link_there_turns() {
    let place = Place::new();
    for version in ["v1", "v2"] {
        std::fs::create_dir_all(place.scratch.at(&format!("built/{version}/lib"))).expect("a folder");
        script(&place.scratch, &format!("built/{version}/bin/rustc"), &format!("echo {version}"));
    }
    symlink("v1", place.scratch.at("built/current")).expect("a link");
    let current = place.root.parent().expect("a folder").join("built/current");
    place.scratch.write("tree/rust-toolchain.toml", format!("[toolchain]\npath = \"{}\"\n", current.display()));
    script(
        &place.scratch,
        "bin/rustc",
        &format!(
            "real=$(readlink -f {})\ncase \"$*\" in *sysroot*) echo \"$real\";; *) exec \"$real/bin/rustc\";; esac",
            current.display()
        ),
    );
    assert!(place.remembered("rustc").starts_with("v1\n"));
    assert!(place.ask("rustc").queries.is_empty(), "it is remembered");
    turn(&current, "v2");
    assert!(place.said("rustc").starts_with("v2\n"));
}
