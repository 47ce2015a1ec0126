//! Signatures over the root: SSHSIG in a namespace of ours, and beside it a bare Ed25519 one that foreign verifiers take.

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use ed25519_dalek::VerifyingKey;
use ssh_key::HashAlg;
use ssh_key::LineEnding;
use ssh_key::PrivateKey;
use ssh_key::SshSig;
use ssh_key::public::KeyData;

use crate::proof::allowed_signers::AllowedSigners;
use crate::proof::allowed_signers::No;
use crate::proof::dsse::Signature;
use crate::proof::malformed::Malformed;
use crate::proof::names::Role;

/// What stands in front of the fingerprint in the key id of a bare signature: two key ids of one envelope never agree.
const BARE: &str = "ed25519:";
/// How many bytes a bare Ed25519 signature has.
const BARE_BYTES: usize = 64;
/// The bit that a security key sets when somebody touched it.
const TOUCHED: u8 = 1;

/// A signature that is good, by somebody who may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Good {
    /// The fingerprint of the key.
    pub fingerprint: String,
    /// Who it is, as the file of signers says.
    pub principals: String,
    /// The line of that file.
    pub line: usize,
    /// Whether it is the bare one, which names no namespace.
    pub bare: bool,
}

/// Why a signature does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bad {
    /// It can't be read.
    Malformed(Malformed),
    /// It is not over these bytes, or not for this.
    Wrong(String),
    /// The base does not let its key sign.
    NotAllowed {
        /// The fingerprint.
        fingerprint: String,
        /// Why.
        no: No,
    },
}

/// Who signed, by what the signature itself says.
enum Read {
    Ssh(Box<SshSig>),
    Bare(Vec<u8>),
}

/// The fingerprint of a key, as `ssh-keygen -l` prints it.
pub fn fingerprint(key: &KeyData) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// Makes the entry of an envelope from the armour that `ssh-keygen -Y sign` prints, if it is good for these bytes.
pub fn from_armour(armour: &[u8], role: Role, bytes: &[u8]) -> Result<Signature, Malformed> {
    let text = String::from_utf8_lossy(armour).replace("\r\n", "\n");
    let signature =
        SshSig::from_pem(text.trim_end()).map_err(|error| Malformed::new(format!("no SSH signature: {error}")))?;
    let made = Signature { keyid: fingerprint(signature.public_key()), bytes: armoured(&signature)?.into_bytes() };
    verify_ssh(&signature, role, bytes).map_err(Malformed::new)?;
    Ok(made)
}

/// Signs with the Ed25519 key of an OpenSSH file: no namespace, no agent. For verifiers that know no SSH.
pub fn bare(file: &[u8], bytes: &[u8]) -> Result<Signature, Malformed> {
    let key = PrivateKey::from_openssh(file).map_err(|error| Malformed::new(format!("no private key: {error}")))?;
    if key.is_encrypted() {
        return Err(Malformed::new("the private key is encrypted: ssh-keygen can use it, we can't"));
    }
    let Some(pair) = key.key_data().ed25519() else { return Err(Malformed::new("the key is no Ed25519 key")) };
    let signing = SigningKey::from_bytes(&pair.private.to_bytes());
    let keyid = format!("{BARE}{}", fingerprint(key.public_key().key_data()));
    Ok(Signature { keyid, bytes: signing.sign(bytes).to_bytes().to_vec() })
}

/// The armour in the one form that we read.
fn armoured(signature: &SshSig) -> Result<String, Malformed> {
    signature.to_pem(LineEnding::LF).map_err(|error| Malformed::new(format!("no SSH signature: {error}")))
}

fn read(signature: &Signature) -> Result<Read, Malformed> {
    if signature.bytes.len() == BARE_BYTES {
        return Ok(Read::Bare(signature.bytes.clone()));
    }
    let ssh =
        SshSig::from_pem(&signature.bytes).map_err(|error| Malformed::new(format!("no SSH signature: {error}")))?;
    // One signature has one text: no other line ends, no other width of the lines.
    if armoured(&ssh)?.as_bytes() != signature.bytes {
        return Err(Malformed::new("the armour of the SSH signature is not written as ssh-keygen does"));
    }
    if signature.keyid != fingerprint(ssh.public_key()) {
        return Err(Malformed::new("the key id is not the fingerprint of the key that signed"));
    }
    Ok(Read::Ssh(Box::new(ssh)))
}

fn verify_ssh(signature: &SshSig, role: Role, bytes: &[u8]) -> Result<(), String> {
    let namespace = signature.namespace();
    if namespace != role.namespace() {
        return Err(format!("it is for {namespace:?}, not for {:?}", role.namespace()));
    }
    let key = ssh_key::PublicKey::new(signature.public_key().clone(), "");
    key.verify(role.namespace(), bytes, signature).map_err(|_| "it is not over these bytes".to_owned())?;
    let is_security_key = matches!(signature.public_key(), KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_));
    // Behind the signature of a security key stand its flags and a counter of four bytes.
    let flags = signature.signature_bytes().iter().rev().nth(4).copied().unwrap_or_default();
    if is_security_key && flags & TOUCHED == 0 {
        return Err("nobody touched the security key".to_owned());
    }
    Ok(())
}

/// Checks all signatures of an envelope: each must be good, by a key that may, and no key may stand twice.
///
/// One in our namespace must be among them: a bare signature does not say what it is for, and so does not count alone.
pub fn check(
    signatures: &[Signature],
    role: Role,
    bytes: &[u8],
    signers: &AllowedSigners,
    now: i64,
) -> Result<Vec<Good>, Bad> {
    let mut good: Vec<Good> = Vec::new();
    for (index, signature) in signatures.iter().enumerate() {
        if signatures[..index].iter().any(|other| other.keyid == signature.keyid) {
            return Err(Bad::Malformed(Malformed::new("a key signed twice")));
        }
        let found = match read(signature).map_err(Bad::Malformed)? {
            Read::Ssh(ssh) => {
                verify_ssh(&ssh, role, bytes).map_err(Bad::Wrong)?;
                allowed(ssh.public_key(), role, signers, now, false)?
            }
            Read::Bare(bare) => bare_by(signature, &bare, role, bytes, signers, now)?,
        };
        good.push(found);
    }
    if !good.is_empty() && good.iter().all(|one| one.bare) {
        return Err(Bad::Wrong(
            "no signature says what it is for: a bare one counts only beside one of SSH".to_owned(),
        ));
    }
    Ok(good)
}

fn allowed(key: &KeyData, role: Role, signers: &AllowedSigners, now: i64, bare: bool) -> Result<Good, Bad> {
    let fingerprint = fingerprint(key);
    match signers.find(key, role, now) {
        Ok(signer) => Ok(Good { fingerprint, principals: signer.principals.clone(), line: signer.line, bare }),
        Err(no) => Err(Bad::NotAllowed { fingerprint, no }),
    }
}

fn bare_by(
    signature: &Signature,
    bare: &[u8],
    role: Role,
    bytes: &[u8],
    signers: &AllowedSigners,
    now: i64,
) -> Result<Good, Bad> {
    let fingerprint = signature.keyid.strip_prefix(BARE);
    let fingerprint =
        fingerprint.ok_or_else(|| Bad::Malformed(Malformed::new("the key id of a bare signature is none")))?;
    let key = signers.key_of(fingerprint);
    let key = key.ok_or_else(|| Bad::NotAllowed { fingerprint: fingerprint.to_owned(), no: No::Unknown })?;
    let wrong = || Bad::Wrong("the bare signature is not over these bytes".to_owned());
    let KeyData::Ed25519(public) = key else { return Err(Bad::Wrong("a bare signature is of another key".to_owned())) };
    let public = VerifyingKey::from_bytes(&public.0).map_err(|_| wrong())?;
    let bare = ed25519_dalek::Signature::from_slice(bare).map_err(|_| wrong())?;
    public.verify_strict(bytes, &bare).map_err(|_| wrong())?;
    allowed(key, role, signers, now, true)
}
