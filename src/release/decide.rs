//! The plan itself: each package for itself, then groups and dependents until nothing moves any more.

use std::collections::BTreeMap;

use semver::Version;

use crate::facts::policy::release::Api as Demand;
use crate::release::baseline::Found;
use crate::release::baseline::View;
use crate::release::case::Case;
use crate::release::dependents;
use crate::release::ground::Api;
use crate::release::ground::Ground;
use crate::release::groups;
use crate::release::plan::Baseline;
use crate::release::plan::Because;
use crate::release::plan::Blocker;
use crate::release::plan::Kind;
use crate::release::plan::Plan;
use crate::release::plan::Planned;
use crate::release::step::Bump;
use crate::release::step::Weight;
use crate::release::tags;

/// Makes the plan. The same ground always makes the same one.
pub fn plan(ground: &Ground<'_>) -> Plan {
    let both = ground.candidates.iter().zip(ground.baselines);
    let mut cases: Vec<Case<'_>> = both.filter_map(|(&index, found)| Case::new(ground, index, found)).collect();
    let groups = groups::of(ground);
    // A weight only grows, so this ends; each round is linear in packages and edges.
    for _ in 0..cases.len() * 3 + 2 {
        let together = groups.iter().fold(false, |moved, (members, why)| together(&mut cases, members, why) | moved);
        if !along(ground, &mut cases) && !together {
            break;
        }
    }
    let mut blockers: Vec<Blocker> = cases.iter().filter_map(|case| case.blocker.clone()).collect();
    let packages: Vec<Planned> = cases.into_iter().map(|case| planned(ground, case, &mut blockers)).collect();
    blockers.sort();
    blockers.dedup();
    Plan { packages, blockers, notes: Vec::new() }
}

/// Brings a group to one version. Says whether anything moved.
fn together(cases: &mut [Case<'_>], members: &[usize], why: &str) -> bool {
    let moving = |case: &&Case<'_>| match case.found {
        // A package that is new to a group waits for what moves the others.
        Found::First(_) => members.iter().all(|&member| matches!(cases[member].found, Found::First(_))),
        _ => true,
    };
    let all = members.iter().map(|&member| &cases[member]);
    let lead = all.filter(moving).filter_map(|case| Some((case.next.clone()?, case.name))).max();
    let Some((next, leader)) = lead else { return false };
    let leader = leader.to_owned();
    let mut moved = false;
    for &member in members {
        let case = &mut cases[member];
        if case.next.as_ref() != Some(&next) && case.blocker.is_none() {
            case.next = Some(next.clone());
            case.because(Kind::Policy, Weight::Nothing, format!("it moves with {leader}: {why}"));
            moved = true;
        }
    }
    moved
}

/// Takes along the packages whose requirements would not take what comes out. Says whether anything moved.
fn along(ground: &Ground<'_>, cases: &mut [Case<'_>]) -> bool {
    let coming: BTreeMap<usize, (Option<Version>, Version, String)> = cases
        .iter()
        .filter_map(|case| {
            let last = case.baseline().map(|baseline| baseline.version.clone());
            Some((case.index, (last, case.next.clone()?, case.name.to_owned())))
        })
        .collect();
    let mut moved = false;
    for case in cases.iter_mut() {
        let Some(baseline) = case.baseline() else { continue };
        let package = &ground.facts.cargo.packages[case.index];
        for (edge, local) in dependents::shipped(package) {
            let Some((last, next, name)) = coming.get(&local).filter(|_| local != case.index) else { continue };
            let step = (last.as_ref(), next);
            let Some((weight, detail)) = dependents::asks(ground.facts, case.index, edge, name, step) else { continue };
            if case.evidence.because.iter().any(|because| because.detail == detail) {
                continue;
            }
            let before = (case.next.clone(), case.evidence.weight());
            case.because(Kind::Dependency, weight, detail);
            if before.0.is_none() || weight > before.1 {
                take_along(ground, case, baseline);
            }
            moved |= case.next != before.0;
        }
    }
    moved
}

fn take_along(ground: &Ground<'_>, case: &mut Case<'_>, baseline: &Baseline) {
    let before = case.next.clone();
    case.compared(ground, baseline);
    // What a group came to is not taken back.
    case.next = case.next.clone().max(before);
}

fn planned(ground: &Ground<'_>, case: Case<'_>, blockers: &mut Vec<Blocker>) -> Planned {
    let baseline = case.baseline().cloned();
    let Case { index, name, current, mut evidence, next, blocker, .. } = case;
    let next = next.filter(|_| blocker.is_none());
    let tag = next.as_ref().and_then(|next| tags::name_for(ground, index, next));
    if next.is_some() && tag.is_none() && tags::is_demanded(ground.policy) && ground.history.head().is_some() {
        evidence.because.push(Because::new(Kind::Policy, Weight::Nothing, tags::UNNAMED));
    }
    if let Some(next) = &next {
        if let Some(blocker) = exists(ground, index, next, baseline.as_ref()) {
            blockers.push(blocker);
        }
        if baseline.is_some() {
            blockers.extend(unproven(ground, index));
        }
    } else {
        evidence.unproven.clear();
    }
    evidence.because.sort_by(|one, other| {
        let key = |because: &Because| (std::cmp::Reverse(because.weight), because.kind);
        key(one).cmp(&key(other))
    });
    let bump = match (&next, &baseline) {
        (None, _) => Bump::None,
        (Some(_), None) => Bump::First,
        (Some(next), Some(baseline)) => Bump::between(&baseline.version, next),
    };
    Planned {
        index,
        name: name.to_owned(),
        current: current.clone(),
        next,
        bump,
        baseline,
        because: evidence.because,
        unproven: evidence.unproven,
        tag,
    }
}

/// Says where the API of a library had to be compared and was not: the policy demands it, or the tool was asked in vain.
fn unproven(ground: &Ground<'_>, index: usize) -> Option<Blocker> {
    let package = &ground.facts.cargo.packages[index];
    package.library()?;
    let demanded = ground.policy.release.api.as_ref().is_some_and(|api| api.value == Demand::Demand);
    let (message, remedy) = match ground.api.get(&index) {
        Some(Api::Asks(..)) => return None,
        Some(Api::Failed(why)) => (
            format!("whether the API is compatible is not known: {why}"),
            "mend what the tool complains of, or leave the comparison out with --no-api",
        ),
        _ if !demanded => return None,
        told => {
            let why = match told {
                Some(Api::Unproven(why)) => why,
                _ => "no tool was asked",
            };
            (
                format!("the policy demands a comparison of the API: {why}"),
                "install cargo-semver-checks, or set `api = \"when-available\"` under [release]",
            )
        }
    };
    Some(Blocker::new("api-unproven", message, remedy).of(&package.name.value).unproven())
}

/// Says where the next version is out already, on another line of the history.
fn exists(ground: &Ground<'_>, index: usize, next: &Version, baseline: Option<&Baseline>) -> Option<Blocker> {
    let tagged = ground.lines[index].of(next)?;
    let head = ground.history.head()?;
    let later = || ground.history.commit(&tagged.tag.commit).is_ok_and(|commit| commit.time > head.time);
    if baseline.is_some_and(|baseline| baseline.reference == tagged.tag.name) || ground.view == View::Then && later() {
        return None;
    }
    let name = &ground.facts.cargo.packages[index].name.value;
    let message = format!("{name} {next} is released already: the tag {} is not behind this commit", tagged.tag.name);
    let remedy = format!("plan another version: --set {name}=VERSION");
    Some(Blocker::new("version-exists", message, remedy).of(name))
}
