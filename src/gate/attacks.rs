//! Attacks on a gate: each is one thing done to a proof without a flaw, or to the tree, by somebody who wants it merged.
//! The numbers are those of the threat table in the page about security.

use crate::facts::digest::Digest;
use crate::facts::path;
use crate::facts::policy::Policy;
use crate::facts::policy::find;
use crate::facts::tree::Mode;
use crate::gate::act::Act;
use crate::gate::case::Handed;
use crate::gate::code::Code;
use crate::gate::edits::Edits;
use crate::gate::edits::IN_VAIN;
use crate::gate::edits::PROXY;
use crate::gate::edits::RUNNER;
use crate::gate::edits::Seen;
use crate::gate::edits::calls;
use crate::gate::edits::config;
use crate::gate::edits::file;
use crate::gate::edits::included;
use crate::gate::edits::joins;
use crate::gate::edits::less;
use crate::gate::edits::more;
use crate::gate::edits::policy_text;
use crate::gate::edits::swaps;
use crate::gate::edits::unlinted;
use crate::gate::edits::unpinned;
use crate::gate::edits::words;
use crate::gate::edits::workflows;
use crate::gate::forged::Forged;
use crate::proof::link::Counts;
use crate::proof::scai::Attribute;
use crate::proof::scai::Scope;
use crate::proof::scai::Standing;
use crate::proof::summary::Outcome;
use crate::proof::summary::Word;
use crate::rules::authority::weakened::scripts;

/// Who signs the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// Somebody whom the base trusts, where it demands that for the act: what is wrong is something else.
    AsDemanded,
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
    /// The codes that are about what is done: refused for none of them, it was not tested.
    pub expected: &'static [Code],
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
const fn attack(threat: u8, name: &'static str, expected: &'static [Code]) -> Attack {
    Attack {
        threat,
        name,
        act: Act::Merge,
        expected,
        tree: |_| Some(Vec::new()),
        proof: |_, _| true,
        bytes: |bytes| bytes,
        signed: SignedBy::AsDemanded,
        handed: Handed::Outside,
        by_plan: false,
    }
}

/// A harmless change with a proof that is handed over: what the gate must let through, or the attacks show nothing.
pub const CONTROL: Attack = attack(0, "a harmless change, and its proof handed over", &[]);

const fn on_tree(
    threat: u8,
    name: &'static str,
    expected: &'static [Code],
    tree: fn(&Seen<'_>) -> Option<Edits>,
) -> Attack {
    Attack { tree, ..attack(threat, name, expected) }
}

const fn on_proof(
    threat: u8,
    name: &'static str,
    expected: &'static [Code],
    proof: fn(&mut Forged, &Policy) -> bool,
) -> Attack {
    Attack { proof, ..attack(threat, name, expected) }
}

const fn on_bytes(threat: u8, name: &'static str, bytes: fn(Vec<u8>) -> Vec<u8>) -> Attack {
    Attack { bytes, ..attack(threat, name, &[Code::Malformed]) }
}

/// What nobody vouches for.
const UNSIGNED: &[Code] = &[Code::Unsigned];
/// What is signed by somebody whom the base does not name.
const STRANGER: &[Code] = &[Code::UnknownSigner, Code::NoSigners];
/// What asks for less than the base.
const WEAKER: &[Code] = &[Code::AuthorityWeakened];
/// What puts another program in the hands of cargo.
const REPLACED: &[Code] = &[Code::RunnerReplaced];

/// What hears the token of a release.
const EXPOSED: &[Code] = &[Code::TokenExposed];

/// What gives the name of this tool to something else.
const ALIAS: &[Code] = &[Code::ClaimRefuted, Code::RunnerReplaced];

/// All attacks.
pub const ATTACKS: &[Attack] = &[
    Attack {
        handed: Handed::Inside,
        signed: SignedBy::Nobody,
        ..attack(1, "a perfect proof that lies in the tree", UNSIGNED)
    },
    Attack {
        handed: Handed::Found,
        signed: SignedBy::Nobody,
        ..attack(1, "a perfect proof where runs write it", UNSIGNED)
    },
    Attack {
        signed: SignedBy::Attacker,
        ..attack(1, "a perfect proof, signed with a key of the attacker's own", STRANGER)
    },
    Attack {
        act: Act::Release,
        signed: SignedBy::Nobody,
        ..attack(1, "a release with a proof that nobody signed", UNSIGNED)
    },
    Attack {
        act: Act::Release,
        signed: SignedBy::Attacker,
        tree: joins,
        ..attack(1, "a release signed by a key that the change itself adds", STRANGER)
    },
    on_proof(1, "the proof of another commit", &[Code::OtherCommit], |forged, _| {
        forged.subject.commit = "0".repeat(40).parse().ok();
        true
    }),
    on_proof(1, "the proof of other files", &[Code::OtherTree], |forged, _| {
        forged.subject.listing = Digest::of(b"other files");
        true
    }),
    on_tree(2, "a policy that asks for nothing", WEAKER, |_| {
        let text = "[check]\n[run]\ninfer = false\n[rules]\ntests = \"allow\"\n[gate.merge]\nrequires = [\"rules\"]\n";
        Some(vec![file(find::FILE, text)])
    }),
    on_tree(2, "a signer who is added", WEAKER, |seen| {
        seen.signers.filter(|text| text.contains("ssh-"))?;
        joins(seen)
    }),
    on_tree(2, "a file of signers of the attacker's own", WEAKER, swaps),
    on_tree(2, "a script of a step that does nothing", WEAKER, |seen| {
        let paths = seen.policy.steps.iter().flat_map(|step| scripts::of(seen.facts, &words(step)));
        let edits: Edits = paths.map(|path| file(&path, "#!/bin/sh\nexit 0\n")).collect();
        (!edits.is_empty()).then_some(edits)
    }),
    on_tree(30, "a waiver that is added", WEAKER, |seen| {
        let text = policy_text(seen)?;
        let added = format!("{text}\n[[waiver]]\nrule = \"doc-link-broken\"\nreason = \"staged\"\n");
        Some(vec![file(find::FILE, &added)])
    }),
    on_tree(3, "workflows in which every job is `exit 0`", &[Code::AuthorityWeakened, Code::ClaimRefuted], |seen| {
        workflows(seen, |_| Some(IN_VAIN.to_owned()))
    }),
    on_tree(3, "a call of this tool that only prints its help", WEAKER, |seen| {
        calls(seen, |line| Some(format!("{line} --help")))
    }),
    on_tree(3, "a call of this tool whose failure goes unseen", WEAKER, |seen| {
        calls(seen, |line| Some(format!("{line} || true")))
    }),
    on_tree(18, "a token that may write", WEAKER, |seen| {
        workflows(seen, |text| {
            text.contains("contents: read").then(|| text.replace("contents: read", "contents: write"))
        })
    }),
    on_tree(18, "a token that may write, in a workflow of another name", WEAKER, |seen| {
        let mut edits = Edits::new();
        for (source, _) in seen.facts.workflows().filter(|(source, _)| source.text().contains("contents: read")) {
            let (folder, name) = (path::parent(&source.path), path::file_name(&source.path));
            let text = source.text().replace("contents: read", "contents: write");
            edits.extend([(source.path.to_string(), None), file(&path::child(folder, &format!("x-{name}")), &text)]);
        }
        (!edits.is_empty()).then_some(edits)
    }),
    on_tree(22, "an action from a branch in place of a commit", WEAKER, |seen| workflows(seen, unpinned)),
    Attack { by_plan: true, tree: less, ..attack(3, "workflows that lint and test less", WEAKER) },
    Attack { by_plan: true, tree: more, ..attack(3, "workflows whose lints and tests are told to pass", WEAKER) },
    on_tree(3, "a format that nobody checks", WEAKER, |_| {
        Some(vec![file("rustfmt.toml", "disable_all_formatting = true\n")])
    }),
    on_tree(3, "tests that a filter leaves out", WEAKER, |_| {
        Some(vec![file(".config/nextest.toml", "[profile.default]\ndefault-filter = \"none()\"\nretries = 9\n")])
    }),
    on_tree(3, "lints that a manifest allows", WEAKER, unlinted),
    on_proof(5, "a proof that was made against another base", &[Code::StaleBase], |forged, _| {
        forged.summary.governed.base = "1".repeat(40).parse().ok();
        true
    }),
    on_proof(5, "a proof without a base", &[Code::NoBase], |forged, _| {
        forged.summary.governed.base = None;
        true
    }),
    on_proof(5, "a proof under another policy", &[Code::PolicyDiffers], |forged, _| {
        forged.summary.policy.digest = Some(crate::proof::resource::Digests::sha256(Digest::of(b"another policy")));
        true
    }),
    on_proof(5, "a proof of long ago", &[Code::Expired], |forged, policy| {
        "2001-01-01T00:00:00.000Z".clone_into(&mut forged.summary.time_verified);
        policy.merge_gate.max_age.is_some()
    }),
    on_bytes(6, "an empty proof", |_| Vec::new()),
    on_proof(6, "a proof without steps", &[Code::StepMissing], |forged, _| {
        let any = !forged.steps.is_empty();
        forged.steps.clear();
        forged.claims.attributes.retain(|claim| !claim.attribute.starts_with("step/"));
        any
    }),
    on_proof(6, "a proof without claims", &[Code::ClaimMissing, Code::StepMissing], |forged, _| {
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
    on_proof(8, "a step that passed at the tenth try", &[Code::TooManyAttempts], |forged, policy| {
        forged.steps.iter_mut().for_each(|step| step.link.byproducts.failures = 9);
        policy.merge_gate.max_attempts.is_some()
    }),
    on_proof(9, "tests of which none ran", &[Code::ContradictsItself], |forged, _| {
        let mut tested = forged.steps.iter_mut().filter_map(|step| step.link.byproducts.tests.as_mut());
        tested.next().map(|tests| *tests = Counts::default()).is_some()
    }),
    on_proof(9, "a claim of a rule that nobody derived", &[Code::ClaimDiffers], |forged, _| {
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
    on_tree(10, "a cargo alias with the name of this tool", ALIAS, |seen| {
        config(seen, "[alias]\ngoverned = \"version\"\n")
    }),
    on_tree(10, "such an alias in a file that the configuration includes", ALIAS, |seen| {
        included(seen, "[alias]\ngoverned = \"version\"\n")
    }),
    on_tree(10, "such an alias in a configuration of the old name", ALIAS, |seen| {
        let path = ".cargo/config";
        let is_new = !seen.facts.tree.exists(path);
        is_new.then(|| vec![file(path, "[alias]\ngoverned = \"version\"\n")])
    }),
    on_tree(11, "a runner in place of the tests", REPLACED, |seen| config(seen, RUNNER)),
    on_tree(11, "such a runner in a file that the configuration includes", REPLACED, |seen| included(seen, RUNNER)),
    on_tree(11, "such a runner in a folder that calls itself imported", REPLACED, |seen| {
        let mut edits = config(seen, RUNNER)?;
        edits.push(file(".cargo/.github/workflows/ci.yml", IN_VAIN));
        Some(edits)
    }),
    on_tree(11, "such a runner behind one of another target", REPLACED, |seen| {
        config(seen, &format!("[target.wasm32-wasip1]\nrunner = \"true\"\n{RUNNER}"))
    }),
    on_tree(11, "a link in the place of the configuration", REPLACED, |_| {
        let link = (".cargo/config.toml".to_owned(), Some((Mode::Symlink, "../evil.toml".to_owned())));
        Some(vec![link, file("evil.toml", RUNNER)])
    }),
    on_tree(11, "such a runner in a folder whose name has another case", REPLACED, |seen| {
        let path = ".Cargo/config.toml";
        (!seen.facts.tree.exists(path)).then(|| vec![file(path, RUNNER)])
    }),
    on_tree(12, "a compiler from the tree", REPLACED, |seen| config(seen, "[build]\nrustc = \"./rustc\"\n")),
    on_tree(12, "a linker from the tree", REPLACED, |seen| {
        config(seen, "[target.'cfg(all())']\nlinker = \"./evil.sh\"\n")
    }),
    on_tree(12, "flags that silence every lint", REPLACED, |seen| {
        config(seen, "[target.'cfg(all())']\nrustflags = [\"--cap-lints=allow\"]\n")
    }),
    on_tree(12, "a toolchain from the tree", REPLACED, |seen| {
        let old = seen.facts.tree.has_file("rust-toolchain").then(|| ("rust-toolchain".to_owned(), None));
        let new = file("rust-toolchain.toml", "[toolchain]\npath = \"tc\"\n");
        Some(old.into_iter().chain([new]).collect())
    }),
    on_tree(26, "a program of the tree that is handed tokens", REPLACED, |seen| {
        config(seen, "[registries.staged]\ncredential-provider = [\"./steal.sh\"]\n")
    }),
    on_tree(26, "a program of the machine that is handed tokens", WEAKER, |seen| {
        config(seen, "[registries.staged]\ncredential-provider = \"steal\"\n")
    }),
    on_tree(26, "a proxy that hears tokens", WEAKER, |seen| config(seen, PROXY)),
    on_tree(26, "such a proxy in a file that the configuration includes", WEAKER, |seen| included(seen, PROXY)),
    Attack {
        act: Act::Release,
        tree: |seen| config(seen, PROXY),
        ..attack(26, "a release through a proxy of the tree", EXPOSED)
    },
    on_proof(9, "a step that ran another command", &[Code::StepDiffers], |forged, _| {
        forged.steps.first_mut().map(|step| step.link.command = vec!["true".to_owned()]).is_some()
    }),
    on_proof(23, "a step that read other files", &[Code::StepDiffers], |forged, _| {
        forged.steps.iter_mut().for_each(|step| step.link.materials.clear());
        !forged.steps.is_empty()
    }),
    on_proof(28, "the proof of a fork", &[Code::OtherRepository], |forged, _| {
        "git+https://example.com/fork/r".clone_into(&mut forged.summary.resource_uri);
        true
    }),
    on_proof(29, "a refusal that is handed over as a proof", &[Code::NotPassed], |forged, _| {
        forged.summary.governed.verdict = Word::Refused;
        forged.summary.verification_result = Outcome::Failed;
        forged.summary.verified_levels.clear();
        true
    }),
    on_proof(29, "an overridden run", &[Code::NonCertifiable], |forged, _| {
        forged.summary.governed.runs.iter_mut().for_each(|run| run.overridden = Some("staged".to_owned()));
        forged.summary.verification_result = Outcome::Failed;
        forged.summary.verified_levels.clear();
        true
    }),
    on_proof(
        29,
        "a failed step that is called passed",
        &[Code::ClaimUnproven, Code::ContradictsItself],
        |forged, _| {
            let mut steps = forged.claims.attributes.iter_mut().filter(|claim| claim.attribute.starts_with("step/"));
            steps.next().map(|claim| claim.conditions.standing = Standing::Unproven).is_some()
        },
    ),
];
