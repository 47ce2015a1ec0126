//! A proof without a flaw that nobody ever ran: what somebody writes who knows the format and the plan. The self-test of
//! the gate hands it over with one thing wrong at a time.

use std::collections::BTreeMap;

use ssh_key::HashAlg;
use ssh_key::LineEnding;
use ssh_key::PrivateKey;
use ssh_key::private::Ed25519Keypair;

use crate::facts::digest::Digest;
use crate::proof::bundle::Bundle;
use crate::proof::bundle::StepSaid;
use crate::proof::dsse;
use crate::proof::link::Byproducts;
use crate::proof::link::Counts;
use crate::proof::link::Environment;
use crate::proof::link::Link;
use crate::proof::link::Stream;
use crate::proof::malformed::Malformed;
use crate::proof::names;
use crate::proof::names::Role;
use crate::proof::resource::Digests;
use crate::proof::resource::GitId;
use crate::proof::resource::Resource;
use crate::proof::scai::Attribute;
use crate::proof::scai::Basis;
use crate::proof::scai::Claims;
use crate::proof::scai::Conditions;
use crate::proof::scai::Scope;
use crate::proof::scai::Standing;
use crate::proof::signature;
use crate::proof::statement::Subject;
use crate::proof::summary::Governed;
use crate::proof::summary::NotProven;
use crate::proof::summary::Outcome;
use crate::proof::summary::RunOf;
use crate::proof::summary::Source;
use crate::proof::summary::Summary;
use crate::proof::summary::Verifier;
use crate::proof::summary::Word;
use crate::steps::plan::Plan;
use crate::steps::step::Profile;
use crate::steps::step::Step;

/// The name of the first of the runs that never were.
const RUN: &str = "20000101-000000-forged";
/// The most runs that are made up.
const MOST_RUNS: u32 = 100;

/// What the forger knows.
pub struct Known<'a> {
    /// The subject.
    pub subject: Subject,
    /// The claims of the rules, with what of them is not proven.
    pub rules: (Vec<Attribute>, Vec<NotProven>),
    /// The plan.
    pub plan: &'a Plan,
    /// The digest of what each step reads.
    pub inputs: Option<&'a BTreeMap<String, Digest>>,
    /// The digest of the policy.
    pub policy: Digest,
    /// The base.
    pub base: GitId,
    /// The repository.
    pub repository: Option<String>,
    /// How many runs of their own the policy demands.
    pub runs: u32,
    /// Now.
    pub time: String,
    /// The version of the tool.
    pub version: &'a str,
}

/// A proof in its parts.
#[derive(Clone, Debug)]
pub struct Forged {
    /// What it is about.
    pub subject: Subject,
    /// The verdict.
    pub summary: Summary,
    /// The claims.
    pub claims: Claims,
    /// The steps.
    pub steps: Vec<StepSaid>,
}

impl Forged {
    /// One without a flaw.
    pub fn new(known: &Known<'_>) -> Self {
        let (mut attributes, not_proven) = known.rules.clone();
        let runs = runs(known);
        let said = |step: &Step, run: &str| {
            let tests =
                (step.profile == Profile::Test).then_some(Counts { executed: 1, passed: 1, ..Counts::default() });
            let read = known.inputs.and_then(|inputs| inputs.get(&step.name));
            let read = read.map(|digest| Resource::named("source/listing", Digests::sha256(*digest)));
            let link = Link {
                name: step.name.clone(),
                command: step.argv.clone(),
                materials: read.into_iter().collect(),
                byproducts: byproducts(tests),
                environment: Environment { run: run.to_owned(), os: "linux".to_owned(), arch: "x86_64".to_owned() },
            };
            StepSaid { link, tests: None }
        };
        let of_run = |run: &'_ String| known.plan.steps.iter().map(|step| said(step, run)).collect::<Vec<_>>();
        let mut steps: Vec<StepSaid> = runs.iter().flat_map(of_run).collect();
        for claim in &mut attributes {
            declared(claim, &mut steps);
        }
        attributes.extend(steps.iter().map(|step| claim(&step.link)));
        attributes.sort_by(|one, other| one.attribute.cmp(&other.attribute));
        let producer = Resource { name: Some("cargo-governed".to_owned()), ..Resource::default() };
        Self {
            subject: known.subject.clone(),
            summary: summary(known, not_proven),
            claims: Claims { attributes, producer },
            steps,
        }
    }

    /// The bytes, signed with the key that a seed makes, if any.
    pub fn bytes(&self, seed: Option<&[u8; 32]>) -> Result<Vec<u8>, Malformed> {
        let mut bundle = Bundle::new(&self.subject, self.summary.clone(), self.claims.clone(), self.steps.clone());
        if let Some(seed) = seed {
            let bytes = dsse::pae(&bundle.root.envelope.payload);
            let key = PrivateKey::from(Ed25519Keypair::from_seed(seed));
            let wrong = |error: ssh_key::Error| Malformed::new(error.to_string());
            let signed = key.sign(Role::Proof.namespace(), HashAlg::Sha512, &bytes).map_err(wrong)?;
            let armour = signed.to_pem(LineEnding::LF).map_err(wrong)?;
            bundle.root.envelope.signatures = vec![signature::from_armour(armour.as_bytes(), Role::Proof, &bytes)?];
        }
        Ok(bundle.bytes())
    }
}

/// A line of a file of signers for the key that a seed makes.
pub fn signer(seed: &[u8; 32]) -> Option<String> {
    let key = PrivateKey::from(Ed25519Keypair::from_seed(seed));
    key.public_key().to_openssh().ok().map(|key| format!("self-test@example.com {key}\n"))
}

/// As many runs as have to agree.
fn runs(known: &Known<'_>) -> Vec<String> {
    let more = (1..known.runs.min(MOST_RUNS)).map(|number| format!("20000101-{number:06}-forged"));
    std::iter::once(RUN.to_owned()).chain(more).collect()
}

fn byproducts(tests: Option<Counts>) -> Byproducts {
    Byproducts {
        state: "passed".to_owned(),
        exit: Some(0),
        signal: None,
        duration_ms: 1,
        attempts: 1,
        failures: 0,
        isolation: "landlock".to_owned(),
        reused_from: None,
        outputs: Vec::new(),
        unproven: Vec::new(),
        stdout: Stream::default(),
        stderr: Stream::default(),
        canary_failed: tests.map(|_| true),
        tests,
    }
}

/// A declared claim that rests on what a run saw, as a run would have found it.
fn declared(claim: &mut Attribute, steps: &mut [StepSaid]) {
    let Some(rests_on) = claim.conditions.rests_on.clone() else { return };
    if let Some(name) = rests_on.strip_prefix(names::STEP_CLAIM) {
        let step = steps.iter().find(|step| step.link.name == name);
        let is_reported = step.is_some_and(|step| step.link.byproducts.tests.is_some());
        claim.conditions.basis = if is_reported { Basis::Reported } else { Basis::Observed };
        claim.conditions.run = step.map(|_| RUN.to_owned());
    } else if rests_on.starts_with(names::OUTPUT_GROUND) {
        claim.conditions.basis = Basis::Reported;
        claim.conditions.run = Some(RUN.to_owned());
        claim.evidence = Resource::named(rests_on, Digests::sha256(Digest::of(b"forged")));
        if let Some(first) = steps.first_mut() {
            first.link.byproducts.outputs.push(claim.evidence.clone());
        }
    }
}

fn claim(link: &Link) -> Attribute {
    Attribute {
        attribute: format!("{}{}", names::STEP_CLAIM, link.name),
        conditions: Conditions {
            standing: Standing::Holds,
            basis: if link.byproducts.tests.is_some() { Basis::Reported } else { Basis::Observed },
            scope: Scope::Tree,
            looked_at: None,
            findings: None,
            run: Some(link.environment.run.clone()),
            platform: Some("x86_64-linux".to_owned()),
            isolation: Some(link.byproducts.isolation.clone()),
            rests_on: None,
            sentences: Vec::new(),
        },
        evidence: Resource::default(),
    }
}

fn summary(known: &Known<'_>, not_proven: Vec<NotProven>) -> Summary {
    let version = known.version.to_owned();
    let of = |run: String| RunOf {
        run,
        version: version.clone(),
        began: known.time.clone(),
        os: "linux".to_owned(),
        arch: "x86_64".to_owned(),
        earlier: 0,
        shard: None,
        overridden: None,
    };
    Summary {
        verifier: Verifier {
            id: names::VERIFIER.to_owned(),
            version: BTreeMap::from([("cargo-governed".to_owned(), version.clone())]),
        },
        time_verified: known.time.clone(),
        resource_uri: known.repository.clone().unwrap_or_else(|| names::NO_REMOTE.to_owned()),
        policy: Resource::at(names::DEFAULT_POLICY, Digests::sha256(known.policy)),
        input_attestations: Vec::new(),
        verification_result: Outcome::Passed,
        verified_levels: vec![names::LEVEL.to_owned()],
        governed: Governed {
            verdict: Word::Accepted,
            because: Vec::new(),
            not_proven,
            base: Some(known.base.clone()),
            source: Source::Revision,
            dirty: false,
            runs: runs(known).into_iter().map(of).collect(),
            machines: None,
            reports: Vec::new(),
            checkpoint: None,
        },
    }
}
