//! A waiver whose last day is over.

use jiff::civil::Date;

use crate::facts::place::Place;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "waiver-expired",
    group: "policy",
    level: Level::Warn,
    claim: "no waiver stands longer than the day until which it was given",
    page: PAGE,
    check,
};

const PAGE: &str = "\
## What is compared

The `until` of every waiver, in the policy (`[[waiver]]`) and in comments
(`governed: allow(rule, until=2027-01-31): reason`), with the day of the check.

An exception with a date is a promise to come back. After its last day a waiver covers nothing any more, so the findings
that it hid are reported again, and this rule says why they are back.

## Example of drift

    [[waiver]]
    rule = \"doc-link-broken\"
    reason = \"the site moves in spring\"
    until = 2024-04-30

## How to mend it

Mend what the waiver covered and remove the waiver, or decide again and write a later day.

## When the rule keeps silent

The waiver has no `until` (`[check] require-until = true` demands one); its last day is today
or later; it stands in a fixture, a vendored copy or an archive. A waiver without a readable date is reported by
`waiver-unused`. The day is that of the system, of the commit with `--rev`, or what `--today` says. No waiver covers a
finding of this rule.
";

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let today = context.today;
    let facts = context.facts;
    for file in facts.files.values() {
        if file.content.marks.waivers.is_empty() || facts.zone(&file.path) != Zone::Own {
            continue;
        }
        for waiver in &file.content.marks.waivers {
            if let Some(until) = waiver.until {
                let place = || facts.place(&file.path, waiver.span, format!("until {until}"));
                compare(&mut outcome, until, today, &waiver.rules.join(", "), place);
            }
        }
    }
    let path = context.policy.path.as_deref().unwrap_or_default();
    for waiver in &context.policy.waivers {
        if let Some(until) = &waiver.until {
            let place = || facts.place(path, until.span, "the last day");
            compare(&mut outcome, until.value, today, &waiver.rule.value, place);
        }
    }
    outcome
}

fn compare(outcome: &mut Outcome, until: Date, today: Date, rules: &str, place: impl Fn() -> Place) {
    outcome.look();
    if until < today {
        let message = format!("the waiver of {rules} was given until {until}, and today is {today}");
        outcome.find(Finding::new(message, place()).why("a waiver covers nothing after its last day"));
    }
}
