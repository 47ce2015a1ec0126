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
        Err(why) => return verified.unchecked("rules", why, true),
    };
    let versions = bundle.root.predicate().governed.runs.iter().map(|run| run.version.as_str());
    if let Some(other) = versions.into_iter().find(|version| *version != ground.version) {
        let why =
            format!("the proof was made by version {other}, this is {}: rules may judge otherwise", ground.version);
        return verified.unchecked("rules", why, true);
    }
    let here: BTreeMap<&str, &Conditions> =
        rules.iter().map(|claim| (claim.attribute.as_str(), &claim.conditions)).collect();
    let said = bundle.claims.predicate().attributes.iter();
    let said: Vec<&Attribute> = said.filter(|claim| claim.attribute.starts_with(names::RULE_CLAIM)).collect();
    let before = (verified.problems.len(), verified.gaps.len());
    for claim in &said {
        match here.get(claim.attribute.as_str()) {
            Some(found) => one(claim, found, verified),
            None => verified.against("claim-differs", format!("this version knows no {}", claim.attribute)),
        }
    }
    for claim in here.keys().filter(|name| said.iter().all(|claim| claim.attribute != **name)) {
        verified.against("claim-missing", format!("it says nothing of {claim}"));
    }
    if before == (verified.problems.len(), verified.gaps.len()) {
        verified.agrees(format!("{} claims of rules, computed anew, stand as it says", said.len()));
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
