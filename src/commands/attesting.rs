//! What stores of attestations take: the predicate of the root, and the subject by its digest.
//!
//! They know digests of SHA-2 alone, so the subject is the listing; the ids of git stand in our own statement, and every
//! other line is named in the predicate.

use std::path::Path;

use crate::commands::exit;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::proof::assemble::Assembled;
use crate::proof::canonical;
use crate::proof::names;
use crate::proof::summary::Outcome;
use crate::world::outfile;

/// The predicate.
const PREDICATE: &str = "predicate.json";
/// The subject, as `sha256sum` writes it.
const SUBJECT: &str = "subject.checksums";
/// The type of the predicate, a line.
const TYPE: &str = "predicate-type.txt";

/// Writes them. Whoever looks into a store sees the signature and not the predicate, so only what passed goes there.
pub(crate) fn write(folder: &Path, assembled: &Assembled) -> Result<(), Error> {
    let summary = assembled.bundle.root.predicate();
    if summary.verification_result != Outcome::Passed {
        let error = Error::usage("not-signable", "hand a proof to a store of attestations that did not pass");
        return Err(Error { exit: exit::UNPROVEN, ..error }.help("mend what it names, and run again"));
    }
    let subject = format!("{}  {}\n", Digest::of(&assembled.listing).hex(), names::SUBJECT_LISTING);
    outfile::replace(&folder.join(PREDICATE), &canonical::bytes_of(summary))?;
    outfile::replace(&folder.join(SUBJECT), subject.as_bytes())?;
    outfile::replace(&folder.join(TYPE), format!("{}\n", names::SUMMARY).as_bytes())
}
