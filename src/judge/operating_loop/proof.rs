//! Proof: somebody else can see that what is released is what was governed.

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::policy::Policy;
use crate::judge::operating_loop::live::LiveStep;

/// Actions that leave a signed statement of what was built, and ours.
const ACTIONS: &[&str] = &[
    "cargo-governed/cargo-governed",
    "actions/attest",
    "actions/attest-build-provenance",
    "actions/attest-sbom",
    "slsa-framework/slsa-github-generator",
];
/// Verbs of ours that make or judge a proof.
const VERBS: &[&str] = &["run", "gate", "prove", "verify"];
const SIGNERS: &str = ".github/allowed_signers";

/// A workflow that governs or attests, else the signers, else dist's own attestations.
pub(super) fn source(facts: &Facts, policy: &Policy, live: &[LiveStep<'_>]) -> Option<Place> {
    live.iter().find_map(|step| proves(facts, step)).or_else(|| signers(facts, policy)).or_else(|| attested(facts))
}

fn proves(facts: &Facts, step: &LiveStep<'_>) -> Option<Place> {
    if let Some(uses) = step.uses() {
        let target = uses.target.to_ascii_lowercase();
        let is_below =
            |action: &str| target.strip_prefix(action).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        return if ACTIONS.iter().any(|action| is_below(action)) {
            step.place_of_uses(facts, "leaves a proof")
        } else {
            None
        };
    }
    let commands = step.commands();
    let command = commands.iter().find(|command| {
        let verb = |index| VERBS.contains(&command.word(index));
        match command.program() {
            "cargo" => command.word(1) == "governed" && verb(2),
            "cargo-governed" => verb(1),
            "cosign" => matches!(command.word(1), "sign" | "sign-blob" | "attest" | "attest-blob"),
            _ => false,
        }
    })?;
    step.place(facts, command.span, "leaves a proof")
}

fn signers(facts: &Facts, policy: &Policy) -> Option<Place> {
    let declared = [&policy.release_gate, &policy.merge_gate].into_iter().filter_map(|gate| gate.signers.as_ref());
    let declared = declared.map(|signers| signers.value.as_str());
    let path = declared.chain([SIGNERS]).find(|path| facts.tree.has_file(path))?;
    Some(Place::whole(path, "whose signatures count"))
}

/// `github-attestations = true` in the configuration of dist.
fn attested(facts: &Facts) -> Option<Place> {
    ["dist-workspace.toml", "Cargo.toml"].into_iter().find_map(|path| {
        let text = facts.text(path)?;
        let at = text.match_indices("github-attestations").map(|(at, _)| at).find(|at| {
            let begins = text[..*at].rsplit('\n').next().is_some_and(|before| before.trim().is_empty());
            let value = text[*at + "github-attestations".len()..].lines().next().unwrap_or_default();
            begins && value.trim_start().trim_start_matches('=').trim().starts_with("true")
        })?;
        Some(facts.place(path, Span::new(at, at + "github-attestations".len()), "attests what is built"))
    })
}
