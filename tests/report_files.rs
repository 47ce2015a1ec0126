//! Reports of tests that a step leaves among its outputs are evidence, for the run and for its replay.
#![cfg(unix)]

mod support;

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use support::checkout::Scratch;
use support::tool;
use support::tool::Ran;

/// Does as `cargo nextest run` does with two tests, and with the canary as it must. What `report` holds is the report.
const CARGO: &str = r#"#!/bin/sh
if [ "$1" = -V ]; then echo 'cargo 1.95.0'; exit; fi
id=0b4f1a52-0000-4000-8000-$(date +%s%N | tail -c 13)
say() {
  echo "    Finished \`test\` profile [unoptimized + debuginfo] target(s) in 0.01s"
  echo "------------"
  echo " Nextest run ID $id with nextest profile: default"
  echo "    Starting 2 tests across 1 binary"
  echo "        $3 [   0.006s] (1/2) a $1"
  echo "        PASS [   0.078s] (2/2) a $2"
  echo "------------"
  if [ "$3" = FAIL ]; then echo "     Summary [   0.1s] 2 tests run: 1 passed, 1 failed, 0 skipped"
  else echo "     Summary [   0.1s] 2 tests run: 2 passed, 0 skipped"; fi
}
named() { sed -n "s/.*fn \($1[0-9a-f]*\)().*/\1/p" lib.rs; }
if [ -f lib.rs ]; then say tests::$(named f) tests::$(named p) FAIL >&2; exit 100; fi
say tests::one tests::two PASS >&2
mkdir -p target/nextest/default
file() {
  printf '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="nextest-run" tests="2" uuid="%s"><testsuite name="a">' "$1"
  printf '<testcase name="tests::one"/><testcase name="%s"/>%s' "$2" "$3"
}
case "$(cat report)" in
  own) file $id tests::two '</testsuite></testsuites>' > target/nextest/default/junit.xml ;;
  more) file $id tests::two '</testsuite><testsuite name="b"><testcase name="x"/></testsuite></testsuites>' | sed 's/tests="2"/tests="3"/' > target/nextest/default/junit.xml ;;
  torn) file $id tests::two '' > target/nextest/default/junit.xml ;;
  other) file 11111111-0000-4000-8000-000000000000 tests::two '</testsuite></testsuites>' > target/nextest/default/junit.xml ;;
  none) ;;
esac
"#;

struct House {
    tree: Scratch,
    around: tempfile::TempDir,
}

impl House {
    fn with(steps: &str) -> Self {
        let policy = format!("[run]\ninfer = false\n{steps}");
        let tree = Scratch::committed(&[
            ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"),
            ("Cargo.lock", "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n"),
            (".gitignore", "/target\n/report\n"),
            ("src/lib.rs", "//! A.\n"),
            ("governed.toml", &policy),
        ]);
        let around = tempfile::tempdir().expect("a folder");
        for (name, text) in [
            ("cargo", CARGO),
            ("cargo-nextest", "#!/bin/sh\necho 'cargo-nextest 0.9.143'\n"),
            ("rustc", "#!/bin/sh\necho 'rustc 1.95.0'; echo 'release: 1.95.0'\n"),
        ] {
            let path = around.path().join(name);
            std::fs::write(&path, text).expect("a writable file");
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("a program");
        }
        Self { tree, around }
    }

    fn governed(&self, arguments: &[&str]) -> Ran {
        let mut command = tool::command(self.tree.path(), arguments);
        command.env("PATH", format!("{}:/usr/bin:/bin", self.around.path().display())).env("HOME", self.around.path());
        tool::of(command.output().expect("the binary runs"))
    }

    /// Runs the one step anew, and gives the exit code and what is said of it.
    fn run(&self) -> (i32, Value) {
        let ran = self.governed(&["run", "--fresh", "--format", "json"]);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        (ran.code, document["steps"][0].clone())
    }

    fn stands(&self) {
        let ran = self.governed(&["replay"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

fn codes(step: &Value) -> Vec<&str> {
    step["unproven"].as_array().expect("doubts").iter().filter_map(|doubt| doubt["code"].as_str()).collect()
}

const NEXTEST: &str =
    "[[step]]\nname = \"test\"\nrun = [\"cargo\", \"nextest\", \"run\"]\noutputs = [\"target/nextest/**/*.xml\"]\n";

#[test]
fn the_report_of_this_very_run_of_nextest_is_evidence_and_a_replay_reads_it_again() {
    let house = House::with(NEXTEST);
    house.tree.write("report", "own");
    let (code, step) = house.run();
    assert_eq!((code, codes(&step).len()), (0, 0), "{step:#}");
    assert_eq!(step["evidence"]["tests"]["executed"], 2, "{step:#}");
    assert_eq!(step["evidence"]["reports"].as_array().map(Vec::len), Some(1), "{step:#}");
    house.stands();
    house.tree.write("report", "none");
    let (code, step) = house.run();
    assert_eq!((code, codes(&step)), (3, vec!["evidence-stale"]), "what an earlier run left is no evidence: {step:#}");
    assert_eq!(step["evidence"].get("reports"), None);
    house.stands();
}

#[test]
fn a_report_that_is_torn_of_another_run_or_counts_otherwise_proves_nothing() {
    let house = House::with(NEXTEST);
    for (report, expected) in [("torn", "evidence-unread"), ("other", "evidence-stale"), ("more", "evidence-unread")] {
        house.tree.write("report", report);
        let (code, step) = house.run();
        assert_eq!((code, codes(&step)), (3, vec![expected]), "{report}: {step:#}");
        house.stands();
    }
}

#[test]
fn the_reports_of_another_runner_are_counted_together() {
    let file = |suite: &str, cases: &str| format!("<testsuite name=\"{suite}\">{cases}</testsuite>");
    let (one, two) = (file("a", "<testcase name=\"x\"/>"), file("b", "<testcase name=\"y\"/><testcase name=\"z\"/>"));
    let script = format!("mkdir -p target/r; echo '{one}' > target/r/a.xml; echo '{two}' > target/r/b.xml");
    let step =
        format!("[[step]]\nname = \"suite\"\nrun = [\"sh\", \"-c\", '''{script}''']\noutputs = [\"target/r/*.xml\"]\n");
    let house = House::with(&step);
    let (code, step) = house.run();
    assert_eq!((code, &step["evidence"]["tests"]["executed"]), (0, &3.into()), "{step:#}");
    house.stands();
}
