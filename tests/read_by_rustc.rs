//! What the compiler reads and no key names is found by what it says itself: outside of the tree it proves nothing, and
//! what git ignores or a variable that only says where things are stands in for no other result.
#![cfg(unix)]

mod support;

use serde_json::Value;
use support::checkout::Scratch;
use support::governed::TEST;
use support::governed::command;
use support::governed::document;
use support::governed::governed;
use support::governed::place;
use support::governed::step;
use support::tool;

const TESTED: &str = "#[test]\nfn it_works() {}\n";

fn of<'v>(run: &'v Value, key: &str) -> Vec<(&'v str, &'v str)> {
    let word = |doubt: &'v Value, key: &str| doubt[key].as_str().unwrap_or_default();
    let list = if key == "because" { &run["because"] } else { &run["steps"][0][key] };
    list.as_array().expect("a list").iter().map(|doubt| (word(doubt, "code"), word(doubt, "message"))).collect()
}

fn source(run: &Value) -> &str {
    run["steps"][0]["source"].as_str().unwrap_or_default()
}

/// A tree with a test below a folder with a file that is no part of the tree.
fn including(line: &str, policy: &str, more: &[(&str, &str)]) -> (Scratch, Scratch, String) {
    let outer = Scratch::new();
    outer.write("outer.txt", "pub const ONE: u8 = 1;\n");
    let path = outer.at("outer.txt").display().to_string();
    let library = format!("{}\n{TESTED}", line.replace("OUTER", &path));
    let scratch = place(policy, &[&[("src/lib.rs", library.as_str())][..], more].concat());
    (scratch, outer, path)
}

#[test]
fn a_file_outside_of_the_tree_that_is_compiled_in_proves_nothing() {
    for line in ["pub const TEXT: &str = include_str!(\"OUTER\");", "#[path = \"OUTER\"]\npub mod outer;"] {
        let (scratch, _outer, path) = including(line, TEST, &[]);
        document(&scratch, &["run"]);
        for _ in 0..2 {
            let (code, run) = document(&scratch, &["run"]);
            let because = of(&run, "because");
            let message = format!("the compiler read files that are not in the tree: {path}");
            assert_eq!((code, source(&run)), (3, "executed"), "{run:#}");
            assert!(
                because.len() == 1 && because[0].0 == "inputs-outside" && because[0].1.contains(&message),
                "{run:#}"
            );
        }
        // Once the source no longer names it, what was built from it is nobody's word any more.
        scratch.write("src/lib.rs", TESTED);
        assert_eq!(document(&scratch, &["run"]).0, 0);
        assert_eq!(source(&document(&scratch, &["run"]).1), "reused");
    }
}

#[test]
fn what_was_built_before_the_run_and_is_fresh_is_read_too() {
    let (scratch, _outer, _) = including("pub const BYTES: &[u8] = include_bytes!(\"OUTER\");", TEST, &[]);
    let built = |arguments: &[&str]| {
        let mut cargo = std::process::Command::new("cargo");
        assert!(cargo.args(arguments).current_dir(scratch.path()).output().expect("cargo").status.success());
    };
    built(&["test", "--offline", "--no-run"]);
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, of(&run, "because")[0].0), (3, "inputs-outside"), "{run:#}");
}

#[test]
fn a_file_that_git_ignores_and_the_compiler_reads_stands_in_for_no_other_result() {
    let ignore = (".gitignore", "/target\n/made.txt\n");
    let line = "pub const TEXT: &str = include_str!(\"../made.txt\");";
    let scratch = place(TEST, &[ignore, ("src/lib.rs", &format!("{line}\n{TESTED}"))]);
    scratch.write("made.txt", "one\n");
    document(&scratch, &["run"]);
    for _ in 0..2 {
        let (code, run) = document(&scratch, &["run"]);
        let notes = of(&run, "notes");
        assert_eq!((code, source(&run), notes[0].0), (0, "executed", "inputs-unnamed"), "{run:#}");
        assert!(notes[0].1.ends_with(": made.txt"), "{run:#}");
    }
    let planned = governed(&scratch, &["run", "--plan"]);
    assert!(planned.stdout.contains("does not count"), "{planned:?}");
    // A step that says that it makes it answers for it.
    let made = format!("{TEST}outputs = [\"made.txt\"]\n");
    let scratch = place(&made, &[ignore, ("src/lib.rs", &format!("{line}\n{TESTED}"))]);
    scratch.write("made.txt", "one\n");
    document(&scratch, &["run"]);
    assert_eq!(source(&document(&scratch, &["run"]).1), "reused");
}

#[test]
fn a_variable_that_no_key_names_and_the_compiler_reads_stands_in_for_no_other_result() {
    let scratch = place(TEST, &[("src/lib.rs", &format!("pub const HOME: &str = env!(\"HOME\");\n{TESTED}"))]);
    document(&scratch, &["run"]);
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, source(&run), of(&run, "notes")[0].0), (0, "executed", "inputs-unnamed"), "{run:#}");
    assert!(of(&run, "notes")[0].1.ends_with(": HOME"), "{run:#}");
}

#[test]
fn a_test_that_git_ignores_and_cargo_finds_stands_in_for_no_other_result() {
    let scratch = place(TEST, &[(".gitignore", "/target\n/tests\n"), ("src/lib.rs", TESTED)]);
    scratch.write("tests/z.rs", TESTED);
    document(&scratch, &["run"]);
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, source(&run), of(&run, "notes")[0].0), (0, "executed", "inputs-unnamed"), "{run:#}");
    assert!(of(&run, "notes")[0].1.ends_with(": tests/z.rs"), "{run:#}");
    std::fs::remove_file(scratch.at("tests/z.rs")).expect("a file");
    assert_eq!(source(&document(&scratch, &["run"]).1), "executed", "it was another suite");
}

#[test]
fn a_file_that_comes_and_goes_while_a_step_runs_makes_its_result_stand_in_for_no_other() {
    let script = "echo bad > src/new.rs; cat src/*.rs; rm src/new.rs; mkdir -p target; echo x > target/x";
    let steps = step("all", script, "") + &step("docs", "cat docs/*", "inputs = [\"docs/**\"]\nneeds = [\"all\"]");
    let scratch = place(&steps, &[]);
    for _ in 0..2 {
        let (code, run) = document(&scratch, &["run"]);
        assert_eq!((code, source(&run), of(&run, "notes")[0].0), (0, "executed", "inputs-unnamed"), "{run:#}");
        assert!(of(&run, "notes")[0].1.ends_with(" other: src"), "{run:#}");
        assert!(run["steps"][1]["notes"].as_array().expect("a list").is_empty(), "{run:#}");
    }
}

#[test]
fn folders_that_flags_take_libraries_from_are_reused_by_nobody() {
    let scratch = place(&step("all", "true", ""), &[]);
    let run = |flags: &str| {
        let mut command = command(&scratch, &["run", "--format", "json"]);
        let ran = tool::of(command.env("RUSTFLAGS", flags).output().expect("the binary runs"));
        let run: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        (ran.code, source(&run).to_owned())
    };
    for (flags, expected) in [("-L native=/opt/lib", "executed"), ("-L target/lib", "reused"), ("-Dwarnings", "reused")]
    {
        assert_eq!(run(flags).0, 0);
        assert_eq!(run(flags), (0, expected.to_owned()), "{flags}");
    }
}
