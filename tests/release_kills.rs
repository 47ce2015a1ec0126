//! `kill -9` while `release prepare --execute` replaces files: the next command finds them all old or all new.
#![cfg(target_os = "linux")]

mod support;

use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use support::checkout::Scratch;
use support::governed::command;
use support::governed::document;
use support::governed::governed;
use support::release::change;
use support::release::manifest;

/// How many packages move together: so many files are replaced one after the other.
const PACKAGES: usize = 80;
/// How often it is killed at most, until one kill came between two files.
const ROUNDS: usize = 40;

const PREPARE: [&str; 7] = ["release", "prepare", "--offline", "--no-api", "--no-package", "--set", "a0=1.2.4"];

fn workspace() -> Scratch {
    let names: Vec<String> = (0..PACKAGES).map(|at| format!("\"a{at}\"")).collect();
    let mut files = vec![
        ("Cargo.toml".to_owned(), "[workspace]\nmembers = [\"a*\"]\nresolver = \"2\"\n".to_owned()),
        ("governed.toml".to_owned(), format!("[release]\ngroup = [[{}]]\n", names.join(", "))),
        (".gitignore".to_owned(), "/target\n".to_owned()),
    ];
    for at in 0..PACKAGES {
        files.push((format!("a{at}/Cargo.toml"), manifest(&format!("a{at}"), "1.2.3", "", "")));
        files.push((format!("a{at}/src/lib.rs"), "//! A.\n".to_owned()));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let scratch = Scratch::committed(&files);
    scratch.git(&["tag", "v1.2.3"]);
    change(&scratch, "a0/src/lib.rs", "mend it");
    scratch
}

/// How many manifests state the new version.
fn moved(scratch: &Scratch) -> usize {
    let is_new = |at: &usize| {
        let text = std::fs::read_to_string(scratch.at(&format!("a{at}/Cargo.toml"))).expect("a manifest is never gone");
        let (old, new) = (text.contains("\"1.2.3\""), text.contains("\"1.2.4\""));
        assert!(old != new, "a manifest is whole: {text}");
        new
    };
    (0..PACKAGES).filter(is_new).count()
}

/// Begins, and kills when something is seen; gives how many files were replaced.
fn killed(scratch: &Scratch, seen: &dyn Fn() -> bool) -> usize {
    let mut command = command(scratch, &[&PREPARE[..], &["--execute"]].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let until = Instant::now() + Duration::from_secs(120);
    while !seen() && child.try_wait().expect("a child").is_none() && Instant::now() < until {
        std::hint::spin_loop();
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it is gone");
    moved(scratch)
}

fn is_clean(scratch: &Scratch) -> bool {
    scratch.git(&["status", "--porcelain"]).is_empty()
}

#[test]
fn a_kill_between_two_files_is_mended_by_the_next_command() {
    let scratch = workspace();
    let first = scratch.at("a0/Cargo.toml");
    let is_begun =
        || std::fs::read_dir(scratch.at(".git/governed/edits")).is_ok_and(|mut found| found.next().is_some());
    let is_changed = || std::fs::read_to_string(&first).is_ok_and(|text| text.contains("1.2.4"));
    let mut between = 0;
    for round in 0..ROUNDS {
        let count = if round % 4 == 0 { killed(&scratch, &is_begun) } else { killed(&scratch, &is_changed) };
        let was_cut = scratch.at(".git/governed/edits").read_dir().is_ok_and(|mut found| {
            found.any(|entry| entry.expect("an entry").path().extension().is_some_and(|end| end == "json"))
        });
        if was_cut && count < PACKAGES {
            // A dry run writes nothing: it names the command that mends.
            let dry = governed(&scratch, &PREPARE);
            assert_eq!(dry.code, 2, "{dry:?}");
            assert!(dry.stderr.contains("could not read the work tree") && dry.stderr.contains("recover --execute"));
            assert_eq!(moved(&scratch), count);
        }
        between += usize::from(was_cut && count > 0 && count < PACKAGES);
        if round % 2 == 1 {
            let (_, found) = document(&scratch, &["recover"]);
            assert_eq!(found["edits"]["files"].as_array().map(Vec::len), was_cut.then_some(PACKAGES), "{found:#}");
            let (code, mended) = document(&scratch, &["recover", "--execute"]);
            assert_eq!((code, &mended["done"]), (0, &true.into()), "{mended:#}");
            let count = moved(&scratch);
            assert!(count == 0 && is_clean(&scratch) || count == PACKAGES, "{count}");
            scratch.git(&["restore", "--", "."]);
        }
        let ran = governed(&scratch, &[&PREPARE[..], &["--execute", "--allow-dirty"]].concat());
        assert_eq!((ran.code, moved(&scratch)), (0, PACKAGES), "{ran:?}");
        scratch.git(&["restore", "--", "."]);
        assert!(is_clean(&scratch), "nothing lies beside the files: {}", scratch.git(&["status", "--porcelain"]));
        if between > 1 && round > 4 {
            return;
        }
    }
    panic!("of {ROUNDS} kills {between} came between two files");
}
