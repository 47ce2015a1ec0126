//! A repository with a base, a change on it, keys, and the gate over both.

use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::checkout::Scratch;
use crate::support::checkout::git_in;
use crate::support::governed;
use crate::support::keys::Keys;
use crate::support::tool;
use crate::support::tool::Ran;

pub(crate) const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\npublish = false\n";
pub(crate) const POLICY: &str =
    "[run]\ninfer = false\n[[step]]\nname = \"says\"\nrun = [\"sh\", \"-c\", \"echo hello\"]\n";
pub(crate) const PROOF: &str = "target/governed/proof.intoto.jsonl";

/// A repository, its keys, and a place outside of it.
pub(crate) struct Stage {
    pub(crate) scratch: Scratch,
    pub(crate) keys: Keys,
    pub(crate) outside: tempfile::TempDir,
}

impl Stage {
    /// A base with this policy, whose signers let `me` do everything; a change on it that is committed.
    pub(crate) fn new(policy: &str) -> Self {
        let stage = Self::base(policy);
        stage.change("src/lib.rs", "//! B.\n");
        stage
    }

    /// The base alone; the branch `base` stays there.
    pub(crate) fn base(policy: &str) -> Self {
        let keys = Keys::new();
        keys.make("me", "ed25519");
        keys.make("other", "ed25519");
        let signers = format!("me@example.com {}\n", keys.public("me"));
        let scratch = Scratch::committed(&[
            ("Cargo.toml", MANIFEST),
            ("src/lib.rs", "//! A.\n"),
            (".gitignore", "/target\n"),
            ("governed.toml", policy),
            (".github/allowed_signers", &signers),
        ]);
        scratch.git(&["branch", "base"]);
        Self { scratch, keys, outside: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// Writes a file and commits it.
    pub(crate) fn change(&self, path: &str, text: &str) {
        self.scratch.write(path, text);
        self.scratch.commit("a change");
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        governed::governed(&self.scratch, arguments)
    }

    /// Runs the plan against the base; gives the place of the proof outside the repository.
    pub(crate) fn prove(&self) -> String {
        let ran = self.run(&["run", "--base", "base", "--quiet"]);
        assert!(matches!(ran.code, 0 | 1 | 3), "{ran:?}");
        self.hand_over()
    }

    /// The proof that lies where runs write it, copied to where the tested code can't write.
    pub(crate) fn hand_over(&self) -> String {
        let path = self.outside.path().join("proof.intoto.jsonl");
        std::fs::copy(self.scratch.at(PROOF), &path).expect("a proof");
        path.display().to_string()
    }

    /// Signs the proof of the last run; gives its place outside.
    pub(crate) fn sign(&self, key: &str) -> String {
        let key = self.keys.path(key).display().to_string();
        let ran = self.run(&["prove", "--sign", &key]);
        assert_eq!(ran.code, 0, "{ran:?}");
        self.hand_over()
    }

    /// A clone that has no ledger.
    pub(crate) fn clone_of(&self) -> Scratch {
        let clone = Scratch::new();
        let from = self.folder().display().to_string();
        git_in(clone.path(), &["clone", "-q", &from, "."]);
        git_in(clone.path(), &["branch", "-q", "base", "origin/base"]);
        clone
    }

    /// The gate with a proof that is handed over.
    pub(crate) fn merge(&self, proof: &str) -> Vec<String> {
        codes(&self.scratch, &["merge", "--base", "base", "--proof", proof])
    }

    pub(crate) fn release(&self, proof: &str) -> Vec<String> {
        codes(&self.scratch, &["release", "--base", "base", "--proof", proof])
    }

    pub(crate) fn path_outside(&self, name: &str) -> PathBuf {
        self.outside.path().join(name)
    }
}

/// The decision: the exit code and the document agree, and the document keeps to its schema.
#[track_caller]
pub(crate) fn decision(scratch: &Scratch, arguments: &[&str]) -> Value {
    let (code, document) = governed::document(scratch, &[&["gate"], arguments].concat());
    let allows = document["decision"] == "allow";
    assert_eq!((code, document["because"] == serde_json::json!([])), (i32::from(!allows), allows), "{document:#}");
    document
}

/// The codes of the reasons; none where it is allowed.
#[track_caller]
pub(crate) fn codes(scratch: &Scratch, arguments: &[&str]) -> Vec<String> {
    let document = decision(scratch, arguments);
    let because = document["because"].as_array().expect("reasons");
    because.iter().map(|reason| reason["code"].as_str().expect("a code").to_owned()).collect()
}

/// The same in a clean environment of another folder.
pub(crate) fn plain(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = tool::command(folder, arguments);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    tool::of(command.output().expect("the binary runs"))
}
