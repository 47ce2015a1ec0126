//! What publishing writes into the record, says to the forge, and says of witnesses that do not agree.

use crate::commands::release_forge::Wanted;
use crate::commands::release_ground::Read;
use crate::commands::release_site::Site;
use crate::error::Error;
use crate::facts::policy::release::Witness;
use crate::facts::releases::Releases;
use crate::record::store::Store;
use crate::release::entries;
use crate::release::notes;
use crate::release::plan::Blocker;
use crate::release::publishing::act::Act;
use crate::release::publishing::report::Report;
use crate::release::publishing::report::State as Became;
use crate::release::publishing::seen::Package;
use crate::release::publishing::settle::Stands;
use crate::release::status::State;
use crate::release::witness::Standing;
use crate::steps::event::Event;
use crate::steps::event::ReleaseBegan;
use crate::steps::event::ReleaseEnded;
use crate::steps::event::ReleasedPackage;
use crate::steps::lease;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::random;

/// How many digits name a release.
const DIGITS: usize = 12;

/// Writes down what is about to come out, before anything does; gives the name of the release.
pub(crate) fn begin(store: &Store, site: &Site<'_>, packages: &[Package], stands: &[Stands]) -> Result<String, Error> {
    let release = random::nonce(DIGITS);
    let comes_out = packages.iter().zip(stands).filter(|(_, stands)| !matches!(stands, Stands::Earlier(_)));
    let packages = comes_out.map(|(package, _)| ReleasedPackage {
        name: package.name.clone(),
        version: package.version.to_string(),
        registry: package.registry.as_ref().map(|on| on.registry.clone()),
        checksum: package.registry.as_ref().map(|on| on.checksum.clone()),
        tag: package.tag.as_ref().and_then(|on| on.name.clone()),
    });
    let began = ReleaseBegan {
        release: release.clone(),
        commit: site.commit.clone(),
        lease: lease::engine(),
        base: site.how.base.clone(),
        proof: site.how.proof.as_ref().map(|proof| proof.display().to_string()),
        packages: packages.collect(),
    };
    store.append(&Event::ReleaseBegan(began), Durability::Now)?;
    Ok(release)
}

/// Writes down how far it came.
pub(crate) fn end(store: &Store, release: &str, report: &Report) -> Result<(), Error> {
    let acts = report.acts.iter().filter(|acted| matches!(acted.state, Became::Done | Became::Found)).count();
    let ended = ReleaseEnded { release: release.to_owned(), verdict: report.verdict().to_owned(), acts: acts as u64 };
    store.append(&Event::ReleaseEnded(ended), Durability::Now).map(|_| ())
}

/// What a forge release says: the sections of the changelogs of the packages that come out under its tag.
pub(crate) fn wanted(read: &Read, act: &Act, commit: &str) -> Option<Wanted> {
    let Act::ForgeRelease { tag, packages } = act else { return None };
    let facts = &read.examined.facts;
    let releases = Releases::of(facts, read.examined.history());
    let several = packages.len() > 1;
    let mut texts = Vec::new();
    let mut pre = false;
    for &index in packages {
        let package = &facts.cargo.packages[index];
        let version = &package.version.as_ref()?.value;
        pre |= !version.pre.is_empty();
        let kept = entries::of_package(&releases.changelogs, facts, index);
        let section = kept.and_then(|kept| Some((kept, kept.section_of(&facts.cargo, index, version)?)));
        let text = section.map(|(kept, section)| notes::written(facts.text(&kept.path).unwrap_or_default(), section));
        let text = text.unwrap_or_default();
        let heading = notes::heading(Some(&package.name.value), &version.to_string(), None);
        let text = if several { format!("{heading}\n\n{text}") } else { text };
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let first = &facts.cargo.packages[*packages.first()?];
    let title = match (several, &first.version) {
        (false, Some(version)) => format!("{} {}", first.name.value, version.value),
        _ => tag.clone(),
    };
    let notes = texts.join("\n\n").trim_end().to_owned();
    Some(Wanted { tag: tag.clone(), commit: commit.to_owned(), title, notes, pre, assets: Vec::new() })
}

/// The witnesses that do not agree.
pub(crate) fn disagreements(states: &[State]) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    for state in states {
        for one in &state.testimonies {
            let message =
                format!("{} {}: {} {}: {}", state.name, state.version, one.name(), one.standing.as_str(), one.says);
            let remedy = match one.witness {
                Witness::Changelog => "write the section, and run and prove the commit that has it",
                _ => "repeat the command; what it can do it does",
            };
            let blocker = Blocker::new("witness-disagrees", message, remedy).of(&state.name);
            match one.standing {
                Standing::Missing | Standing::Contradicts => blockers.push(blocker),
                Standing::Unknown => blockers.push(blocker.unproven()),
                Standing::Agrees | Standing::NotDemanded => {}
            }
        }
    }
    blockers
}
