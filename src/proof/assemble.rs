//! From a recorded run to its proof. Pure: the same record gives the same bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::facts::digest::Digest;
use crate::proof::ahead::Ahead;
use crate::proof::annotations::Annotations;
use crate::proof::bundle::Bundle;
use crate::proof::case;
use crate::proof::case::Case;
use crate::proof::check_claims;
use crate::proof::check_claims::Apart;
use crate::proof::declared::Declared;
use crate::proof::declared::Judged;
use crate::proof::link::Environment;
use crate::proof::machines;
use crate::proof::machines::Did;
use crate::proof::malformed::Malformed;
use crate::proof::names;
use crate::proof::resource::Digests;
use crate::proof::resource::GitId;
use crate::proof::resource::Resource;
use crate::proof::scai::Attribute;
use crate::proof::scai::Claims;
use crate::proof::scai::Conditions;
use crate::proof::scai::Scope;
use crate::proof::scai::Standing;
use crate::proof::step_lines;
use crate::proof::summary::Governed;
use crate::proof::summary::NotProven;
use crate::proof::summary::Outcome;
use crate::proof::summary::Reason;
use crate::proof::summary::Source;
use crate::proof::summary::Summary;
use crate::proof::summary::Verifier;
use crate::proof::summary::Word;
use crate::proof::written;
use crate::record::checkpoint::Checkpoint;
use crate::record::report::RunReport;
use crate::record::report::StepReport;

/// A proof, and the listing that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assembled {
    /// The proof.
    pub bundle: Bundle,
    /// The bytes of `tree.sha256`.
    pub listing: Vec<u8>,
    /// The bytes of the proof as it was made, before anybody signed it.
    unsigned: Vec<u8>,
}

impl Assembled {
    /// The bytes of the proof.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        let is_unsigned = self.bundle.root.envelope.signatures.is_empty();
        if is_unsigned { Cow::Borrowed(&self.unsigned) } else { Cow::Owned(self.bundle.bytes()) }
    }
}

/// Makes the proof of a run. What the record does not hold any more can't be proven: then there is none.
///
/// Lines that were made ahead stand in for those that would be made, where nothing that they say has changed since.
pub fn assemble(case: &Case<'_>, ahead: Option<Ahead>) -> Result<Assembled, Malformed> {
    let report = case.report;
    let began = &report.began;
    let (subject, listing) = case::about(case)?;
    let Apart { rules: mut claims, mut not_proven, declared } = match &report.check {
        Some(check) => {
            let document = (case.object)(&check.report);
            check_claims::apart(&document.ok_or_else(|| case::missing("report of the check", &check.report))?)?
        }
        None => Apart::default(),
    };
    let steps = ahead.and_then(|ahead| ahead.for_case(case, &subject));
    let steps = steps.map_or_else(|| case::steps_of(case, &subject), Ok)?;
    let machines = machines::of(report, case.parts, case.beside);
    for did in &machines {
        for step in &did.steps {
            claims.push(claim(step, &did.environment));
            if step_lines::standing(step) != Standing::Holds {
                let claim = format!("{}{}", names::STEP_CLAIM, step.step);
                let mut why = step_lines::why_not(step);
                if !case.parts.is_empty() {
                    why.push(format!("in run {}", did.environment.run));
                }
                not_proven.push(NotProven { claim, why });
            }
        }
    }
    for judged in judged(&declared, report, case.object) {
        if judged.claim.conditions.standing != Standing::Holds {
            not_proven.push(NotProven { claim: judged.claim.attribute.clone(), why: judged.why });
        }
        claims.push(judged.claim);
    }
    claims.sort_by(|one, other| name_of(one).cmp(&name_of(other)));
    let claims = Claims { attributes: claims, producer: tool(&began.version) };
    let (bundle, unsigned) = written::bundle(&subject, summary(case, not_proven, &machines)?, claims, steps)?;
    Ok(Assembled { bundle, listing, unsigned })
}

/// The declared claims of a run, by what its steps came to.
pub fn judged(declared: &[Declared], report: &RunReport, object: &dyn Fn(&Digest) -> Option<Vec<u8>>) -> Vec<Judged> {
    let run = &report.began.run;
    let steps: Vec<(&StepReport, &str)> =
        report.steps.iter().map(|step| (step, step.joined_from.as_ref().unwrap_or(run).as_str())).collect();
    declared.iter().map(|claim| claim.judge(&steps, object)).collect()
}

fn name_of(claim: &Attribute) -> (&str, Option<&str>) {
    (&claim.attribute, claim.conditions.run.as_deref())
}

/// The reports that the record keeps of the run.
fn reports(report: &RunReport) -> Vec<Resource> {
    let check = report.check.as_ref();
    let kinds = [
        ("check", "application/json", check.map(|check| check.report)),
        ("sarif", "application/sarif+json", check.and_then(|check| check.sarif)),
        ("junit", "application/xml", report.junit),
    ];
    let named =
        |(name, media_type, digest): (&str, &str, Option<Digest>)| Some(Resource::object(name, media_type, digest?));
    kinds.into_iter().filter_map(named).collect()
}

fn tool(version: &str) -> Resource {
    let annotations = Annotations::one("version", version);
    Resource { name: Some(env!("CARGO_PKG_NAME").to_owned()), annotations, ..Resource::default() }
}

fn claim(step: &StepReport, environment: &Environment) -> Attribute {
    let name = format!("{}{}", names::STEP_CLAIM, step.step);
    Attribute {
        attribute: name,
        conditions: Conditions {
            standing: step_lines::standing(step),
            basis: step_lines::basis(step),
            scope: Scope::Tree,
            looked_at: None,
            findings: None,
            run: Some(environment.run.clone()),
            platform: Some(format!("{}-{}", environment.arch, environment.os)),
            isolation: Some(step.isolation.as_str().to_owned()),
            rests_on: None,
            sentences: Vec::new(),
        },
        // The line of the step: filled in when there is one.
        evidence: Resource::default(),
    }
}

fn summary(case: &Case<'_>, not_proven: Vec<NotProven>, machines: &[Did<'_>]) -> Result<Summary, Malformed> {
    let report = case.report;
    let began = &report.began;
    let base: Option<GitId> = match &began.base {
        Some(base) => Some(base.parse().map_err(|why| Malformed::new(format!("the base {base:?}: {why}")))?),
        None => None,
    };
    // A part of a plan says nothing of the rest, whatever it came to.
    let is_whole = report.has_ended() && began.shard.is_none();
    let verdict = match report.verdict.as_deref().filter(|_| is_whole) {
        Some("accepted") => Word::Accepted,
        Some("refused") => Word::Refused,
        _ => Word::Unproven,
    };
    let mut because: Vec<Reason> = report
        .because
        .iter()
        .map(|doubt| Reason { code: doubt.code.clone(), message: doubt.message.clone() })
        .collect();
    if !report.has_ended() {
        because.push(Reason { code: "interrupted".to_owned(), message: "the run did not end".to_owned() });
    }
    if let Some(shard) = began.shard {
        let message = format!("the run did part {} of {} of the plan", shard.index, shard.total);
        because.push(Reason { code: "part-of-plan".to_owned(), message });
    }
    let ended = case.beside.ended.as_ref();
    let covered = case.checkpoint.filter(|checkpoint| ended.is_some_and(|(n, _)| *n < checkpoint.size));
    let governed = Governed {
        verdict,
        because,
        not_proven,
        base,
        source: match began.subject.source.as_str() {
            "worktree" => Source::Worktree,
            "revision" => Source::Revision,
            _ => Source::Folder,
        },
        dirty: began.subject.dirty,
        runs: machines.iter().map(Did::run).collect(),
        machines: (!began.joins.is_empty()).then(|| match began.quorum {
            Some(count) => format!("quorum:{count}"),
            None => "unanimous".to_owned(),
        }),
        reports: reports(report),
        checkpoint: covered.map(Checkpoint::text),
    };
    // Foreign verifiers look at this word alone, so an overridden run has it never.
    let passed = verdict == Word::Accepted && governed.is_certifiable() && report.certifiable;
    Ok(Summary {
        verifier: Verifier {
            id: names::VERIFIER.to_owned(),
            version: BTreeMap::from([(env!("CARGO_PKG_NAME").to_owned(), began.version.clone())]),
        },
        time_verified: ended.map_or_else(|| report.at.clone(), |(_, at)| at.clone()),
        resource_uri: case.repository.unwrap_or(names::NO_REMOTE).to_owned(),
        policy: policy(case, governed.base.as_ref())?,
        input_attestations: Vec::new(),
        verification_result: if passed { Outcome::Passed } else { Outcome::Failed },
        verified_levels: if passed { vec![names::LEVEL.to_owned()] } else { Vec::new() },
        governed,
    })
}

/// The policy by its place and digest. Without a file the defaults decided, which are those of an empty file.
fn policy(case: &Case<'_>, base: Option<&GitId>) -> Result<Resource, Malformed> {
    let policy = &case.report.began.policy;
    let Some((path, sha256)) = policy.path.as_ref().zip(policy.sha256.as_ref()) else {
        return Ok(Resource::at(names::DEFAULT_POLICY, Digests::sha256(Digest::of(b""))));
    };
    let digest = format!("sha256:{sha256}").parse();
    let digest = digest.map_err(|why| Malformed::new(format!("the digest of the policy: {why}")))?;
    let base = base.map(|base| format!("@{base}")).unwrap_or_default();
    let repository = case.repository.unwrap_or(names::NO_REMOTE);
    Ok(Resource::at(format!("{repository}{base}#{path}"), Digests::sha256(digest)))
}
