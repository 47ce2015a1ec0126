//! The rule `authority-touched`: what a reviewer must not miss, because it decides what runs and who is trusted.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::manifest::TargetKind;
use crate::facts::place::Place;
use crate::facts::policy::change;
use crate::facts::policy::change::Change;
use crate::facts::source::SourceFile;
use crate::facts::tree::Mode;
use crate::facts::zone::Zone;
use crate::rules::authority::own_configs;
use crate::rules::authority::weakened::owners;
use crate::rules::authority::weakened::scripts;
use crate::rules::authority::weakened::signers;
use crate::rules::authority::weakened::tools;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "authority-touched",
    group: "authority",
    level: Level::Note,
    claim: "nothing that decides what runs, and who is trusted, differs from the base",
    page: include_str!("authority_touched.md"),
    check,
};

/// Kinds of files that decide what runs, with what they are.
const KINDS: &[(Kind, &str)] = &[
    (Kind::Policy, "the policy"),
    (Kind::Workflow, "the workflow"),
    (Kind::Action, "the action"),
    (Kind::CargoConfig, "the configuration of cargo"),
    (Kind::Toolchain, "the toolchain file"),
];

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(base) = context.base else { return outcome };
    let head = context.facts;
    for &(kind, what) in KINDS {
        for path in own(head, kind).union(&own(base, kind)) {
            compare(head, base, path, what, &mut outcome);
        }
    }
    for path in tools::of(head).union(&tools::of(base)) {
        compare(head, base, path, tools::configures(path).unwrap_or_default(), &mut outcome);
    }
    if let Some(change) = context.change {
        let steps = change.before.steps.iter().map(|step| step.run.iter().map(|word| word.value.as_str()).collect());
        let recipes: BTreeSet<&str> = steps.flat_map(|words: Vec<&str>| scripts::recipes(&words)).copied().collect();
        for path in recipes.into_iter().filter(|path| head.tree.has_file(path) || base.tree.has_file(path)) {
            compare(head, base, path, "the recipe of a step", &mut outcome);
        }
    }
    submodules(head, base, &mut outcome);
    for path in owners::FILES.iter().filter(|path| head.tree.has_file(path) || base.tree.has_file(path)) {
        compare(head, base, path, "the list of owners", &mut outcome);
    }
    if let Some(change) = context.change {
        signed(change, &mut outcome);
    }
    programs(head, base, &mut outcome);
    outcome
}

/// The maintainers' own files of a kind. What the forge, cargo and rustup read at the root is nobody else's.
fn own(facts: &Facts, kind: Kind) -> BTreeSet<String> {
    let starts = own_configs::starts(facts);
    let is_own =
        |file: &&SourceFile| file.path.starts_with(".github/") || own_configs::is_own(facts, &starts, &file.path);
    facts.of_kind(kind).filter(is_own).map(|file| file.path.to_string()).collect()
}

/// Submodules that point elsewhere: what steps read in them has changed, and no difference of the tree shows how.
fn submodules(head: &Facts, base: &Facts, outcome: &mut Outcome) {
    for entry in head.tree.entries().iter().filter(|entry| entry.mode == Mode::Submodule) {
        outcome.look();
        let earlier = base.tree.get(&entry.path).filter(|earlier| earlier.mode == Mode::Submodule);
        if earlier.is_some_and(|earlier| earlier.id != entry.id) {
            let message = format!("the submodule {} is at another commit", entry.path);
            outcome.find(note(message, Place::whole(entry.path.as_ref(), "files that no proof names")));
        }
    }
}

fn note(message: String, at: Place) -> Finding {
    Finding::new(message, at).certainty(Certainty::Unsure)
}

fn compare(head: &Facts, base: &Facts, path: &str, what: &str, outcome: &mut Outcome) {
    outcome.look();
    let word = match (base.tree.has_file(path), head.tree.has_file(path)) {
        (false, true) => "added",
        (true, false) => "removed",
        _ if base.text(path) != head.text(path) => "edited",
        _ => return,
    };
    outcome.find(note(format!("{what} {path} is {word}"), Place::whole(path, word)));
}

fn signed(change: &Change, outcome: &mut Outcome) {
    for path in change::files(&change.before) {
        let (then, now) = (change.signers_before.get(path), change.signers_after.get(path));
        if then.is_none() && now.is_none() {
            continue;
        }
        outcome.look();
        let text = |text: Option<&String>| text.cloned().unwrap_or_default();
        let first = !signers::is_somebody(&text(then)) && signers::is_somebody(&text(now));
        if first {
            let message = format!("{path} names the first signers, and nobody could sign for them");
            outcome.find(note(message, Place::whole(path, "the first signers")));
        } else if then != now {
            outcome.find(note(format!("the file of signers {path} is edited"), Place::whole(path, "edited")));
        }
    }
}

/// Build scripts and proc macros run on every machine that builds.
fn programs(head: &Facts, base: &Facts, outcome: &mut Outcome) {
    for package in head.cargo.packages.iter().filter(|package| package.zone == Zone::Own) {
        let earlier = base.cargo.package_at(&package.manifest);
        let script = package.targets.iter().find(|target| target.kind == TargetKind::Build);
        if let Some(script) = script {
            outcome.look();
            let ran = earlier.is_some_and(|earlier| earlier.targets.iter().any(|own| own.kind == TargetKind::Build));
            if !ran {
                let message = format!("{} has a build script now", package.name.value);
                outcome.find(note(message, Place::whole(script.path.as_str(), "runs on every build")));
            }
        }
        if is_proc_macro(head, &package.manifest) {
            outcome.look();
            if !is_proc_macro(base, &package.manifest) {
                let message = format!("{} is a proc macro now", package.name.value);
                outcome.find(note(message, head.place_of(&package.name, "runs on every build")));
            }
        }
    }
}

fn is_proc_macro(facts: &Facts, manifest: &str) -> bool {
    facts.manifest(manifest).is_some_and(|manifest| manifest.targets.iter().any(|target| target.proc_macro))
}
