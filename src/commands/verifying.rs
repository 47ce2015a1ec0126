//! Finds anew what a proof speaks of, and lets the proof be judged by it.

use std::path::Path;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::commands::check::Options;
use crate::commands::examine::Examined;
use crate::commands::exit;
use crate::commands::governed;
use crate::commands::proving;
use crate::commands::shown;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::facts::policy::Policy;
use crate::facts::policy::change;
use crate::facts::policy::change::SIGNERS;
use crate::proof::allowed_signers;
use crate::proof::allowed_signers::AllowedSigners;
use crate::proof::bundle::Bundle;
use crate::proof::check_claims;
use crate::proof::enclosed;
use crate::proof::ground::Files;
use crate::proof::ground::Ground;
use crate::proof::ground::Signers;
use crate::proof::malformed::Malformed;
use crate::proof::repository;
use crate::proof::resource::GitId;
use crate::proof::scai::Attribute;
use crate::proof::tree_listing;
use crate::proof::verified::Verified;
use crate::proof::verify;
use crate::record::checkpoint::Checkpoint;
use crate::record::packed;
use crate::record::vouch;
use crate::record::vouch::Vouched;
use crate::render::json;
use crate::steps::inputs;
use crate::world::at_hand;
use crate::world::checkout::Checkout;
use crate::world::clock;
use crate::world::git::remote;
use crate::world::given;
use crate::world::listing;
use crate::world::listing::Listing;
use crate::world::record_folder;

/// What is asked.
pub(crate) struct Asked {
    pub(crate) folder: PathBuf,
    pub(crate) proof: Option<PathBuf>,
    pub(crate) rev: Option<String>,
    pub(crate) base: Option<String>,
}

/// Where things are, for people.
pub(crate) struct Places {
    pub(crate) proof: String,
    pub(crate) signers: String,
}

/// Verifies a proof. A file that can't be read to the last byte is malformed, and nothing of it is believed.
pub(crate) fn verify(asked: &Asked) -> Result<(Option<Bundle>, Verified, Places), Error> {
    let at_hand = match &asked.proof {
        Some(proof) if !at_hand::is_repository(&asked.folder) => Err(proof.clone()),
        _ => Ok(AtHand::open(asked)?),
    };
    let path = match (&asked.proof, &at_hand) {
        (Some(path), _) | (None, Err(path)) => path.clone(),
        (None, Ok(at_hand)) => proving::folder(&at_hand.root, &at_hand.head.facts).join(proving::PROOF),
    };
    let bytes = given::proof(&path, packed::MOST_BYTES);
    let bytes = bytes.map_err(|error| Error { exit: exit::UNPROVEN, ..error })?;
    let mut places = Places { proof: path.display().to_string(), signers: SIGNERS.to_owned() };
    let packed = packed::is_packed(&bytes).then(|| packed::read(&bytes)).transpose();
    let read = packed.map_err(Malformed::new).and_then(|packed| {
        let proof = packed.as_ref().map_or(bytes.as_slice(), |packed| packed.proof);
        Ok((Bundle::parse(proof)?, packed))
    });
    let (bundle, packed) = match read {
        Ok(read) => read,
        Err(why) => return Ok((None, Verified::malformed(why.message), places)),
    };
    let ground = match at_hand {
        Ok(at_hand) => at_hand.ground(asked, &bundle, &mut places)?,
        Err(_) => nothing_at_hand(),
    };
    let mut verified = verify::verify(&bundle, &ground);
    if let Some(packed) = &packed {
        enclosed::check(&bundle, packed, &mut verified);
    }
    Ok((Some(bundle), verified, places))
}

/// What is found where there is no repository: nothing.
fn nothing_at_hand() -> Ground {
    let why = || "there is no repository here: verify it in a clone".to_owned();
    Ground {
        files: Err(why()),
        repository: None,
        rules: Err(why()),
        policy: Err(why()),
        base: None,
        signers: Err(why()),
        ledger: None,
        now: clock::seconds(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// The tree that a proof is held against.
struct AtHand {
    files: Result<Files, String>,
    root: PathBuf,
    head: Examined,
}

impl AtHand {
    fn open(asked: &Asked) -> Result<Self, Error> {
        let mut checkout = Checkout::open(&asked.folder, asked.rev.as_deref())?;
        let files = files(&checkout, &listed(&checkout));
        let root = checkout.root.clone().unwrap_or_else(|| asked.folder.clone());
        Ok(Self { files, root, head: Examined::take(&mut checkout, None) })
    }

    fn ground(self, asked: &Asked, bundle: &Bundle, places: &mut Places) -> Result<Ground, Error> {
        let said = bundle.root.predicate().governed.base.clone();
        let judged = judged(asked, self.head, bundle);
        let policy = judged.as_ref().map(|(_, policy)| policy);
        let signers = said.ok_or_else(|| "the proof names no base, so nobody is allowed to sign".to_owned());
        let signers = signers.and_then(|base| signers_of(&asked.folder, base.as_str(), policy.ok()));
        if let Ok(signers) = &signers {
            places.signers.clone_from(&signers.path);
        }
        Ok(Ground {
            repository: remote::origin(&asked.folder).and_then(|remote| repository::address(&remote)),
            policy: policy.map_err(Clone::clone).and_then(digest_of),
            rules: judged.map(|(rules, _)| rules),
            base: asked.base.as_deref().map(|base| demanded(asked, base)).transpose()?,
            signers,
            ledger: ledger(&asked.folder, &self.root, bundle)?,
            files: self.files,
            now: clock::seconds(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
}

/// The listing of the files, every byte read: what a memo says of them is believed by nobody else.
pub(crate) fn listed(checkout: &Checkout) -> Listing {
    listing::list(checkout, &checkout.tree, None)
}

/// The files by their digests.
pub(crate) fn files(checkout: &Checkout, listing: &Listing) -> Result<Files, String> {
    if let Some(missed) = listing.unread.first().or(checkout.unlisted.first()) {
        return Err(format!("{} could not be read: {}", missed.path, missed.problem.message));
    }
    let made = tree_listing::of(&inputs::subject(listing).bytes).map_err(|why| why.message)?;
    let id = |id: Option<&str>| id.filter(|_| !checkout.dirty).and_then(|id| id.parse::<GitId>().ok());
    Ok(Files {
        listing: Digest::of(&made),
        tree: id(checkout.commit_tree.as_ref().map(|id| id.0.as_ref())),
        commit: id(checkout.commit.as_ref().map(|id| id.0.as_ref())),
    })
}

/// The claims of the rules, and the policy of the base: on the day of the proof, so that no waiver ends between them.
fn judged(asked: &Asked, head: Examined, bundle: &Bundle) -> Result<(Vec<Attribute>, Policy), String> {
    let summary = bundle.root.predicate();
    let base = summary.governed.base.as_ref().map(|base| base.as_str().to_owned());
    let day = summary.time_verified.get(..10).and_then(|day| day.parse::<Date>().ok());
    let day = day.ok_or_else(|| format!("{:?} is no time", summary.time_verified))?;
    let options =
        Options { today: Some(day), ..governed::options(asked.folder.clone(), asked.rev.clone(), base.clone(), None) };
    let base = base.map(|base| Checkout::open(&asked.folder, Some(&base))).transpose();
    let base = base.map_err(|error| format!("the base is not in this clone: {error}"))?;
    let base = base.map(|base| Examined::read(base, None));
    let head = head.since(base.as_ref());
    let ruling = governed::rule(&options, &head, base.as_ref()).map_err(|error| error.to_string())?;
    let report = governed::judge(&options, &head, base.as_ref(), &ruling);
    let (rules, _) = check_claims::of(json::render(&report).as_bytes()).map_err(|why| why.message)?;
    Ok((rules, ruling.policy))
}

/// The digest of a policy; that of no bytes where there is none.
pub(crate) fn digest_of(policy: &Policy) -> Result<Digest, String> {
    match &policy.sha256 {
        Some(sha256) => format!("sha256:{sha256}").parse().map_err(|_| "the digest of the policy is none".to_owned()),
        None => Ok(Digest::of(b"")),
    }
}

/// The signers that a base allows, from its objects: what the tree under test says of them counts for nothing.
fn signers_of(folder: &Path, base: &str, policy: Option<&Policy>) -> Result<Signers, String> {
    let path = policy.map_or(SIGNERS, change::trusted).to_owned();
    let checkout =
        Checkout::open(folder, Some(base)).map_err(|error| format!("the base is not in this clone: {error}"))?;
    let Some(entry) = checkout.tree.get(&path) else { return Ok(Signers { path, file: None }) };
    let bytes = checkout.read(entry, allowed_signers::MOST_BYTES as u64);
    let bytes = bytes.map_err(|problem| format!("{path} of the base: {}", problem.message))?;
    Ok(Signers { path, file: Some(AllowedSigners::parse(&bytes)) })
}

/// The base that the caller demands: where the histories parted.
fn demanded(asked: &Asked, base: &str) -> Result<GitId, Error> {
    let checkout = Checkout::open_base(&asked.folder, base, asked.rev.as_deref())?;
    let id = checkout.commit.as_ref().and_then(|id| id.0.parse().ok());
    id.ok_or_else(|| Error::usage("unknown-revision", format!("find the revision `{base}`")))
}

/// What the ledger at hand says of a proof.
pub(crate) fn ledger(folder: &Path, root: &Path, bundle: &Bundle) -> Result<Option<Vouched>, Error> {
    let record = record_folder::of(folder, root)?;
    let text = bundle.root.predicate().governed.checkpoint.as_deref();
    let size = text.and_then(|text| Checkpoint::parse(text.as_bytes()).ok()).map(|checkpoint| checkpoint.size);
    vouch::ask(&shown::storage(&record), &bundle.digest(), size)
}
