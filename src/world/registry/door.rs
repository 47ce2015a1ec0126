//! A registry that can be asked: which versions of a crate its index has, and whether a file is stored.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use semver::Version;
use serde::Deserialize;

use crate::facts::digest::Digest;
use crate::world::registry::configured::Configured;
use crate::world::registry::configured::Index;
use crate::world::registry::configured::Registry;
use crate::world::registry::credential;
use crate::world::registry::credential::Credential;
use crate::world::registry::credential::Secret;
use crate::world::registry::entry;
use crate::world::registry::entry::Entry;
use crate::world::registry::failure::Failure;
use crate::world::registry::failure::Kind;
use crate::world::registry::git_index;
use crate::world::registry::http::Got;
use crate::world::registry::http::Http;
use crate::world::registry::packed;
use crate::world::registry::packed::Origin;

/// The most times that one question is asked.
const ATTEMPTS: u32 = 4;

/// The part of `config.json` that is read here.
#[derive(Clone, Debug, Default, Deserialize)]
struct Config {
    dl: String,
    #[serde(default, rename = "auth-required")]
    auth_required: bool,
}

/// An open door.
pub struct Door {
    registry: Registry,
    http: Http,
    /// Where an index that is a git repository is fetched to.
    folder: PathBuf,
    variables: BTreeMap<OsString, OsString>,
    token: Option<Secret>,
    /// How long all attempts at one question may take.
    patience: Duration,
    config: OnceLock<Config>,
    fetched: OnceLock<()>,
    /// One folder takes one fetch at a time.
    turn: Mutex<()>,
}

impl Door {
    /// Opens the door to a registry. Nothing is asked yet. `cache` is a folder for what is fetched, `patience` the longest
    /// that one question may take with all its attempts.
    pub fn open(configured: &Configured, registry: &Registry, cache: &Path, patience: Duration) -> Self {
        let name: String = Digest::of(registry.address().as_bytes()).hex().chars().take(16).collect();
        let token = match credential::of(configured, registry) {
            Credential::Token(token) => Some(token),
            Credential::Provider(_) | Credential::None => None,
        };
        Self {
            registry: registry.clone(),
            http: Http::new(),
            folder: cache.join(name),
            variables: configured.variables.clone(),
            token,
            patience,
            config: OnceLock::new(),
            fetched: OnceLock::new(),
            turn: Mutex::new(()),
        }
    }

    /// The registry.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// All versions of a crate, as the index is now; none where it knows no such crate.
    pub fn versions(&self, name: &str) -> Result<Vec<Entry>, Failure> {
        self.patiently(&|| {
            let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            self.refresh()?;
            self.look_up(name)
        })
    }

    /// The versions of several crates, as the index is now: one fetch serves all of them, and one time to be patient in. After
    /// a registry that can't be reached nothing more is asked.
    pub fn versions_of(&self, names: &[&str]) -> Vec<Result<Vec<Entry>, Failure>> {
        let deadline = Instant::now() + self.patience;
        let mut silent = Self::until(deadline, &|| self.begin()).err();
        let one = |name: &&str| {
            if let Some(failure) = &silent {
                return Err(failure.clone());
            }
            let answer = Self::until(deadline, &|| self.look_up(name));
            let is_last = |failure: &&Failure| {
                failure.kind == Kind::Unreachable || failure.may_pass() && Instant::now() >= deadline
            };
            silent = answer.as_ref().err().filter(is_last).cloned();
            answer
        };
        names.iter().map(one).collect()
    }

    /// The checksum of the file that the registry hands out for a version; none where it has none. This is asked where the
    /// index may be late. `expected` is the checksum that it should have: some registries name files by it.
    pub fn stored(&self, name: &str, version: &Version, expected: &str) -> Result<Option<String>, Failure> {
        let bytes = self.patiently(&|| self.packed(name, version, expected))?;
        Ok(bytes.map(|bytes| Digest::of(&bytes).hex()))
    }

    /// Where a version was packed, as the file says that the registry hands out for it; none where it says nothing. Other bytes
    /// than those of the index's checksum say nothing at all.
    pub fn origin(&self, name: &str, version: &Version, checksum: &str) -> Result<Option<Origin>, Failure> {
        let wrong = |why: String| Failure::new(Kind::Unreadable, format!("read the file of {name} {version}"), why);
        let Some(bytes) = self.patiently(&|| self.packed(name, version, checksum))? else {
            return Err(wrong("the registry hands out none".to_owned()));
        };
        if Digest::of(&bytes).hex() != checksum {
            return Err(wrong("its bytes are others than the index says".to_owned()));
        }
        packed::origin(&bytes).map_err(wrong)
    }

    /// The file that the registry hands out for a version.
    fn packed(&self, name: &str, version: &Version, checksum: &str) -> Result<Option<Vec<u8>>, Failure> {
        let config = self.config()?;
        let address = download(&config.dl, name, version, checksum);
        let token = self.token.as_ref().filter(|_| config.auth_required);
        match self.http.get(&address, token) {
            Ok(Got::Bytes(bytes)) => Ok(Some(bytes)),
            Ok(Got::Nothing) => Ok(None),
            // A store of files says in many ways that it has none: 403 without the right to list, 405 in others.
            Err(failure) if matches!(failure.kind, Kind::Denied | Kind::Unreadable) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    fn look_up(&self, name: &str) -> Result<Vec<Entry>, Failure> {
        let path = entry::path(name);
        let text = self.file(&path)?.unwrap_or_default();
        entry::read(name, &text).map_err(|why| Failure::new(Kind::Unreadable, format!("read {path}"), why))
    }

    fn refresh(&self) -> Result<(), Failure> {
        let Index::Git(address) = &self.registry.index else { return Ok(()) };
        git_index::fetch(&self.folder, address, &self.variables)?;
        let _ = self.fetched.set(());
        Ok(())
    }

    /// What must be there before any crate is asked for.
    fn begin(&self) -> Result<(), Failure> {
        match &self.registry.index {
            Index::Git(_) => self.refresh(),
            Index::Sparse(_) => self.config().map(drop),
        }
    }

    fn config(&self) -> Result<&Config, Failure> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        if self.fetched.get().is_none() {
            self.refresh()?;
        }
        let asked = || format!("read config.json of {}", self.registry.name);
        let text = match &self.registry.index {
            Index::Git(_) => git_index::file(&self.folder, "config.json")?,
            Index::Sparse(address) => self.sparse(&format!("{address}config.json"), None).or_else(|failure| {
                // An index that is not for all wants the token for its very first file.
                match (&failure.kind, &self.token) {
                    (Kind::Denied, Some(token)) => self.sparse(&format!("{address}config.json"), Some(token)),
                    _ => Err(failure),
                }
            })?,
        };
        let text = text.ok_or_else(|| Failure::new(Kind::Unreadable, asked(), "the index has none"))?;
        let config: Config =
            serde_json::from_str(&text).map_err(|error| Failure::new(Kind::Unreadable, asked(), error.to_string()))?;
        Ok(self.config.get_or_init(|| config))
    }

    fn file(&self, path: &str) -> Result<Option<String>, Failure> {
        match &self.registry.index {
            Index::Git(_) => git_index::file(&self.folder, path),
            Index::Sparse(address) => {
                let auth_required = self.config()?.auth_required;
                let token = self.token.as_ref().filter(|_| auth_required);
                let found = self.sparse(&format!("{address}{path}"), token)?;
                // Who is not let in may be told that nothing is there.
                if found.is_none() && auth_required && token.is_none() {
                    let why = "the index shows what it has only with a token, and none is at hand";
                    return Err(Failure::new(Kind::Denied, format!("read {path} of {}", self.registry.name), why));
                }
                Ok(found)
            }
        }
    }

    fn sparse(&self, address: &str, token: Option<&Secret>) -> Result<Option<String>, Failure> {
        match self.http.get(address, token)? {
            Got::Nothing => Ok(None),
            Got::Bytes(bytes) => String::from_utf8(bytes)
                .map(Some)
                .map_err(|_| Failure::new(Kind::Unreadable, format!("read {address}"), "the answer is no text")),
        }
    }

    /// Asks again where that may help, as long as one question may take.
    fn patiently<T>(&self, ask: &dyn Fn() -> Result<T, Failure>) -> Result<T, Failure> {
        Self::until(Instant::now() + self.patience, ask)
    }

    /// Asks again where that may help and there is time.
    fn until<T>(deadline: Instant, ask: &dyn Fn() -> Result<T, Failure>) -> Result<T, Failure> {
        let mut attempt = 1;
        loop {
            let failure = match ask() {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let pause = match failure.kind {
                Kind::Limited(Some(told)) => told,
                _ => Duration::from_millis(250) * 2_u32.pow(attempt),
            };
            // A server may tell any time.
            let there_is_time = pause < deadline.saturating_duration_since(Instant::now());
            if !failure.may_pass() || attempt >= ATTEMPTS || !there_is_time {
                return Err(failure);
            }
            std::thread::sleep(pause);
            attempt += 1;
        }
    }
}

/// The address of a file: <https://doc.rust-lang.org/cargo/reference/registry-index.html#index-configuration>.
fn download(template: &str, name: &str, version: &Version, checksum: &str) -> String {
    let marks = ["{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}"];
    if !marks.iter().any(|mark| template.contains(mark)) {
        return format!("{}/{name}/{version}/download", template.trim_end_matches('/'));
    }
    template
        .replace("{crate}", name)
        .replace("{version}", &version.to_string())
        .replace("{lowerprefix}", &entry::prefix(&name.to_ascii_lowercase()))
        .replace("{prefix}", &entry::prefix(name))
        .replace("{sha256-checksum}", checksum)
}

#[cfg(test)]
mod tests {
    use std::io::BufRead as _;
    use std::io::BufReader;
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering;

    use super::*;

    /// A door to an index that answers by path; where it has no answer the connection ends. With the number of connections.
    fn serving(answer: fn(&str) -> Option<(u16, &'static str)>) -> (Door, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().unwrap().unwrap();
                // The whole question is read: an end before that would be a reset.
                lines.map_while(Result::ok).find(String::is_empty);
                if let Some((status, body)) = answer(first.split(' ').nth(1).unwrap()) {
                    let length = body.len();
                    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                    let _ = stream.write_all(format!("{head}{body}").as_bytes());
                }
            }
        });
        let registry = Registry { name: "mine".to_owned(), index: Index::Sparse(address) };
        let door =
            Door::open(&<Configured as Default>::default(), &registry, Path::new("/nowhere"), Duration::from_secs(3));
        (door, asked)
    }

    #[test]
    fn only_an_index_that_shows_what_it_has_says_that_something_is_not_there() {
        let (open, _) = serving(|path| {
            Some(match path {
                "/config.json" => (200, "{\"dl\": \"http://127.0.0.1:9\"}"),
                "/go/ne/gone" => (410, ""),
                "/la/wy/lawyer" => (451, ""),
                _ => (404, ""),
            })
        });
        assert_eq!(open.versions("absent"), Ok(Vec::new()));
        for name in ["gone", "lawyer"] {
            assert_eq!(open.versions(name).unwrap_err().kind, Kind::Denied, "{name}");
        }
        let (closed, _) = serving(|path| match path {
            "/config.json" => Some((200, "{\"dl\": \"http://127.0.0.1:9\", \"auth-required\": true}")),
            _ => Some((404, "")),
        });
        assert_eq!(closed.versions("absent").unwrap_err().kind, Kind::Denied, "it may only hide it");
    }

    #[test]
    fn a_registry_that_falls_silent_is_not_asked_for_the_rest() {
        let names = ["aaaa", "bbbb", "cccc", "dddd", "eeee"];
        let (silent, asked) = serving(|_| None);
        assert!(silent.versions_of(&names).iter().all(Result::is_err));
        let attempts = asked.load(Ordering::SeqCst);
        assert!(attempts <= ATTEMPTS as usize, "{attempts}");
        let (cut, asked) = serving(|path| match path {
            "/config.json" => Some((200, "{\"dl\": \"http://127.0.0.1:9\"}")),
            "/aa/aa/aaaa" => Some((404, "")),
            _ => None,
        });
        let answers = cut.versions_of(&names);
        assert!(answers[0] == Ok(Vec::new()) && answers[1..].iter().all(Result::is_err), "{answers:?}");
        let attempts = asked.load(Ordering::SeqCst);
        assert!(attempts <= 2 + ATTEMPTS as usize, "{attempts}");
    }

    #[test]
    fn a_file_lies_where_the_index_says() {
        let version = Version::new(1, 2, 3);
        for (template, expected) in [
            ("https://x/api/v1/crates", "https://x/api/v1/crates/Serde/1.2.3/download"),
            ("https://x/{prefix}/{crate}-{version}.crate", "https://x/Se/rd/Serde-1.2.3.crate"),
            ("https://x/{lowerprefix}/{sha256-checksum}", "https://x/se/rd/ab"),
        ] {
            assert_eq!(download(template, "Serde", &version, "ab"), expected);
        }
    }

    #[test]
    fn a_server_may_tell_any_time_to_wait() {
        let (configured, folder) = (Configured::read(Path::new("/nowhere"), &[]), tempfile::tempdir().unwrap());
        let registry = configured.named("crates-io").unwrap();
        let door = Door::open(&configured, &registry, folder.path(), Duration::from_secs(1));
        let limited = || Err::<(), _>(Failure::new(Kind::Limited(Some(Duration::MAX)), "GET x", "429"));
        assert!(door.patiently(&limited).is_err());
    }

    #[test]
    fn what_was_not_asked_is_not_taken_for_a_file_that_is_not_there() {
        let (open, _) = serving(|_| Some((200, "{\"dl\": \"http://host.invalid/dl\", \"auth-required\": true}")));
        let configured = Configured::read(Path::new("/nowhere"), &[("CARGO_REGISTRIES_MINE_TOKEN".into(), "t".into())]);
        let door = Door::open(&configured, open.registry(), Path::new("/nowhere"), Duration::from_secs(3));
        let stored = door.stored("a", &Version::new(1, 0, 0), "00");
        assert_eq!(stored.unwrap_err().kind, Kind::Unasked);
    }
}
