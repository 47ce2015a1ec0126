//! `gate --self-test`: stages attacks in a scratch repository that borrows the objects of the user's own, under the user's
//! own policy. Nothing of the tree is executed, and the user's repository is not written to.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use crate::commands::gating;
use crate::commands::gating::Ready;
use crate::commands::verifying;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::facts::history::ObjectId;
use crate::facts::policy::Policy;
use crate::facts::policy::change;
use crate::facts::policy::gate::Machines;
use crate::facts::tree::Mode;
use crate::gate::attacks::ATTACKS;
use crate::gate::attacks::Attack;
use crate::gate::attacks::CONTROL;
use crate::gate::attacks::SignedBy;
use crate::gate::decision::Decision;
use crate::gate::edits::Edits;
use crate::gate::edits::Seen;
use crate::gate::forged::Forged;
use crate::gate::forged::Known;
use crate::gate::forged::signer;
use crate::proof::check_claims;
use crate::proof::malformed::Malformed;
use crate::proof::resource::GitId;
use crate::proof::statement::Subject;
use crate::render::gate::staged::Ended;
use crate::render::gate::staged::Row;
use crate::render::gate::staged::Staged;
use crate::render::json;
use crate::world::checkout::Checkout;
use crate::world::clock;
use crate::world::git::scratch::Scratch;
use crate::world::memo::Memo;
use crate::world::random;

/// A tree with all that the gate decides from, made once for all attacks that change the same.
type Trees = BTreeMap<Edits, Ready>;

/// Stages all attacks on a base: the revision, or HEAD.
pub(crate) fn stage(folder: &Path, base: Option<&str>) -> Result<Staged, Error> {
    let revision = base.unwrap_or("HEAD");
    let commit = Checkout::open(folder, Some(revision))?.commit;
    let commit = commit.ok_or_else(|| Error::usage("unknown-revision", "find the commit of the base"))?;
    let mut bench = Bench {
        scratch: Scratch::of(folder)?,
        commit: commit.clone(),
        seed: random::bytes(),
        trusted: None,
        memo: Memo::default(),
    };
    bench.join()?;
    let mut trees = Trees::new();
    let control = bench.row(&CONTROL, &mut trees)?;
    let mut rows = Vec::new();
    for attack in ATTACKS {
        rows.push(bench.row(attack, &mut trees)?);
    }
    Ok(Staged { base: revision.to_owned(), commit: commit.0.to_string(), control, rows })
}

struct Bench {
    scratch: Scratch,
    commit: ObjectId,
    seed: [u8; 32],
    /// The seed of a key that the base trusts, where a merge demands a signature.
    trusted: Option<[u8; 32]>,
    memo: Memo,
}

impl Bench {
    /// Where a merge demands a signature, puts a commit before all attacks whose signers name a key of ours, too: else
    /// every attack would be refused for the signature that it has not, whatever else it does.
    fn join(&mut self) -> Result<(), Error> {
        let plain = self.ready(&Edits::new())?;
        let Some(path) = &plain.ruling.policy.merge_gate.signers else { return Ok(()) };
        let seed = random::bytes();
        let text = plain.trees.tip.authority.get(&path.value);
        let text = text.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        let line = signer(&seed).ok_or_else(|| Error::failed("self-test", "make a key"))?;
        let ends = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let edit = (path.value.clone(), Some((Mode::File, format!("{text}{ends}{line}"))));
        self.commit = self.scratch.commit(&self.commit, &[edit])?;
        self.trusted = Some(seed);
        Ok(())
    }

    fn row(&self, attack: &Attack, trees: &mut Trees) -> Result<Row, Error> {
        let decision = self.decide(attack, trees)?;
        let is_expected = |decision: &Decision| {
            attack.expected.is_empty() || decision.because.iter().any(|one| attack.expected.contains(&one.code))
        };
        let ended = match &decision {
            None => Ended::NotApplicable,
            Some(decision) if decision.allows() => Ended::Allowed,
            Some(decision) if is_expected(decision) => Ended::Refused,
            Some(_) => Ended::Otherwise,
        };
        let because = decision.map(|decision| decision.because).unwrap_or_default();
        Ok(Row { threat: attack.threat, name: attack.name, act: attack.act, ended, because })
    }

    /// The decision about an attack; none where the base has nothing of the kind.
    fn decide(&self, attack: &Attack, trees: &mut Trees) -> Result<Option<Decision>, Error> {
        let plain = self.tree(Edits::new(), trees)?;
        let policy = &plain.ruling.policy;
        let signers = plain.trees.tip.authority.get(change::trusted(policy));
        let signers = signers.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let seen = Seen { facts: &plain.trees.tip.facts, policy, signers, seed: &self.seed };
        let Some(edits) = (attack.tree)(&seen) else { return Ok(None) };
        let ready = self.tree(edits, trees)?;
        if attack.by_plan && !ready.plans_differently() {
            return Ok(None);
        }
        let mut forged = forged(ready).map_err(|why| Error::failed("self-test", format!("forge a proof: {why}")))?;
        if !(attack.proof)(&mut forged, &ready.ruling.policy) {
            return Ok(None);
        }
        let signer = match attack.signed {
            SignedBy::Nobody => None,
            SignedBy::Attacker => Some(&self.seed),
            SignedBy::AsDemanded => self.trusted.as_ref(),
        };
        let bytes = forged.bytes(signer).map_err(|why| Error::failed("self-test", format!("forge a proof: {why}")))?;
        ready.decide(attack.act, Ok(&(attack.bytes)(bytes)), attack.handed).map(Some)
    }

    /// The tree of some edits; made when it is first asked for.
    fn tree<'t>(&self, edits: Edits, trees: &'t mut Trees) -> Result<&'t Ready, Error> {
        match trees.entry(edits) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(place) => {
                let ready = self.ready(place.key())?;
                Ok(place.insert(ready))
            }
        }
    }

    fn ready(&self, edits: &Edits) -> Result<Ready, Error> {
        let head = self.scratch.commit(&self.commit, edits)?;
        gating::ready(self.scratch.folder(), &self.commit.0, Some(&head.0), Some(&self.memo))
    }
}

/// How many runs of their own a policy demands.
fn demanded(policy: &Policy) -> u32 {
    let gates = [&policy.merge_gate, &policy.release_gate].into_iter();
    let least = gates.filter_map(|gate| match gate.machines.as_ref()?.value {
        Machines::Quorum(least) => Some(least),
        Machines::Unanimous => None,
    });
    least.max().unwrap_or(1)
}

/// The proof that somebody would write who knows all that the gate knows.
fn forged(ready: &Ready) -> Result<Forged, Malformed> {
    let files = ready.trees.files.as_ref().map_err(Malformed::new)?;
    let base: GitId = ready.base.parted.clone();
    let policy =
        crate::commands::policy::of_tree(&ready.trees.tip.facts).map_err(|error| Malformed::new(error.message))?;
    let known = Known {
        subject: Subject { listing: files.listing, tree: files.tree.clone(), commit: files.commit.clone() },
        rules: check_claims::of(json::render(&ready.report).as_bytes())?,
        plan: &ready.plan,
        inputs: ready.inputs.as_ref(),
        policy: verifying::digest_of(&policy).unwrap_or_else(|_| Digest::of(b"")),
        base,
        runs: demanded(&ready.ruling.policy),
        repository: gating::origin(&ready.folder),
        time: clock::stamp(),
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(Forged::new(&known))
}
