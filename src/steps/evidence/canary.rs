//! The canary: a test crate that must fail. An environment in which it passes turns failures into passes.
//!
//! It lies below the tree's `target/`, so that every configuration file that cargo reads for the tree it reads for the
//! canary too, and it is run with the step's own program, toolchain, `--config`, `--target` and `--release`. Its names are
//! drawn anew for each run, so that none can be skipped by name.

use crate::steps::event::Stream;
use crate::steps::evidence::capture::Capture;
use crate::steps::outcome::TestState;
use crate::steps::step::Profile;
use crate::steps::step::Step;

/// The folder of all canaries, from the root of the tree; below it one for each run, to be taken away afterwards.
pub const FOLDER: &str = "target/governed/canary";
/// From a canary's folder to the root of the tree.
const TO_ROOT: &str = "../../../../";

/// A canary, ready to be written and run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canary {
    /// The folder from the root of the tree: where its files go, and where it runs.
    pub folder: String,
    /// The files: the path in the folder, and the text.
    pub files: Vec<(String, String)>,
    /// What to run there, under the environment of the step.
    pub argv: Vec<String>,
    profile: Profile,
    fails: String,
    passes: String,
}

/// What the canary came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It failed, as it must.
    Failed,
    /// It passed: the environment is forged.
    Passed,
    /// It could not be built, or what it did could not be read: why.
    Unread(String),
}

/// The canary of a step; none where a step of its profile has none. The nonce is hexadecimal and drawn for this run.
pub fn plan(step: &Step, nonce: &str) -> Option<Canary> {
    let tail: &[&str] = match step.profile {
        Profile::Test => &["--offline", "--no-fail-fast", "--target-dir", "target"],
        Profile::Fmt => &["--check"],
        _ => return None,
    };
    let mut argv = command(step);
    argv.extend(tail.iter().map(|&word| word.to_owned()));
    let (fails, passes) = (format!("f{nonce}"), format!("p{nonce}"));
    Some(Canary {
        folder: format!("{FOLDER}/{nonce}"),
        files: vec![
            ("Cargo.toml".to_owned(), manifest(nonce)),
            ("lib.rs".to_owned(), source(&fails, &passes, step.profile)),
        ],
        argv,
        profile: step.profile,
        fails: format!("tests::{fails}"),
        passes: format!("tests::{passes}"),
    })
}

fn manifest(nonce: &str) -> String {
    format!(
        "[package]\nname = \"c{nonce}\"\nversion = \"0.0.0\"\nedition = \"2021\"\npublish = false\n\n\
         [lib]\npath = \"lib.rs\"\ndoctest = false\n\n[profile.test]\ndebug = 0\n\n[workspace]\n"
    )
}

/// The source: no lint of the compiler has anything to say about it, whatever `RUSTFLAGS` forbid.
fn source(fails: &str, passes: &str, profile: Profile) -> String {
    if profile == Profile::Fmt {
        return format!("//! Not formatted, as it must be.\n\n/// One.\npub   fn {fails} ( )->u8{{1}}\n");
    }
    format!(
        "//! Fails, as it must.\n\n#[cfg(test)]\nmod tests {{\n    #[test]\n    fn {fails}() {{\n        \
         let one: u32 = \"1\".parse().unwrap();\n        assert_eq!(one, 2, \"the canary fails, as it must\");\n    }}\n\n    \
         #[test]\n    fn {passes}() {{}}\n}}\n"
    )
}

/// The step's command without what selects packages, tests and profiles of its own workspace.
fn command(step: &Step) -> Vec<String> {
    let program = step.argv.first().map_or("cargo", String::as_str);
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program).trim_end_matches(".exe");
    let default = if step.profile == Profile::Fmt { "fmt" } else { "test" };
    if name == "cargo-nextest" {
        return [program, "nextest", "run"].map(str::to_owned).to_vec();
    }
    if name != "cargo" {
        return ["cargo", default].map(str::to_owned).to_vec();
    }
    let mut argv = vec![program.to_owned()];
    let arguments = &step.argv[1..];
    argv.extend(arguments.first().filter(|word| word.starts_with('+')).cloned());
    let own: Vec<&String> = arguments.iter().take_while(|word| word.as_str() != "--").collect();
    if step.profile == Profile::Test && own.iter().any(|word| word.as_str() == "nextest") {
        argv.extend(["nextest", "run"].map(str::to_owned));
    } else {
        argv.push(default.to_owned());
    }
    if step.profile == Profile::Test {
        argv.extend(kept(&own));
    }
    argv
}

/// The arguments that change what an environment does with any crate.
fn kept(arguments: &[&String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = arguments.iter().map(|word| word.as_str());
    while let Some(word) = words.next() {
        let (flag, value) = word.split_once('=').map_or((word, None), |(flag, value)| (flag, Some(value)));
        match flag {
            "--release" | "-r" => kept.push("--release".to_owned()),
            "--config" | "--target" | "-Z" => {
                if let Some(value) = value.or_else(|| words.next()) {
                    kept.extend([flag.to_owned(), from_root(flag, value)]);
                }
            }
            _ if word.starts_with("-Z") => kept.push(word.to_owned()),
            _ => {}
        }
    }
    kept
}

/// A value that names a file is told from the folder of the canary.
fn from_root(flag: &str, value: &str) -> String {
    let is_file = match flag {
        "--config" => !value.contains('='),
        "--target" => value.rsplit_once('.').is_some_and(|(_, ending)| ending == "json"),
        _ => false,
    };
    if is_file && !value.starts_with('/') { format!("{TO_ROOT}{value}") } else { value.to_owned() }
}

impl Canary {
    /// Judges what it did. The exit code is none where a signal ended it.
    pub fn judge(&self, exit: Option<i32>, stdout: &[u8], stderr: &[u8]) -> Standing {
        if exit == Some(0) {
            return Standing::Passed;
        }
        if self.profile == Profile::Fmt {
            let shown = memchr::memmem::find(stdout, b"Diff in ").is_some();
            return if shown { Standing::Failed } else { unread(stderr) };
        }
        let mut capture = Capture::default();
        capture.feed(Stream::Out, stdout);
        capture.feed(Stream::Err, stderr);
        let Some(report) = capture.finish().tests else {
            return unread(stderr);
        };
        let state = |name: &str| report.results.iter().find(|result| result.name == name).map(|result| result.state);
        match (state(&self.fails), state(&self.passes)) {
            (Some(TestState::Failed), Some(TestState::Passed)) => Standing::Failed,
            // With `panic = "abort"` the first failure ends the process.
            (None, _) if !report.cut_short.is_empty() && report.counts.executed <= 1 => Standing::Failed,
            // Quiet mode names only what failed.
            (None, None)
                if (report.counts.passed, report.counts.failed) == (1, 1)
                    && memchr::memmem::find(stdout, self.fails.as_bytes()).is_some() =>
            {
                Standing::Failed
            }
            _ => unread(stderr),
        }
    }
}

/// The last line that says something.
fn unread(stderr: &[u8]) -> Standing {
    let text = String::from_utf8_lossy(stderr);
    let last =
        text.lines().rfind(|line| line.starts_with("error")).or_else(|| text.lines().rfind(|line| !line.is_empty()));
    Standing::Unread(last.unwrap_or("it told nothing").chars().take(300).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(profile: Profile, argv: &[&str]) -> Step {
        Step::inferred("test", profile, argv.iter().map(|&word| word.to_owned()).collect(), "a test")
    }

    #[test]
    fn the_command_keeps_what_changes_the_environment() {
        let check = |argv: &[&str], expected: &str| {
            let canary = plan(&step(Profile::Test, argv), "0a").expect("a canary");
            let tail = " --offline --no-fail-fast --target-dir target";
            assert_eq!(canary.argv.join(" "), format!("{expected}{tail}"));
        };
        check(&["cargo", "test", "--workspace", "--locked"], "cargo test");
        check(&["cargo", "+1.88", "test", "-p", "a", "--", "--skip", "--config"], "cargo +1.88 test");
        check(&["/x/cargo", "--config", "ci.toml", "test"], "/x/cargo test --config ../../../../ci.toml");
        check(
            &[
                "cargo",
                "test",
                "--config=build.jobs=1",
                "--target=armv7-x",
                "-Zbuild-std",
                "--release",
                "--profile",
                "ci",
            ],
            "cargo test --config build.jobs=1 --target armv7-x -Zbuild-std --release",
        );
        check(&["cargo", "nextest", "run", "-P", "ci"], "cargo nextest run");
        check(&["just", "test"], "cargo test");
        assert_eq!(plan(&step(Profile::Doc, &["cargo", "doc"]), "0a"), None);
    }

    #[test]
    fn what_it_did_is_judged() {
        let canary = plan(&step(Profile::Test, &["cargo", "test"]), "0a").expect("a canary");
        let told = |fails: &str, passes: &str, passed: u8| {
            format!(
                "\nrunning 2 tests\ntest tests::p0a ... {passes}\ntest tests::f0a ... {fails}\n\n\
                 test result: FAILED. {passed} passed; {} failed; 0 ignored; 0 measured; 0 filtered out\n",
                2 - passed
            )
        };
        assert_eq!(canary.judge(Some(101), told("FAILED", "ok", 1).as_bytes(), b""), Standing::Failed);
        assert_eq!(canary.judge(Some(0), told("FAILED", "ok", 1).as_bytes(), b""), Standing::Passed);
        assert_eq!(canary.judge(Some(0), b"", b""), Standing::Passed);
        assert!(matches!(canary.judge(Some(101), told("FAILED", "FAILED", 0).as_bytes(), b""), Standing::Unread(_)));
        assert!(matches!(canary.judge(Some(101), told("ok", "FAILED", 1).as_bytes(), b""), Standing::Unread(_)));
        assert_eq!(canary.judge(Some(101), b"\nrunning 2 tests\n", b""), Standing::Failed);
        let broken = canary.judge(Some(101), b"", b"error: no such target\n");
        assert_eq!(broken, Standing::Unread("error: no such target".to_owned()));
    }
}
