//! Signs a proof, or a change of the policy or the waivers, with a key of the user.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::commands::exit;
use crate::commands::governed::Site;
use crate::error::Error;
use crate::facts::problem::Problem;
use crate::proof::assemble::Assembled;
use crate::proof::dsse;
use crate::proof::malformed::Malformed;
use crate::proof::names::Role;
use crate::proof::signature;
use crate::proof::summary::Outcome;
use crate::proof::tree_listing;
use crate::steps::inputs;
use crate::world::checkout::Checkout;
use crate::world::git::unfiltered;
use crate::world::given;
use crate::world::listing;
use crate::world::outfile;
use crate::world::process::signing;

/// Where signatures over checked-in files lie, from the root of the tree.
const FOLDER: &str = ".governed";

/// Signs a proof. One that did not pass, or names no commit, is not signed: who finds it elsewhere would see a signature.
pub(crate) fn proof(site: &Site, assembled: &mut Assembled, key: &Path, bare: bool) -> Result<(), Error> {
    let summary = assembled.bundle.root.predicate();
    let refused = |message: &str, help: &str| {
        let error = Error { exit: exit::UNPROVEN, ..Error::usage("not-signable", message) };
        Err(error.help(help.to_owned()))
    };
    if summary.verification_result != Outcome::Passed {
        return refused("sign a proof that did not pass", "mend what it names, and run again");
    }
    let Some(commit) = assembled.bundle.subject().commit.as_ref() else {
        return refused("sign a proof that names no commit", "commit what was run, and run again");
    };
    let listing = strong(site, commit.as_str())?;
    if listing != assembled.listing {
        return refused(
            &format!("sign for commit {commit}: its files are not those that the run saw"),
            "run again; if it stays so, an attribute of git changes bytes on checkout",
        );
    }
    let envelope = &mut assembled.bundle.root.envelope;
    let bytes = dsse::pae(&envelope.payload);
    envelope.signatures.push(ssh(key, Role::Proof, &bytes)?.0);
    if bare {
        let made = signature::bare(&given::key(key)?, &bytes).map_err(|why| unsigned(key, &why))?;
        envelope.signatures.push(made);
    }
    Ok(())
}

/// The listing of a commit with every byte read: from the work tree where it is that commit, else from git's objects.
fn strong(site: &Site, commit: &str) -> Result<Vec<u8>, Error> {
    let here = Checkout::open(&site.root, None)?;
    let is_here = !here.dirty && here.commit.as_ref().is_some_and(|id| id.0.as_ref() == commit);
    let held = Checkout::open(&site.root, Some(commit))?;
    if is_here && let Some(path) = unfiltered(&here, &held)? {
        let message = format!("sign for commit {commit}: the bytes of {path} are not those that the commit holds");
        let remedy = "git takes them for the same by an attribute (a filter, line ends): take it away (git check-attr -a), and \
                    check the file out again";
        return Err(Error { exit: exit::REFUSED, ..Error::usage("bytes-differ", message) }.help(remedy));
    }
    let checkout = if is_here { here } else { held };
    let listing = listing::list(&checkout, &checkout.tree, None);
    if let Some(missed) = listing.unread.first() {
        return Err(Error::failed("file-unreadable", format!("read {}: {}", missed.path, missed.problem.message)));
    }
    let made = tree_listing::of(&inputs::subject(&listing).bytes);
    made.map_err(|why| Error::failed("unprovable", format!("list the files: {why}")))
}

/// A file of the work tree that git takes for what it tracks, and which has other bytes. One that can't be read is an error:
/// nobody knows what it has.
pub(crate) fn unfiltered(here: &Checkout, held: &Checkout) -> Result<Option<String>, Error> {
    let found = unfiltered::differing(here, held);
    let unread = |(path, problem): (Arc<str>, Problem)| {
        Error::failed("file-unreadable", format!("read {path}: {}", problem.message)).help("make the file readable")
    };
    found.map(|path| path.map(|path| path.to_string())).map_err(unread)
}

/// Signs what a change makes of the policy or of the waivers, and gives the paths of what was signed and the signature.
pub(crate) fn change(root: &Path, role: Role, text: &str, key: &Path) -> Result<[PathBuf; 2], Error> {
    let path = |extension: &str| root.join(FOLDER).join(format!("{}.{extension}", role.as_str()));
    let (plain, signature) = (path("txt"), path("sig"));
    let armour = ssh(key, role, text.as_bytes())?.1;
    outfile::folders_below(root, &format!("{FOLDER}/{}", role.as_str()))?;
    outfile::replace(&plain, text.as_bytes())?;
    outfile::replace(&signature, &armour)?;
    Ok([plain, signature])
}

/// Signs bytes for a role, and makes sure that we would accept the signature.
fn ssh(key: &Path, role: Role, bytes: &[u8]) -> Result<(dsse::Signature, Vec<u8>), Error> {
    let armour = signing::sign(key, role.namespace(), bytes)?;
    let made = signature::from_armour(&armour, role, bytes).map_err(|why| unsigned(key, &why))?;
    Ok((made, armour))
}

fn unsigned(key: &Path, why: &Malformed) -> Error {
    Error::failed("not-signed", format!("sign with {}: {why}", key.display()))
        .help("sign with an Ed25519 or ECDSA (P-256, P-384) key, or one on a security key")
}
