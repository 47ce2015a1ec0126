//! `snippet-outdated`: every dependency snippet in the documents admits the version of the package.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use semver::VersionReq;

use crate::facts::path;
use crate::facts::source::SourceFile;
use crate::facts::workspace::Package;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;
use crate::rules::versions::current::Current;
use crate::rules::versions::current::Currents;
use crate::rules::versions::current::Standing;
use crate::rules::versions::current::written_like;
use crate::rules::versions::passage;
use crate::rules::versions::passage::Passage;
use crate::rules::versions::stated;
use crate::rules::versions::stated::Stated;

/// The rule.
pub const RULE: Rule = Rule {
    name: "snippet-outdated",
    group: "versions",
    level: Level::Deny,
    claim: "every dependency snippet in the documents admits the version of the package",
    page: include_str!("snippet_outdated.md"),
    check,
};

/// Numbers that stand for any version.
const PLACEHOLDERS: &[&str] = &["1.2.3", "0.0.0", "x.y.z"];

fn check(context: &Context<'_>) -> Outcome {
    let currents = Currents::of(context);
    let mut outcome = Outcome::default();
    passage::each(context.facts, &may_state, &mut |passage| judge(context, &currents, passage, &mut outcome));
    outcome
}

static CARGO: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("cargo "));

/// Says whether a text has a quoted version behind an equals sign, or a command that takes one.
fn may_state(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_digit() || b"^~=<>".contains(byte));
    let quoted = |at: usize| {
        let behind = &bytes[at + 1..];
        (behind.starts_with(b" \"") || behind.starts_with(b" '")) && begins(at + 3)
            || behind.starts_with(b"\"") && begins(at + 2)
    };
    memchr::memchr_iter(b'=', bytes).any(quoted)
        || CARGO
            .find_iter(bytes)
            .any(|at| [&b"add "[..], b"install ", b"binstall "].iter().any(|verb| bytes[at + 6..].starts_with(verb)))
}

fn judge(context: &Context<'_>, currents: &Currents<'_>, passage: &Passage<'_>, outcome: &mut Outcome) {
    // A manifest in the text of a program is input of the program.
    if passage.text.contains("let ") && passage.text.contains(';') {
        return;
    }
    let all = stated::all(&passage.text);
    for stated in &all {
        let Some(current) = currents.published(&stated.package) else { continue };
        if PLACEHOLDERS.contains(&stated.requirement.as_str()) {
            continue;
        }
        let Ok(requirement) = VersionReq::parse(&stated.requirement) else { continue };
        let standing = current.admitted_by(&requirement);
        let lower_series = stated.requirement.starts_with(['~', '<']);
        if standing == Standing::Current {
            outcome.look();
            continue;
        }
        // Two versions of one package in one block are a choice, not a copy.
        let in_passing = passage.context.contains(&passage.text) && is_one_of_several(passage, stated);
        let choice = in_passing || all.iter().filter(|other| other.package == stated.package).count() > 1;
        if lower_series || choice || passage::is_excused(&passage.context, &stated.line) || has_reason(&stated.line) {
            continue;
        }
        outcome.look();
        if standing == Standing::Unknown {
            outcome.unproven(format!(
                "{}: what is published of `{}` is not known, the manifest is at {}",
                passage.file.path, stated.package, current.manifest.value
            ));
            continue;
        }
        outcome.find(finding(context, passage, stated, current));
    }
}

/// Says whether the sentence around a code speaks of another version of the package too: the way from one to the other.
fn is_one_of_several(passage: &Passage<'_>, stated: &Stated) -> bool {
    let codes = passage.context.split('`').skip(1).step_by(2);
    codes.flat_map(stated::all).any(|other| other.package == stated.package && other.requirement != stated.requirement)
}

/// Says whether a comment behind the entry says when it is right: `# for bevy 0.14`.
fn has_reason(line: &str) -> bool {
    let Some((_, comment)) = line.split_once('#') else { return false };
    comment.split_whitespace().any(|word| matches!(word, "for" | "if" | "with" | "when" | "until" | "or"))
}

fn finding(context: &Context<'_>, passage: &Passage<'_>, stated: &Stated, current: &Current<'_>) -> Finding {
    let (package, path) = (&stated.package, &passage.file.path);
    let message = format!(
        "{path} tells readers to use `{package}` {}, which does not admit {}",
        stated.requirement, current.manifest.value
    );
    let span = passage.in_file(stated.span);
    let at = context.facts.place(path, span, format!("admits no {}", current.manifest.value));
    let home = is_home(context, passage.file, current.package);
    let certainty = if home && !stated.requirement.starts_with('=') { Certainty::Certain } else { Certainty::Probable };
    let finding = Finding::new(message, at).against(current.place(context)).certainty(certainty);
    match written_like(&stated.requirement, &current.manifest.value) {
        Some(text) if span.end - span.start == stated.requirement.len() => finding.replace_with(text),
        _ => finding,
    }
}

/// Says whether a document is the package's own: its README, the README of the repository, or its documentation.
fn is_home(context: &Context<'_>, file: &SourceFile, package: &Package) -> bool {
    let readme = path::file_name(&file.path).to_ascii_lowercase().starts_with("readme");
    let near = package.readme.as_deref() == Some(&file.path) || path::parent(&file.path).is_empty();
    let own = context.facts.cargo.owner(&file.path).is_some_and(|owner| owner.manifest == package.manifest);
    (readme && near) || (file.path.ends_with(".rs") && own)
}
