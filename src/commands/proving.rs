//! Makes the proof of a recorded run, writes it where everybody looks for it, and records that it was made.

use std::path::Path;
use std::path::PathBuf;

use crate::commands::exit;
use crate::commands::governed::Site;
use crate::commands::output;
use crate::commands::shown;
use crate::commands::shown::Opened;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::digest::Digest;
use crate::proof::ahead::Ahead;
use crate::proof::assemble;
use crate::proof::assemble::Assembled;
use crate::proof::case::Case;
use crate::proof::repository;
use crate::record::checkpoint;
use crate::record::checkpoint::Checkpoint;
use crate::record::line::Line;
use crate::record::report::RunReport;
use crate::record::run_record::RunRecord;
use crate::record::store::Store;
use crate::render::encode::terminal::Charset;
use crate::steps::event::Event;
use crate::steps::keys::Keys;
use crate::steps::proved::Proved;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::git::remote;
use crate::world::outfile;
use crate::world::outfile::Staged;

/// The folder of proofs, from the folder of the main workspace: `CARGO_TARGET_DIR` does not move it.
pub(crate) const FOLDER: &str = "target/governed";
/// The proof.
pub(crate) const PROOF: &str = "proof.intoto.jsonl";
/// The listing that it is about.
pub(crate) const LISTING: &str = "tree.sha256";

/// The folder of the proof of a tree.
pub(crate) fn folder(root: &Path, facts: &Facts) -> PathBuf {
    let workspace = facts.cargo.main_workspace().map_or("", |workspace| workspace.folder.as_str());
    root.join(workspace).join(FOLDER)
}

/// What of a proof can be made before its run has ended.
#[derive(Default)]
pub(crate) struct Early {
    /// The lines of the steps.
    ahead: Option<Ahead>,
    /// The address of the repository.
    address: Address,
}

/// Whether the address of the repository was asked for, and what it is; none where it has no remote.
#[derive(Default)]
enum Address {
    /// It was not.
    #[default]
    Unasked,
    /// It was.
    Asked(Option<String>),
}

/// A proof that the record vouches for, on its way into its place.
pub(crate) struct Made {
    assembled: Assembled,
    staged: Option<(PathBuf, Staged)>,
}

/// Makes the proof of a run, after its end, for the place where facts say where the main workspace is.
///
/// A tree that no listing can vouch for has a verdict, and no proof.
pub(crate) fn after(
    site: &Site,
    facts: Option<&Facts>,
    case: &Ended<'_>,
    early: Early,
    store: &Store,
) -> Result<Option<Made>, Error> {
    let assembled = match case.assemble(site, early) {
        Ok(assembled) => assembled,
        Err(error) if error.code == UNPROVABLE => {
            output::talk(&Charset::default().line(&format!("no proof was made: {}", error.message)));
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let stage = || {
        let path = facts.map(|facts| folder(&site.root, facts).join(PROOF));
        path.map(|path| outfile::stage(&path, &assembled.bytes()).map(|staged| (path, staged))).transpose()
    };
    let (kept, staged) = rayon::join(|| keep(store, &assembled, &case.report.began.run), stage);
    // What the record does not vouch for takes nobody's place.
    kept?;
    let staged = staged?;
    Ok(Some(Made { assembled, staged }))
}

impl Made {
    /// Puts it in its place, and says where that is; none where it stands in the record alone.
    pub(crate) fn publish(self) -> Result<Option<String>, Error> {
        let Self { assembled, staged } = self;
        let told = match staged {
            Some((path, staged)) => {
                outfile::renew(&path.with_file_name(LISTING), &assembled.listing)?;
                staged.publish()?;
                Some(path.display().to_string())
            }
            None => None,
        };
        // Its memory goes with the process: nobody waits for it to be given back.
        rayon::spawn(move || drop(assembled));
        Ok(told)
    }
}

/// The code of what can't be proven.
const UNPROVABLE: &str = "unprovable";

/// A run that ended, and the record that holds it.
pub(crate) struct Ended<'a> {
    /// The record.
    pub(crate) opened: &'a Opened,
    /// What it holds of the run.
    pub(crate) record: &'a RunRecord,
    /// What that comes to.
    pub(crate) report: &'a RunReport,
    /// Keys that were just made, whose texts need not be read again.
    pub(crate) keys: Option<&'a Keys>,
}

/// Makes the proof of a recorded run.
pub(crate) fn assemble(site: &Site, opened: &Opened, run: &str) -> Result<Assembled, Error> {
    let record = opened.record(run)?;
    let report = record.report().ok_or_else(|| opened.unfound(run))?;
    Ended { opened, record: &record, report: &report, keys: None }.assemble(site, Early::default())
}

impl Ended<'_> {
    /// What can be made of the proof while the run's end becomes durable.
    pub(crate) fn early(&self, site: &Site) -> Early {
        let ahead = self.with_case(None, None, Ahead::of).ok().flatten();
        Early { ahead, address: Address::Asked(address(site)) }
    }

    fn with_case<T>(
        &self,
        checkpoint: Option<&Checkpoint>,
        repository: Option<&str>,
        then: impl FnOnce(&Case<'_>) -> T,
    ) -> Result<T, Error> {
        let Self { opened, record, report, keys } = self;
        let made = keys.iter().flat_map(|keys| keys.steps.values().map(|keyed| (keyed.key, &keyed.preimage)));
        Ok(then(&Case {
            parts: &record.parts,
            report,
            beside: &opened.beside(record, report)?,
            object: &|digest: &Digest| opened.objects.read(digest).ok(),
            preimages: made.collect(),
            checkpoint,
            repository,
        }))
    }

    fn assemble(&self, site: &Site, early: Early) -> Result<Assembled, Error> {
        let address = match early.address {
            Address::Unasked => address(site),
            Address::Asked(address) => address,
        };
        let checkpoint = shown::storage(&site.record).read(checkpoint::PATH, 0, u64::MAX);
        let checkpoint = checkpoint.ok().and_then(|bytes| Checkpoint::parse(&bytes).ok());
        let made =
            self.with_case(checkpoint.as_ref(), address.as_deref(), |case| assemble::assemble(case, early.ahead))?;
        made.map_err(|why| {
            let message = format!("prove run {}: {}", self.report.began.run, why.message);
            Error { exit: exit::UNPROVEN, ..Error::failed(UNPROVABLE, message) }
                .help("`cargo governed replay` says what the record does not hold any more")
        })
    }
}

/// The address of the repository; none where it has no remote.
fn address(site: &Site) -> Option<String> {
    remote::origin(&site.record).and_then(|remote| repository::address(&remote))
}

/// Writes the proof, and the listing beside it.
pub(crate) fn write(assembled: &Assembled, path: &Path) -> Result<(), Error> {
    outfile::replace(&path.with_file_name(LISTING), &assembled.listing)?;
    outfile::replace(path, &assembled.bytes())
}

/// Keeps the proof in the record, and says so in the ledger: then the record vouches for its bytes. Once is enough.
pub(crate) fn keep(store: &Store, assembled: &Assembled, run: &str) -> Result<(), Error> {
    let proved = Proved {
        run: run.to_owned(),
        root: assembled.bundle.digest(),
        bundle: store.object(&assembled.bytes())?,
        listing: store.object(&assembled.listing)?,
        signed: !assembled.bundle.root.envelope.signatures.is_empty(),
    };
    store.append(&Event::Proved(proved), Durability::Soon).map(|_| ())
}

/// Says whether the ledger holds a line about these very bytes.
pub(crate) fn is_kept(lines: &[Line], assembled: &Assembled) -> bool {
    let bundle = Digest::of(&assembled.bytes());
    lines.iter().any(|line| matches!(&line.event, Event::Proved(proved) if proved.bundle == bundle))
}
