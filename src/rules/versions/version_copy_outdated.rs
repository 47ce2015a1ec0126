//! `version-copy-outdated`: every copy of a package's version outside of its manifest is up to date.

use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;
use crate::rules::versions::current::Currents;
use crate::rules::versions::doc_url;
use crate::rules::versions::install;
use crate::rules::versions::recipe;

/// The rule.
pub const RULE: Rule = Rule {
    name: "version-copy-outdated",
    group: "versions",
    level: Level::Warn,
    claim: "every copy of a package's version outside of its manifest is up to date",
    page: include_str!("version_copy_outdated.md"),
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let currents = Currents::of(context);
    let mut outcome = Outcome::default();
    doc_url::roots(context, &currents, &mut outcome);
    doc_url::links(context, &currents, &mut outcome);
    install::instructions(context, &currents, &mut outcome);
    recipe::all(context, &currents, &mut outcome);
    outcome
}
