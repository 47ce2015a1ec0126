//! The environment of a step: an allow-list, and what each variable is to the key. A pure function of the ambient one.
//!
//! `docs/runs.md` prints the same table.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ffi::OsString;

/// What a variable that a step sees is to the step's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It may change what the step does: name and value are ingredients of the key.
    Identity,
    /// It says where things are or how to reach them: passed on and recorded by name, not an ingredient.
    Plumbing,
}

/// A variable that a step sees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable {
    /// The name.
    pub name: String,
    /// The value.
    pub value: OsString,
    /// What it is to the key.
    pub class: Class,
}

/// The environment of a step, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// What the step sees, sorted by name.
    pub variables: Vec<Variable>,
    /// The names of those that are set and that the step does not see, sorted; what an outer cargo or a shell sets for
    /// itself is not among them.
    pub withheld: Vec<String>,
}

impl Environment {
    /// The value of a variable that the step sees.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        let at = self.variables.binary_search_by(|variable| variable.name.as_str().cmp(name)).ok()?;
        Some(self.variables[at].value.as_os_str())
    }

    /// The variables whose names and values are ingredients of the key, sorted by name.
    pub fn identity(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter().filter(|variable| variable.class == Class::Identity)
    }

    /// The variables that are passed on and recorded by name only, sorted by name.
    pub fn plumbing(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter().filter(|variable| variable.class == Class::Plumbing)
    }
}

/// Whole names, and names that end in `*`, that are passed on as plumbing; looked up before [`IDENTITY`].
pub const PLUMBING: &[&str] = &[
    "PATH",
    "HOME",
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_BUILD_BUILD_DIR",
    "CARGO_BUILD_JOBS",
    "CARGO_NET_*",
    "CARGO_HTTP_*",
    "CARGO_TERM_*",
    "CARGO_LOG",
    "RUSTUP_*",
    "TMPDIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SystemRoot",
    "SystemDrive",
    "windir",
    "ComSpec",
    "PATHEXT",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "ProgramData",
    "ProgramFiles",
    "ProgramFiles(x86)",
];

/// Whole names, and names that end in `*`, that are passed on and are ingredients of the key.
pub const IDENTITY: &[&str] = &[
    "CARGO_*",
    "RUSTFLAGS",
    "RUSTDOCFLAGS",
    "RUSTC",
    "RUSTC_*",
    "RUSTDOC",
    "CC",
    "CC_*",
    "CXX",
    "CXX_*",
    "AR",
    "AR_*",
    "CFLAGS*",
    "CXXFLAGS*",
    "CPPFLAGS*",
    "LDFLAGS*",
    "HOST_CC",
    "HOST_CFLAGS",
    "TARGET_CC",
    "TARGET_CFLAGS",
    "PKG_CONFIG*",
    "OPENSSL_*",
    "LIBCLANG_PATH",
    "SDKROOT",
    "MACOSX_DEPLOYMENT_TARGET",
    "DEVELOPER_DIR",
    "SOURCE_DATE_EPOCH",
    "LANG",
    "LC_*",
];

/// What cargo sets for the programs that it starts: we may be one, and a step must see the same when we are not.
const OUTER_CARGO: &[&str] = &[
    "CARGO",
    "CARGO_MANIFEST_*",
    "CARGO_PKG_*",
    "CARGO_BIN_*",
    "CARGO_CRATE_NAME",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_TARGET_TMPDIR",
    "CARGO_MAKEFLAGS",
    "CARGO_FEATURE_*",
    "CARGO_CFG_*",
    "CARGO_RUSTC_CURRENT_DIR",
];

/// What a shell keeps for itself: not worth a word when it is withheld.
const SHELL: &[&str] = &["_", "PWD", "OLDPWD", "SHLVL", "BASH_FUNC_*"];

/// The environment of a step that adds the variables `named` to the default ones.
pub fn of(ambient: &[(OsString, OsString)], named: &[String]) -> Environment {
    let named: BTreeSet<&str> = named.iter().map(String::as_str).collect();
    let mut environment = Environment::default();
    for (name, value) in ambient {
        let Some(text) = name.to_str() else {
            environment.withheld.push(name.to_string_lossy().into_owned());
            continue;
        };
        match class(text, value, &named) {
            Some(class) => {
                environment.variables.push(Variable { name: text.to_owned(), value: value.clone(), class });
            }
            None if among(OUTER_CARGO, text) || among(SHELL, text) => {}
            None => environment.withheld.push(text.to_owned()),
        }
    }
    environment.variables.sort();
    environment.variables.dedup_by(|one, other| one.name == other.name);
    environment.withheld.sort();
    environment
}

/// What a variable is to the step; none where the step does not see it.
fn class(name: &str, value: &OsStr, named: &BTreeSet<&str>) -> Option<Class> {
    let secret = looks_secret(name);
    if named.contains(name) {
        // A new token for the same service is no new question.
        return Some(if secret { Class::Plumbing } else { Class::Identity });
    }
    if secret || among(OUTER_CARGO, name) || is_clippys_own(name, value) {
        None
    } else if among(PLUMBING, name) {
        Some(Class::Plumbing)
    } else if among(IDENTITY, name) {
        Some(Class::Identity)
    } else {
        None
    }
}

/// `cargo clippy` sets the wrapper for the cargo that it starts, and nobody else sets it to that.
fn is_clippys_own(name: &str, value: &OsStr) -> bool {
    let value = value.to_string_lossy();
    let program = value.rsplit(['/', '\\']).next().unwrap_or_default();
    name == "RUSTC_WORKSPACE_WRAPPER" && program.trim_end_matches(".exe") == "clippy-driver"
}

/// Says whether a name is in a list of whole names and beginnings; Windows does not tell letters by their case.
fn among(list: &[&str], name: &str) -> bool {
    let same = |one: &str, other: &str| if cfg!(windows) { one.eq_ignore_ascii_case(other) } else { one == other };
    list.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(beginning) => name.get(..beginning.len()).is_some_and(|start| same(start, beginning)),
        None => same(pattern, name),
    })
}

/// Says whether the name of a variable says that its value is a secret.
pub fn looks_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let parts = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "APIKEY", "PASSPHRASE"];
    parts.iter().any(|part| name.contains(part))
        || name.split('_').any(|word| matches!(word, "KEY" | "KEYS" | "PASS" | "PAT"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ambient(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
    }

    fn names<'a>(variables: impl Iterator<Item = &'a Variable>) -> Vec<&'a str> {
        variables.map(|variable| variable.name.as_str()).collect()
    }

    #[test]
    fn variables_are_identity_plumbing_or_withheld() {
        let ambient = ambient(&[
            ("RUSTFLAGS", "-Dwarnings"),
            ("PATH", "/bin"),
            ("CARGO_HOME", "/c"),
            ("CARGO_PROFILE_DEV_DEBUG", "0"),
            ("LC_ALL", "C"),
            ("CC_x86_64-unknown-linux-gnu", "clang"),
            ("DISPLAY", ":0"),
            ("DATABASE_URL", "postgres://x"),
            ("CI", "true"),
        ]);
        let found = of(&ambient, &["DATABASE_URL".to_owned()]);
        let identity =
            ["CARGO_PROFILE_DEV_DEBUG", "CC_x86_64-unknown-linux-gnu", "DATABASE_URL", "LC_ALL", "RUSTFLAGS"];
        assert_eq!(names(found.identity()), identity);
        assert_eq!(names(found.plumbing()), ["CARGO_HOME", "PATH"]);
        assert_eq!(found.withheld, ["CI", "DISPLAY"]);
        assert_eq!(found.get("PATH"), Some(OsStr::new("/bin")));
        assert_eq!(found.get("CI"), None);
    }

    #[test]
    fn secrets_are_withheld_unless_they_are_named() {
        let ambient = ambient(&[
            ("CARGO_REGISTRY_TOKEN", "a"),
            ("CARGO_REGISTRIES_MINE_TOKEN", "b"),
            ("CARGO_REGISTRIES_MINE_SECRET_KEY", "c"),
            ("OPENSSL_SECRET", "d"),
        ]);
        assert!(of(&ambient, &[]).variables.is_empty());
        assert_eq!(of(&ambient, &[]).withheld.len(), 4);
        let found = of(&ambient, &["CARGO_REGISTRIES_MINE_TOKEN".to_owned()]);
        assert_eq!(names(found.plumbing()), ["CARGO_REGISTRIES_MINE_TOKEN"]);
        assert_eq!(found.identity().count(), 0);
    }

    #[test]
    fn what_an_outer_cargo_sets_makes_no_difference() {
        let bare = ambient(&[("PATH", "/bin"), ("CARGO_BUILD_TARGET", "x")]);
        let mut outer = bare.clone();
        outer.extend(ambient(&[
            ("CARGO", "/usr/bin/cargo"),
            ("CARGO_MANIFEST_DIR", "/w"),
            ("CARGO_PKG_NAME", "a"),
            ("CARGO_BIN_EXE_a", "/t/a"),
            ("CARGO_MAKEFLAGS", "-j"),
            ("RUSTC_WORKSPACE_WRAPPER", "/usr/bin/clippy-driver"),
            ("SHLVL", "1"),
        ]));
        let (bare, outer) = (of(&bare, &[]), of(&outer, &[]));
        assert_eq!(bare.variables, outer.variables);
        assert_eq!(outer.withheld, ["RUSTC_WORKSPACE_WRAPPER"]);
    }

    #[test]
    fn the_order_of_the_ambient_variables_makes_no_difference() {
        let mut ambient = ambient(&[("RUSTFLAGS", "a"), ("PATH", "b"), ("CI", "c"), ("USER", "d")]);
        let one = of(&ambient, &[]);
        ambient.reverse();
        assert_eq!(of(&ambient, &[]), one);
    }

    #[test]
    fn names_of_secrets_are_known() {
        for name in
            ["GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "npm_config_authtoken", "SSH_KEY", "GH_PAT"]
        {
            assert!(looks_secret(name), "{name}");
        }
        for name in ["PATH", "KEYBOARD", "MONKEY", "PWD", "CARGO_HOME", "PATTERN"] {
            assert!(!looks_secret(name), "{name}");
        }
    }
}
