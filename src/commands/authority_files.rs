//! Reads what says who may sign, and the signatures over checked-in files: bytes that no rule reads as facts.

use std::collections::BTreeMap;

use crate::commands::policy;
use crate::facts::Facts;
use crate::facts::policy::change;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::proof::allowed_signers;
use crate::world::checkout::Checkout;

/// Reads the files of signers and the signatures of a tree; `facts` say where the policy wants the former.
pub(crate) fn read(checkout: &Checkout, facts: &Facts) -> BTreeMap<String, Vec<u8>> {
    let policy = policy::of_tree(facts).unwrap_or_default();
    let mut paths = change::files(&policy);
    paths.extend([change::SIGNERS, change::POLICY_SIGNATURE, change::WAIVERS_SIGNATURE]);
    let entries = paths.into_iter().filter_map(|path| facts.tree.get(path));
    // A link is never followed, and what can't be read lets nobody sign.
    let regular = entries.filter(|entry| matches!(entry.mode, Mode::File | Mode::Executable));
    let bytes = |entry: &Entry| checkout.read(entry, allowed_signers::MOST_BYTES as u64).ok();
    regular.filter_map(|entry| Some((entry.path.to_string(), bytes(entry)?))).collect()
}
