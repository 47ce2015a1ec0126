//! `package-untested-in-ci`: where CI runs tests, it runs those of every package and suite.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::rust_source::item::Within;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;
use crate::rules::tests::ci_coverage;
use crate::rules::tests::ci_coverage::Coverage;
use crate::rules::tests::script_suite;

/// The rule.
pub const RULE: Rule = Rule {
    name: "package-untested-in-ci",
    group: "tests",
    level: Level::Warn,
    claim: "where CI runs tests, it runs those of every package and suite",
    page: include_str!("package_untested_in_ci.md"),
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    for path in ci_coverage::unread(facts) {
        outcome.unproven(format!("{path} could not be read: what it tests is not known"));
    }
    let coverage = ci_coverage::of(facts);
    let Some(first) = &coverage.first else { return outcome };
    packages(facts, &coverage, first, &mut outcome);
    for runner in script_suite::forgotten(facts) {
        outcome.look();
        let folder = crate::facts::path::parent(&runner.path);
        let message = format!("no CI command runs the tests of {folder}/, CI runs those of cargo");
        let at = facts.place(&runner.path, runner.content.text.line_span(1), "only people run this");
        let against = Place { label: "tests the packages alone".to_owned(), ..first.clone() };
        outcome.find(Finding::new(message, at).against(against).certainty(Certainty::Probable));
    }
    outcome
}

/// The number of test functions of each package that a target compiles, by the index of the package.
fn tests(facts: &Facts) -> BTreeMap<usize, usize> {
    let mut found: BTreeMap<usize, usize> = BTreeMap::new();
    for (file, rust) in facts.rust() {
        let count = rust.tests.iter().filter(|test| test.within != Within::MacroDefinition && !test.ignored).count();
        if count > 0
            && let Some(by) = facts.modules().tested.get(&file.path)
        {
            *found.entry(by.package).or_default() += count;
        }
    }
    found
}

fn packages(facts: &Facts, coverage: &Coverage, first: &Place, outcome: &mut Outcome) {
    const ASIDE: &[&str] = &["examples", "example", "fuzz", "benches", "bench", "benchmarks", "demo", "demos"];
    let mut unknown = 0_usize;
    for (index, count) in tests(facts) {
        let package = &facts.cargo.packages[index];
        if package.zone != Zone::Own || package.folder.split('/').any(|part| ASIDE.contains(&part)) {
            continue;
        }
        if coverage.packages.contains(&index) {
            outcome.look();
            continue;
        }
        // What a task runner or a script does is not known: neither a finding nor a proof.
        if coverage.hidden {
            unknown += 1;
            continue;
        }
        outcome.look();
        let name = &package.name.value;
        let message = format!("no CI command tests package `{name}`, which has {count} tests");
        let at = facts.place(&package.name.path, package.name.span, "its tests run in no job");
        let certainty = if coverage.left_out.contains(name) { Certainty::Unsure } else { Certainty::Certain };
        outcome.find(Finding::new(message, at).against(first.clone()).certainty(certainty));
    }
    if unknown > 0 {
        outcome.unproven(format!(
            "workflows call task runners, scripts or other workflows: whether they test {unknown} further packages is not known"
        ));
    }
}
