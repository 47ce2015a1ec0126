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

use crate::facts::digest::Digest;
use crate::world::registry::config::Config;
use crate::world::registry::configured::Configured;
use crate::world::registry::configured::Index;
use crate::world::registry::configured::Registry;
use crate::world::registry::credential;
use crate::world::registry::credential::Credential;
use crate::world::registry::entry;
use crate::world::registry::entry::Entry;
use crate::world::registry::failure::Failure;
use crate::world::registry::failure::Kind;
use crate::world::registry::git_index;
use crate::world::registry::http::Got;
use crate::world::registry::http::Http;
use crate::world::registry::packed;
use crate::world::registry::packed::Origin;
use crate::world::registry::patience;
use crate::world::registry::provider;
use crate::world::registry::secret::Secret;

/// An open door.
pub struct Door {
    registry: Registry,
    http: Http,
    /// Where an index that is a git repository is fetched to.
    folder: PathBuf,
    variables: BTreeMap<OsString, OsString>,
    credential: Credential,
    /// What a program gave that was asked for a token, and why it gave none: asked once, and only where one is wanted.
    provided: OnceLock<Result<Secret, String>>,
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
        Self {
            registry: registry.clone(),
            http: Http::new(),
            folder: cache.join(name),
            variables: configured.variables.clone(),
            credential: credential::of(configured, registry),
            provided: OnceLock::new(),
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

    /// The longest that one question may take with all its attempts.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// The checksum of the file that the registry hands out for a version; none where it has none. This is asked where the
    /// index may be late. `expected` is the checksum that it should have: some registries name files by it.
    pub fn stored(&self, name: &str, version: &Version, expected: &str) -> Result<Option<String>, Failure> {
        self.patiently(&|| self.checksum(name, version, expected))
    }

    pub(super) fn checksum(&self, name: &str, version: &Version, expected: &str) -> Result<Option<String>, Failure> {
        Ok(self.packed(name, version, expected)?.map(|bytes| Digest::of(&bytes).hex()))
    }

    /// Where a version was packed, as the file says that the registry hands out for it; none where it says nothing. Other bytes
    /// than those of the index's checksum say nothing at all.
    pub(super) fn origin_of(&self, name: &str, version: &Version, checksum: &str) -> Result<Option<Origin>, Failure> {
        let wrong = |why: String| Failure::new(Kind::Unreadable, format!("read the file of {name} {version}"), why);
        let Some(bytes) = self.packed(name, version, checksum)? else {
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
        let address = config.file(name, version, checksum);
        let token = if config.auth_required { Some(self.token()?) } else { None };
        match self.http.get(&address, token) {
            Ok(Got::Bytes(bytes)) => Ok(Some(bytes)),
            Ok(Got::Nothing) => Ok(None),
            // A store of files says in two more ways that it has none: 403 without the right to list, 405 in others. What
            // was withdrawn (410, 451), or wants a token (401), may well be there.
            Err(failure) if failure.kind == Kind::Forbidden => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    pub(super) fn look_up(&self, name: &str) -> Result<Vec<Entry>, Failure> {
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
    pub(super) fn begin(&self) -> Result<(), Failure> {
        match &self.registry.index {
            Index::Git(_) => self.refresh(),
            Index::Sparse(_) => self.learn(),
        }
    }

    /// What must be known before any file is asked for.
    pub(super) fn learn(&self) -> Result<(), Failure> {
        self.config().map(drop)
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
                match (failure.kind, &self.credential) {
                    (_, Credential::None) => Err(failure),
                    (Kind::Denied | Kind::Forbidden, _) => {
                        self.sparse(&format!("{address}config.json"), Some(self.token()?))
                    }
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
                // Who is not let in may be told that nothing is there: so nobody asks without a token.
                let token = if self.config()?.auth_required { Some(self.token()?) } else { None };
                self.sparse(&format!("{address}{path}"), token)
            }
        }
    }

    /// The token that the index wants.
    fn token(&self) -> Result<&Secret, Failure> {
        let denied = |why: &str| {
            let asked = format!("read the index of {}", self.registry.name);
            Failure::new(Kind::Denied, asked, format!("it shows what it has only with a token, and {why}"))
        };
        match &self.credential {
            Credential::Token(token) => Ok(token),
            Credential::Provider(providers) => {
                let ask = || provider::token(providers, &self.registry, &self.variables);
                self.provided.get_or_init(ask).as_ref().map_err(|why| denied(why))
            }
            Credential::None => Err(denied("none is at hand")),
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
        patience::until(Instant::now() + self.patience, ask, &|_| false)
    }
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
    use crate::world::registry::patience::ATTEMPTS;
    use crate::world::registry::survey::Survey;

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
                std::thread::spawn(move || {
                    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                    let first = lines.next().unwrap().unwrap();
                    // The whole question is read: an end before that would be a reset.
                    lines.map_while(Result::ok).find(String::is_empty);
                    if let Some((status, body)) = answer(first.split(' ').nth(1).unwrap()) {
                        let length = body.len();
                        let head =
                            format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                        let _ = stream.write_all(format!("{head}{body}").as_bytes());
                    }
                });
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
        assert!(Survey::of(&silent).versions(&names).iter().all(Result::is_err));
        let attempts = asked.load(Ordering::SeqCst);
        assert!(attempts <= ATTEMPTS as usize, "{attempts}");
        let (cut, asked) = serving(|path| match path {
            "/config.json" => Some((200, "{\"dl\": \"http://127.0.0.1:9\"}")),
            "/aa/aa/aaaa" => Some((404, "")),
            _ => None,
        });
        let survey = Survey::of(&cut);
        let answers = survey.versions(&names);
        assert!(answers[0] == Ok(Vec::new()) && answers[1..].iter().all(Result::is_err), "{answers:?}");
        let attempts = asked.load(Ordering::SeqCst);
        assert!(attempts <= 2 + (names.len() - 1) * ATTEMPTS as usize, "{attempts}");
        // Whatever is asked next, it is not asked any more.
        let version = Version::new(1, 0, 0);
        assert!(survey.stored(&[("aaaa", &version, "00"), ("bbbb", &version, "00")]).iter().all(Result::is_err));
        assert!(survey.origin("aaaa", &version, "00").is_err() && survey.versions(&["aaaa"])[0].is_err());
        assert_eq!(asked.load(Ordering::SeqCst), attempts);
    }

    #[test]
    fn questions_wait_for_each_other_only_in_parts() {
        let names: Vec<String> = (0..24).map(|at| format!("name{at:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (slow, asked) = serving(|path| match path {
            "/config.json" => Some((200, "{\"dl\": \"http://127.0.0.1:9\"}")),
            path => {
                std::thread::sleep(Duration::from_millis(100));
                let line = "{\"name\":\"name07\",\"vers\":\"1.2.3\",\"cksum\":\"ab\"}";
                Some(if path.ends_with("name07") { (200, line) } else { (404, "") })
            }
        });
        let begun = Instant::now();
        let answers = Survey::of(&slow).versions(&names);
        let took = begun.elapsed();
        assert!(
            answers
                .iter()
                .enumerate()
                .all(|(at, one)| one.as_ref().is_ok_and(|found| found.len() == usize::from(at == 7)))
        );
        assert!(took < Duration::from_millis(1_500), "one after another takes 2.4 s, this took {took:?}");
        assert_eq!(asked.load(Ordering::SeqCst), names.len() + 1, "each is asked once, and what all need once");
    }

    #[test]
    fn a_file_that_was_withdrawn_is_not_taken_for_one_that_never_was() {
        let (door, _) = serving(|path| {
            Some(match path.rsplit('/').next().unwrap_or_default() {
                "gone" => (410, ""),
                "lawyer" => (451, ""),
                "closed" => (401, ""),
                "broken" => (400, ""),
                "unlisted" => (403, ""),
                "unallowed" => (405, ""),
                _ => (404, ""),
            })
        });
        let dl = format!("{}{{crate}}", door.registry().address().trim_start_matches("sparse+"));
        let _ = door.config.set(Config { dl, auth_required: false });
        let version = Version::new(1, 0, 0);
        for name in ["gone", "lawyer", "closed", "broken"] {
            assert!(door.stored(name, &version, "00").is_err(), "{name}");
        }
        for name in ["absent", "unlisted", "unallowed"] {
            assert_eq!(door.stored(name, &version, "00"), Ok(None), "{name}");
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
