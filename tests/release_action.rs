//! `command: release`: what a merged release pull request prepared comes out to a registry, a remote and a forge on loopback;
//! the release carries the proof, the digests and the files that were handed over, and is published when all are there.
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;

use cargo_governed::facts::digest::Digest;
use serde_json::Value;
use serde_json::json;
use support::forge::Fault;
use support::forge::Forge;
use support::shop::CHAIN;
use support::shop::Shop;
use support::shop::tags;
use support::sparse::Sparse;
use support::tool;
use support::tool::Ran;

const WITNESSES: &str = "[\"manifest\", \"tag\", \"registry\", \"forge\"]";

struct Job<'a> {
    shop: &'a Shop,
    forge: &'a Forge,
    folder: tempfile::TempDir,
}

impl Job<'_> {
    /// Runs the job; gives what it said, and its outputs.
    fn run(&self, more: &[(&str, &str)]) -> (Ran, BTreeMap<String, String>, String) {
        let at = |name: &str| self.folder.path().join(name);
        for name in ["outputs", "summary"] {
            let _ = std::fs::remove_file(at(name));
        }
        std::fs::create_dir_all(at("dist")).expect("a folder");
        std::fs::write(at("dist/aa.tar.gz"), "an archive").expect("a file");
        let mut command = self.shop.command(&["action"]);
        command
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_REPOSITORY", "o/r")
            .env("GITHUB_EVENT_NAME", "workflow_dispatch")
            .env("GITHUB_API_URL", &self.forge.url)
            .env("GITHUB_OUTPUT", at("outputs"))
            .env("GITHUB_STEP_SUMMARY", at("summary"))
            .env("INPUT_TOKEN", "t0ken")
            .env("INPUT_COMMAND", "release")
            .env("INPUT_BASE_REF", "base")
            .env("INPUT_PROOF", self.shop.proof())
            .env("INPUT_ASSETS", at("dist"))
            .envs(more.iter().copied());
        let ran = tool::of(command.output().expect("the binary runs"));
        let read = |name: &str| std::fs::read_to_string(at(name)).unwrap_or_default();
        let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        (ran, read("outputs").lines().filter_map(pair).collect(), read("summary"))
    }

    /// The only release, and its files by name.
    fn release(&self) -> (Value, BTreeMap<String, Vec<u8>>) {
        let state = self.forge.state();
        assert_eq!(state.releases.len(), 1, "{:#?}", state.releases);
        let name = |asset: &Value| asset["name"].as_str().expect("a name").to_owned();
        (state.releases[0].clone(), state.assets.iter().map(|(asset, bytes)| (name(asset), bytes.clone())).collect())
    }
}

/// Everything is out, once, and the release carries what it says.
fn is_out(job: &Job<'_>, sparse: &Sparse) {
    let (kept, _) = sparse.kept();
    assert!(kept.len() == 1 && kept.values().all(|versions| *versions == 1), "{kept:?}");
    assert_eq!(tags(&job.shop.remote()), [("aa-v0.1.0".to_owned(), job.shop.commit())]);
    let (release, assets) = job.release();
    assert_eq!((&release["tag_name"], &release["draft"]), (&json!("aa-v0.1.0"), &json!(false)));
    assert_eq!(assets.keys().collect::<Vec<_>>(), ["SHA256SUMS", "aa.tar.gz", "proof.intoto.jsonl"]);
    assert_eq!(assets["proof.intoto.jsonl"], std::fs::read(job.shop.proof()).expect("a proof"));
    let sums = String::from_utf8(assets["SHA256SUMS"].clone()).expect("a text");
    for name in ["aa.tar.gz", "proof.intoto.jsonl"] {
        assert!(sums.contains(&format!("{}  {name}\n", Digest::of(&assets[name]).hex())), "{sums}");
    }
}

#[test]
fn a_release_comes_out_with_its_proof_and_its_files_and_the_same_run_changes_nothing() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..1], WITNESSES, sparse.index());
    let forge = Forge::new();
    let job = Job { shop: &shop, forge: &forge, folder: tempfile::tempdir().expect("a folder") };
    let (dry, _, _) = job.run(&[("INPUT_DRY_RUN", "true")]);
    assert_eq!(dry.code, 0, "{dry:#?}");
    assert!(dry.stdout.contains("dry run: 4 acts would be done"), "{}", dry.stdout);
    assert_eq!((forge.changes(), sparse.kept().0.len()), (0, 0));
    let (ran, outputs, summary) = job.run(&[]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    is_out(&job, &sparse);
    assert_eq!((outputs["verdict"].as_str(), outputs["released"].as_str()), ("accepted", "true"));
    assert!(outputs["release-url"].starts_with("https://github.com/o/r/releases/"), "{outputs:?}");
    assert!(summary.starts_with("## \u{2705} Release: 4 of 4 acts"), "{summary}");
    assert!(summary.contains("* \u{2705} upload aa 0.1.0 to mine\n"), "{summary}");
    assert!(summary.contains(": [its page](https://github.com/o/r/releases/"), "{summary}");
    assert!(!ran.stdout.contains("t0ken") && !ran.stderr.contains("t0ken"), "{ran:#?}");
    let changes = forge.changes();
    let (again, outputs, _) = job.run(&[]);
    assert_eq!((again.code, outputs["released"].as_str()), (0, "false"), "{again:#?}");
    assert!(again.stdout.contains("nothing is left to release"), "{}", again.stdout);
    assert_eq!(forge.changes(), changes, "the same run changes nothing");
    is_out(&job, &sparse);
}

#[test]
fn each_release_carries_the_files_of_its_own_packages_and_no_others() {
    let sparse = Sparse::new();
    let shop = Shop::at(&[("aa", &[]), ("bb", &[])], WITNESSES, sparse.index());
    let forge = Forge::new();
    let job = Job { shop: &shop, forge: &forge, folder: tempfile::tempdir().expect("a folder") };
    let dist = job.folder.path().join("dist");
    std::fs::create_dir(&dist).expect("a folder");
    for name in ["aa-0.1.0-x86_64-unknown-linux-gnu.tar.gz", "bb-0.0.9.tar.gz", "notes.txt"] {
        std::fs::write(dist.join(name), name).expect("a file");
    }
    let (ran, _, _) = job.run(&[]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(ran.stdout.contains("bb-0.0.9.tar.gz goes to no release"), "{}", ran.stdout);
    let state = forge.state();
    let carried = |tag: &str| -> BTreeMap<String, String> {
        let release = state.releases.iter().find(|release| release["tag_name"] == tag).expect("a release");
        let own = state.assets.iter().filter(|(asset, _)| asset["release"] == release["id"]);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        own.map(|(asset, bytes)| (asset["name"].as_str().expect("a name").to_owned(), text(bytes))).collect()
    };
    let (first, second) = (carried("aa-v0.1.0"), carried("bb-v0.1.0"));
    let archive = "aa-0.1.0-x86_64-unknown-linux-gnu.tar.gz";
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        ["SHA256SUMS", archive, "aa.tar.gz", "notes.txt", "proof.intoto.jsonl"]
    );
    assert_eq!(second.keys().collect::<Vec<_>>(), ["SHA256SUMS", "notes.txt", "proof.intoto.jsonl"]);
    // The digests are those of what the release carries.
    assert!(first["SHA256SUMS"].contains(archive) && first["SHA256SUMS"].lines().count() == 4, "{first:#?}");
    assert!(!second["SHA256SUMS"].contains("  aa") && second["SHA256SUMS"].lines().count() == 2, "{second:#?}");
}

#[test]
fn an_enterprise_gets_its_release_below_its_own_path() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..1], WITNESSES, sparse.index());
    let forge = Forge::enterprise();
    let job = Job { shop: &shop, forge: &forge, folder: tempfile::tempdir().expect("a folder") };
    let (ran, outputs, _) = job.run(&[("GITHUB_SERVER_URL", "https://ghe.example")]);
    assert_eq!((ran.code, outputs["released"].as_str()), (0, "true"), "{ran:#?}");
    is_out(&job, &sparse);
    let below = |request: &support::forge::Request| request.path.starts_with("/api/v3/repos/o/r/");
    assert!(forge.state().requests.iter().all(below), "{:#?}", forge.state().requests);
}

#[test]
fn what_broke_off_is_gone_on_with_and_nothing_is_sent_twice() {
    for (method, part, fault, code) in [
        ("POST", "/releases", Fault::StoredThenBroken, 0),
        ("POST", "/assets", Fault::StoredThenBroken, 0),
        ("POST", "/assets", Fault::Denied, 4),
        ("PATCH", "/releases/", Fault::Denied, 4),
    ] {
        let sparse = Sparse::new();
        let shop = Shop::at(&CHAIN[..1], WITNESSES, sparse.index());
        let forge = Forge::new();
        let job = Job { shop: &shop, forge: &forge, folder: tempfile::tempdir().expect("a folder") };
        forge.fail(method, part, fault);
        let (ran, outputs, _) = job.run(&[]);
        assert_eq!(ran.code, code, "{method} {part}: {ran:#?}");
        if code == 4 {
            assert_eq!(outputs["verdict"], "unproven");
            assert_eq!(job.release().0["draft"], true, "nobody sees it before all is there");
            let (ran, _, _) = job.run(&[]);
            assert_eq!(ran.code, 0, "{method} {part}: {ran:#?}");
        }
        is_out(&job, &sparse);
    }
}

#[test]
fn without_a_signed_proof_of_this_commit_nothing_is_begun() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..1], WITNESSES, sparse.index());
    let forge = Forge::new();
    let job = Job { shop: &shop, forge: &forge, folder: tempfile::tempdir().expect("a folder") };
    assert_eq!(job.run(&[("INPUT_PROOF", "")]).0.code, 2);
    // The Action's own names are taken.
    std::fs::create_dir_all(job.folder.path().join("dist")).expect("a folder");
    std::fs::write(job.folder.path().join("dist/SHA256SUMS"), "mine").expect("a file");
    assert_eq!(job.run(&[]).0.code, 2);
    std::fs::remove_file(job.folder.path().join("dist/SHA256SUMS")).expect("a file");
    shop.scratch.write("aa/src/lib.rs", "//! Other.\n");
    shop.scratch.commit("other");
    let (ran, outputs, summary) = job.run(&[]);
    assert_eq!((ran.code, outputs["verdict"].as_str()), (1, "refused"), "{ran:#?}");
    assert!(summary.contains("other-commit"), "{summary}");
    assert!(ran.stdout.contains("::error title=other-commit::"), "{}", ran.stdout);
    assert_eq!((forge.changes(), sparse.kept().0.len()), (0, 0));
}
