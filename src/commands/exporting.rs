//! Writes what a run recorded into a folder that can leave the machine, for `prove --merge` on another one.

use std::path::Path;
use std::path::PathBuf;

use crate::commands::governed::Site;
use crate::commands::shown;
use crate::error::Error;
use crate::record::export;
use crate::record::export::Unusable;
use crate::steps::event::Shard;
use crate::world::disk_storage::DiskStorage;
use crate::world::export_folder;

/// Where a run is exported to: where it was asked for, and for a part of a plan in any case.
///
/// What an earlier run left there goes at once: should this one be killed, nobody takes the older one for it.
pub(crate) fn prepare(asked: Option<&Path>, shard: Option<Shard>, root: &Path) -> Result<Option<PathBuf>, Error> {
    let usual = |shard: Shard| root.join(format!("target/governed/shard-{}-of-{}", shard.index, shard.total));
    let folder = asked.map(Path::to_path_buf).or_else(|| shard.map(usual));
    folder.map(|folder| export_folder::make_anew(&folder).map(|()| folder)).transpose()
}

/// Exports a run that ended.
pub(crate) fn write(folder: &Path, site: &Site, run: &str) -> Result<(), Error> {
    let export = export::take(&shown::storage(&site.record), Some(run))?.map_err(|unusable| {
        let (place, why) = match unusable {
            Unusable::Altered(place, why) => (place, why),
            Unusable::Unfinished => ("ledger.jsonl".to_owned(), "the run has no end there".to_owned()),
        };
        Error::failed("record-altered", format!("export run {run}: {place}: {why}")).at(place)
    })?;
    export_folder::make_anew(folder)?;
    export.write(&DiskStorage::at(folder))?;
    Ok(())
}
