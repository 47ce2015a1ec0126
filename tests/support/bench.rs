//! A gate over a made-up proof: everything that it decides from can be altered, and nothing is started or read.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use cargo_governed::facts::Facts;
use cargo_governed::facts::digest::Digest;
use cargo_governed::facts::policy::Policy;
use cargo_governed::facts::policy::find;
use cargo_governed::facts::policy::gate::GateBase;
use cargo_governed::facts::tree::Tree;
use cargo_governed::gate::act::Act;
use cargo_governed::gate::case::Base;
use cargo_governed::gate::case::Case;
use cargo_governed::gate::case::Given;
use cargo_governed::gate::case::Handed;
use cargo_governed::gate::code::Code;
use cargo_governed::gate::decide;
use cargo_governed::gate::decision::Decision;
use cargo_governed::judge::report::PolicyUsed;
use cargo_governed::judge::report::Report;
use cargo_governed::judge::report::RuleReport;
use cargo_governed::judge::report::Source;
use cargo_governed::judge::report::Standing;
use cargo_governed::judge::report::Subject;
use cargo_governed::judge::report::Verdict;
use cargo_governed::proof::allowed_signers::AllowedSigners;
use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::bundle::StepSaid;
use cargo_governed::proof::dsse;
use cargo_governed::proof::ground::Files;
use cargo_governed::proof::ground::Ground;
use cargo_governed::proof::ground::Signers;
use cargo_governed::proof::names::Role;
use cargo_governed::proof::scai::Basis;
use cargo_governed::proof::scai::Claims;
use cargo_governed::proof::signature;
use cargo_governed::proof::statement;
use cargo_governed::proof::summary::Summary;
use cargo_governed::proof::verify;
use cargo_governed::rules;
use cargo_governed::rules::level::Level;
use cargo_governed::steps::plan;
use cargo_governed::steps::policy_text::PolicyText;
use cargo_governed::steps::replaced::Replaced;

use crate::support::keys::Keys;
use crate::support::proof;

/// Ten minutes after the proof was made.
pub(crate) const NOW: i64 = 1_795_320_600;
/// A policy with the two steps of the proof.
pub(crate) const POLICY: &str = "[run]\ninfer = false\n[[step]]\nname = \"fmt\"\nrun = [\"cargo\", \"fmt\", \"--workspace\"]\n[[step]]\nname = \"test\"\nrun = [\"cargo\", \"test\", \"--workspace\"]\n";

/// Keys that are made once: `me`, whom the base trusts, and `other`.
pub(crate) static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let keys = Keys::new();
    keys.make("me", "ed25519");
    keys.make("other", "ed25519");
    keys
});

/// All that a gate decides from.
pub(crate) struct Bench {
    pub(crate) act: Act,
    pub(crate) policy: String,
    pub(crate) subject: statement::Subject,
    pub(crate) summary: Summary,
    pub(crate) claims: Claims,
    pub(crate) steps: Vec<StepSaid>,
    pub(crate) signed_by: Vec<&'static str>,
    /// What is done to the bytes of the proof; none gives no proof.
    pub(crate) bytes: fn(Vec<u8>) -> Option<Vec<u8>>,
    pub(crate) handed: Handed,
    pub(crate) ground: Ground,
    pub(crate) base: Base,
    pub(crate) has_remote: bool,
    pub(crate) report: Report,
    pub(crate) replaced: Vec<Replaced>,
    pub(crate) exposed: Vec<String>,
    /// Why the plan of the base can't be made; none where it is the plan of the tree.
    pub(crate) before: Option<&'static str>,
    pub(crate) now: i64,
}

impl Bench {
    /// One that is allowed.
    pub(crate) fn new(act: Act) -> Self {
        let made = proof::bundle(&["fmt", "test"], 2);
        let (subject, summary) = (made.subject().clone(), made.root.predicate().clone());
        let said = |name: &&str| proof::step(name);
        let mut claims = made.claims.predicate().clone();
        // Both steps of the made-up proof count tests, and so their claims are what the tested code said.
        let observed = claims.attributes.iter_mut().filter(|claim| claim.conditions.basis == Basis::Observed);
        observed.for_each(|claim| claim.conditions.basis = Basis::Reported);
        let rules = claims.attributes.iter().filter(|claim| claim.attribute.starts_with("rule/")).cloned().collect();
        let ground = Ground {
            files: Ok(Files { listing: subject.listing, tree: subject.tree.clone(), commit: subject.commit.clone() }),
            repository: Some(summary.resource_uri.clone()),
            rules: Ok(rules),
            policy: Ok(Digest::of(b"policy")),
            base: summary.governed.base.clone(),
            signers: Ok(signers(&format!("me@example.com {}\n", KEYS.public("me")))),
            ledger: None,
            now: NOW,
            version: "0.1.0".to_owned(),
        };
        let at = proof::git_id("3");
        Self {
            act,
            policy: POLICY.to_owned(),
            subject,
            summary,
            claims,
            steps: ["fmt", "test"].iter().map(said).collect(),
            signed_by: if act == Act::Release { vec!["me"] } else { Vec::new() },
            bytes: Some,
            handed: Handed::Outside,
            ground,
            base: Base { tip: at.clone(), parted: at, same_policy: true, default: GateBase::Ancestor },
            has_remote: true,
            report: report(),
            replaced: Vec::new(),
            exposed: Vec::new(),
            before: None,
            now: NOW,
        }
    }

    /// The bytes of the proof, as somebody without our scruples would write them.
    pub(crate) fn proof(&self) -> Vec<u8> {
        let mut bundle = Bundle::new(&self.subject, self.summary.clone(), self.claims.clone(), self.steps.clone());
        let bytes = dsse::pae(&bundle.root.envelope.payload);
        let sign = |key: &&str| {
            let armour = KEYS.sign(key, Role::Proof.namespace(), &bytes);
            signature::from_armour(&armour, Role::Proof, &bytes).expect("a signature")
        };
        bundle.root.envelope.signatures = self.signed_by.iter().map(sign).collect();
        bundle.bytes()
    }

    /// The decision about a proof of these bytes.
    pub(crate) fn decide_on(&self, bytes: Option<&[u8]>) -> Decision {
        let vocabulary = rules::vocabulary();
        let policy: Policy = find::read("governed.toml", &self.policy, &vocabulary).expect("a policy");
        let facts = Facts::assemble(Tree::default(), []);
        let text = PolicyText::from_elsewhere("governed.toml", &self.policy);
        let plan = plan::plan(&policy, text, &facts, &BTreeSet::new()).expect("a plan");
        let inputs: BTreeMap<String, Digest> =
            plan.steps.iter().map(|step| (step.name.clone(), Digest::of(b"inputs"))).collect();
        let parsed = bytes.map(Bundle::parse);
        let verified = match &parsed {
            Some(Ok(bundle)) => Some(verify::verify(bundle, &self.ground)),
            _ => None,
        };
        let given = match (&parsed, &verified) {
            (Some(Ok(bundle)), Some(verified)) => Given::Proof(bundle, verified),
            (Some(Err(why)), _) => Given::Malformed(&why.message),
            _ => Given::None("there is none"),
        };
        decide::decide(&Case {
            act: self.act,
            policy: &policy,
            plan: &plan,
            whole: &plan,
            before: self.before.map_or(Ok(&plan), Err),
            is_accepted: false,
            inputs: Some(&inputs),
            given,
            handed: self.handed,
            base: &self.base,
            has_remote: self.has_remote,
            report: &self.report,
            replaced: &self.replaced,
            exposed: &self.exposed,
            now: self.now,
        })
    }

    /// The codes of the reasons.
    pub(crate) fn codes(&self) -> Vec<Code> {
        let decision = self.decide_on((self.bytes)(self.proof()).as_deref());
        assert_eq!(decision.allows(), decision.because.is_empty(), "{decision:?}");
        decision.because.into_iter().map(|refusal| refusal.code).collect()
    }

    /// The claim of a step, and its line.
    pub(crate) fn step(&mut self, name: &str) -> &mut StepSaid {
        self.steps.iter_mut().find(|step| step.link.name == name).expect("the step")
    }

    /// The claim of a name.
    pub(crate) fn claim(&mut self, name: &str) -> &mut cargo_governed::proof::scai::Attribute {
        self.claims.attributes.iter_mut().find(|claim| claim.attribute == name).expect("the claim")
    }
}

/// A file of signers of the base.
pub(crate) fn signers(text: &str) -> Signers {
    let file = Some(AllowedSigners::parse(text.as_bytes()));
    Signers { path: ".github/allowed_signers".to_owned(), file }
}

/// A report in which everything holds.
fn report() -> Report {
    let rule = |rule: &'static str| RuleReport {
        rule,
        group: "reading",
        level: Level::Deny,
        claim: "it holds",
        page: "",
        standing: Standing::Holds,
        looked_at: 3,
        findings: 0,
        unproven: Vec::new(),
        demanded: false,
    };
    Report {
        subject: Subject { source: Source::Worktree, revision: None, tree: None, dirty: false, notes: Vec::new() },
        policy: PolicyUsed::default(),
        since: Some("base".to_owned()),
        fail_on: Level::Deny,
        files_read: 3,
        rules: vec![rule("file-unparsable"), rule("authority-weakened")],
        waivers: Vec::new(),
        findings: Vec::new(),
        claims: Vec::new(),
        fixed: Vec::new(),
        verdict: Verdict::Accepted,
    }
}
