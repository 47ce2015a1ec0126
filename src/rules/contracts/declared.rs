//! The contracts of the policy.

use crate::facts::Facts;
use crate::facts::lookup;
use crate::facts::lookup::NoValue;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::contract::Contract;
use crate::facts::policy::evidence::Pointer;
use crate::facts::policy::evidence::Selector;
use crate::rules::finding::Finding;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;

/// Compares the copies of each contract with its truth.
pub(crate) fn check(context: &Context<'_>, outcome: &mut Outcome) {
    let policy = context.policy.path.as_deref().unwrap_or_default();
    for contract in &context.policy.contracts {
        Checker { facts: context.facts, policy, contract }.check(outcome);
    }
}

struct Checker<'a> {
    facts: &'a Facts,
    policy: &'a str,
    contract: &'a Contract,
}

impl Checker<'_> {
    fn check(&self, outcome: &mut Outcome) {
        let truths = self.values(&self.contract.truth, outcome);
        let Some(truth) = truths.first() else { return };
        if truth.value.trim().is_empty() {
            let (name, path) = (&self.contract.name.value, &self.contract.truth.file.value);
            outcome.unproven(format!("the truth of {name} in {path} is empty, so the contract can't be judged"));
            return;
        }
        let path = &self.contract.truth.file.value;
        let name = &self.contract.name.value;
        for other in truths.iter().skip(1).filter(|other| other.value != truth.value) {
            outcome.look();
            let message = format!("the truth of {name} is both {} and {} in {path}", truth.value, other.value);
            let finding = Finding::new(message, self.facts.place(path, other.span, "the second value"));
            outcome.find(finding.against(self.facts.place(path, truth.span, "the first value")));
        }
        for copy in &self.contract.copies {
            for value in self.values(copy, outcome) {
                outcome.look();
                if value.value != truth.value {
                    outcome.find(self.broken(copy, &value, truth));
                }
            }
        }
    }

    fn broken(&self, copy: &Pointer, value: &Spanned<String>, truth: &Spanned<String>) -> Finding {
        let (file, name) = (&copy.file.value, &self.contract.name.value);
        let message = format!("{name} is {} in {file}, the truth is {}", value.value, truth.value);
        let at = self.facts.place(file, value.span, format!("says {}", value.value));
        let place = self.facts.place(&self.contract.truth.file.value, truth.span, format!("says {}", truth.value));
        Finding::new(message, at)
            .against(place)
            .against(self.facts.place(self.policy, self.contract.name.span, "the contract"))
            .why("the contract names the other place as the truth")
            .replace_with(&truth.value)
    }

    /// The values that a pointer leads to; what keeps it from leading anywhere is a finding or unproven.
    fn values(&self, pointer: &Pointer, outcome: &mut Outcome) -> Vec<Spanned<String>> {
        let path = &pointer.file.value;
        let Some(file) = self.facts.file(path) else {
            if self.facts.tree.exists(path) || self.facts.tree.hides(path) {
                outcome.unproven(format!("{path} is not read as text, so the contract can't be judged"));
            } else {
                let missing = Place::whole(path.clone(), "is not there");
                outcome.look();
                outcome.find(self.dead(pointer.file.span, &format!("names {path}, which is not there"), missing));
            }
            return Vec::new();
        };
        let text = file.text();
        let (found, span) = match &pointer.selector {
            Some(Selector::Key(key)) => {
                let parts = lookup::parts(&key.value).unwrap_or_default();
                match lookup::value(path, text, &parts) {
                    Ok(value) => (vec![value], key.span),
                    Err(NoValue::Missing) => (Vec::new(), key.span),
                    Err(reason) => {
                        outcome.unproven(format!("{path} has no value at `{}`: {}", key.value, reason.as_str()));
                        return Vec::new();
                    }
                }
            }
            Some(Selector::Regex(regex)) => (lookup::matches(&regex.value, text), regex.span),
            None => return Vec::new(),
        };
        if found.is_empty() {
            outcome.look();
            let whole = Place::whole(path.clone(), "has no such text");
            outcome.find(self.dead(span, &format!("points to nothing in {path}"), whole));
        }
        found
    }

    fn dead(&self, span: Span, what: &str, against: Place) -> Finding {
        let name = &self.contract.name.value;
        Finding::new(format!("the contract \"{name}\" {what}"), self.facts.place(self.policy, span, "leads nowhere"))
            .against(against)
            .why("a contract that compares nothing guards nothing")
    }
}
