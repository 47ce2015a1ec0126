//! Every code of the gate, and the ways in which other verifiers have let through what they should not: each is staged on
//! a proof that is allowed without it, with every digest put right, as somebody would who knows the format.
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;

use cargo_governed::facts::digest::Digest;
use cargo_governed::facts::place::Place;
use cargo_governed::gate::act::Act;
use cargo_governed::gate::case::Handed;
use cargo_governed::gate::code::Code;
use cargo_governed::judge::report::Judged;
use cargo_governed::judge::report::Verdict;
use cargo_governed::proof::ground::Signers;
use cargo_governed::proof::link::Reused;
use cargo_governed::proof::names;
use cargo_governed::proof::resource::Digests;
use cargo_governed::proof::resource::Resource;
use cargo_governed::proof::scai::Standing;
use cargo_governed::proof::summary::NotProven;
use cargo_governed::proof::summary::Outcome;
use cargo_governed::proof::summary::Word;
use cargo_governed::record::checkpoint::Checkpoint;
use cargo_governed::record::vouch::Vouched;
use cargo_governed::rules::finding::Finding;
use cargo_governed::rules::level::Certainty;
use cargo_governed::rules::level::Level;
use cargo_governed::rules::outcome::Unproven;
use cargo_governed::steps::replaced::Replaced;
use support::bench::Bench;
use support::bench::KEYS;
use support::bench::NOW;
use support::bench::signers;
use support::proof;

/// A case: its name, the act, what is altered, and just the codes that it gives.
type Staged = (&'static str, Act, fn(&mut Bench), &'static [Code]);

use Act::Merge;
use Act::Release;

/// A second run of all steps on another machine.
fn second(bench: &mut Bench) {
    let mut run = bench.summary.governed.runs[0].clone();
    "20261122-040001-def456".clone_into(&mut run.run);
    bench.summary.governed.runs.push(run.clone());
    for mut step in bench.steps.clone() {
        step.link.environment.run.clone_from(&run.run);
        bench.steps.push(step);
    }
    let again: Vec<_> =
        bench.claims.attributes.iter().filter(|claim| claim.conditions.run.is_some()).cloned().collect();
    for mut claim in again {
        claim.conditions.run = Some(run.run.clone());
        bench.claims.attributes.push(claim);
    }
}

/// The test step failed, and the proof says so everywhere.
fn failed(bench: &mut Bench) {
    "failed".clone_into(&mut bench.step("test").link.byproducts.state);
    bench.step("test").link.byproducts.exit = Some(101);
    stands(bench, "step/test", Standing::Refuted);
}

fn stands(bench: &mut Bench, claim: &str, standing: Standing) {
    bench.claim(claim).conditions.standing = standing;
    let governed = &mut bench.summary.governed;
    governed.not_proven.push(NotProven { claim: claim.to_owned(), why: vec!["staged".to_owned()] });
    governed.verdict = Word::Refused;
    bench.summary.verification_result = Outcome::Failed;
    bench.summary.verified_levels.clear();
}

fn judged(rule: &'static str, certainty: Certainty) -> Judged {
    Judged {
        rule,
        level: certainty.cap(Level::Deny),
        finding: Finding::new("staged", Place::whole("x", "")).certainty(certainty),
        fingerprint: String::new(),
        new: true,
        waiver: None,
    }
}

/// A ledger with the origin of the proof's checkpoint, and this root.
fn ledger(bench: &mut Bench, root: &[u8]) {
    let pinned = Checkpoint { origin: "cargo-governed/ledger/x".to_owned(), size: 3, root: Digest::of(b"root") };
    bench.summary.governed.checkpoint = Some(pinned.text());
    let at_size = Some(Checkpoint { root: Digest::of(root), ..pinned.clone() });
    bench.ground.ledger = Some(Vouched { origin: pinned.origin, at_size, names_it: false, is_whole: true });
}

/// One case for each code, and the threats that a proof can carry.
const CODES: &[Staged] = &[
    ("a plan of the base that can't be made", Merge, |bench| bench.before = Some("staged"), &[Code::NotRecomputed]),
    (
        "a required step that no plan has",
        Merge,
        |bench| {
            bench.policy.push_str("[gate.merge]\nrequires = [\"rules\", \"semver\"]\n");
            "semver".clone_into(&mut bench.step("test").link.name);
            "step/semver".clone_into(&mut bench.claim("step/test").attribute);
        },
        &[Code::StepDiffers],
    ),
    (
        "a declared claim that the proof says nothing of",
        Merge,
        |bench| bench.policy.push_str("[[claim]]\nname = \"tested\"\nevidence = { step = \"test\" }\n"),
        &[Code::ClaimMissing],
    ),
    ("no proof", Merge, |bench| bench.bytes = |_| None, &[Code::NoProof]),
    ("bytes that are none", Merge, |bench| bench.bytes = |_| Some(b"{}\n".to_vec()), &[Code::Malformed]),
    (
        "a verdict that is not its result",
        Merge,
        |bench| bench.summary.governed.verdict = Word::Unproven,
        &[Code::ContradictsItself, Code::NotPassed],
    ),
    (
        "other logic",
        Merge,
        |bench| "https://example.com".clone_into(&mut bench.summary.verifier.id),
        &[Code::UnknownVerifier],
    ),
    (
        "another version",
        Merge,
        |bench| "0.0.9".clone_into(&mut bench.summary.governed.runs[0].version),
        &[Code::OtherVersion],
    ),
    ("a signed refusal", Release, failed, &[Code::NotPassed, Code::ClaimRefuted]),
    (
        "an overridden run",
        Merge,
        |bench| {
            bench.summary.governed.runs[0].overridden = Some("in a hurry".to_owned());
            bench.summary.verification_result = Outcome::Failed;
            bench.summary.verified_levels.clear();
        },
        &[Code::NonCertifiable],
    ),
    ("a release without a signature", Release, |bench| bench.signed_by.clear(), &[Code::Unsigned]),
    ("a proof that was found", Merge, |bench| bench.handed = Handed::Found, &[Code::Unsigned]),
    ("a proof from inside", Merge, |bench| bench.handed = Handed::Inside, &[Code::Unsigned]),
    (
        "a merge that demands a signature",
        Merge,
        |bench| bench.policy.push_str("[gate.merge]\nsigners = \".github/allowed_signers\"\n"),
        &[Code::Unsigned],
    ),
    (
        "a signature over other bytes",
        Release,
        |bench| {
            bench.bytes = |bytes| {
                let mut other = Bench::new(Release);
                other.summary.time_verified = String::from("2026-11-22T04:01:00.000Z");
                let line = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
                let (own, other) = (line(&bytes), line(&other.proof()));
                let payload = |text: &str| text.split('"').nth(3).expect("a payload").to_owned();
                Some(own.replacen(&payload(&own), &payload(&other), 1).into_bytes())
            };
        },
        &[Code::BadSignature],
    ),
    ("a key of nobody", Release, |bench| bench.signed_by = vec!["other"], &[Code::UnknownSigner]),
    (
        "a signer whose time is over",
        Release,
        |bench| bench.ground.signers = Ok(signers(&format!("me valid-before=\"20261121Z\" {}\n", KEYS.public("me")))),
        &[Code::ExpiredSigner],
    ),
    (
        "a base without signers",
        Release,
        |bench| bench.ground.signers = Ok(Signers { path: "x".to_owned(), file: None }),
        &[Code::NoSigners],
    ),
    (
        "a broken file of signers",
        Release,
        |bench| bench.ground.signers = Ok(signers("me\n")),
        &[Code::SignersMalformed],
    ),
    ("another commit", Merge, |bench| bench.subject.commit = Some(proof::git_id("9")), &[Code::OtherCommit]),
    ("another tree", Merge, |bench| bench.subject.tree = Some(proof::git_id("9")), &[Code::OtherTree]),
    ("other files", Merge, |bench| bench.subject.listing = Digest::of(b"others"), &[Code::OtherTree]),
    (
        "another repository",
        Merge,
        |bench| "git+https://example.com/fork/r".clone_into(&mut bench.summary.resource_uri),
        &[Code::OtherRepository],
    ),
    (
        "a clone without a remote",
        Merge,
        |bench| {
            bench.has_remote = false;
            bench.ground.repository = None;
        },
        &[Code::OtherRepository],
    ),
    (
        "files of no commit",
        Merge,
        |bench| {
            bench.subject.commit = None;
            bench.subject.tree = None;
            bench.summary.governed.dirty = true;
        },
        &[Code::NoCommit],
    ),
    ("no base", Merge, |bench| bench.summary.governed.base = None, &[Code::NoBase]),
    ("an older base", Merge, |bench| bench.summary.governed.base = Some(proof::git_id("4")), &[Code::StaleBase]),
    (
        "a branch that moved on, where the tip is demanded",
        Merge,
        |bench| {
            bench.policy.push_str("[gate.merge]\nbase = \"tip\"\n");
            bench.base.tip = proof::git_id("5");
        },
        &[Code::StaleBase],
    ),
    ("another policy", Merge, |bench| bench.ground.policy = Ok(Digest::of(b"new")), &[Code::PolicyDiffers]),
    ("a policy that changed since", Merge, |bench| bench.base.same_policy = false, &[Code::PolicyDiffers]),
    (
        "an old proof",
        Release,
        |bench| {
            bench.policy.push_str("[gate.release]\nmax-age = \"7d\"\n");
            bench.now = NOW + 8 * 86_400;
        },
        &[Code::Expired],
    ),
    (
        "an old result in a proof of today",
        Release,
        |bench| {
            bench.policy.push_str("[gate.release]\nmax-age = \"7d\"\n");
            let from = Reused { run: "x".to_owned(), at: "2025-01-01T00:00:00.000Z".to_owned(), line: 1 };
            bench.step("test").link.byproducts.reused_from = Some(from);
        },
        &[Code::Expired],
    ),
    ("a proof from the future", Merge, |bench| bench.now = NOW - 86_400, &[Code::Expired]),
    ("another history", Merge, |bench| ledger(bench, b"other"), &[Code::HistoryAltered]),
    (
        "rules that could not be judged again",
        Merge,
        |bench| bench.ground.rules = Err("the base is not in this clone".to_owned()),
        &[Code::NotRecomputed],
    ),
    (
        "a rule that compared other facts",
        Merge,
        |bench| bench.claim("rule/rule-0000").conditions.looked_at = Some(9),
        &[Code::ClaimDiffers],
    ),
    (
        "a claim that is left out",
        Merge,
        |bench| bench.claims.attributes.retain(|claim| claim.attribute != "rule/rule-0000"),
        &[Code::ClaimMissing],
    ),
    (
        "a finding of today",
        Merge,
        |bench| {
            bench.report.findings.push(judged("file-unparsable", Certainty::Certain));
            bench.report.verdict = Verdict::Refused;
        },
        &[Code::ClaimRefuted],
    ),
    (
        "a demanded claim that could not be judged",
        Merge,
        |bench| {
            bench.report.rules[0].demanded = true;
            bench.report.rules[0].unproven.push(Unproven { why: "no tags".to_owned(), at: None });
            bench.report.verdict = Verdict::Unproven;
        },
        &[Code::ClaimUnproven],
    ),
    (
        "a step that is doubted",
        Merge,
        |bench| {
            bench.step("test").link.byproducts.unproven = vec!["inputs-moved: src/lib.rs".to_owned()];
            stands(bench, "step/test", Standing::Unproven);
        },
        &[Code::NotPassed, Code::ClaimUnproven],
    ),
    (
        "a step that is left out",
        Merge,
        |bench| {
            bench.steps.retain(|step| step.link.name != "test");
            bench.claims.attributes.retain(|claim| claim.attribute != "step/test");
        },
        &[Code::StepMissing],
    ),
    (
        "a step that ran another command",
        Merge,
        |bench| bench.step("test").link.command.push("--no-run".to_owned()),
        &[Code::StepDiffers],
    ),
    (
        "nothing required",
        Merge,
        |bench| bench.policy.push_str("[gate.merge]\nrequires = []\n"),
        &[Code::NothingEvaluated],
    ),
    (
        "many tries",
        Merge,
        |bench| {
            bench.policy.push_str("[gate.merge]\nmax-attempts = 1\n");
            bench.step("test").link.byproducts.failures = 6;
        },
        &[Code::TooManyAttempts],
    ),
    (
        "no isolation",
        Merge,
        |bench| {
            bench.policy = bench.policy.replacen("infer = false", "infer = false\nisolation = \"landlock\"", 1);
            "none".clone_into(&mut bench.step("test").link.byproducts.isolation);
        },
        &[Code::LowIsolation],
    ),
    (
        "one machine that says otherwise",
        Merge,
        |bench| {
            second(bench);
            failed(bench);
        },
        &[Code::NotPassed, Code::ClaimRefuted, Code::MachinesDisagree],
    ),
    (
        "one machine where two are demanded",
        Merge,
        |bench| bench.policy.push_str("[gate.merge]\nmachines = \"quorum:2\"\n"),
        &[Code::TooFewMachines, Code::TooFewMachines],
    ),
    (
        "a runner in the tree",
        Merge,
        |bench| bench.replaced.push(Replaced { rule: "cargo-runner-replaced".to_owned(), message: "x".to_owned() }),
        &[Code::RunnerReplaced],
    ),
    ("somebody who hears the token", Release, |bench| bench.exposed.push("x".to_owned()), &[Code::TokenExposed]),
    ("somebody who hears it, of no release", Merge, |bench| bench.exposed.push("x".to_owned()), &[]),
    (
        "a weaker policy, whatever its level",
        Merge,
        |bench| {
            let weaker = judged("authority-weakened", Certainty::Certain);
            bench.report.findings.push(Judged { level: Level::Note, ..weaker });
        },
        &[Code::AuthorityWeakened],
    ),
];

/// What other verifiers let through: go-witness 2f6295c (twelve advisories), cosign (two), gh (one).
///
/// Two of the twelve are no matter of what a proof says: GHSA-v6px (a link out of the root) is staged by
/// `a_link_in_the_place_of_the_signers_lets_nobody_sign` in `tests/gate.rs` and by `tests/unseen_inputs.rs`, GHSA-3vpg (a
/// tool from the search path) by `programs_on_the_search_path_have_no_say_about_a_signed_proof` in `tests/gate.rs`.
const OTHERS: &[Staged] = &[
    (
        "GHSA-rgp5: a policy without steps",
        Merge,
        |bench| {
            bench.policy = String::from("[run]\ninfer = false\n");
            bench.steps.clear();
            bench.claims.attributes.retain(|claim| claim.attribute.starts_with("rule/"));
        },
        &[Code::NothingEvaluated],
    ),
    (
        "GHSA-567m: a step without evidence",
        Merge,
        |bench| bench.step("test").link.materials.clear(),
        &[Code::StepDiffers],
    ),
    (
        "GHSA-567m: tests of which none ran",
        Merge,
        |bench| bench.step("test").link.byproducts.tests = Some(cargo_governed::proof::link::Counts::default()),
        &[Code::ContradictsItself],
    ),
    (
        "GHSA-r4fv: of two lines about one step the last is good",
        Merge,
        |bench| {
            let claim = bench.claim("step/test").clone();
            let step = bench.step("test").clone();
            bench.claim("step/test").conditions.standing = Standing::Refuted;
            bench.claims.attributes.push(claim);
            bench.steps.push(step);
        },
        &[Code::Malformed],
    ),
    (
        "GHSA-g9jx: a step of nearly that name",
        Merge,
        |bench| {
            "test-all".clone_into(&mut bench.step("test").link.name);
            "step/test-all".clone_into(&mut bench.claim("step/test").attribute);
        },
        &[Code::StepMissing],
    ),
    (
        "GHSA-c346: a result that was taken over counts twice",
        Merge,
        |bench| {
            second(bench);
            bench.policy.push_str("[gate.merge]\nmachines = \"quorum:2\"\n");
            for step in bench.steps.iter_mut().skip(2) {
                let from = Reused { run: proof::RUN.to_owned(), at: "2026-11-22T03:59:00.000Z".to_owned(), line: 1 };
                step.link.byproducts.reused_from = Some(from);
            }
        },
        &[Code::TooFewMachines, Code::TooFewMachines],
    ),
    (
        "GHSA-vmvj: a step that read nothing of this tree",
        Merge,
        |bench| {
            let other = Resource::named("source/listing", Digests::sha256(Digest::of(b"elsewhere")));
            bench.step("test").link.materials = vec![other];
        },
        &[Code::StepDiffers],
    ),
    (
        "GHSA-2v4r: a bad signature beside a good one",
        Release,
        |bench| bench.signed_by = vec!["me", "other"],
        &[Code::UnknownSigner],
    ),
    (
        "GHSA-mpvw: an empty list of what a signer may sign is no list of everything",
        Release,
        |bench| bench.ground.signers = Ok(signers(&format!("me namespaces=\"\" {}\n", KEYS.public("me")))),
        &[Code::UnknownSigner],
    ),
    (
        "GHSA-pgpm: one digest of the subject agrees, the strongest does not",
        Merge,
        |bench| bench.subject.listing = Digest::of(b"others"),
        &[Code::OtherTree],
    ),
    (
        "GHSA-5qp5: a key that is good for something else",
        Release,
        |bench| bench.ground.signers = Ok(signers(&format!("me namespaces=\"policy@*\" {}\n", KEYS.public("me")))),
        &[Code::UnknownSigner],
    ),
    (
        "GHSA-w6c6: a line of another predicate type",
        Merge,
        |bench| bench.bytes = |bytes| Some(retyped(&bytes)),
        &[Code::Malformed],
    ),
    (
        "GHSA-whqx: the history is another than the one that is pinned",
        Release,
        |bench| ledger(bench, b"other"),
        &[Code::HistoryAltered],
    ),
    (
        "gh: nothing is left after the filter",
        Merge,
        |bench| {
            bench.policy.push_str("[gate.merge]\nrequires = [\"semver\"]\n");
        },
        &[Code::StepMissing],
    ),
    ("gh: a bundle without lines", Merge, |bench| bench.bytes = |_| Some(Vec::new()), &[Code::Malformed]),
];

/// The bundle with the claims called by another type, their digest and the root's put right.
fn retyped(bytes: &[u8]) -> Vec<u8> {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    let payload = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).expect("a line");
        String::from_utf8(STANDARD.decode(value["payload"].as_str().expect("base64")).expect("base64")).expect("text")
    };
    let line = |payload: &str| {
        format!(
            "{{\"payload\":\"{}\",\"payloadType\":\"{}\",\"signatures\":[]}}",
            STANDARD.encode(payload),
            names::PAYLOAD
        )
    };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let before = payload(&lines[1]);
    let after = before.replace(names::SCAI, "https://in-toto.io/attestation/scai/v0.2");
    assert_ne!(before, after);
    let hex = |text: &str| Digest::of(text.as_bytes()).hex();
    lines[0] = line(&payload(&lines[0]).replace(&hex(&before), &hex(&after)));
    lines[1] = line(&after);
    lines.join("\n").into_bytes().into_iter().chain(*b"\n").collect()
}

#[track_caller]
fn check(staged: &[Staged]) -> BTreeSet<Code> {
    let mut seen = BTreeSet::new();
    let mut failures = Vec::new();
    for (name, act, alter, expected) in staged {
        let mut bench = Bench::new(*act);
        assert_eq!(bench.codes(), [], "without it the act is allowed");
        alter(&mut bench);
        let codes = bench.codes();
        if codes != *expected {
            failures.push(format!("{name}: {codes:?}, expected {expected:?}"));
        }
        seen.extend(codes);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    seen
}

#[test]
fn every_code_is_staged() {
    let seen = check(CODES);
    let missing: Vec<&str> = Code::all().filter(|code| !seen.contains(code)).map(Code::as_str).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

#[test]
fn what_other_verifiers_let_through_is_refused() {
    check(OTHERS);
}

#[test]
fn two_runs_of_their_own_are_a_quorum_whatever_a_third_says() {
    let mut bench = Bench::new(Merge);
    bench.policy.push_str("[gate.merge]\nmachines = \"quorum:2\"\n");
    second(&mut bench);
    assert_eq!(bench.codes(), []);
}

#[test]
fn an_allowed_act_says_what_it_rests_on() {
    let bench = Bench::new(Merge);
    let decision = bench.decide_on(Some(&bench.proof()));
    let rests_on: Vec<(&str, &str)> =
        decision.rests_on.iter().map(|rested| (rested.claim.as_str(), rested.basis)).collect();
    let expected = [
        ("rule/file-unparsable", "derived"),
        ("rule/authority-weakened", "derived"),
        ("step/fmt", "reported"),
        ("step/test", "reported"),
    ];
    let mut sorted = rests_on.clone();
    sorted.sort_unstable();
    let mut wanted = expected.to_vec();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted);
}
