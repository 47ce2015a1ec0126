//! Finds anew what a gate decides from. Nothing of the tree is executed, and what it says of policy, signers and waivers
//! is judged, never obeyed.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::commands::authority;
use crate::commands::check::Options;
use crate::commands::concluding;
use crate::commands::examine::Examined;
use crate::commands::governed;
use crate::commands::governed::Ruling;
use crate::commands::policy;
use crate::commands::proving;
use crate::commands::verifying;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::facts::policy::Policy;
use crate::facts::policy::authority::Review;
use crate::facts::policy::change;
use crate::facts::policy::change::Signature;
use crate::facts::policy::gate::GateBase;
use crate::facts::tree::Mode;
use crate::gate::act::Act;
use crate::gate::case::Base;
use crate::gate::case::Case;
use crate::gate::case::Given;
use crate::gate::case::Handed;
use crate::gate::decide;
use crate::gate::decision::Decision;
use crate::judge::report::Report;
use crate::proof::allowed_signers::AllowedSigners;
use crate::proof::bundle;
use crate::proof::bundle::Bundle;
use crate::proof::check_claims;
use crate::proof::ground::Files;
use crate::proof::ground::Ground;
use crate::proof::ground::Signers;
use crate::proof::repository;
use crate::proof::resource::GitId;
use crate::proof::verify;
use crate::render::json;
use crate::rules::authority::token;
use crate::steps::keys;
use crate::steps::plan;
use crate::steps::plan::Plan;
use crate::steps::policy_text::PolicyText;
use crate::steps::prepare;
use crate::steps::replaced;
use crate::steps::replaced::Replaced;
use crate::world::checkout::Checkout;
use crate::world::clock;
use crate::world::git::remote;
use crate::world::git::repository::Repository;
use crate::world::given;
use crate::world::listing::Listing;
use crate::world::memo::Memo;

/// What is asked.
pub(crate) struct Asked {
    pub(crate) folder: PathBuf,
    pub(crate) act: Act,
    pub(crate) base: String,
    pub(crate) proof: Option<PathBuf>,
    pub(crate) rev: Option<String>,
}

/// What a gate came to, and what it judged.
pub(crate) struct Judged {
    pub(crate) decision: Decision,
    pub(crate) act: Act,
    pub(crate) commit: Option<String>,
    pub(crate) tree: Option<String>,
    pub(crate) dirty: bool,
    pub(crate) tip: String,
    pub(crate) parted: String,
    pub(crate) policy: Option<String>,
    pub(crate) sha256: Option<String>,
    pub(crate) proof: Option<String>,
}

/// All that a gate decides from but the proof.
pub(crate) struct Ready {
    pub(crate) folder: PathBuf,
    pub(crate) options: Options,
    pub(crate) trees: Trees,
    pub(crate) ruling: Ruling,
    pub(crate) base: Base,
    /// What the rules say today.
    pub(crate) report: Report,
    pub(crate) plan: Plan,
    whole: Plan,
    before: Result<Plan, String>,
    is_accepted: bool,
    pub(crate) inputs: Option<BTreeMap<String, Digest>>,
    replaced: Vec<Replaced>,
    /// Checked-in settings by which somebody would hear the token of a release, and that the base does not allow.
    exposed: Vec<String>,
    today: Date,
}

/// The trees that a gate reads.
pub(crate) struct Trees {
    pub(crate) head: Examined,
    listing: Listing,
    pub(crate) files: Result<Files, String>,
    /// The tip of the base: policy and signers are its.
    pub(crate) tip: Examined,
    /// Where the histories parted: findings and waivers of it are inherited.
    parted: Examined,
}

/// Decides about an act.
pub(crate) fn decide(asked: &Asked) -> Result<Judged, Error> {
    let trees = trees(&asked.folder, &asked.base, asked.rev.as_deref(), None)?;
    decide_on(asked, trees)
}

/// Decides as before the commit that is judged was tagged: a release that goes on finds tags which were not there when it was
/// proved, and which it made itself. Those of its `names` are its own to judge, wherever they are.
pub(crate) fn decide_untagged(asked: &Asked, names: &[String]) -> Result<Judged, Error> {
    let mut trees = trees(&asked.folder, &asked.base, asked.rev.as_deref(), None)?;
    let commit = trees.head.subject().revision.unwrap_or_default();
    for tree in [&mut trees.head, &mut trees.tip, &mut trees.parted] {
        tree.without_tags(&commit, names);
    }
    decide_on(asked, trees)
}

fn decide_on(asked: &Asked, trees: Trees) -> Result<Judged, Error> {
    let ready = ready_on(&asked.folder, &asked.base, asked.rev.as_deref(), trees)?;
    let (path, handed) = proof_path(asked, &ready.trees)?;
    let bytes = given::proof(&path, bundle::MOST_BYTES).map_err(|error| error.message);
    let proof = bytes.is_ok().then(|| path.display().to_string());
    let decision = ready.decide(asked.act, bytes.as_deref().map_err(String::as_str), handed)?;
    let subject = ready.trees.head.subject();
    Ok(Judged {
        decision,
        act: asked.act,
        commit: subject.revision,
        tree: subject.tree,
        dirty: subject.dirty,
        tip: ready.base.tip.to_string(),
        parted: ready.base.parted.to_string(),
        policy: ready.ruling.policy.path.as_deref().map(str::to_owned),
        sha256: ready.ruling.policy.sha256.clone(),
        proof,
    })
}

/// Finds all that a gate decides from but the proof.
pub(crate) fn ready(folder: &Path, base: &str, rev: Option<&str>, memo: Option<&Memo>) -> Result<Ready, Error> {
    ready_on(folder, base, rev, trees(folder, base, rev, memo)?)
}

fn ready_on(folder: &Path, base: &str, rev: Option<&str>, trees: Trees) -> Result<Ready, Error> {
    let options = governed::options(folder.to_path_buf(), rev.map(str::to_owned), Some(base.to_owned()), None);
    // A policy of the base that can't be read is an error: nobody can say what it asks for.
    let ruling = governed::rule(&options, &trees.head, Some(&trees.tip))?;
    let (base, plan, today) = (self::base(&trees)?, planned(&trees, &ruling)?, clock::today());
    let report = judge(&options, &trees, &ruling, today);
    // What optional tools would add: required by name alone, and of a fallen-back plan nothing.
    let whole = planned_in(&trees.head, &ruling, &ruling.policy, plan::OPTIONAL_TOOLS).unwrap_or_else(|_| plan.clone());
    Ok(Ready {
        folder: folder.to_path_buf(),
        replaced: replaced::deciding(concluding::replaced(&report), &plan.steps),
        exposed: token::at_release(&trees.head.facts, &ruling.policy.authority),
        inputs: inputs(&trees, &whole),
        before: planned_before(&trees).map_err(|error| error.to_string()),
        is_accepted: is_accepted(&trees, today),
        options,
        trees,
        ruling,
        base,
        report,
        plan,
        whole,
        today,
    })
}

impl Ready {
    /// Whether the tree makes another plan than the base does.
    pub(crate) fn plans_differently(&self) -> bool {
        let commands = |plan: &Plan| -> Vec<(String, Vec<String>)> {
            plan.steps.iter().map(|step| (step.name.clone(), step.argv.clone())).collect()
        };
        self.before.as_ref().is_ok_and(|before| commands(before) != commands(&self.plan))
    }

    /// Decides about an act from the bytes of a proof, or why there are none.
    pub(crate) fn decide(&self, act: Act, bytes: Result<&[u8], &str>, handed: Handed) -> Result<Decision, Error> {
        let parsed = bytes.map(Bundle::parse);
        let verified = match &parsed {
            Ok(Ok(bundle)) => Some(verify::verify(bundle, &self.ground(act, bundle)?)),
            _ => None,
        };
        let given = match (&parsed, &verified) {
            (Ok(Ok(bundle)), Some(verified)) => Given::Proof(bundle, verified),
            (Ok(Err(why)), _) => Given::Malformed(&why.message),
            (Err(why), _) => Given::None(why),
            (Ok(Ok(_)), None) => Given::None("it was not verified"),
        };
        Ok(decide::decide(&Case {
            act,
            policy: &self.ruling.policy,
            plan: &self.plan,
            whole: &self.whole,
            before: self.before.as_ref().map_err(String::as_str),
            is_accepted: self.is_accepted,
            inputs: self.inputs.as_ref(),
            given,
            handed,
            base: &self.base,
            has_remote: origin(&self.folder).is_some(),
            report: &self.report,
            replaced: &self.replaced,
            exposed: &self.exposed,
            now: clock::seconds(),
        }))
    }

    /// What the verification of a proof goes by: the base is the caller's, and the signers are those of its tip.
    fn ground(&self, act: Act, bundle: &Bundle) -> Result<Ground, Error> {
        let own = policy::of_tree(&self.trees.tip.facts)?;
        let day = bundle.root.predicate().time_verified.get(..10).and_then(|day| day.parse::<Date>().ok());
        let claims = |report: &Report| {
            check_claims::of(json::render(report).as_bytes()).map(|(rules, _)| rules).map_err(|why| why.message)
        };
        // On the day of the proof, so that no waiver ends between them: what has ended since is judged apart.
        let rules = match day.filter(|day| *day != self.today) {
            Some(day) => claims(&judge(&self.options, &self.trees, &self.ruling, day)),
            None => claims(&self.report),
        };
        let root = self.trees.head.root.clone().unwrap_or_else(|| self.folder.clone());
        Ok(Ground {
            files: self.trees.files.clone(),
            repository: origin(&self.folder),
            rules,
            policy: verifying::digest_of(&own),
            base: Some(self.base.parted.clone()),
            signers: Ok(signers(act, &own, &self.trees.tip)),
            ledger: verifying::ledger(&self.folder, &root, bundle)?,
            now: clock::seconds(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
}

fn trees(folder: &Path, base: &str, rev: Option<&str>, memo: Option<&Memo>) -> Result<Trees, Error> {
    let tip = Checkout::open(folder, Some(base))?;
    let parted = Checkout::open_base(folder, base, rev)?;
    let mut head = Checkout::open(folder, rev)?;
    let listing = verifying::listed(&head);
    let files = verifying::files(&head, &listing);
    let parted = Examined::read(parted, memo);
    Ok(Trees {
        listing,
        files,
        head: Examined::take(&mut head, memo).since(Some(&parted)),
        tip: Examined::read(tip, memo),
        parted,
    })
}

fn base(trees: &Trees) -> Result<Base, Error> {
    let id = |tree: &Examined| -> Result<GitId, Error> {
        let id = tree.subject().revision.and_then(|id| id.parse().ok());
        id.ok_or_else(|| Error::usage("unknown-revision", "find the commit of the base"))
    };
    let (tip, parted) = (id(&trees.tip)?, id(&trees.parted)?);
    let digest = |tree: &Examined| policy::of_tree(&tree.facts).ok().map(|policy| policy.sha256);
    let in_queue = env::var_os("GITHUB_EVENT_NAME").is_some_and(|event| event == "merge_group");
    Ok(Base {
        same_policy: tip == parted || digest(&trees.tip) == digest(&trees.parted),
        default: if in_queue { GateBase::Tip } else { GateBase::Ancestor },
        tip,
        parted,
    })
}

/// What the rules say of the tree on a day, by the policy and the signers of the tip.
fn judge(options: &Options, trees: &Trees, ruling: &Ruling, day: Date) -> Report {
    let options = Options { today: Some(day), ..options.clone() };
    governed::judge_by(&options, &trees.head, Some(&trees.parted), ruling, Some(&trees.tip.authority))
}

/// The plan; where what the tree adds makes none, that of the base alone.
fn planned(trees: &Trees, ruling: &Ruling) -> Result<Plan, Error> {
    let made = planned_in(&trees.head, ruling, &ruling.policy, &[]);
    made.or_else(|_| planned_in(&trees.head, ruling, &policy::of_tree(&trees.tip.facts)?, &[]))
}

/// The plan that a policy makes of a tree where some optional tools are there.
fn planned_in(tree: &Examined, ruling: &Ruling, policy: &Policy, tools: &[&str]) -> Result<Plan, Error> {
    let text = PolicyText::from_elsewhere(&ruling.path, &ruling.text);
    plan::plan(policy, text, &tree.facts, &tools.iter().map(|tool| (*tool).to_owned()).collect())
}

/// The plan of the base under its own policy: what the tree adds is no part of it.
fn planned_before(trees: &Trees) -> Result<Plan, Error> {
    let facts = &trees.parted.facts;
    let policy = policy::of_tree(facts)?;
    let path = policy.path.as_deref().unwrap_or_default();
    let text = PolicyText::from_elsewhere(path, facts.text(path).unwrap_or_default());
    plan::plan(&policy, text, facts, &BTreeSet::new())
}

/// Whether somebody whom the base trusts signed for what is weaker, or the base leaves it to the forge.
fn is_accepted(trees: &Trees, day: Date) -> bool {
    let change = authority::change(&trees.head, &trees.parted, Some(&trees.tip.authority), day);
    change.is_some_and(|change| {
        change.before.authority.review == Review::Forge || matches!(change.signed.policy, Signature::By(_))
    })
}

/// What each step must have read. In a tree with submodules steps read files that are not its own.
fn inputs(trees: &Trees, plan: &Plan) -> Option<BTreeMap<String, Digest>> {
    let is_whole = !trees.head.facts.tree.entries().iter().any(|entry| entry.mode == Mode::Submodule);
    is_whole.then(|| keys::sources(plan, &trees.listing, &prepare::lock_path(&trees.head.facts)))
}

/// Where the proof is, and how it came.
fn proof_path(asked: &Asked, trees: &Trees) -> Result<(PathBuf, Handed), Error> {
    let repository = Repository::discover(&asked.folder)?;
    let root = repository.as_ref().and_then(Repository::workdir).unwrap_or(&asked.folder).to_path_buf();
    let Some(path) = &asked.proof else {
        return Ok((proving::folder(&root, &trees.head.facts).join(proving::PROOF), Handed::Found));
    };
    let folders = repository.as_ref().map(Repository::folders).unwrap_or_default();
    let folders: Vec<PathBuf> = folders.into_iter().chain([root]).collect();
    let inside = given::leads_through(path, &folders);
    Ok((path.clone(), if inside { Handed::Inside } else { Handed::Outside }))
}

/// The address of the repository; none where this clone does not know it.
pub(crate) fn origin(folder: &Path) -> Option<String> {
    remote::origin(folder).and_then(|remote| repository::address(&remote))
}

/// Who may sign for an act: the act's own file first.
fn signers(act: Act, policy: &Policy, tip: &Examined) -> Signers {
    let gate = match act {
        Act::Merge => &policy.merge_gate,
        Act::Release => &policy.release_gate,
    };
    let path = gate.signers.as_ref().map_or_else(|| change::trusted(policy), |path| &path.value).to_owned();
    let file = tip.authority.get(&path).map(|bytes| AllowedSigners::parse(bytes));
    Signers { path, file }
}
