//! A copy of a package's version somewhere in the tree, and how it is judged.

use semver::Version;
use semver::VersionReq;

use crate::facts::loose_version;
use crate::facts::place::Span;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::versions::current::Current;
use crate::rules::versions::current::Standing;
use crate::rules::versions::current::written_like;

/// How exact a copy is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exactness {
    /// It must be the very version.
    Same,
    /// It names a series: what cargo would take for it is fine.
    Series,
}

/// A copied version.
pub(super) struct Copy<'a> {
    /// The file.
    pub(super) path: &'a str,
    /// The version as written.
    pub(super) text: &'a str,
    /// Where it stands.
    pub(super) span: Span,
    /// What it is, as the subject of a sentence: `html_root_url`.
    pub(super) what: String,
    /// How exact it is meant.
    pub(super) exactness: Exactness,
    /// How sure it is that it must follow the package.
    pub(super) certainty: Certainty,
    /// Whether writing another version is all that is needed.
    pub(super) fixable: bool,
}

/// Judges a copy of the version of a package. Gives the standing; none where the text is no version.
pub(super) fn judge(
    context: &Context<'_>,
    current: &Current<'_>,
    copy: &Copy<'_>,
    outcome: &mut Outcome,
) -> Option<Standing> {
    let version = loose_version::parse(copy.text)?;
    if version == Version::new(0, 0, 0) {
        return None;
    }
    let standing = match copy.exactness {
        Exactness::Same if copy.text.split('.').count() > 2 => current.stated_as(&version),
        _ => current.admitted_by(&VersionReq::parse(&version.to_string()).ok()?),
    };
    match standing {
        Standing::Current => outcome.look(),
        Standing::Unknown => {
            outcome.look();
            outcome.unproven(format!(
                "{}: what is published of `{}` is not known, the manifest is at {}",
                copy.path, current.package.name.value, current.manifest.value
            ));
        }
        Standing::Stale => {
            outcome.look();
            let message = format!(
                "{} says {}, `{}` is at {}",
                copy.what, copy.text, current.package.name.value, current.manifest.value
            );
            let at = context.facts.place(copy.path, copy.span, format!("not {}", current.manifest.value));
            let finding = Finding::new(message, at).against(current.place(context)).certainty(copy.certainty);
            outcome.find(match written_like(copy.text, &current.manifest.value) {
                Some(text) if copy.fixable => finding.replace_with(text),
                _ => finding,
            });
        }
    }
    Some(standing)
}

/// Says whether a version as written is older than that of a package.
pub(super) fn is_older(text: &str, current: &Current<'_>) -> bool {
    loose_version::parse(text).is_some_and(|version| version < current.manifest.value)
}
