//! `inspect --claims`: every claim of a run, how it stands, how that is known, and what it rests on.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use serde_json::json;

use crate::commands::claim_words;
use crate::commands::claim_words::Claimed;
use crate::commands::inspect;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::proof::assemble;
use crate::proof::check_claims;
use crate::proof::check_claims::Apart;
use crate::proof::names;
use crate::proof::scai::Standing;
use crate::proof::step_lines;
use crate::record::report::StepReport;
use crate::render::run::checked::Checked;
use crate::render::run::words;

/// The claims of a run: the declared ones, those of its steps, and those of the rules.
pub fn claims(folder: &Path, name: Option<&str>) -> Result<Vec<Claimed>, Error> {
    let opened = inspect::open(folder)?;
    let run = opened.named(name)?;
    let report = opened.report(&run)?;
    let object = |digest: &Digest| opened.objects.read(digest).ok();
    let document = report.check.as_ref().and_then(|check| object(&check.report)).unwrap_or_default();
    let Apart { rules, not_proven, declared } = check_claims::apart(&document).unwrap_or_default();
    let checked = Checked::read(&document).unwrap_or_default();
    let mut claims: Vec<Claimed> = assemble::judged(&declared, &report, &object)
        .into_iter()
        .map(|judged| claim_words::of_declared(&judged.claim, judged.why))
        .collect();
    claims.extend(report.steps.iter().map(of_step));
    for rule in rules {
        let why = not_proven.iter().find(|one| one.claim == rule.attribute).map(|one| one.why.clone());
        let name = rule.attribute.trim_start_matches(names::RULE_CLAIM);
        let said = checked.rules.iter().find(|claim| claim.rule == name);
        let looked_at = rule.conditions.looked_at.unwrap_or_default();
        let claim = said.map(|claim| claim.claim.clone()).unwrap_or_default();
        claims.push(Claimed {
            claim,
            evidence: format!("{name}: {looked_at} facts compared"),
            ..claim_words::of_attribute(&rule, why.unwrap_or_default())
        });
    }
    Ok(claims)
}

fn of_step(step: &StepReport) -> Claimed {
    let key = step.key.map_or_else(String::new, |key| format!("key {}", key.short()));
    let evidence =
        [words::evidence(step), key].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let standing = step_lines::standing(step);
    let holds = standing == Standing::Holds;
    Claimed {
        name: format!("{}{}", names::STEP_CLAIM, step.step),
        claim: format!("the step {} passes", step.step),
        standing: standing.as_str(),
        basis: step_lines::basis(step).as_str(),
        scope: "tree",
        evidence,
        why: if holds { Vec::new() } else { step_lines::why_not(step) },
        sentences: Vec::new(),
    }
}

/// The claims for people: a line each, and below it why it does not hold.
pub fn told(claims: &[Claimed]) -> String {
    let mut text = String::new();
    for claim in claims {
        let _ = writeln!(text, "{:<9} {} ({}; {})", claim.standing, claim.claim, claim.basis, claim.evidence);
        for why in &claim.why {
            let _ = writeln!(text, "          {why}");
        }
    }
    text
}

/// The claims as `cargo-governed/claims/1`.
pub fn document(claims: &[Claimed]) -> Value {
    let one = |claim: &Claimed| {
        json!({
            "name": claim.name,
            "claim": claim.claim,
            "standing": claim.standing,
            "basis": claim.basis,
            "scope": claim.scope,
            "evidence": claim.evidence,
            "why": claim.why,
            "sentences": claim.sentences.iter().map(|(place, sha256)| json!({
                "place": place, "sha256": sha256,
            })).collect::<Vec<_>>(),
        })
    };
    json!({ "schema": "cargo-governed/claims/1", "claims": claims.iter().map(one).collect::<Vec<_>>() })
}
