//! What came of publishing, for people: the gate, each package with what its witnesses say, the acts, what speaks against.

use std::fmt::Write as _;

use crate::release::publishing::report::Report;
use crate::release::publishing::report::State;
use crate::release::publishing::seen::Package;
use crate::release::publishing::settle::Stands;
use crate::release::witness::Asked;
use crate::render::human::look::Detail;
use crate::render::human::look::Look;
use crate::render::text::count;

/// Renders a report.
pub fn render(report: &Report, look: Look) -> String {
    let mut text = String::new();
    let line = |text: &mut String, line: &str| {
        let _ = writeln!(text, "{}", look.charset.line(line));
    };
    if !report.decision.allows() {
        for refusal in &report.decision.because {
            line(&mut text, &format!("{}: {}", refusal.code.as_str(), refusal.message));
            line(&mut text, &format!("  remedy: {}", refusal.code.remedy()));
        }
        line(&mut text, &format!("release publish: the gate of {} refuses {}", report.base, short(&report.commit)));
        return text;
    }
    if look.detail != Detail::Quiet {
        line(&mut text, &format!("gate release of {} into {}: allow", short(&report.commit), report.base));
        for (package, stands) in report.packages.iter().zip(&report.stands) {
            for told in package_told(package, stands) {
                line(&mut text, &told);
            }
        }
    }
    for acted in &report.acts {
        let says = if acted.says.is_empty() { String::new() } else { format!(" ({})", acted.says) };
        line(&mut text, &format!("{}: {}{says}", verb(acted.state), acted.act.told()));
    }
    for blocker in &report.blockers {
        let package = blocker.package.as_ref().map(|package| format!(" [{package}]")).unwrap_or_default();
        let _ = writeln!(text, "{}", look.charset.encode(&format!("{}{package}: {}", blocker.code, blocker.message)));
        line(&mut text, &format!("  remedy: {}", blocker.remedy));
    }
    for note in report.notes.iter().filter(|_| look.detail == Detail::Full) {
        line(&mut text, &format!("note: {note}"));
    }
    line(&mut text, &closing(report));
    text
}

fn verb(state: State) -> &'static str {
    match state {
        State::Would => "would",
        State::Done => "done",
        State::Found => "found done",
        State::NotDone => "not done",
        State::Unknown => "unknown",
    }
}

fn package_told(package: &Package, stands: &Stands) -> Vec<String> {
    let how = match stands {
        Stands::Out => "out".to_owned(),
        Stands::ToDo => "to do".to_owned(),
        Stands::Blocked => "blocked".to_owned(),
        Stands::Earlier(commit) => format!("came out earlier, from {}", short(commit)),
    };
    let mut told = vec![format!("{} {}: {how}", package.name, package.version)];
    if matches!(stands, Stands::Earlier(_)) {
        return told;
    }
    if let Some(on) = &package.registry {
        let says = match (&on.index, &on.stored) {
            (Asked::Answer(Some(published)), _) if published.checksum == on.checksum => {
                format!("{} has it, with the checksum {}", on.registry, published.checksum)
            }
            (Asked::Answer(Some(published)), _) if matches!(stands, Stands::Out | Stands::ToDo) => format!(
                "{} has it, with the checksum {}, which the record has for this commit; packed now it is {}",
                on.registry, published.checksum, on.checksum
            ),
            (Asked::Answer(Some(published)), _) => {
                format!(
                    "{} has it, with the checksum {}; packed here it is {}",
                    on.registry, published.checksum, on.checksum
                )
            }
            (Asked::Answer(None), Asked::Answer(Some(_))) => {
                format!("{} has stored it, and its index does not show it yet", on.registry)
            }
            (Asked::Answer(None), _) => format!("{} does not have it", on.registry),
            (Asked::Unknown(why), _) => format!("unknown: {why}"),
        };
        told.push(format!("  registry  {says}"));
    }
    if let Some(on) = &package.tag {
        let at = |commit: &str| format!("names {}", short(commit));
        let here = match &on.here {
            Asked::Answer(Some(tag)) => at(&tag.commit),
            Asked::Answer(None) => "is not here".to_owned(),
            Asked::Unknown(why) => format!("unknown: {why}"),
        };
        let there = match &on.there {
            None => "there is no remote".to_owned(),
            Some(Asked::Answer(Some(commit))) => format!("the remote's {}", at(commit)),
            Some(Asked::Answer(None)) => "not on the remote".to_owned(),
            Some(Asked::Unknown(why)) => format!("the remote's is unknown: {why}"),
        };
        told.push(match &on.name {
            Some(name) => format!("  tag       {name} {here}; {there}"),
            None => "  tag       nothing says how it is called".to_owned(),
        });
    }
    if let Some(forge) = &package.forge {
        let says = match forge {
            Asked::Answer(Some(release)) if release.draft => "a draft is there".to_owned(),
            Asked::Answer(Some(release)) => format!("{} is there", release.url),
            Asked::Answer(None) => "there is no release of its tag".to_owned(),
            Asked::Unknown(why) => format!("unknown: {why}"),
        };
        told.push(format!("  forge     {says}"));
    }
    told
}

fn closing(report: &Report) -> String {
    let of = |wanted: &[State]| report.acts.iter().filter(|acted| wanted.contains(&acted.state)).count();
    let (done, all) = (of(&[State::Done, State::Found]), report.acts.len());
    let touched = of(&[State::Done, State::Found, State::Unknown]) > 0;
    let out = report.stands.iter().filter(|stands| **stands == Stands::Out).count();
    let agree = format!("all witnesses agree on {}", count(out, "package"));
    match (report.verdict(), report.execute) {
        ("accepted", _) if all == 0 && out == 0 => {
            "release publish: nothing comes out: all came out earlier".to_owned()
        }
        ("accepted", _) if all == 0 => format!("release publish: {agree}, nothing is left to do"),
        ("accepted", true) => format!("release publish: {} done, and {agree}", count(done, "act")),
        ("accepted", false) => format!("release publish: {} would be done; --execute does them", count(all, "act")),
        ("refused", true) if touched => {
            format!("release publish: refused after {done} of {}; nothing further was done", count(all, "act"))
        }
        (verdict, true) if touched => {
            format!("release publish: {verdict} after {done} of {}; repeat the command to go on", count(all, "act"))
        }
        (verdict, _) => format!("release publish: {verdict}; nothing was done"),
    }
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
