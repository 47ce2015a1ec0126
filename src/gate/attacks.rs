//! Attacks on a gate: each is one thing done to a proof without a flaw, or to the tree, by somebody who wants it merged.
//! The numbers are those of the threat table in the page about security.

use crate::facts::Facts;
use crate::facts::digest::Digest;
use crate::facts::policy::Policy;
use crate::facts::policy::change;
use crate::facts::policy::find;
use crate::gate::act::Act;
use crate::gate::case::Handed;
use crate::gate::forged;
use crate::gate::forged::Forged;
use crate::proof::link::Counts;
use crate::proof::scai::Attribute;
use crate::proof::scai::Scope;
use crate::proof::scai::Standing;
use crate::proof::summary::Outcome;
use crate::proof::summary::Word;

/// What an attack changes in the tree: texts by path, none to remove.
pub type Edits = Vec<(String, Option<String>)>;

/// What an attacker sees of the base.
pub struct Seen<'a> {
    /// Its files.
    pub facts: &'a Facts,
    /// Its policy.
    pub policy: &'a Policy,
    /// The text of its file of signers.
    pub signers: Option<&'a str>,
    /// The seed of a key that nobody trusts.
    pub seed: &'a [u8; 32],
}

/// A workflow that passes whatever is checked in.
const IN_VAIN: &str =
    "on: [pull_request, merge_group]\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n      - run: exit 0\n";

/// Who signs the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// Nobody.
    Nobody,
    /// The attacker, with a key of his own.
    Attacker,
}

/// One attack.
pub struct Attack {
    /// The row of the threat table.
    pub threat: u8,
    /// What is done.
    pub name: &'static str,
    /// The act that is asked for.
    pub act: Act,
    /// What is done to the tree; none where the base has nothing of the kind.
    pub tree: fn(&Seen<'_>) -> Option<Edits>,
    /// What is done to the proof; false where the policy has nothing of the kind.
    pub proof: fn(&mut Forged, &Policy) -> bool,
    /// What is done to its bytes.
    pub bytes: fn(Vec<u8>) -> Vec<u8>,
    /// Who signs it.
    pub signed: SignedBy,
    /// How it comes.
    pub handed: Handed,
    /// Whether it is one only where the tree makes another plan than the base.
    pub by_plan: bool,
}

/// An attack that does nothing yet.
const fn attack(threat: u8, name: &'static str) -> Attack {
    Attack {
        threat,
        name,
        act: Act::Merge,
        tree: |_| Some(Vec::new()),
        proof: |_, _| true,
        bytes: |bytes| bytes,
        signed: SignedBy::Nobody,
        handed: Handed::Outside,
        by_plan: false,
    }
}

/// A harmless change with a proof that is handed over: what the gate must let through, or the attacks show nothing.
pub const CONTROL: Attack = attack(0, "a harmless change, and its proof handed over");

const fn on_tree(threat: u8, name: &'static str, tree: fn(&Seen<'_>) -> Option<Edits>) -> Attack {
    Attack { tree, ..attack(threat, name) }
}

const fn on_proof(threat: u8, name: &'static str, proof: fn(&mut Forged, &Policy) -> bool) -> Attack {
    Attack { proof, ..attack(threat, name) }
}

const fn on_bytes(threat: u8, name: &'static str, bytes: fn(Vec<u8>) -> Vec<u8>) -> Attack {
    Attack { bytes, ..attack(threat, name) }
}

/// All attacks.
pub const ATTACKS: &[Attack] = &[
    Attack { handed: Handed::Inside, ..attack(1, "a perfect proof that lies in the tree") },
    Attack { handed: Handed::Found, ..attack(1, "a perfect proof where runs write it") },
    Attack { signed: SignedBy::Attacker, ..attack(1, "a perfect proof, signed with a key of the attacker's own") },
    Attack { act: Act::Release, ..attack(1, "a release with a proof that nobody signed") },
    Attack {
        act: Act::Release,
        signed: SignedBy::Attacker,
        tree: joins,
        ..attack(1, "a release signed by a key that the change itself adds")
    },
    on_proof(1, "the proof of another commit", |forged, _| {
        forged.subject.commit = "0".repeat(40).parse().ok();
        true
    }),
    on_proof(1, "the proof of other files", |forged, _| {
        forged.subject.listing = Digest::of(b"other files");
        true
    }),
    on_tree(2, "a policy that asks for nothing", |_| {
        let text = "[check]\n[run]\ninfer = false\n[rules]\ntests = \"allow\"\n[gate.merge]\nrequires = [\"rules\"]\n";
        Some(vec![(find::FILE.to_owned(), Some(text.to_owned()))])
    }),
    on_tree(2, "a signer who is added", |seen| {
        seen.signers.filter(|text| text.contains("ssh-"))?;
        joins(seen)
    }),
    on_tree(30, "a waiver that is added", |seen| {
        let text = policy_text(seen)?;
        let added = format!("{text}\n[[waiver]]\nrule = \"doc-link-broken\"\nreason = \"staged\"\n");
        Some(vec![(find::FILE.to_owned(), Some(added))])
    }),
    on_tree(3, "workflows in which every job is `exit 0`", |seen| workflows(seen, |_| Some(IN_VAIN.to_owned()))),
    on_tree(18, "a token that may write", |seen| {
        workflows(seen, |text| {
            text.contains("contents: read").then(|| text.replace("contents: read", "contents: write"))
        })
    }),
    on_tree(22, "an action from a branch in place of a commit", |seen| workflows(seen, unpinned)),
    Attack { by_plan: true, tree: less, ..attack(3, "workflows that lint and test less") },
    on_proof(5, "a proof that was made against another base", |forged, _| {
        forged.summary.governed.base = "1".repeat(40).parse().ok();
        true
    }),
    on_proof(5, "a proof without a base", |forged, _| {
        forged.summary.governed.base = None;
        true
    }),
    on_proof(5, "a proof under another policy", |forged, _| {
        forged.summary.policy.digest = Some(crate::proof::resource::Digests::sha256(Digest::of(b"another policy")));
        true
    }),
    on_proof(5, "a proof of long ago", |forged, policy| {
        "2001-01-01T00:00:00.000Z".clone_into(&mut forged.summary.time_verified);
        policy.merge_gate.max_age.is_some()
    }),
    on_bytes(6, "an empty proof", |_| Vec::new()),
    on_proof(6, "a proof without steps", |forged, _| {
        forged.steps.clear();
        forged.claims.attributes.retain(|claim| !claim.attribute.starts_with("step/"));
        true
    }),
    on_proof(6, "a proof without claims", |forged, _| {
        forged.steps.clear();
        forged.claims.attributes.clear();
        forged.summary.governed.not_proven.clear();
        true
    }),
    on_bytes(7, "a line that stands twice", |bytes| {
        let last = bytes.split_inclusive(|&byte| byte == b'\n').next_back().map(<[u8]>::to_vec).unwrap_or_default();
        [bytes, last].concat()
    }),
    on_bytes(7, "a key that stands twice", |bytes| {
        String::from_utf8_lossy(&bytes).replacen("{\"payload\":", "{\"payload\":\"e30=\",\"payload\":", 1).into_bytes()
    }),
    on_proof(8, "a step that passed at the tenth try", |forged, policy| {
        forged.steps.iter_mut().for_each(|step| step.link.byproducts.failures = 9);
        policy.merge_gate.max_attempts.is_some()
    }),
    on_proof(9, "tests of which none ran", |forged, _| {
        let mut tested = forged.steps.iter_mut().filter_map(|step| step.link.byproducts.tests.as_mut());
        tested.next().map(|tests| *tests = Counts::default()).is_some()
    }),
    on_proof(9, "a claim of a rule that nobody derived", |forged, _| {
        // What a claim that hangs on the history counted may differ between clones.
        let of_tree =
            |claim: &&mut Attribute| claim.attribute.starts_with("rule/") && claim.conditions.scope == Scope::Tree;
        forged
            .claims
            .attributes
            .iter_mut()
            .find(of_tree)
            .map(|claim| claim.conditions.looked_at = Some(u64::from(u32::MAX)))
            .is_some()
    }),
    on_tree(10, "a cargo alias with the name of this tool", |seen| config(seen, "[alias]\ngoverned = \"version\"\n")),
    on_tree(11, "a runner in place of the tests", |seen| config(seen, "[target.'cfg(all())']\nrunner = \"true\"\n")),
    on_tree(12, "a compiler from the tree", |seen| config(seen, "[build]\nrustc = \"./rustc\"\n")),
    on_proof(9, "a step that ran another command", |forged, _| {
        forged.steps.first_mut().map(|step| step.link.command = vec!["true".to_owned()]).is_some()
    }),
    on_proof(23, "a step that read other files", |forged, _| {
        forged.steps.iter_mut().for_each(|step| step.link.materials.clear());
        !forged.steps.is_empty()
    }),
    on_proof(28, "the proof of a fork", |forged, _| {
        "git+https://example.com/fork/r".clone_into(&mut forged.summary.resource_uri);
        true
    }),
    on_proof(29, "a refusal that is handed over as a proof", |forged, _| {
        forged.summary.governed.verdict = Word::Refused;
        forged.summary.verification_result = Outcome::Failed;
        forged.summary.verified_levels.clear();
        true
    }),
    on_proof(29, "an overridden run", |forged, _| {
        forged.summary.governed.runs.iter_mut().for_each(|run| run.overridden = Some("staged".to_owned()));
        forged.summary.verification_result = Outcome::Failed;
        forged.summary.verified_levels.clear();
        true
    }),
    on_proof(29, "a failed step that is called passed", |forged, _| {
        let mut steps = forged.claims.attributes.iter_mut().filter(|claim| claim.attribute.starts_with("step/"));
        steps.next().map(|claim| claim.conditions.standing = Standing::Unproven).is_some()
    }),
];

/// Workflows in which the commands that built-in steps are inferred from ask for less.
fn less(seen: &Seen<'_>) -> Option<Edits> {
    let words = [" --workspace", " --all-features", " --all-targets", " -- -D warnings"];
    let cut = |text: &str| words.iter().fold(text.to_owned(), |text, word| text.replace(word, ""));
    let edited = |text: &str| Some(cut(text)).filter(|made| made != text);
    seen.policy.run.infer.then(|| workflows(seen, edited)).flatten()
}

/// The attacker's key, added to the signers.
fn joins(seen: &Seen<'_>) -> Option<Edits> {
    let line = forged::signer(seen.seed)?;
    let path = change::trusted(seen.policy).to_owned();
    Some(vec![(path, Some(format!("{}{line}", seen.signers.unwrap_or_default())))])
}

/// The text that a policy may be added to; none where it stands in a manifest.
fn policy_text<'a>(seen: &Seen<'a>) -> Option<&'a str> {
    match seen.policy.path.as_deref() {
        None => Some(""),
        Some(path) if path == find::FILE => seen.facts.text(path),
        Some(_) => None,
    }
}

/// All workflows that an edit changes; none where it changes none.
fn workflows(seen: &Seen<'_>, edit: impl Fn(&str) -> Option<String>) -> Option<Edits> {
    let edits: Edits = seen
        .facts
        .workflows()
        .filter_map(|(file, _)| Some((file.path.to_string(), Some(edit(file.text())?))))
        .collect();
    (!edits.is_empty()).then_some(edits)
}

/// A workflow with each pin replaced by a branch.
fn unpinned(text: &str) -> Option<String> {
    let mut made = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('@') {
        let (before, behind) = rest.split_at(at + 1);
        made.push_str(before);
        let pin = behind.get(..40).filter(|pin| pin.bytes().all(|byte| byte.is_ascii_hexdigit()));
        found |= pin.is_some();
        made.push_str(if pin.is_some() { "main" } else { "" });
        rest = if pin.is_some() { &behind[40..] } else { behind };
    }
    made.push_str(rest);
    found.then_some(made)
}

/// A setting of cargo, behind what the base has.
fn config(seen: &Seen<'_>, text: &str) -> Option<Edits> {
    let path = ".cargo/config.toml";
    let before = seen.facts.text(path).unwrap_or_default();
    (!before.contains(text.lines().next().unwrap_or_default()))
        .then(|| vec![(path.to_owned(), Some(format!("{before}\n{text}")))])
}
