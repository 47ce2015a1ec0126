//! What it costs to verify a proof beyond reading the tree. One command; prints medians:
//!
//! ```sh
//! cargo bench --bench verify
//! ```
//!
//! A signed proof with 100 steps and 1,000 claims: read to the last byte, its signature checked, its claims held against
//! those that were computed anew, its lines held against each other.

#[path = "../tests/support/proof.rs"]
mod proof;

use std::time::Duration;
use std::time::Instant;

use cargo_governed::proof::allowed_signers::AllowedSigners;
use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::bundle::StepSaid;
use cargo_governed::proof::dsse;
use cargo_governed::proof::dsse::Signature;
use cargo_governed::proof::ground::Files;
use cargo_governed::proof::ground::Ground;
use cargo_governed::proof::ground::Signers;
use cargo_governed::proof::names::Role;
use cargo_governed::proof::names::STEP_CLAIM;
use cargo_governed::proof::scai::Attribute;
use cargo_governed::proof::scai::Basis;
use cargo_governed::proof::signature;
use cargo_governed::proof::verified::Stands;
use cargo_governed::proof::verify::verify;
use ssh_key::Algorithm;
use ssh_key::HashAlg;
use ssh_key::LineEnding;
use ssh_key::PrivateKey;
use ssh_key::SshSig;
use ssh_key::private::Ed25519Keypair;

const STEPS: usize = 100;
const CLAIMS: usize = 1_000;
const ROUNDS: usize = 31;
/// The most that it may take, in milliseconds.
const MOST: f64 = 20.0;

fn main() {
    let (bytes, ground) = made();
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let bundle = Bundle::parse(&bytes).expect("our own proof");
        times[0].push(begin.elapsed());
        let begin = Instant::now();
        let verified = verify(&bundle, &ground);
        times[1].push(begin.elapsed());
        assert_eq!(verified.stands(), Stands::Verifies, "{verified:#?}");
    }
    let [read, judged] = times.map(median);
    report(&format!("{STEPS} steps, {CLAIMS} claims, {} KiB, one SSH signature", bytes.len() >> 10));
    report(&format!("read    {read:6.2} ms"));
    report(&format!("judge   {judged:6.2} ms"));
    report(&format!("both    {:6.2} ms of {MOST} ms", read + judged));
}

#[expect(clippy::print_stdout, reason = "a bench reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

/// The bytes of a proof, and what a verifier finds by itself.
fn made() -> (Vec<u8>, Ground) {
    let names: Vec<String> = (0..STEPS).map(|number| format!("step-{number:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let plain = proof::bundle(&names, CLAIMS - STEPS);
    let mut claims = plain.claims.predicate().clone();
    for claim in claims.attributes.iter_mut().filter(|claim| claim.attribute.starts_with(STEP_CLAIM)) {
        claim.conditions.basis = Basis::Reported;
    }
    let steps = plain.steps.iter().map(|step| StepSaid { link: step.link.predicate().clone(), tests: None });
    let mut bundle = Bundle::new(plain.subject(), plain.root.predicate().clone(), claims.clone(), steps.collect());
    // A key that signs nothing else.
    let key = PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]));
    let pae = dsse::pae(&bundle.root.envelope.payload);
    bundle.root.envelope.signatures.push(signed(&key, &pae));
    let signers = format!("me@example.com {}", key.public_key().to_openssh().expect("a public key"));
    let subject = bundle.subject();
    let is_rule = |claim: &Attribute| !claim.attribute.starts_with(STEP_CLAIM);
    let summary = bundle.root.predicate();
    let ground = Ground {
        files: Ok(Files { listing: subject.listing, tree: subject.tree.clone(), commit: subject.commit.clone() }),
        repository: Some(summary.resource_uri.clone()),
        rules: Ok(claims.attributes.into_iter().filter(is_rule).collect()),
        policy: summary.policy.sha256().ok_or_else(String::new),
        base: summary.governed.base.clone(),
        signers: Ok(Signers {
            path: ".github/allowed_signers".to_owned(),
            file: Some(AllowedSigners::parse(signers.as_bytes())),
        }),
        ledger: None,
        now: 1_795_320_000,
        version: "0.1.0".to_owned(),
    };
    (bundle.bytes(), ground)
}

fn signed(key: &PrivateKey, bytes: &[u8]) -> Signature {
    assert_eq!(key.algorithm(), Algorithm::Ed25519);
    let made = SshSig::sign(key, Role::Proof.namespace(), HashAlg::Sha512, bytes).expect("a signature");
    let armour = made.to_pem(LineEnding::LF).expect("an armour");
    signature::from_armour(armour.as_bytes(), Role::Proof, bytes).expect("a signature that counts")
}
