//! What a rule is: a claim in the positive, and a pure function from facts to an outcome.

use jiff::civil::Date;

use crate::facts::Facts;
use crate::facts::history::History;
use crate::facts::policy::Policy;
use crate::facts::policy::change::Change;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;

/// Everything that a rule may look at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The facts of the examined tree.
    pub facts: &'a Facts,
    /// The history behind it.
    pub history: &'a dyn History,
    /// The policy of the examined tree: contracts are declared there.
    pub policy: &'a Policy,
    /// The facts of the tree that `--since` names.
    pub base: Option<&'a Facts>,
    /// What the tree makes of that one's policy and signers; none without a base, or where its policy can't be read.
    pub change: Option<&'a Change>,
    /// Today: an input, never the clock.
    pub today: Date,
}

/// One rule. Its name is the name of its file, of its fixture folder and of its anchor in the documentation.
pub struct Rule {
    /// The name, for the fault, so that "allow NAME" reads well.
    pub name: &'static str,
    /// The group, named in policies and reports.
    pub group: &'static str,
    /// The level where the policy says nothing.
    pub level: Level,
    /// The claim in the positive, a full sentence without the stop: `every version in a README admits the manifest's`.
    pub claim: &'static str,
    /// The page of `explain`, in Markdown: what is compared, why it matters, how to mend it, when the rule keeps silent.
    pub page: &'static str,
    /// The function.
    pub check: fn(&Context<'_>) -> Outcome,
}
