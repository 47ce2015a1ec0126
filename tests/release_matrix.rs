//! Half a release, whatever broke it: five crates in a chain, their tags and their releases on a forge. A dry run in front of
//! every command ends as the command does and tells what it will do; at most one rerun, and five of five are out, once.
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use support::forge;
use support::forge::Forge;
use support::proxy::Fault;
use support::shop::CHAIN;
use support::shop::Shop;
use support::shop::acts;

const WITNESSES: &str = "[\"manifest\", \"changelog\", \"tag\", \"registry\", \"forge\"]";
/// The token that the forge of the tests asks for.
const FORGE_TOKEN: &str = "t0ken";

/// A workspace that is ready to come out, with a forge.
struct Scene {
    shop: Shop,
    forge: Forge,
}

impl Scene {
    /// None where the real registry may be left out.
    fn new() -> Option<Self> {
        let (mut shop, forge) = (Shop::demanding(CHAIN, WITNESSES)?, Forge::new());
        for (name, value) in
            [("GITHUB_API_URL", forge.url.as_str()), ("GITHUB_REPOSITORY", "o/r"), ("GITHUB_TOKEN", FORGE_TOKEN)]
        {
            shop.variables.push((name.to_owned(), value.to_owned()));
        }
        Some(Self { shop, forge })
    }

    /// What is left by the words of a dry run, which ends with 0 and does nothing.
    #[track_caller]
    fn would(&self) -> BTreeSet<String> {
        let before = (self.shop.proxy.uploads().len(), self.forge.changes());
        let (code, dry) = self.shop.publish(&[]);
        assert_eq!(code, 0, "{dry:#}");
        assert_eq!((self.shop.proxy.uploads().len(), self.forge.changes()), before, "a dry run sends nothing");
        without_state(&acts(&dry), "would")
    }

    /// Five of five crates, tags and releases, each once and of one version.
    #[track_caller]
    fn is_out(&self) {
        self.shop.is_out(CHAIN);
        let wanted: Vec<String> = CHAIN.iter().map(|(name, _)| format!("{name}-v0.1.0")).collect();
        assert_eq!(self.forge.released(), wanted, "one release on the forge each");
        let (code, again) = self.shop.publish(&["--execute"]);
        assert_eq!((code, acts(&again)), (0, vec![]), "nothing is left: {again:#}");
    }

    /// The hook of the remote that is asked before it takes anything.
    fn hook(&self) -> PathBuf {
        self.shop.remote().join("hooks/pre-receive")
    }
}

/// The acts in this state and in no other, without it.
#[track_caller]
fn without_state(acts: &[String], state: &str) -> BTreeSet<String> {
    let told = |act: &String| {
        let told = act.strip_prefix(state).and_then(|rest| rest.strip_prefix(": "));
        told.unwrap_or_else(|| panic!("{act} is not {state}")).to_owned()
    };
    acts.iter().map(told).collect()
}

/// One row: what breaks, the exit code of the command that meets it, and what a person does before the same command once more.
#[track_caller]
fn row(breaks: &dyn Fn(&Scene), met: i32, mends: &dyn Fn(&Scene)) {
    let Some(scene) = Scene::new() else { return };
    assert_eq!(scene.would().len(), CHAIN.len() * 4, "an upload, a tag, a push and a release each");
    breaks(&scene);
    let would = scene.would();
    let (code, first) = scene.shop.publish(&["--execute"]);
    assert_eq!(code, met, "{first:#}");
    let done = acts(&first);
    if met == 0 {
        let done = done.iter().map(|act| act.replacen("found", "done", 1)).collect::<Vec<_>>();
        assert_eq!(without_state(&done, "done"), would, "the dry run told what was done");
    } else {
        mends(&scene);
        let left = scene.would();
        assert!(!left.is_empty() && left.is_subset(&would), "{left:?} of {would:?}");
        let (code, second) = scene.shop.publish(&["--execute"]);
        assert_eq!(code, 0, "one rerun does it: {second:#}");
        assert_eq!(without_state(&acts(&second), "done"), left, "the dry run told what was left");
    }
    scene.is_out();
}

fn nothing(_: &Scene) {}

#[test]
fn the_registry_answers_500_to_c() {
    row(&|scene| scene.shop.proxy.fail("cc", Fault::Broken), 0, &nothing);
}

#[test]
fn the_registry_answers_500_to_c_for_as_long_as_the_command_tries() {
    let broken = |scene: &Scene| (0..5).for_each(|_| scene.shop.proxy.fail("cc", Fault::Broken));
    row(&broken, 4, &nothing);
}

#[test]
fn c_is_stored_and_the_connection_dropped() {
    row(&|scene| scene.shop.proxy.fail("cc", Fault::StoredThenCut), 0, &nothing);
}

#[test]
fn the_remote_refuses_the_tag_of_a() {
    let refuse = |scene: &Scene| {
        std::fs::create_dir_all(scene.shop.remote().join("hooks")).expect("a folder");
        let script = "#!/bin/sh\nwhile read -r _ _ name; do\n  case $name in refs/tags/aa-*) exit 1 ;; esac\ndone\n";
        std::fs::write(scene.hook(), script).expect("a hook");
        std::fs::set_permissions(scene.hook(), std::fs::Permissions::from_mode(0o755)).expect("a hook that runs");
    };
    row(&refuse, 4, &|scene| std::fs::remove_file(scene.hook()).expect("a hook"));
}

#[test]
fn the_forge_answers_403_to_the_release_of_a() {
    row(&|scene| scene.forge.fail("POST", "/releases", forge::Fault::Denied), 4, &nothing);
}

#[test]
fn the_tag_of_c_is_there_and_its_crate_is_not() {
    let tagged = |scene: &Scene| {
        let scratch = &scene.shop.scratch;
        scratch.git(&["tag", "-a", "-m", "by hand", "cc-v0.1.0"]);
        scratch.git(&["push", "-q", "origin", "refs/tags/cc-v0.1.0"]);
    };
    row(&tagged, 0, &nothing);
}

#[test]
fn the_index_is_late_with_c() {
    row(&|scene| scene.shop.proxy.fail("cc", Fault::Late(Duration::from_secs(4))), 0, &nothing);
}

/// The first tag of a repository turns what could not be judged without tags into what can: the proof is of before.
#[test]
fn the_command_was_killed_behind_the_first_tag_of_all() {
    let tagged = |scene: &Scene| {
        let scratch = &scene.shop.scratch;
        scratch.git(&["tag", "-a", "-m", "Release aa-v0.1.0", "aa-v0.1.0"]);
    };
    row(&tagged, 0, &nothing);
}
