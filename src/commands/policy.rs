//! The policy of a tree for a verb, or the error that ends it.

use crate::error::Error;
use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::policy::Policy;
use crate::facts::policy::fault::PolicyFault;
use crate::facts::policy::find;
use crate::rules;

/// The policy of a tree; the defaults where it has none.
pub fn of_tree(facts: &Facts) -> Result<Policy, Error> {
    find::find(facts, &rules::vocabulary()).map_err(error)
}

/// The note that a policy may stand where nothing could be read; none where one applies, or none is there for certain.
pub fn note_of_unread(facts: &Facts, policy: &Policy) -> Option<String> {
    let manifest = find::MANIFEST;
    let unread = policy.path.is_none() && facts.tree.has_file(manifest) && facts.file(manifest).is_none();
    unread.then(|| format!("{manifest} was not read: a policy that stands in it does not apply"))
}

/// The policy in the text of a file that `--config` names.
pub fn of_text(path: &str, text: &str) -> Result<Policy, Error> {
    find::read(path, text, &rules::vocabulary()).map_err(error)
}

/// All faults of a policy as one error: the first, and the others beside it.
fn error(faults: Vec<PolicyFault>) -> Error {
    let mut errors = faults.into_iter().map(|fault| Error {
        place: Some(place(&fault.at)),
        help: fault.help,
        ..Error::usage("policy", format!("read the policy: {}", fault.message))
    });
    let first = errors.next().unwrap_or_else(|| Error::usage("policy", "read the policy"));
    Error { also: errors.collect(), ..first }
}

fn place(at: &Place) -> String {
    if at.line == 0 { at.path.clone() } else { format!("{}:{}:{}", at.path, at.line, at.column) }
}
