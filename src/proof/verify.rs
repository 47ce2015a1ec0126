//! Verifies a proof against what the verifier found by itself. Pure: nothing that the proof says is believed for saying it.

use crate::proof::allowed_signers::No;
use crate::proof::bundle::Bundle;
use crate::proof::dsse;
use crate::proof::ground::Files;
use crate::proof::ground::Ground;
use crate::proof::itself;
use crate::proof::names;
use crate::proof::names::Role;
use crate::proof::recomputed;
use crate::proof::scai::Basis;
use crate::proof::signature;
use crate::proof::signature::Bad;
use crate::proof::verified::Verified;
use crate::record::checkpoint::Checkpoint;

/// Verifies a proof.
pub fn verify(bundle: &Bundle, ground: &Ground) -> Verified {
    let mut verified = Verified::default();
    itself::check(bundle, &mut verified);
    files(bundle, ground, &mut verified);
    repository(bundle, ground, &mut verified);
    base(bundle, ground, &mut verified);
    recomputed::check(bundle, ground, &mut verified);
    let by_signature = signatures(bundle, ground, &mut verified);
    let by_ledger = ledger(bundle, ground, &mut verified);
    if bundle.root.envelope.signatures.is_empty() && !by_ledger {
        let why = "it is unsigned, and no ledger at hand names it: nothing vouches for what only the run saw";
        verified.unchecked("voucher", why, true);
    } else if !by_signature && !by_ledger {
        verified.unchecked("voucher", "neither a signature nor a ledger vouches for it", true);
    }
    beliefs(bundle, &mut verified);
    verified
}

fn files(bundle: &Bundle, ground: &Ground, verified: &mut Verified) {
    let subject = bundle.subject();
    let files = match &ground.files {
        Ok(files) => files,
        Err(why) => return verified.unchecked("subject", why, true),
    };
    let Files { listing, tree, commit } = files;
    let before = verified.problems.len();
    if subject.listing != *listing {
        let message = format!(
            "the files are others: their listing is {}, the proof's {}",
            listing.short(),
            subject.listing.short()
        );
        verified.against("other-tree", message);
    }
    if subject.tree.is_some() && subject.tree != *tree {
        let found = tree.as_ref().map_or("of no commit", |tree| tree.as_str());
        verified.against("other-tree", format!("the tree here is {found}"));
    }
    if subject.commit.is_some() && subject.commit != *commit {
        let found = commit.as_ref().map_or("none: the files differ from it", |commit| commit.as_str());
        verified.against("other-commit", format!("the commit here is {found}"));
    }
    if subject.commit.is_none() {
        verified.unchecked("commit", "the proof names none: its files were not committed", false);
    }
    if verified.problems.len() == before {
        verified.agrees("every file, read anew, is what the proof is about");
    }
}

fn repository(bundle: &Bundle, ground: &Ground, verified: &mut Verified) {
    let said = &bundle.root.predicate().resource_uri;
    match &ground.repository {
        Some(here) if here == said => verified.agrees(format!("the repository is {here}")),
        Some(here) => verified.against("other-repository", format!("this is {here}, the proof is of {said}")),
        None => verified.unchecked("repository", "this clone has no remote to compare with", false),
    }
}

fn base(bundle: &Bundle, ground: &Ground, verified: &mut Verified) {
    let said = bundle.root.predicate().governed.base.as_ref();
    match (said, &ground.base) {
        (Some(said), Some(demanded)) if said == demanded => verified.agrees(format!("the base is {said}, as demanded")),
        (said, Some(demanded)) => {
            let said = said.map_or("none", |said| said.as_str());
            verified.against("stale-base", format!("the base is {said}, and {demanded} is demanded"));
        }
        (Some(_), None) => {
            verified.unchecked("base", "it is the one that the proof names: demand yours with --base", false);
        }
        (None, None) => verified.unchecked("base", "the proof has none: the tree was judged by its own policy", false),
    }
    match &ground.policy {
        Ok(policy) if bundle.root.predicate().policy.sha256() == Some(*policy) => {
            verified.agrees("the policy is that of the base");
        }
        Ok(policy) => verified.against("policy-differs", format!("the policy here has the digest {}", policy.short())),
        Err(why) => verified.unchecked("policy", why, true),
    }
}

/// Checks the signatures; says whether one counts.
fn signatures(bundle: &Bundle, ground: &Ground, verified: &mut Verified) -> bool {
    let envelope = &bundle.root.envelope;
    if envelope.signatures.is_empty() {
        return false;
    }
    let signers = match &ground.signers {
        Ok(signers) => signers,
        Err(why) => {
            verified.unchecked("signatures", why, true);
            return false;
        }
    };
    let file = match &signers.file {
        Some(Ok(file)) => file,
        Some(Err(why)) => {
            verified.against("signers-malformed", format!("{} of the base: {why}", signers.path));
            return false;
        }
        None => {
            verified.unchecked("signatures", format!("the base has no {}", signers.path), true);
            return false;
        }
    };
    let bytes = dsse::pae(&envelope.payload);
    match signature::check(&envelope.signatures, Role::Proof, &bytes, file, ground.now) {
        Ok(good) => {
            for one in good.iter().filter(|one| !one.bare) {
                verified.agrees(format!("signed by {} with {}", one.principals, one.fingerprint));
            }
            verified.signatures = good;
            true
        }
        Err(Bad::Malformed(why)) => refused(verified, "malformed", why.message),
        Err(Bad::Wrong(why)) => refused(verified, "bad-signature", why),
        Err(Bad::NotAllowed { fingerprint, no }) => {
            let (code, why) = match no {
                No::Unknown => ("unknown-signer", "is not named"),
                No::OtherRole => ("unknown-signer", "is named, but not for proofs"),
                No::OutOfTime => ("expired-signer", "is named, but not for this time"),
            };
            refused(verified, code, format!("{fingerprint} {why} in {} of the base", signers.path))
        }
    }
}

fn refused(verified: &mut Verified, code: &'static str, message: String) -> bool {
    verified.against(code, message);
    false
}

/// Checks what the ledger at hand says; says whether it vouches for the bytes.
fn ledger(bundle: &Bundle, ground: &Ground, verified: &mut Verified) -> bool {
    let Some(vouched) = &ground.ledger else {
        verified.unchecked("history", "there is no ledger at hand", false);
        return false;
    };
    let text = bundle.root.predicate().governed.checkpoint.as_deref();
    let pinned = match text.map(|text| Checkpoint::parse(text.as_bytes())) {
        None => {
            verified.unchecked("history", "the proof pins none", false);
            None
        }
        Some(Err(why)) => return refused(verified, "malformed", format!("the checkpoint: {why}")),
        Some(Ok(pinned)) if pinned.origin != vouched.origin => {
            verified.unchecked("history", "the ledger at hand is another one than that of the run", false);
            return false;
        }
        Some(Ok(pinned)) => Some(pinned),
    };
    if pinned.is_some() && vouched.at_size != pinned {
        return refused(verified, "history-altered", "the ledger is not the one that the proof pins".to_owned());
    }
    if pinned.is_some() {
        verified.agrees("the ledger up to the run is the one that the proof pins");
    }
    if !vouched.is_whole {
        verified.unchecked("ledger", "its end can't be read: `cargo governed recover` says why", false);
    }
    if vouched.names_it {
        verified.agrees("the ledger at hand says that this very proof was made");
    }
    vouched.names_it
}

/// Names the claims that nobody can compute again.
fn beliefs(bundle: &Bundle, verified: &mut Verified) {
    let count = |basis: Basis| {
        let claims = &bundle.claims.predicate().attributes;
        claims.iter().filter(|claim| claim.conditions.basis == basis).count()
    };
    let claims = |count: usize| if count == 1 { "1 claim".to_owned() } else { format!("{count} claims") };
    match count(Basis::Observed) {
        0 => {}
        some => verified.unchecked("observed", format!("{}: only who ran the steps saw them", claims(some)), false),
    }
    match count(Basis::Reported) {
        0 => {}
        some => verified.unchecked("reported", format!("{}: the tested code said so itself", claims(some)), false),
    }
    if bundle.root.predicate().policy.uri.as_deref() == Some(names::DEFAULT_POLICY) {
        verified.agrees("the built-in defaults decided");
    }
}
