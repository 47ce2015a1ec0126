//! A real registry on loopback: `cargo-http-registry` as a process of its own on a folder. It takes a version as often as it
//! is sent, so that whatever is published twice is seen.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::support::tools;

/// The running registry; it ends with the value.
pub(crate) struct Registry {
    child: Child,
    pub(crate) port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

impl Registry {
    /// Starts it; none where the program may be left out.
    pub(crate) fn start() -> Option<Self> {
        let program = tools::find("cargo-http-registry")?;
        let folder = tempfile::tempdir().expect("a scratch folder");
        let port = free_port();
        let child = Command::new(program)
            .arg(folder.path().join("index"))
            .args(["--addr", &format!("127.0.0.1:{port}")])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the registry starts");
        let registry = Self { child, port, folder };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() || !registry.path("config.json").exists() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the registry does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(registry)
    }

    /// The index, as cargo's configuration names it.
    pub(crate) fn index(&self) -> String {
        format!("http://127.0.0.1:{}/git", self.port)
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.folder.path().join("index").join(path)
    }

    /// Every line of the index: name and version, with the checksums in the order in which they came.
    pub(crate) fn published(&self) -> BTreeMap<(String, String), Vec<String>> {
        let mut found: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        let mut open = vec![self.path("")];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
                let (path, name) = (entry.path(), entry.file_name());
                if path.is_dir() {
                    if name != ".git" && name != "index" {
                        open.push(path);
                    }
                } else if is_index_file(&path) {
                    for line in std::fs::read_to_string(&path).expect("an index").lines() {
                        let line: Value = serde_json::from_str(line).expect("a line of an index");
                        let text = |name: &str| line[name].as_str().expect("a text").to_owned();
                        found.entry((text("name"), text("vers"))).or_default().push(text("cksum"));
                    }
                }
            }
        }
        found
    }
}

fn is_index_file(path: &Path) -> bool {
    path.extension().is_none() && path.file_name().is_some_and(|name| name != "config.json")
}
