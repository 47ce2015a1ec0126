//! What a tree makes of the authority of its base: both policies, both files of signers, and who signed for the change.

use std::collections::BTreeMap;

use crate::facts::policy::Policy;
use crate::facts::policy::gate::Gate;
use crate::facts::policy::level::RuleLevel;

/// Where the signers stand if the policy does not say.
pub const SIGNERS: &str = ".github/allowed_signers";
/// The signature over a changed policy, signers and workflows.
pub const POLICY_SIGNATURE: &str = ".governed/policy.sig";
/// The signature over added waivers.
pub const WAIVERS_SIGNATURE: &str = ".governed/waivers.sig";

/// A rule with what the policy needs to know of it: facts do not know the rules, so they are handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The name.
    pub name: &'static str,
    /// The group.
    pub group: &'static str,
    /// The level where no policy says anything.
    pub level: RuleLevel,
}

/// Who signed for a change, by the signers of the base.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// Who signed for the policy, the signers and the workflows; or why nobody did.
    pub policy: Signature,
    /// Who signed for the waivers; or why nobody did.
    pub waivers: Signature,
}

/// One signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Signature {
    /// There is none.
    #[default]
    None,
    /// There is one, and it does not count: the reason is a fragment.
    Bad(String),
    /// It is good: who it is by, as the file of signers says.
    By(String),
}

/// What a tree makes of the authority of its base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The policy of the base.
    pub before: Policy,
    /// The policy of the tree, or why it can't be read.
    pub after: Result<Policy, String>,
    /// All rules.
    pub rules: Vec<Known>,
    /// The files of signers that the base has, by path.
    pub signers_before: BTreeMap<String, String>,
    /// Those of the tree.
    pub signers_after: BTreeMap<String, String>,
    /// Who signed for it.
    pub signed: Signed,
}

/// The file whose signers a policy trusts for signatures over policies and waivers.
pub fn trusted(policy: &Policy) -> &str {
    let gates = [&policy.release_gate, &policy.merge_gate];
    gates.into_iter().find_map(|gate| gate.signers.as_ref()).map_or(SIGNERS, |path| &path.value)
}

/// The file whose signers may sign a proof for an act with this gate; none where the act demands no signature.
///
/// A release always demands one.
pub fn signs_for<'a>(policy: &'a Policy, gate: &'a Gate, is_release: bool) -> Option<&'a str> {
    let own = gate.signers.as_ref().map(|path| path.value.as_str());
    own.or_else(|| is_release.then(|| trusted(policy)))
}

/// All files of signers that a policy names; the usual one where it names none.
pub fn files(policy: &Policy) -> Vec<&str> {
    let gates = [&policy.release_gate, &policy.merge_gate];
    let mut named: Vec<&str> =
        gates.into_iter().filter_map(|gate| gate.signers.as_ref()).map(|path| path.value.as_str()).collect();
    named.dedup();
    if named.is_empty() { vec![SIGNERS] } else { named }
}
