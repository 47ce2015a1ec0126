//! The tree of a recorded run, written again from git's objects and the record's: every byte of it, or none.

use std::collections::BTreeSet;
use std::path::Path;

use crate::commands::examine::Examined;
use crate::commands::governed::Ruling;
use crate::commands::place;
use crate::commands::policy;
use crate::commands::shown::Opened;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::digest::Digest;
use crate::facts::policy::Policy;
use crate::facts::tree::Mode;
use crate::record::named;
use crate::record::report::RunReport;
use crate::steps::event::RunBegan;
use crate::steps::key::ABSENT;
use crate::steps::key::LISTING;
use crate::steps::key::LOCKFILE;
use crate::steps::key::Layer;
use crate::steps::key::Preimage;
use crate::steps::listing_text;
use crate::steps::listing_text::Line;
use crate::world::checkout::Checkout;
use crate::world::elsewhere::Elsewhere;
use crate::world::materialise;
use crate::world::materialise::Wanted;

/// The most files that a reason names.
const NAMED: usize = 3;

/// The tree of a run in a fresh folder.
pub(crate) enum Written {
    /// All of it.
    Whole(Elsewhere),
    /// It can't be had, and why.
    Lost(String),
}

/// Writes the tree of a run into a fresh folder beside the checkout.
pub(crate) fn write(around: &Path, record: &Path, opened: &Opened, report: &RunReport) -> Result<Written, Error> {
    let began = &report.began;
    let Some(commit) = &began.subject.revision else {
        return Ok(Written::Lost("its tree was in no git commit, so its files are nowhere to be had".to_owned()));
    };
    let Some(mut files) = listed(opened, &began.subject.listing) else {
        return Ok(Written::Lost("the list of its files is no longer kept".to_owned()));
    };
    if let Some(inside) = inside_submodule(opened, report, &files) {
        let why = format!("{inside} and what else was checked out in a submodule is another repository's");
        return Ok(Written::Lost(why));
    }
    let Ok(then) = Checkout::open(around, Some(commit)) else {
        return Ok(Written::Lost(format!("git no longer has its commit {commit}")));
    };
    files.extend(ignored_lock_file(opened, report, &files));
    // What was not committed then may be by now.
    let now = Checkout::open(around, Some("HEAD")).ok();
    let from_git = |checkout: &Checkout, file: &Wanted| {
        let entry = checkout.tree.get(&file.path)?;
        match entry.mode {
            Mode::Submodule => entry.id.as_ref().map(|id| id.as_bytes().to_vec()),
            Mode::Special => None,
            _ => checkout.read(entry, u64::MAX).ok(),
        }
    };
    let from_then = |file: &Wanted| from_git(&then, file);
    let from_now = |file: &Wanted| now.as_ref().and_then(|now| from_git(now, file));
    let from_record = |file: &Wanted| opened.objects.read(&file.digest).ok();
    let fresh = place::fresh(around, record)?;
    let left = materialise::write_listed(&files, &[&from_then, &from_now, &from_record], fresh.root())?;
    if !left.is_empty() {
        return Ok(Written::Lost(lost(&left, files.len())));
    }
    if let Some(commit) = &then.commit {
        fresh.link(commit)?;
    }
    Ok(Written::Whole(fresh))
}

fn lost(left: &[String], of: usize) -> String {
    let named = left.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = left.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "{} of the {of} files of its tree are not among git's objects as they were: {named}{more}; commit them as they \
         were, or replay a run of a commit",
        left.len()
    )
}

fn listed(opened: &Opened, listing: &Digest) -> Option<Vec<Wanted>> {
    let bytes = opened.objects.read(listing).ok()?;
    let lines = listing_text::parse(std::str::from_utf8(&bytes).ok()?)?;
    let wanted = |line: Line| {
        let digest = Digest::of_hex(&line.hex).ok()?;
        Some(Wanted { path: line.plain_path()?, mode: line.kind(), digest })
    };
    lines.into_iter().map(wanted).collect()
}

/// A file that a step read and that is not of the tree itself.
fn inside_submodule(opened: &Opened, report: &RunReport, files: &[Wanted]) -> Option<String> {
    let known: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let listings = preimages(opened, report).filter_map(|preimage| Some(preimage.get(Layer::Source, LISTING)?.digest));
    let listings: BTreeSet<Digest> = listings.collect();
    let mut read = listings.iter().filter_map(|listing| listed(opened, listing)).flatten();
    read.find(|file| !known.contains(file.path.as_str())).map(|file| file.path)
}

fn preimages<'a>(opened: &'a Opened, report: &'a RunReport) -> impl Iterator<Item = Preimage> + 'a {
    let keys = report.steps.iter().filter_map(|step| step.key);
    keys.filter_map(|key| Preimage::parse(&opened.objects.read(&key).ok()?).ok())
}

/// The policy of a run: that of its tree, that of its base, else the text that the record kept. None where none of them
/// is the one that was applied.
pub(crate) fn ruling(around: &Path, opened: &Opened, began: &RunBegan, facts: &Facts) -> Option<Ruling> {
    let base = began.base.clone();
    let Some(sha256) = &began.policy.sha256 else {
        return Some(Ruling {
            policy: Policy::default(),
            base,
            path: String::new(),
            text: String::new(),
            told: Vec::new(),
        });
    };
    let of = |facts: &Facts| {
        let policy = policy::of_tree(facts).ok().filter(|policy| policy.sha256.as_ref() == Some(sha256))?;
        let path = policy.path.as_deref().unwrap_or_default().to_owned();
        let text = facts.text(&path).unwrap_or_default().to_owned();
        Some(Ruling { policy, base: base.clone(), path, text, told: Vec::new() })
    };
    let of_base = || {
        let checkout = Checkout::open(around, Some(base.as_deref()?)).ok()?;
        of(&Examined::read(checkout, None).facts)
    };
    let of_record = || {
        let text = String::from_utf8(opened.objects.read(&named::policy(&began.policy)?).ok()?).ok()?;
        let path = began.policy.path.clone().unwrap_or_default();
        let policy = policy::of_text(&path, &text).ok()?;
        Some(Ruling { policy, base: base.clone(), path, text, told: Vec::new() })
    };
    of(facts).or_else(of_base).or_else(of_record)
}

/// A lock file that git ignores is in no commit; the key named it, so the record has it.
fn ignored_lock_file(opened: &Opened, report: &RunReport, files: &[Wanted]) -> Option<Wanted> {
    if files.iter().any(|file| file.path == LOCKFILE) {
        return None;
    }
    let mut locks = preimages(opened, report).filter_map(|preimage| {
        preimage.get(Layer::Dependencies, LOCKFILE).filter(|one| one.shown.as_deref() != Some(ABSENT)).cloned()
    });
    let digest = locks.next()?.digest;
    Some(Wanted { path: LOCKFILE.to_owned(), mode: Mode::File, digest })
}
