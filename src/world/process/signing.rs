//! Signs with a key of the user by `ssh-keygen -Y sign`: files, agents and security keys work as they do there.

use std::env;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use crate::error::Error;
use crate::world::process::program;

/// The program.
const PROGRAM: &str = "ssh-keygen";

/// The armour of a signature over bytes in a namespace. `key` is a private key, or a public one whose other half an agent has.
///
/// What the program asks for (a passphrase, a touch) it asks on the terminal; without one it fails.
pub fn sign(key: &Path, namespace: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let path = env::var_os("PATH");
    // From the root: a relative part of the search path must not find a program in the tree.
    let found = program::find(PROGRAM, path.as_deref(), Path::new("/"));
    let found = found.ok_or_else(|| {
        Error::failed("no-ssh-keygen", "sign: ssh-keygen is not on the PATH").help("install OpenSSH's client")
    })?;
    let failed = |error: std::io::Error| Error::failed("not-signed", format!("sign with {}: {error}", key.display()));
    let mut child = Command::new(found)
        .args(["-q", "-Y", "sign", "-n", namespace, "-f"])
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that went away without reading says why by its exit code.
        let _ = stdin.write_all(bytes);
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(Error::failed("not-signed", format!("sign with {}: ssh-keygen refused", key.display()))
        .help("name a private key, or a public one that an agent holds; what ssh-keygen says stands above"))
}
