//! A claim of a run in words: what it claims, how it stands, how that is known, and what it rests on.

use crate::facts::digest::Digest;
use crate::proof::assemble;
use crate::proof::check_claims;
use crate::proof::declared::Judged;
use crate::proof::names;
use crate::proof::resource::Resource;
use crate::proof::scai::Attribute;
use crate::proof::scai::Scope;
use crate::record::report::RunReport;
use crate::render::run::declared::Declared as Shown;

/// A claim of a run and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Its name, as the proof has it: `rule/NAME`, `step/NAME`, `claim/NAME`.
    pub name: String,
    /// What it claims, a sentence.
    pub claim: String,
    /// How it stands.
    pub standing: &'static str,
    /// How that is known: `derived`, `observed`, `reported`.
    pub basis: &'static str,
    /// What it depends on: `tree`, `commit`, `range`.
    pub scope: &'static str,
    /// The evidence.
    pub evidence: String,
    /// Why it does not hold.
    pub why: Vec<String>,
    /// The sentences of a declared claim: path, first byte, byte behind the last, digest of the words.
    pub sentences: Vec<(String, String)>,
}

/// The declared claims of a run, by the recorded report of its check, as a page shows them.
pub(crate) fn shown(document: &[u8], report: &RunReport, object: &dyn Fn(&Digest) -> Option<Vec<u8>>) -> Vec<Shown> {
    let declared = check_claims::declared(document);
    if declared.is_empty() {
        return Vec::new();
    }
    let one = |judged: Judged| {
        let name = judged.claim.attribute.trim_start_matches(names::DECLARED_CLAIM).to_owned();
        let claimed = of_declared(&judged.claim, judged.why);
        let said = claimed.sentences.into_iter().map(|(place, _)| place).collect();
        let Claimed { standing, basis, evidence, why, .. } = claimed;
        Shown { name, standing, basis, evidence, said, why }
    };
    assemble::judged(&declared, report, object).into_iter().map(one).collect()
}

/// What every claim of a proof says of itself.
pub(crate) fn of_attribute(claim: &Attribute, why: Vec<String>) -> Claimed {
    let conditions = &claim.conditions;
    Claimed {
        name: claim.attribute.clone(),
        claim: String::new(),
        standing: conditions.standing.as_str(),
        basis: conditions.basis.as_str(),
        scope: match conditions.scope {
            Scope::Tree => "tree",
            Scope::Commit => "commit",
            Scope::Range => "range",
        },
        evidence: String::new(),
        why,
        sentences: Vec::new(),
    }
}

/// A declared claim.
pub(crate) fn of_declared(claim: &Attribute, why: Vec<String>) -> Claimed {
    let digest = claim.evidence.sha256().map(|digest| format!(" ({})", digest.short())).unwrap_or_default();
    let sentence = |one: &Resource| {
        let from = one.annotations.get("start").unwrap_or_default();
        let to = one.annotations.get("end").unwrap_or_default();
        let place = format!("{}:{from}-{to}", one.name.as_deref().unwrap_or_default());
        (place, one.sha256().map(|digest| digest.hex()).unwrap_or_default())
    };
    let sentences: Vec<(String, String)> = claim.conditions.sentences.iter().map(sentence).collect();
    let name = claim.attribute.trim_start_matches(names::DECLARED_CLAIM);
    let said = match sentences.as_slice() {
        [] => String::new(),
        some => format!(", as {} says", some.iter().map(|(place, _)| place.as_str()).collect::<Vec<_>>().join(" and ")),
    };
    Claimed {
        claim: format!("{name}{said}"),
        evidence: format!("{}{digest}", claim.conditions.rests_on.as_deref().unwrap_or_default()),
        sentences,
        ..of_attribute(claim, why)
    }
}
