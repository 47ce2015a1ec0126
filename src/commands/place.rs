//! The tree that a run is about: the work tree around a folder, or a revision written into a fresh folder.

use std::path::Path;

use crate::commands::exit;
use crate::commands::governed;
use crate::commands::governed::Site;
use crate::commands::output;
use crate::error::Error;
use crate::render::human::look::Look;
use crate::world::checkout::Checkout;
use crate::world::elsewhere;
use crate::world::elsewhere::Elsewhere;
use crate::world::materialise;
use crate::world::materialise::SUBMODULE;
use crate::world::record_folder;

/// A tree that is open, and where its steps run.
pub(crate) struct Place {
    /// The tree.
    pub(crate) checkout: Checkout,
    /// Where its steps run, and where the record lies.
    pub(crate) site: Site,
    /// The fresh folder of a revision, which goes away with this value.
    pub(crate) elsewhere: Option<Elsewhere>,
}

/// Opens the work tree around a folder, or writes a revision into a fresh folder. No checkout is touched.
pub(crate) fn open(folder: &Path, revision: Option<&str>) -> Result<Place, Error> {
    let around = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let mut checkout = Checkout::open(folder, revision)?;
    let (Some(_), Some(commit)) = (revision, checkout.commit.clone()) else {
        let site = governed::site(&checkout, &around)?;
        return Ok(Place { checkout, site, elsewhere: None });
    };
    let record = record_folder::of(&around, &around)?;
    let fresh = fresh(&around, &record)?;
    let left = materialise::write(&checkout, fresh.root())?;
    let (modules, left): (Vec<String>, Vec<String>) = left.into_iter().partition(|line| line.ends_with(SUBMODULE));
    for module in modules {
        output::talk(&Look::plain().charset.line(&format!("left empty: {module}")));
    }
    if let Some(first) = left.first() {
        let message = format!("write the tree of {} whole: {first}", commit.0);
        return Err(Error { exit: exit::UNPROVEN, ..Error::usage("tree-incomplete", message) }
            .help("check the revision out and run there"));
    }
    fresh.link(&commit)?;
    let root = fresh.root().to_path_buf();
    checkout.root = Some(root.clone());
    Ok(Place { checkout, site: Site { root, record }, elsewhere: Some(fresh) })
}

/// A fresh folder beside the checkout; what engines left behind that are gone is taken away first, and told.
pub(crate) fn fresh(around: &Path, record: &Path) -> Result<Elsewhere, Error> {
    for leftover in elsewhere::leftovers(record) {
        if elsewhere::remove(&leftover).is_ok()
            && let Some(root) = &leftover.root
        {
            let line = format!("removed: {}, which a run that was killed left behind", root.display());
            output::talk(&Look::plain().charset.line(&line));
        }
    }
    Elsewhere::beside(around, record)
}
