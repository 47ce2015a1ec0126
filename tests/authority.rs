//! Signatures over changes of the policy, the signers and the waivers: good for one change, from one base, by one role.
#![cfg(unix)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::checkout::Scratch;
use support::keys::Keys;
use support::tool;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\npublish = false\n";
const STRICT: &str = "[check]\nfail-on = \"warn\"\n";
const MILD: &str = "[check]\nfail-on = \"deny\"\n";

fn governed(folder: &Path, arguments: &[&str]) -> tool::Ran {
    let mut command = tool::command(folder, arguments);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    tool::of(command.output().expect("the binary runs"))
}

/// The levels of what is found to be weaker than in the base.
fn weaker(scratch: &Scratch) -> Vec<String> {
    let ran = governed(scratch.path(), &["check", "--since", "base", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let findings = document["findings"].as_array().expect("a list");
    let own = findings.iter().filter(|finding| finding["rule"] == "authority-weakened");
    own.map(|finding| finding["level"].as_str().expect("a level").to_owned()).collect()
}

/// A base with a policy and these signers, and a tree on it.
fn stage(signers: impl Fn(&Keys) -> String) -> (Scratch, Keys) {
    let keys = Keys::new();
    keys.make("me", "ed25519");
    keys.make("other", "ed25519");
    let scratch = Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        ("README.md", "# A\n"),
        ("governed.toml", STRICT),
        (".github/allowed_signers", &signers(&keys)),
    ]);
    scratch.git(&["branch", "base"]);
    (scratch, keys)
}

fn sign(scratch: &Scratch, keys: &Keys, key: &str, what: &str, base: &str) {
    let key = keys.path(key).display().to_string();
    let ran = governed(scratch.path(), &["prove", "--sign", &key, "--what", what, "--base", base]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_change_of_the_policy_needs_a_signature_of_the_right_role_by_whom_the_base_trusts() {
    let (scratch, keys) = stage(|keys| format!("me namespaces=\"policy@*\" {}\n", keys.public("me")));
    scratch.write("governed.toml", MILD);
    assert_eq!(weaker(&scratch), ["deny"]);
    sign(&scratch, &keys, "other", "policy", "base");
    assert_eq!(weaker(&scratch), ["deny"], "unknown");
    sign(&scratch, &keys, "me", "waivers", "base");
    assert_eq!(weaker(&scratch), ["deny"], "another role");
    sign(&scratch, &keys, "me", "policy", "base");
    assert_eq!(weaker(&scratch), ["note"]);

    // The text is what plain ssh-keygen verifies, and it is not believed.
    let text = std::fs::read(scratch.at(".governed/policy.txt")).expect("a text");
    let signature = std::fs::read(scratch.at(".governed/policy.sig")).expect("a signature");
    let signers = std::fs::read_to_string(scratch.at(".github/allowed_signers")).expect("signers");
    assert!(keys.accepts(&signers, "me", "policy@cargo-governed.github.io", &signature, &text));
    scratch.write(".governed/policy.txt", "nonsense");
    assert_eq!(weaker(&scratch), ["note"]);

    // It is good for these bytes alone.
    scratch.write("governed.toml", format!("{MILD}require-until = false\n"));
    assert_eq!(weaker(&scratch), ["deny"]);
    scratch.write("governed.toml", MILD);
    scratch.write(".github/allowed_signers", format!("{signers}other {}\n", keys.public("other")));
    assert_eq!(weaker(&scratch), ["deny", "deny"], "the signers are part of what is signed");
    sign(&scratch, &keys, "me", "policy", "base");
    assert_eq!(weaker(&scratch), ["note", "note"]);
}

#[test]
fn an_old_signature_revives_no_old_policy() {
    let (scratch, keys) = stage(|keys| format!("me {}\n", keys.public("me")));
    scratch.write("governed.toml", MILD);
    sign(&scratch, &keys, "me", "policy", "base");
    assert_eq!(weaker(&scratch), ["note"]);
    scratch.commit("mild");
    scratch.write("governed.toml", format!("{STRICT}require-until = true\n"));
    scratch.commit("stricter than ever");
    scratch.git(&["branch", "-f", "base"]);
    scratch.write("governed.toml", MILD);
    assert_eq!(weaker(&scratch), ["deny", "deny"]);
}

#[test]
fn a_waiver_in_a_comment_needs_the_role_of_waivers() {
    let (scratch, keys) = stage(|keys| format!("me namespaces=\"waivers@*\" {}\n", keys.public("me")));
    scratch.write("README.md", "# A\n\n<!-- governed: allow(doc-link-broken): later -->\n[x](y.md)\n");
    assert_eq!(weaker(&scratch), ["deny"]);
    sign(&scratch, &keys, "me", "policy", "base");
    assert_eq!(weaker(&scratch), ["deny"]);
    sign(&scratch, &keys, "me", "waivers", "base");
    assert_eq!(weaker(&scratch), ["note"]);
    scratch.write("src/lib.rs", "//! A.\n// governed: allow(doc-link-broken): more\n");
    assert_eq!(weaker(&scratch), ["deny", "deny"]);
}

#[test]
fn who_is_named_by_the_tree_alone_signs_nothing() {
    let (scratch, keys) = stage(|_| String::new());
    scratch.write(".github/allowed_signers", format!("other {}\n", keys.public("other")));
    scratch.write("governed.toml", MILD);
    sign(&scratch, &keys, "other", "policy", "base");
    assert_eq!(weaker(&scratch), ["deny"]);
    let key = keys.path("me").display().to_string();
    let ran = governed(scratch.path(), &["prove", "--sign", &key, "--what", "policy"]);
    assert!(ran.code == 2 && ran.stderr.contains("--base origin/main"), "{ran:?}");
}

#[test]
fn a_policy_that_can_not_be_read_is_weaker() {
    let (scratch, _) = stage(|_| String::new());
    scratch.write("governed.toml", "[nonsense]\n");
    scratch.commit("break it");
    assert_eq!(governed(scratch.path(), &["check", "--since", "base"]).code, 2);
    let ran = governed(scratch.path(), &["run", "--base", "base", "--plan"]);
    assert_eq!(ran.code, 0, "the plan is that of the base: {ran:?}");
}
