//! Which claims the policy demands, and which of them nothing in the tree answers.

use std::collections::BTreeSet;

use crate::facts::policy::Policy;
use crate::judge::report::RuleReport;
use crate::judge::report::Standing;
use crate::rules::outcome::Unproven;

/// Marks the demanded claims. One that is absent becomes unproven.
///
/// A rule that is named may not be absent at all. Of a group that is named at least one claim must be judged: a group
/// holds rules for different ways of working, and no repository has them all.
pub fn apply(policy: &Policy, rules: &mut [RuleReport]) {
    if policy.check.demand.is_empty() {
        return;
    }
    let names: BTreeSet<&str> = policy.check.demand.iter().map(|name| name.value.as_str()).collect();
    let answered: BTreeSet<&str> =
        rules.iter().filter(|rule| rule.standing != Standing::Absent).map(|rule| rule.group).collect();
    for rule in rules {
        let by_group = names.contains(rule.group);
        rule.demanded = names.contains(rule.rule) || by_group;
        let missing = names.contains(rule.rule) || by_group && !answered.contains(rule.group);
        if missing && rule.standing == Standing::Absent {
            rule.standing = Standing::Unproven;
            let why = "the policy demands the claim, and the tree has no fact of this kind".to_owned();
            rule.unproven.push(Unproven { why, at: None });
        }
    }
}
