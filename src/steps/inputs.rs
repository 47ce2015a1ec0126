//! The files that each step reads, as listings: steps with the same globs share one.

use std::collections::BTreeMap;
use std::sync::Arc;

use globset::GlobMatcher;

use crate::facts::digest::Digest;
use crate::facts::policy::pattern;
use crate::facts::tree::Mode;
use crate::steps::listing_text;
use crate::world::listing::Listed;
use crate::world::listing::Listing;

/// Globs over the paths of a tree; none are all paths.
pub struct Globs(Option<Vec<(String, GlobMatcher)>>);

impl Globs {
    /// Compiles the globs of a step. One that is none matches nothing: the policy was checked before.
    pub fn new(globs: Option<&[String]>) -> Self {
        let compiled = |glob: &String| pattern::glob(glob).ok().map(|matcher| (prefix(glob), matcher));
        Self(match globs {
            Some(globs) if globs.iter().any(|glob| glob == "**") => None,
            globs => globs.map(|globs| globs.iter().filter_map(compiled).collect()),
        })
    }

    /// Says whether a path is among them.
    pub fn holds(&self, path: &str) -> bool {
        self.0.as_ref().is_none_or(|globs| {
            globs.iter().any(|(prefix, matcher)| path.starts_with(prefix.as_str()) && matcher.is_match(path))
        })
    }
}

/// What every match begins with.
fn prefix(glob: &str) -> String {
    glob.split(['*', '?', '[', '{', '\\']).next().unwrap_or_default().to_owned()
}

/// A listing of some files, as an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name of the object.
    pub digest: Digest,
    /// The text: see [`listing_text`].
    pub bytes: Arc<[u8]>,
    /// How many files it lists.
    pub files: usize,
}

/// The listings of a tree by their globs.
pub struct Inputs<'a> {
    listing: &'a Listing,
    apart: Vec<String>,
    made: BTreeMap<Option<Vec<String>>, Part>,
}

impl<'a> Inputs<'a> {
    /// Over a listing, without the files of other layers: `apart`.
    pub fn new(listing: &'a Listing, apart: Vec<String>) -> Self {
        Self { listing, apart, made: BTreeMap::new() }
    }

    /// The listing of what some globs match.
    pub fn of(&mut self, globs: Option<&[String]>) -> &Part {
        let key = globs.map(<[String]>::to_vec);
        self.made.entry(key).or_insert_with(|| {
            let globs = Globs::new(globs);
            let all = self.listing.files.iter().chain(&self.listing.inside);
            part(
                all.filter(|listed| {
                    !self.apart.iter().any(|apart| *apart == *listed.path) && globs.holds(&listed.path)
                }),
            )
        })
    }

    /// All listings that were made.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.made.values()
    }
}

/// The listing of a whole tree, without what lies in submodules: the subject of a run.
pub fn subject(listing: &Listing) -> Part {
    part(listing.files.iter())
}

fn part<'l>(files: impl Iterator<Item = &'l Listed>) -> Part {
    let mut text = String::from(listing_text::HEADER);
    text.push('\n');
    let mut count = 0;
    for listed in files {
        listing_text::write(&mut text, listed.mode, &listed.digest, &listed.path);
        count += usize::from(listed.mode != Mode::Submodule);
    }
    let bytes: Arc<[u8]> = Arc::from(text.into_bytes());
    Part { digest: Digest::of(&bytes), bytes, files: count }
}
