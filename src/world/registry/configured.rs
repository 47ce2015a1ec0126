//! Which registry a name means, by cargo's own configuration: variables first, then the files from the tree up to cargo's home.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::error::Error;
use crate::facts::cargo_config;
use crate::facts::cargo_config::SettingValue;
use crate::world::cargo_chain;
use crate::world::cargo_chain::Homes;
use crate::world::cargo_chain::Part;

/// The name under which cargo knows the default registry.
pub const CRATES_IO: &str = "crates-io";
/// Its index.
const CRATES_IO_INDEX: &str = "https://index.crates.io/";

/// How an index is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Index {
    /// File by file over HTTP, below this address.
    Sparse(String),
    /// A git repository at this address.
    Git(String),
}

/// A registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// Its name in cargo's configuration.
    pub name: String,
    /// Its index.
    pub index: Index,
}

impl Registry {
    /// The address as cargo's configuration has it.
    pub fn address(&self) -> String {
        match &self.index {
            Index::Sparse(address) => format!("sparse+{address}"),
            Index::Git(address) => address.clone(),
        }
    }
}

/// A setting of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Setting {
    /// A text is one of them, a list has several.
    values: Vec<String>,
    /// Whether a file in the tree has it.
    in_tree: bool,
}

/// What cargo's configuration says around a tree.
#[derive(Clone, Debug, Default)]
pub struct Configured {
    /// Texts by the keys that lead to them, `registries.mine.index`; never a secret.
    settings: BTreeMap<String, Setting>,
    /// The environment, for what overrides the files.
    pub(super) variables: BTreeMap<OsString, OsString>,
    /// Cargo's home.
    pub(super) home: Option<PathBuf>,
}

impl Configured {
    /// Reads the configuration that cargo would read in a folder.
    pub fn read(root: &Path, variables: &[(OsString, OsString)]) -> Self {
        let variables: BTreeMap<OsString, OsString> = variables.iter().cloned().collect();
        let variable = |name: &str| variables.get(OsString::from(name).as_os_str()).map(PathBuf::from);
        let user = variable("HOME").or_else(|| variable("USERPROFILE"));
        let home = variable("CARGO_HOME").or_else(|| user.map(|user| user.join(".cargo")));
        let chain = cargo_chain::read(root, &Homes { cargo: home.clone(), settings: None });
        let mut settings = BTreeMap::new();
        for file in chain.found.iter().filter(|file| file.part == Part::Cargo) {
            let Ok(text) = fs::read_to_string(&file.path) else { continue };
            for setting in cargo_config::parse(&text, &mut Vec::new()).settings {
                let key = setting.path.join(".");
                let secret = matches!(setting.path.last().map(String::as_str), Some("token" | "secret-key"));
                let values = match setting.value {
                    SettingValue::Text(text) => vec![text],
                    SettingValue::List(list) => list.into_iter().map(|one| one.value).collect(),
                    _ => continue,
                };
                if !secret {
                    // The file that is nearest to the tree counts.
                    let in_tree =
                        file.path.starts_with(root) && home.as_ref().is_none_or(|home| !file.path.starts_with(home));
                    settings.entry(key).or_insert(Setting { values, in_tree });
                }
            }
        }
        Self { settings, variables, home }
    }

    /// A setting: `registries.mine.index`.
    pub(super) fn get(&self, key: &str) -> Option<String> {
        let given = self.variable(key).map(str::to_owned);
        given.or_else(|| self.settings.get(key).map(|setting| setting.values.join(" ")))
    }

    /// The values of a setting one by one, and whether a file in the tree has them; in a variable white space parts them.
    pub(super) fn list(&self, key: &str) -> Option<(Vec<String>, bool)> {
        let given = self.variable(key).map(|text| (text.split_whitespace().map(str::to_owned).collect(), false));
        given.or_else(|| self.settings.get(key).map(|setting| (setting.values.clone(), setting.in_tree)))
    }

    fn variable(&self, key: &str) -> Option<&str> {
        let variable = format!("CARGO_{}", key.to_ascii_uppercase().replace(['.', '-'], "_"));
        self.variables.get(OsString::from(variable).as_os_str())?.to_str()
    }

    /// The registry that cargo publishes to where nothing names one.
    pub fn default(&self) -> Result<Registry, Error> {
        match self.get("registry.default") {
            Some(name) => self.named(&name),
            None => self.named(CRATES_IO),
        }
    }

    /// The registry of a name.
    pub fn named(&self, name: &str) -> Result<Registry, Error> {
        let name = name.to_owned();
        if name == CRATES_IO {
            // As cargo has it: its index is no matter of configuration, and its token goes nowhere else.
            return Ok(Registry { name, index: Index::Sparse(CRATES_IO_INDEX.to_owned()) });
        }
        let Some(index) = self.get(&format!("registries.{name}.index")) else {
            let message = format!("find the registry `{name}`: cargo's configuration has no index of it");
            let help = format!("name it: [registries.{name}] index = \"...\" in .cargo/config.toml");
            return Err(Error::usage("unknown-registry", message).help(help));
        };
        let index = match index.strip_prefix("sparse+") {
            Some(address) => Index::Sparse(format!("{}/", address.trim_end_matches('/'))),
            None => Index::Git(index),
        };
        Ok(Registry { name, index })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured(root: &Path, variables: &[(&str, &str)]) -> Configured {
        let variables: Vec<(OsString, OsString)> =
            variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        Configured::read(root, &variables)
    }

    #[test]
    fn the_nearest_file_counts_and_a_variable_more() {
        let folder = tempfile::tempdir().unwrap();
        let (root, home) = (folder.path().join("up/tree"), folder.path().join("home"));
        for (path, text) in [
            (
                root.join(".cargo/config.toml"),
                "[registries.mine]\nindex = \"sparse+http://127.0.0.1:1/i\"\ntoken = \"s\"\n\
                 [registries.crates-io]\nindex = \"sparse+http://elsewhere/\"\n",
            ),
            (
                folder.path().join("up/.cargo/config.toml"),
                "[registry]\ndefault = \"up-1\"\n[registries]\nmine = { index = \"x\" }\nup-1 = { index = \"file:///up\" }\n",
            ),
            (home.join("config.toml"), "[registries.homes]\nindex = \"ssh://git@host/index\"\n"),
        ] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let home = home.display().to_string();
        let read = configured(&root, &[("CARGO_HOME", &home)]);
        let address = |name: &str| read.named(name).map(|registry| registry.address());
        assert_eq!(address("mine").unwrap(), "sparse+http://127.0.0.1:1/i/");
        assert_eq!(address("homes").unwrap(), "ssh://git@host/index");
        assert_eq!(address("crates-io").unwrap(), "sparse+https://index.crates.io/");
        assert_eq!(address("other").unwrap_err().code, "unknown-registry");
        assert_eq!(read.default().unwrap().name, "up-1");
        assert_eq!(read.get("registries.mine.token"), None, "no secret is read");
        let variables = [("CARGO_REGISTRIES_UP_1_INDEX", "http://127.0.0.1:2/git"), ("CARGO_REGISTRY_DEFAULT", "mine")];
        let read = configured(&root, &variables);
        assert_eq!(read.named("up-1").unwrap().index, Index::Git("http://127.0.0.1:2/git".to_owned()));
        assert_eq!(read.default().unwrap().name, "mine");
    }
}
