//! The sentences that are marked as claims.

use crate::facts::Facts;
use crate::facts::digest::Digest;
use crate::facts::markdown::sentence::Sentence;
use crate::facts::markdown::sentence::Spoken;
use crate::facts::policy::claim_mark::ClaimMark;
use crate::facts::policy::claim_mark::FEWEST_DIGITS;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::claims::bound::Said;
use crate::rules::finding::Finding;
use crate::rules::outcome::Outcome;

/// A mark, where it stands, and what it speaks of.
pub(super) struct Marked<'f> {
    /// The file.
    pub file: &'f SourceFile,
    /// The mark.
    pub mark: &'f ClaimMark,
    /// The sentence; none where nothing follows the mark.
    pub sentence: Option<Sentence>,
}

/// All marks in documents of the maintainers' own, in order of path and place.
pub(super) fn marked(facts: &Facts) -> Vec<Marked<'_>> {
    let mut found = Vec::new();
    for file in facts.files.values().filter(|file| !file.content.marks.claims.is_empty()) {
        let Parsed::Markdown(markdown) = &file.content.parsed else { continue };
        if facts.zone(&file.path) == Zone::Own {
            let mut spoken = Spoken::new(file.text(), markdown);
            let marks = file.content.marks.claims.iter();
            found.extend(marks.map(|mark| Marked { file, mark, sentence: spoken.by(mark.span.start) }));
        }
    }
    found
}

/// The sentence of a mark; what is wrong with it is a finding.
pub(super) fn said(facts: &Facts, marked: &Marked<'_>, outcome: &mut Outcome) -> Option<Said> {
    let Marked { file, mark, sentence } = marked;
    outcome.look();
    let Some(sentence) = sentence else {
        let message = format!("the claim {} is made of nothing: no sentence follows its mark", mark.name);
        outcome.find(Finding::new(message, facts.place(&file.path, mark.span, "the mark")));
        return None;
    };
    let digest = Digest::of(sentence.words.as_bytes());
    let said = Said { at: facts.place(&file.path, sentence.span, "says so"), words: sentence.words.clone(), digest };
    let Some(demanded) = &mark.digest else { return Some(said) };
    let short = digest.short();
    if !mark.is_readable() {
        let message = format!("the mark of the claim {} has no digest of {FEWEST_DIGITS} to 64 digits", mark.name);
        let at = facts.place(&file.path, mark.span, "the mark");
        let why = format!("the digest of its sentence is sha256:{short}");
        outcome.find(Finding::new(message, at).why(why));
    } else if !digest.hex().starts_with(&demanded.value) {
        let message = format!(
            "the sentence of the claim {} has changed: its digest is sha256:{short}, the mark says sha256:{}",
            mark.name, demanded.value
        );
        let mark = facts.place(&file.path, demanded.span, "what it was when it was held against its evidence");
        let why = "a sentence that changes must be held against its evidence again, before its digest is written";
        outcome.find(Finding::new(message, said.at.clone()).against(mark).why(why));
    }
    Some(said)
}
