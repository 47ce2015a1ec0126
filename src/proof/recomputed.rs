//! Compares the claims of the rules with those that the verifier computed anew.

use std::collections::BTreeMap;

use crate::proof::bundle::Bundle;
use crate::proof::ground::Ground;
use crate::proof::names;
use crate::proof::scai::Attribute;
use crate::proof::scai::Conditions;
use crate::proof::scai::Scope;
use crate::proof::scai::Standing;
use crate::proof::verified::Verified;

/// Compares all of them.
pub(super) fn check(bundle: &Bundle, ground: &Ground, verified: &mut Verified) {
    let rules = match &ground.rules {
        Ok(rules) => rules,
        Err(why) => return none(bundle, why, verified),
    };
    let versions = bundle.root.predicate().governed.runs.iter().map(|run| run.version.as_str());
    if let Some(other) = versions.into_iter().find(|version| *version != ground.version) {
        let why =
            format!("the proof was made by version {other}, this is {}: rules may judge otherwise", ground.version);
        return none(bundle, &why, verified);
    }
    let here: BTreeMap<&str, &Attribute> = rules.iter().map(|claim| (claim.attribute.as_str(), claim)).collect();
    let is_mine = |claim: &&Attribute| !claim.attribute.starts_with(names::STEP_CLAIM);
    let said: BTreeMap<&str, &Attribute> = bundle
        .claims
        .predicate()
        .attributes
        .iter()
        .filter(is_mine)
        .map(|claim| (claim.attribute.as_str(), claim))
        .collect();
    let before = (verified.problems.len(), verified.gaps.len());
    for (name, claim) in &said {
        match here.get(name) {
            Some(found) if name.starts_with(names::DECLARED_CLAIM) => declared(claim, found, verified),
            Some(found) => one(claim, &found.conditions, verified),
            None if name.starts_with(names::DECLARED_CLAIM) => {
                verified.against("claim-differs", format!("the policy declares no {name}"));
            }
            None => verified.against("claim-differs", format!("this version knows no {name}")),
        }
    }
    for claim in here.keys().filter(|name| !said.contains_key(*name)) {
        verified.against("claim-missing", format!("it says nothing of {claim}"));
    }
    if before == (verified.problems.len(), verified.gaps.len()) {
        let declared = said.keys().filter(|name| name.starts_with(names::DECLARED_CLAIM)).count();
        let rules = said.len() - declared;
        verified.agrees(format!("{rules} claims of rules, computed anew, stand as it says"));
        if declared > 0 {
            verified
                .agrees(format!("{declared} declared claims are bound to the sentences and evidence that it names"));
        }
    }
}

/// Names the claims that could be computed again, and were not.
fn none(bundle: &Bundle, why: &str, verified: &mut Verified) {
    let claims = bundle.claims.predicate().attributes.iter();
    let derived = claims.filter(|claim| !claim.attribute.starts_with(names::STEP_CLAIM));
    let derived: Vec<&str> = derived.map(|claim| claim.attribute.as_str()).collect();
    verified.unchecked("rules", format!("{why}; not computed again: {}", derived.join(", ")), true);
}

/// Compares a declared claim: all of one that rests on a file; of another its sentences, and what the tree has against it.
fn declared(claim: &Attribute, found: &Attribute, verified: &mut Verified) {
    let (said, here) = (&claim.conditions, &found.conditions);
    let name = &claim.attribute;
    if said.rests_on != here.rests_on {
        return verified.against("claim-differs", format!("{name} rests on something else here"));
    }
    if said.sentences != here.sentences {
        return verified.against("claim-differs", format!("the sentences of {name} are others here"));
    }
    let is_file = here.rests_on.as_deref().is_some_and(|ground| ground.starts_with(names::FILE_GROUND));
    if is_file && claim.evidence != found.evidence {
        return verified.against("claim-differs", format!("the evidence of {name} is another one here"));
    }
    let stands =
        if is_file { said.standing == here.standing } else { said.standing.worse(here.standing) == said.standing };
    if !stands {
        let message = format!("{name} is {} here, and {} as it says", here.standing.as_str(), said.standing.as_str());
        verified.against("claim-differs", message);
    }
}

/// Compares one. What the history says may be known better or worse in another clone, what the files say may not.
fn one(claim: &Attribute, found: &Conditions, verified: &mut Verified) {
    let said = &claim.conditions;
    let same = said.standing == found.standing && said.scope == found.scope;
    let counted = said.looked_at == found.looked_at && said.findings == found.findings;
    if same && (counted || found.scope != Scope::Tree) {
        return;
    }
    if found.scope != Scope::Tree && matches!(found.standing, Standing::Unproven | Standing::Absent) {
        let why =
            format!("{} is {} in this clone: fetch all history and tags", claim.attribute, found.standing.as_str());
        return verified.unchecked("rules", why, true);
    }
    let message = if same {
        format!("{} compared other facts than it says", claim.attribute)
    } else {
        format!("{} is {}, and {} as it says", claim.attribute, found.standing.as_str(), said.standing.as_str())
    };
    verified.against("claim-differs", message);
}
