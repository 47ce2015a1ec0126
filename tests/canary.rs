//! The canary with the real cargo: it fails where it must, and shows an environment that is forged.

use std::fs;
use std::path::Path;
use std::process::Command;

use cargo_governed::steps::evidence::canary::Standing;
use cargo_governed::steps::evidence::canary::plan;
use cargo_governed::steps::step::Profile;
use cargo_governed::steps::step::Step;

fn step(profile: Profile, argv: &[&str]) -> Step {
    Step::inferred("test", profile, argv.iter().map(|&word| word.to_owned()).collect(), "a test")
}

/// Runs the canary of a step in a tree with this cargo configuration.
fn standing(config: &str, step: &Step, variables: &[(&str, &str)]) -> Standing {
    let tree = tempfile::tempdir().expect("a folder");
    fs::create_dir(tree.path().join(".cargo")).expect("a folder");
    fs::write(tree.path().join(".cargo/config.toml"), config.replace("TREE", &tree.path().to_string_lossy()))
        .expect("a file");
    script(tree.path(), "swallow.sh", "#!/bin/sh\n\"$@\" >/dev/null 2>&1 || true\n");
    script(
        tree.path(),
        "no-tests.sh",
        "#!/bin/sh\nfor word; do shift; [ \"$word\" = --test ] || set -- \"$@\" \"$word\"; done\nexec \"$@\"\n",
    );
    script(
        tree.path(),
        "empty.sh",
        "#!/bin/sh\nprintf 'running 0 tests\\n\\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\\n'\n",
    );
    let canary = plan(step, "0123abcd").expect("a canary");
    let folder = tree.path().join(&canary.folder);
    fs::create_dir_all(&folder).expect("a folder");
    for (path, text) in &canary.files {
        fs::write(folder.join(path), text).expect("a file");
    }
    let mut command = Command::new(&canary.argv[0]);
    command.args(&canary.argv[1..]).current_dir(&folder).envs(variables.iter().copied());
    for name in ["CARGO_TARGET_DIR", "RUSTFLAGS", "RUSTC_WRAPPER", "NEXTEST", "NEXTEST_PROFILE", "RUST_TEST_THREADS"] {
        command.env_remove(name);
    }
    let output = command.output().expect("cargo starts");
    canary.judge(output.status.code(), &output.stdout, &output.stderr)
}

fn script(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
}

#[test]
fn it_fails_in_an_honest_environment() {
    let test = step(Profile::Test, &["cargo", "test", "--workspace", "--locked", "--", "--test-threads=1"]);
    assert_eq!(standing("", &test, &[]), Standing::Failed);
    // What a step may well do is no forgery.
    let flags = "[build]\nrustflags = [\"-Dwarnings\", \"-Funsafe_code\", \"-Dmissing_docs\"]\n[term]\nquiet = true\n";
    assert_eq!(standing(flags, &test, &[]), Standing::Failed);
}

#[cfg(unix)]
#[test]
fn a_forged_runner_is_seen() {
    let test = step(Profile::Test, &["cargo", "test"]);
    for runner in ["true", "TREE/swallow.sh", "TREE/empty.sh"] {
        let config = format!("[target.'cfg(all())']\nrunner = \"{runner}\"\n");
        assert_eq!(standing(&config, &test, &[]), Standing::Passed, "{runner}");
    }
    let given = step(Profile::Test, &["cargo", "--config", "target.'cfg(all())'.runner='true'", "test"]);
    assert_eq!(standing("", &given, &[]), Standing::Passed, "a runner on the command line");
}

#[cfg(unix)]
#[test]
fn a_wrapper_that_takes_the_tests_away_is_seen() {
    let test = step(Profile::Test, &["cargo", "test"]);
    let seen = standing("[build]\nrustc-wrapper = \"TREE/no-tests.sh\"\n", &test, &[]);
    assert!(!matches!(seen, Standing::Failed), "{seen:?}");
    let seen = standing("[build]\nrustc-wrapper = \"true\"\n", &test, &[]);
    assert!(matches!(seen, Standing::Unread(_) | Standing::Passed), "{seen:?}");
}

#[test]
fn what_cannot_be_built_is_unread() {
    let test = step(Profile::Test, &["cargo", "test", "--target", "no-such-target"]);
    assert!(matches!(standing("", &test, &[]), Standing::Unread(_)));
}

#[test]
fn the_canary_of_fmt_is_not_formatted() {
    let fmt = step(Profile::Fmt, &["cargo", "fmt", "--all", "--check"]);
    assert_eq!(standing("", &fmt, &[]), Standing::Failed);
    #[cfg(unix)]
    assert_eq!(standing("", &fmt, &[("RUSTFMT", "true")]), Standing::Passed);
}
