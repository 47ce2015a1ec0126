//! The JSON documents of proofs; `schemas/` describes them.

use serde_json::Value;
use serde_json::json;

use crate::proof::bundle::Bundle;
use crate::proof::verified::Verified;
use crate::render::encode;
use crate::render::proof::counts;

/// What `prove` says, as `cargo-governed/proof/1`.
pub fn made(bundle: &Bundle, path: &str) -> String {
    let mut document = about(bundle);
    document["schema"] = "cargo-governed/proof/1".into();
    document["proof"] = path.into();
    encode::json::document(&document)
}

/// What `verify` says, as `cargo-governed/verify/1`.
pub fn verified(bundle: Option<&Bundle>, verified: &Verified, path: &str) -> String {
    let mut document = bundle.map_or_else(|| json!({}), about);
    document["schema"] = "cargo-governed/verify/1".into();
    document["proof"] = path.into();
    document["result"] = verified.stands().as_str().into();
    document["problems"] =
        verified.problems.iter().map(|problem| json!({ "code": problem.code, "message": problem.message })).collect();
    document["unchecked"] =
        verified.gaps.iter().map(|gap| json!({ "what": gap.what, "why": gap.why, "decides": gap.decides })).collect();
    document["checked"] = verified.checked.clone().into();
    document["signers"] = verified
        .signatures
        .iter()
        .map(|one| json!({ "key": one.fingerprint, "principals": one.principals, "line": one.line, "bare": one.bare }))
        .collect();
    encode::json::document(&document)
}

/// What a proof is about, and what it says.
pub(super) fn about(bundle: &Bundle) -> Value {
    let summary = bundle.root.predicate();
    let governed = &summary.governed;
    let claims = bundle.claims.predicate();
    let subject = bundle.subject();
    let counted: serde_json::Map<String, Value> = counts::STANDINGS
        .iter()
        .map(|standing| (standing.as_str().to_owned(), counts::of(claims, *standing).into()))
        .collect();
    json!({
        "schema": null,
        "proof": null,
        "root": bundle.digest(),
        "subject": { "listing": subject.listing, "tree": subject.tree, "commit": subject.commit, "dirty": governed.dirty },
        "base": governed.base,
        "repository": summary.resource_uri,
        "runs": governed.runs,
        "signatures": bundle.root.envelope.signatures.iter().map(|one| one.keyid.clone()).collect::<Vec<_>>(),
        "verdict": governed.verdict,
        "certifiable": governed.is_certifiable(),
        "because": governed.because,
        "claims": counted,
        "not_proven": governed.not_proven,
    })
}
