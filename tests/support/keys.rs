//! Keys and signatures made by ssh-keygen itself.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

/// A folder with keys.
pub(crate) struct Keys {
    folder: tempfile::TempDir,
}

impl Keys {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// Makes a key of a kind.
    pub(crate) fn make(&self, name: &str, kind: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let made = self.keygen(&["-q", "-t", kind, "-N", "", "-C", name, "-f", &path.display().to_string()], b"");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        path
    }

    /// The public half of a key: kind and base64.
    pub(crate) fn public(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.folder.path().join(format!("{name}.pub"))).expect("a public key");
        text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    /// Runs ssh-keygen.
    pub(crate) fn keygen(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut child = Command::new("ssh-keygen")
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("ssh-keygen can be run");
        let _ = child.stdin.take().expect("a pipe").write_all(input);
        child.wait_with_output().expect("its output")
    }

    /// The armour of a signature.
    pub(crate) fn sign(&self, name: &str, namespace: &str, bytes: &[u8]) -> Vec<u8> {
        let key = self.path(name).display().to_string();
        let signed = self.keygen(&["-q", "-Y", "sign", "-n", namespace, "-f", &key], bytes);
        assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
        signed.stdout
    }

    /// Whether ssh-keygen accepts a signature under a file of signers.
    pub(crate) fn accepts(&self, signers: &str, who: &str, namespace: &str, armour: &[u8], bytes: &[u8]) -> bool {
        let signers = self.write("accepts_signers", signers.as_bytes()).display().to_string();
        let signature = self.write("accepts.sig", armour).display().to_string();
        let arguments = ["-Y", "verify", "-f", &signers, "-I", who, "-n", namespace, "-s", &signature];
        self.keygen(&arguments, bytes).status.success()
    }
}
