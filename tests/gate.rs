//! `gate` from end to end: what is let through, what is not, each reason by its code.
#![cfg(unix)]

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use support::checkout::git_in;
use support::gated::MANIFEST;
use support::gated::POLICY;
use support::gated::PROOF;
use support::gated::Stage;
use support::gated::codes;
use support::gated::decision;

const ALLOWED: Vec<String> = Vec::new();

#[test]
fn an_unsigned_proof_counts_for_a_merge_only_where_it_is_handed_over_from_outside() {
    let stage = Stage::new(POLICY);
    let proof = stage.prove();
    assert_eq!(stage.merge(&proof), ALLOWED);
    assert_eq!(codes(&stage.scratch, &["merge", "--base", "base"]), ["unsigned"], "found");
    assert_eq!(stage.merge(PROOF), ["unsigned"], "inside");
    std::fs::copy(&proof, stage.scratch.at(".git/proof")).expect("a copy");
    assert_eq!(stage.merge(".git/proof"), ["unsigned"], "inside, too");
    let link = stage.path_outside("link");
    std::os::unix::fs::symlink(stage.scratch.at(PROOF), &link).expect("a link");
    assert_eq!(stage.merge(&link.display().to_string()), ["unsigned"], "what it leads to counts");
    assert_eq!(stage.release(&proof), ["unsigned"]);

    let document = decision(&stage.scratch, &["merge", "--base", "base", "--proof", &proof]);
    let rests_on = document["rests_on"].as_array().expect("claims");
    assert!(rests_on.iter().any(|claim| claim["claim"] == "step/says" && claim["basis"] == "observed"));
    assert!(rests_on.iter().all(|claim| claim["claim"] != "step/says" || claim["basis"] != "derived"));
    let unchecked = document["unchecked"].to_string();
    assert!(unchecked.contains("who handed it over vouches for it"), "{unchecked}");

    let signed = stage.sign("me");
    assert_eq!((stage.merge(&signed), stage.release(&signed)), (ALLOWED, ALLOWED));
    assert_eq!(codes(&stage.scratch, &["merge", "--base", "base"]), ALLOWED, "signed, it need not be handed over");
    assert_eq!(codes(&stage.scratch, &["merge", "--base", "base", "--rev", "HEAD", "--proof", &signed]), ALLOWED);
}

/// What let a forged signature through in go-witness (GHSA-3vpg): whoever verifies asked a program on the search path.
#[test]
fn programs_on_the_search_path_have_no_say_about_a_signed_proof() {
    let stage = Stage::new(POLICY);
    stage.prove();
    let good = stage.sign("me");
    let text = std::fs::read_to_string(&good).expect("a proof");
    // One digit of the signature in the armour of the root, which is on the first line.
    let (first, rest) = text.split_once('\n').expect("lines");
    let begin = first.find("\"sig\":\"").expect("a signature") + 7;
    let end = begin + first[begin..].find('"').expect("its end");
    let mut armour = STANDARD.decode(&first[begin..end]).expect("base64");
    let last = armour.windows(8).position(|part| part == b"\n-----EN").expect("its last line");
    let at = (last - 40..last).find(|at| armour[*at].is_ascii_alphanumeric()).expect("a digit");
    armour[at] = if armour[at] == b'A' { b'B' } else { b'A' };
    let (before, behind) = (&first[..begin], &first[end..]);
    let forged = stage.path_outside("forged");
    std::fs::write(&forged, format!("{before}{}{behind}\n{rest}", STANDARD.encode(&armour))).expect("a file");
    let forged = forged.display().to_string();

    let marks = stage.path_outside("asked");
    std::fs::create_dir(&marks).expect("a folder");
    let tools = stage.path_outside("bin");
    std::fs::create_dir(&tools).expect("a folder");
    for name in ["git", "ssh-keygen", "ssh", "cargo", "rustc", "sha256sum", "jq", "sh", "gpg", "openssl"] {
        let tool = tools.join(name);
        // Whatever it is asked, it says yes.
        std::fs::write(&tool, format!("#!/bin/sh\necho > {}/{name}\nexit 0\n", marks.display())).expect("a script");
        std::fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a script");
    }
    let asked = |arguments: &[&str]| {
        let mut command = support::governed::command(&stage.scratch, arguments);
        let ran = support::tool::of(command.env("PATH", &tools).output().expect("the binary runs"));
        let left: Vec<_> =
            std::fs::read_dir(&marks).expect("a folder").flatten().map(|mark| mark.file_name()).collect();
        assert!(left.is_empty(), "{arguments:?} asked {left:?}");
        ran
    };
    for act in ["merge", "release"] {
        let gate = |proof: &str| asked(&["gate", act, "--base", "base", "--proof", proof, "--format", "json"]);
        assert_eq!(gate(&good).code, 0, "{act}");
        let refused = gate(&forged);
        assert!(refused.code == 1 && refused.stdout.contains("\"bad-signature\""), "{act}: {refused:?}");
    }
    assert_eq!(asked(&["verify", "--base", "base", &good]).code, 0);
    assert_eq!(asked(&["verify", "--base", "base", &forged]).code, 1);
    // The same from a tool that was found first on the path when the steps ran: it is another key.
    let plan = |path: Option<&std::path::Path>| {
        let mut command = support::governed::command(&stage.scratch, &["run", "--plan", "--format", "json"]);
        let rest = std::env::var("PATH").unwrap_or_default();
        let path = path.map_or(rest.clone(), |path| format!("{}:{rest}", path.display()));
        let ran = support::tool::of(command.env("PATH", path).output().expect("the binary runs"));
        let plan: serde_json::Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        plan["steps"][0]["key"].clone()
    };
    assert!(plan(None).is_string() && plan(None) != plan(Some(&tools)));
}

#[test]
fn a_proof_stands_at_another_clone_and_for_nothing_else() {
    let stage = Stage::new(POLICY);
    stage.prove();
    let proof = stage.sign("me");
    let clone = stage.clone_of();
    let gate = |more: &[&str]| codes(&clone, &[&["merge", "--base", "base", "--proof", &proof], more].concat());
    // The remote of this clone is a path, which says nothing; the proof names none either.
    assert_eq!(gate(&[]), ALLOWED);

    clone.write("src/lib.rs", "//! C.\n");
    assert_eq!(gate(&[]), ["other-commit", "other-tree", "other-tree", "step-differs"], "another tree");
    git_in(clone.path(), &["checkout", "-q", "."]);

    clone.commit("the same tree, another commit");
    assert_eq!(gate(&[]), ["other-commit"], "a rebased branch");
    git_in(clone.path(), &["reset", "-q", "--hard", "HEAD~1"]);

    git_in(clone.path(), &["remote", "set-url", "origin", "https://github.com/fork/r"]);
    assert_eq!(gate(&[]), ["other-repository"], "a fork");
    git_in(clone.path(), &["remote", "remove", "origin"]);
    assert_eq!(gate(&[]), ALLOWED);
}

#[test]
fn a_clone_that_can_not_tell_which_repository_it_is_lets_nothing_through() {
    let stage = Stage::new(POLICY);
    stage.scratch.git(&["remote", "add", "origin", "https://github.com/o/r"]);
    stage.prove();
    let proof = stage.sign("me");
    assert_eq!(stage.merge(&proof), ALLOWED);
    stage.scratch.git(&["remote", "remove", "origin"]);
    assert_eq!(stage.merge(&proof), ["other-repository"]);
}

#[test]
fn the_base_is_the_callers_and_its_tip_decides() {
    let stage = Stage::new(POLICY);
    stage.prove();
    let proof = stage.sign("me");
    let git = |arguments: &[&str]| stage.scratch.git(arguments);
    // The branch moves on; what the proof was made against is still where the histories parted.
    git(&["checkout", "-q", "base"]);
    stage.change("README.md", "# A\n");
    git(&["checkout", "-q", "main"]);
    assert_eq!(stage.merge(&proof), ALLOWED);
    // A merge queue takes only what was tested on the tip.
    let mut command =
        support::governed::command(&stage.scratch, &["gate", "merge", "--base", "base", "--proof", &proof]);
    let ran = support::tool::of(command.env("GITHUB_EVENT_NAME", "merge_group").output().expect("the binary runs"));
    assert!(ran.code == 1 && ran.stdout.contains("stale-base"), "{ran:?}");

    // The policy of the branch is another one by now.
    git(&["checkout", "-q", "base"]);
    stage.change("governed.toml", &format!("{POLICY}[gate.merge]\nbase = \"tip\"\n"));
    git(&["checkout", "-q", "main"]);
    assert_eq!(stage.merge(&proof), ["stale-base", "policy-differs", "policy-differs"]);

    // An older base, which the caller of the run chose.
    let stage = Stage::base(POLICY);
    stage.change("src/lib.rs", "//! B.\n");
    stage.scratch.git(&["branch", "-f", "base"]);
    stage.change("src/lib.rs", "//! C.\n");
    assert_eq!(stage.run(&["run", "--base", "base~1", "--quiet"]).code, 0);
    assert_eq!(stage.merge(&stage.hand_over()), ["stale-base"]);
    assert_eq!(stage.run(&["run", "--quiet"]).code, 0);
    let handed = stage.hand_over();
    assert_eq!(
        stage.merge(&handed),
        ["no-base", "claim-differs", "claim-differs"],
        "and it compared nothing with a base"
    );
}

#[test]
fn who_may_sign_is_said_by_the_tip_of_the_base() {
    let stage = Stage::new(POLICY);
    stage.prove();
    assert_eq!(stage.release(&stage.sign("other")), ["unknown-signer"]);
    let proof = stage.sign("me");
    let signers = |text: String| {
        stage.scratch.git(&["checkout", "-q", "base"]);
        stage.change(".github/allowed_signers", &text);
        stage.scratch.git(&["checkout", "-q", "main"]);
        stage.release(&proof)
    };
    let (me, other) = (stage.keys.public("me"), stage.keys.public("other"));
    assert_eq!(signers(format!("other {other}\n")), ["unknown-signer"], "removed since");
    assert_eq!(signers(format!("me namespaces=\"policy@*\" {me}\n")), ["unknown-signer"], "another role");
    assert_eq!(signers(format!("me valid-before=\"20200101Z\" {me}\n")), ["expired-signer"]);
    assert_eq!(signers("nonsense\n".to_owned()), ["signers-malformed"]);
    assert_eq!(signers(format!("me {me}\n")), ALLOWED);
    stage.scratch.git(&["checkout", "-q", "base"]);
    stage.scratch.git(&["rm", "-q", ".github/allowed_signers"]);
    stage.scratch.commit("nobody");
    stage.scratch.git(&["checkout", "-q", "main"]);
    assert_eq!(stage.release(&proof), ["no-signers"]);
    assert_eq!(stage.merge(&proof), ["no-signers"], "a signature that nobody can check is no better than none");
}

#[test]
fn a_link_in_the_place_of_the_signers_lets_nobody_sign() {
    // What the step reads is told: else the link would be among it, and nothing that may read it is proven.
    let stage = Stage::base(&format!("{POLICY}inputs = [\"src/**\"]\n"));
    std::fs::copy(stage.scratch.at(".github/allowed_signers"), stage.path_outside("signers")).expect("a copy");
    std::fs::remove_file(stage.scratch.at(".github/allowed_signers")).expect("a file");
    std::os::unix::fs::symlink(stage.path_outside("signers"), stage.scratch.at(".github/allowed_signers"))
        .expect("a link");
    stage.scratch.commit("a link that leaves the tree");
    stage.scratch.git(&["branch", "-f", "base"]);
    stage.change("src/lib.rs", "//! B.\n");
    stage.prove();
    assert_eq!(stage.release(&stage.sign("me")), ["no-signers"]);
}

#[test]
fn an_empty_list_or_proof_lets_nothing_through() {
    let stage = Stage::new(&format!("{POLICY}[gate.merge]\nrequires = []\n"));
    let proof = stage.prove();
    assert_eq!(stage.merge(&proof), ["nothing-evaluated"]);
    for bytes in [&b""[..], b"\n", b"{}\n", b"[]"] {
        std::fs::write(&proof, bytes).expect("a file");
        assert_eq!(stage.merge(&proof), ["malformed", "nothing-evaluated"]);
    }
    std::fs::remove_file(&proof).expect("a file");
    assert_eq!(stage.merge(&proof), ["no-proof", "nothing-evaluated"]);

    // No policy at all: the defaults decide, and they ask for every planned step.
    let stage = Stage::base(POLICY);
    stage.scratch.git(&["rm", "-q", "governed.toml"]);
    stage.scratch.commit("no policy");
    stage.scratch.git(&["branch", "-f", "base"]);
    stage.change("src/lib.rs", "//! B.\n");
    assert_eq!(stage.run(&["run", "--base", "base", "--step", "fmt", "--quiet"]).code, 0);
    let codes = stage.merge(&stage.hand_over());
    assert!(codes.iter().all(|code| code == "step-missing") && codes.len() >= 3, "{codes:?}");
}

#[test]
fn the_policy_of_the_tree_is_judged_and_never_obeyed() {
    let stage = Stage::base(&format!("{POLICY}[gate.merge]\nrequires = [\"rules\", \"says\"]\n"));
    stage.scratch.write("governed.toml", "[gate.merge]\nrequires = [\"rules\"]\n");
    stage
        .change("Cargo.toml", &MANIFEST.replace("publish = false", "publish = false\n\n[lib]\npath = \"src/none.rs\""));
    let proof = stage.prove();
    let codes = stage.merge(&proof);
    assert!(codes.contains(&"authority-weakened".to_owned()), "{codes:?}");
    assert!(codes.contains(&"claim-refuted".to_owned()) && codes.contains(&"not-passed".to_owned()), "{codes:?}");
    // A policy of the base that can't be read is no decision, and no leave.
    let broken = Stage::new("[nonsense]\n");
    let ran = broken.run(&["gate", "merge", "--base", "base"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let ran = broken.run(&["gate", "merge", "--base", "nowhere"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn a_proof_in_another_work_tree_of_the_repository_lies_inside() {
    let stage = Stage::new(POLICY);
    let proof = stage.prove();
    let linked = stage.path_outside("linked");
    stage.scratch.git(&["worktree", "add", "-q", "--detach", &linked.display().to_string()]);
    let inside = linked.join("proof");
    std::fs::copy(&proof, &inside).expect("a copy");
    assert_eq!(stage.merge(&inside.display().to_string()), ["unsigned"]);
    let main = stage.scratch.at(PROOF).display().to_string();
    let (code, document) = support::tool::document(&linked, &["gate", "merge", "--base", "base", "--proof", &main]);
    assert_eq!((code, &document["because"][0]["code"]), (1, &"unsigned".into()), "{document:#}");
    assert_eq!(stage.merge(&proof), ALLOWED);
}

#[test]
fn a_link_of_the_repository_leads_out_of_it_and_vouches_for_nothing() {
    let stage = Stage::new(POLICY);
    let proof = stage.prove();
    let folder = stage.path_outside("built");
    std::fs::create_dir_all(folder.join("governed")).expect("a folder");
    std::fs::copy(&proof, folder.join("governed/proof")).expect("a copy");
    for (link, to) in [("build", folder.clone()), ("kept", folder.join("governed"))] {
        std::os::unix::fs::symlink(to, stage.scratch.at(".git").join(link)).expect("a link");
    }
    let outer = stage.path_outside("outer");
    std::os::unix::fs::symlink(stage.scratch.at(".git/build"), &outer).expect("a link");
    for way in [".git/build/governed/proof", ".git/kept/proof", ".git/kept/../governed/proof"] {
        assert_eq!(stage.merge(way), ["unsigned"], "{way}");
    }
    let way = stage.scratch.at(".git/kept/proof").display().to_string();
    assert_eq!(stage.merge(&way), ["unsigned"], "written whole");
    let way = outer.join("governed/proof").display().to_string();
    assert_eq!(stage.merge(&way), ["unsigned"], "by a link to that link");
    // A link of the caller's own, and a way up from where he stands, lead nowhere through the repository.
    let own = stage.path_outside("own");
    std::os::unix::fs::symlink(&folder, &own).expect("a link");
    assert_eq!(stage.merge(&own.join("governed/proof").display().to_string()), ALLOWED);
    let up = format!("{}/../{}", stage.folder().display(), relative_to_parent(&stage, &proof));
    assert_eq!(stage.merge(&up), ALLOWED, "{up}");
}

/// The path of a file from the folder that holds the repository.
fn relative_to_parent(stage: &Stage, path: &str) -> String {
    let parent = stage.folder().parent().expect("a folder above").canonicalize().expect("it is there");
    let path = std::path::Path::new(path).canonicalize().expect("it is there");
    path.strip_prefix(&parent).expect("beside it").display().to_string()
}

#[test]
fn a_declared_claim_that_a_kept_output_refutes_lets_nothing_through() {
    let step = r#"run = ["sh", "-c", "mkdir -p target && echo '{ \"parts\": 13 }' > target/parts.json"]
outputs = ["target/*.json"]
"#;
    let policy = POLICY.replace("run = [\"sh\", \"-c\", \"echo hello\"]\n", step);
    let claim = "[[claim]]\nname = \"parts\"\nevidence = { output = \"target/parts.json\", key = \"parts\" }\n";
    let stage = Stage::base(&format!("{policy}{claim}"));
    stage.change("README.md", "# A\n\nIt has 13 parts. <!-- governed: claim parts -->\n");
    let proof = stage.prove();
    let document = decision(&stage.scratch, &["merge", "--base", "base", "--proof", &proof]);
    assert_eq!(document["because"], serde_json::json!([]), "{document:#}");
    let rests_on = document["rests_on"].as_array().expect("claims");
    assert!(rests_on.iter().any(|claim| claim["claim"] == "claim/parts" && claim["basis"] == "reported"));

    stage.change("README.md", "# A\n\nIt has 12 parts. <!-- governed: claim parts -->\n");
    let proof = stage.prove();
    let document = decision(&stage.scratch, &["merge", "--base", "base", "--proof", &proof]);
    let because = document["because"].as_array().expect("reasons");
    let claim = because.iter().find(|one| one["claim"] == "claim/parts").unwrap_or_else(|| panic!("{document:#}"));
    assert_eq!(claim["code"], "claim-refuted");
    assert!(claim["message"].as_str().expect("a message").contains("does not say 13"), "{claim:#}");
}

#[test]
fn no_waiver_and_no_level_accepts_a_runner_of_the_tree() {
    let runner = "[target.wasm32-wasip1]\nrunner = \"true\"\n[target.'cfg(all())']\nrunner = \"true\"\n";
    let replaced = |policy: &str| {
        let stage = Stage::base(&format!("{POLICY}{policy}"));
        stage.change(".cargo/config.toml", runner);
        let codes = codes(&stage.scratch, &["merge", "--base", "base"]);
        codes.iter().filter(|code| *code == "runner-replaced").count()
    };
    assert_eq!(replaced(""), 2, "of the step nobody knows what it asks for");
    let waived = "[[waiver]]\nrule = \"cargo-runner-replaced\"\nreason = \"staged\"\n";
    assert_eq!(replaced(waived), 2);
    assert_eq!(replaced("[rules]\nauthority = \"allow\"\n"), 2);
    assert_eq!(replaced("[authority]\nallow = [\"target.*.runner=true\"]\n"), 0);
}
