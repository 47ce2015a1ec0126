//! A proof with all that it names as one file: written for others, read where a folder of an exported run is.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::commands::exit;
use crate::commands::governed::Site;
use crate::commands::shown;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::proof::assemble::Assembled;
use crate::record::export;
use crate::record::export::Export;
use crate::record::export::Unusable;
use crate::record::objects;
use crate::record::packed;
use crate::record::packed::Packed;
use crate::record::state::LEDGER;
use crate::world::given;
use crate::world::outfile;
use crate::world::packed_storage::PackedStorage;
use crate::world::storage::Storage;

/// Writes a proof, its listing, the lines of its run and the objects that they name into one file.
pub(crate) fn write(path: &Path, site: &Site, assembled: &Assembled, run: &str) -> Result<(), Error> {
    let export = export::take(&shown::storage(&site.record), Some(run))?.map_err(|unusable| {
        let (place, why) = match unusable {
            Unusable::Altered(place, why) => (place, why),
            Unusable::Unfinished => (LEDGER.to_owned(), "the run has no end there".to_owned()),
        };
        let error = Error::failed("unprovable", format!("export run {run}: {place}: {why}"));
        Error { exit: exit::UNPROVEN, ..error }
    })?;
    let bytes: BTreeMap<Digest, Vec<u8>> =
        export.objects.iter().map(|digest| Ok((*digest, export.object(digest)?))).collect::<Result<_, Error>>()?;
    let proof = assembled.bundle.bytes();
    let packed = Packed {
        proof: &proof,
        listing: &assembled.listing,
        lines: &export.bytes,
        objects: bytes.iter().map(|(digest, bytes)| (*digest, bytes.as_slice())).collect(),
    };
    outfile::replace(path, &packed.bytes())
}

/// Reads the run that such a file holds.
pub(crate) fn read(path: &Path) -> Result<Result<Export, Unusable>, Error> {
    let bytes = given::proof(path, packed::MOST_BYTES)?;
    let packed = match packed::read(&bytes) {
        Ok(packed) => packed,
        Err(why) => return Ok(Err(Unusable::Altered(path.display().to_string(), why))),
    };
    let mut files: Vec<(String, Vec<u8>)> =
        packed.objects.iter().map(|(digest, bytes)| (objects::path(digest), bytes.to_vec())).collect();
    files.push((LEDGER.to_owned(), packed.lines.to_vec()));
    let storage: Arc<dyn Storage> = Arc::new(PackedStorage::new(path.display().to_string(), files));
    export::take(&storage, None)
}
