//! A proof for people: what it is about, what it came to, what vouches for it, and what it does not prove.

use std::fmt::Write as _;

use crate::proof::bundle::Bundle;
use crate::proof::statement::Subject;
use crate::proof::summary::Governed;
use crate::proof::summary::Word;
use crate::proof::verified::Stands;
use crate::proof::verified::Verified;
use crate::render::proof::counts;

/// What `prove` says.
pub fn made(bundle: &Bundle, path: &str) -> String {
    let governed = &bundle.root.predicate().governed;
    let mut text = format!("proof: {path}\n");
    about(&mut text, bundle);
    let signed = bundle.root.envelope.signatures.len();
    let voucher = match signed {
        0 => "by nobody: only the record of this machine vouches for its bytes".to_owned(),
        1 => "once, over the root, which names every other line".to_owned(),
        times => format!("{times} times, over the root, which names every other line"),
    };
    let _ = writeln!(text, "  signed   {voucher}");
    not_proven(&mut text, governed);
    text
}

/// What `verify` says.
pub fn verified(bundle: Option<&Bundle>, verified: &Verified, path: &str) -> String {
    let mut text = format!("proof: {path}\n");
    if let Some(bundle) = bundle {
        about(&mut text, bundle);
        not_proven(&mut text, &bundle.root.predicate().governed);
    }
    for agrees in &verified.checked {
        let _ = writeln!(text, "checked: {agrees}");
    }
    for gap in &verified.gaps {
        let weight = if gap.decides { "could not be checked, and decides" } else { "not checked" };
        let _ = writeln!(text, "{weight}: {}: {}", gap.what, gap.why);
    }
    for problem in &verified.problems {
        let _ = writeln!(text, "{}: {}", problem.code, problem.message);
    }
    text.push_str(match verified.stands() {
        Stands::Verifies => "verifies: nothing speaks against the proof (exit 0)\n",
        Stands::Not => "does not verify (exit 1)\n",
        Stands::Unproven => "unproven: what decides could not be checked (exit 3)\n",
    });
    text
}

/// What a proof is about, and what it says.
pub(super) fn about(text: &mut String, bundle: &Bundle) {
    let summary = bundle.root.predicate();
    let governed = &summary.governed;
    let _ = writeln!(text, "  root     {}", bundle.digest());
    let _ = writeln!(text, "  subject  {}", subject(bundle.subject(), governed));
    for run in &governed.runs {
        let earlier = match run.earlier {
            0 => String::new(),
            1 => ", after one earlier run on the same files".to_owned(),
            count => format!(", after {count} earlier runs on the same files"),
        };
        let overridden = run.overridden.as_ref().map(|reason| format!("; overridden: {reason}")).unwrap_or_default();
        let _ = writeln!(text, "  run      {} on {}-{}{earlier}{overridden}", run.run, run.arch, run.os);
    }
    let base = match &governed.base {
        Some(base) => format!("{}: policy, waivers and signers are taken from there", short(base.as_str())),
        None => "none: no gate takes this proof (make it with --base)".to_owned(),
    };
    let _ = writeln!(text, "  base     {base}");
    let _ = writeln!(text, "  claims   {}", counts::told(bundle.claims.predicate()));
    let _ = writeln!(text, "  verdict  {}{}", word(governed.verdict), certifiable(governed));
}

fn subject(subject: &Subject, governed: &Governed) -> String {
    let listing = format!("the files of tree.sha256 ({})", subject.listing.short());
    match (&subject.commit, &subject.tree) {
        (Some(commit), Some(tree)) => {
            format!("commit {}, tree {}, {listing}", short(commit.as_str()), short(tree.as_str()))
        }
        _ if governed.dirty => format!("{listing}, which no commit has: no gate takes this proof"),
        _ => listing,
    }
}

fn certifiable(governed: &Governed) -> &'static str {
    if governed.is_certifiable() { "" } else { ", and not certifiable: the run was overridden" }
}

/// The verdict in a word.
pub(super) fn word(word: Word) -> &'static str {
    match word {
        Word::Accepted => "accepted",
        Word::Refused => "refused",
        Word::Unproven => "unproven",
    }
}

/// The first digits of an id of git.
pub(super) fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

fn not_proven(text: &mut String, governed: &Governed) {
    if governed.not_proven.is_empty() {
        return;
    }
    text.push_str("not proven:\n");
    for one in &governed.not_proven {
        for why in &one.why {
            let _ = writeln!(text, "  {}: {why}", one.claim);
        }
    }
}
