//! Settings of cargo that decide who gets a token of a registry into his hands: providers, proxies, certificates, indexes.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::cargo_config;
use crate::facts::cargo_config::CargoConfig;
use crate::facts::cargo_config::Setting;
use crate::facts::cargo_config::SettingValue;
use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::policy::authority::Authority;
use crate::rules::authority::allowed::is_allowed;
use crate::rules::authority::own_configs;

/// Providers that come with cargo, and keep a token where the machine does.
const BUILT_IN: &[&str] = &["cargo:token", "cargo:wincred", "cargo:macos-keychain", "cargo:libsecret"];
/// The provider of cargo's own that starts a program.
const FROM_OUTPUT: &str = "cargo:token-from-stdout";
/// Programs that run what they are given.
const INTERPRETERS: &[&str] = &[
    "sh",
    "bash",
    "dash",
    "zsh",
    "fish",
    "env",
    "python",
    "python3",
    "node",
    "ruby",
    "perl",
    "pwsh",
    "powershell",
    "cmd",
];
/// Variables that say the same as a setting.
const VARIABLES: &[(&str, Way)] = &[
    ("CARGO_HTTP_PROXY", Way::Proxy),
    ("HTTPS_PROXY", Way::Proxy),
    ("HTTP_PROXY", Way::Proxy),
    ("ALL_PROXY", Way::Proxy),
    ("CARGO_HTTP_CAINFO", Way::Certificates),
    ("CARGO_HTTP_PROXY_CAINFO", Way::Certificates),
    ("SSL_CERT_FILE", Way::Certificates),
    ("SSL_CERT_DIR", Way::Certificates),
    ("CURL_CA_BUNDLE", Way::Certificates),
    ("GIT_SSL_CAINFO", Way::Certificates),
];

/// How somebody gets to hear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Cargo starts a program and hands the token to it, or takes it from there.
    Provider,
    /// All that cargo says goes through somebody.
    Proxy,
    /// Somebody's certificates are good.
    Certificates,
    /// Certificates that were called back are good.
    Revoked,
    /// The token goes to the host of this address.
    Index,
}

/// A setting of this kind, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearer {
    /// How.
    pub way: Way,
    /// The key, with dots.
    pub key: String,
    /// The value in one line.
    pub value: String,
    /// Of providers each one that does not come with cargo, else the value.
    pub who: BTreeSet<String>,
    /// Whether cargo itself goes by it when it publishes: not of variables for what it starts, nor of aliases.
    pub direct: bool,
    /// The file.
    pub path: String,
    /// Where in it.
    pub span: Span,
}

impl Hearer {
    /// What it does: a sentence without a stop.
    pub fn told(&self) -> String {
        let Self { key, value, .. } = self;
        match self.way {
            Way::Provider => {
                let who: Vec<&str> = self.who.iter().map(String::as_str).collect();
                format!("`{key}` puts the tokens of registries in the hands of `{}`", who.join("`, `"))
            }
            Way::Proxy => format!("`{key}` lets all that is said to registries go through `{value}`"),
            Way::Certificates => format!("`{key}` takes who is vouched for in `{value}` for a registry"),
            Way::Revoked => format!("`{key}` takes certificates that were called back for good"),
            Way::Index => format!("`{key}` lets the token of the registry go to `{value}`"),
        }
    }
}

/// All of a tree: in the maintainers' own configurations, and in what they include.
pub fn of(facts: &Facts) -> Vec<Hearer> {
    let mut found = Vec::new();
    for (file, config) in own_configs::of(facts).configs {
        for (setting, direct) in settings(&config) {
            let Some((way, who)) = hears(&setting) else { continue };
            found.push(Hearer {
                way,
                key: setting.path.join("."),
                value: setting.value.shown(),
                who,
                direct: direct && setting.path.first().is_some_and(|first| first != "env"),
                path: file.path.to_string(),
                span: setting.span,
            });
        }
    }
    found
}

/// What of a tree would hear the token of a release, and no policy accepts: a sentence each, with its place.
pub fn at_release(facts: &Facts, authority: &Authority) -> Vec<String> {
    let told = |one: &Hearer| {
        let line = facts.place(&one.path, one.span, "").line;
        format!("{}:{line}: {}", one.path, one.told())
    };
    let hears = |one: &Hearer| one.direct && one.way != Way::Index && !is_allowed(authority, &one.key, &one.value);
    of(facts).iter().filter(|one| hears(one)).map(told).collect()
}

/// The words of providers that may be of the tree: a program, or what an interpreter is given.
pub(super) fn programs(setting: &Setting) -> Vec<String> {
    let path: Vec<&str> = setting.path.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    for words in providers(&path, &setting.value).into_iter().filter(|words| !is_built_in(words)) {
        let mut words = words.into_iter().skip_while(|word| word == FROM_OUTPUT);
        let Some(program) = words.next() else { continue };
        if INTERPRETERS.contains(&path::file_name(&program)) {
            found.extend(words.filter(|word| !word.contains("://")));
        }
        found.push(program);
    }
    found
}

/// The settings, and those that an alias gives to cargo; with whether it is one of the former.
fn settings(config: &CargoConfig) -> Vec<(Cow<'_, Setting>, bool)> {
    let mut all: Vec<(Cow<'_, Setting>, bool)> =
        config.settings.iter().map(|setting| (Cow::Borrowed(setting), true)).collect();
    for alias in config.below(&["alias"]) {
        let words = words(&alias.value);
        let apart = words.windows(2).filter(|pair| pair[0] == "--config").map(|pair| pair[1].as_str());
        let joined = words.iter().filter_map(|word| word.strip_prefix("--config="));
        for text in apart.chain(joined).filter(|text| text.contains('=')) {
            let given = cargo_config::parse(text, &mut Vec::new()).settings;
            let own = |setting| Setting { key: alias.key, span: alias.span, ..setting };
            all.extend(given.into_iter().map(|setting| (Cow::Owned(own(setting)), false)));
        }
    }
    all
}

fn hears(setting: &Setting) -> Option<(Way, BTreeSet<String>)> {
    let path: Vec<&str> = setting.path.iter().map(String::as_str).collect();
    let value = setting.value.shown();
    let one = |way| (!value.is_empty()).then(|| (way, BTreeSet::from([value.clone()])));
    match path.as_slice() {
        ["registry" | "registries", .., "credential-provider"]
        | ["credential-alias", _]
        | ["registry", "global-credential-providers"] => {
            let all = providers(&path, &setting.value).into_iter().filter(|words| !is_built_in(words));
            let who: BTreeSet<String> = all.map(|words| words.join(" ")).collect();
            (!who.is_empty()).then_some((Way::Provider, who))
        }
        ["http", "proxy"] => one(Way::Proxy),
        ["http", "cainfo" | "proxy-cainfo"] => one(Way::Certificates),
        ["http", "check-revoke"] if setting.value == SettingValue::Flag(false) => {
            Some((Way::Revoked, BTreeSet::from(["false".to_owned()])))
        }
        ["registry", "index"]
        | ["registries", _, "index"]
        | ["source", _, "registry" | "git" | "directory" | "local-registry"] => one(Way::Index),
        ["env", name] | ["env", name, "value"] => {
            let name = name.to_ascii_uppercase();
            let known = VARIABLES.iter().find(|(own, _)| *own == name).map(|(_, way)| *way);
            let of_registries = name.strip_prefix("CARGO_REGISTR").and_then(|name| {
                let is_provider = name.ends_with("CREDENTIAL_PROVIDER") || name.ends_with("CREDENTIAL_PROVIDERS");
                is_provider.then_some(Way::Provider).or_else(|| name.ends_with("_INDEX").then_some(Way::Index))
            });
            one(known.or(of_registries)?)
        }
        _ => None,
    }
}

/// The providers that a setting names, each with its arguments.
fn providers(path: &[&str], value: &SettingValue) -> Vec<Vec<String>> {
    let split = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    match (path, value) {
        (["registry", "global-credential-providers"], SettingValue::List(list)) => {
            list.iter().map(|one| split(&one.value)).filter(|words| !words.is_empty()).collect()
        }
        (
            ["registry" | "registries", .., "credential-provider"]
            | ["credential-alias", _]
            | ["registry", "global-credential-providers"],
            _,
        ) => Some(words(value)).filter(|words| !words.is_empty()).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn words(value: &SettingValue) -> Vec<String> {
    match value {
        SettingValue::Text(text) => text.split_whitespace().map(str::to_owned).collect(),
        SettingValue::List(list) => list.iter().map(|one| one.value.clone()).collect(),
        SettingValue::Flag(_) | SettingValue::Other => Vec::new(),
    }
}

fn is_built_in(words: &[String]) -> bool {
    words.first().is_some_and(|program| BUILT_IN.contains(&program.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_cargo_hears_nothing_new_and_all_else_is_named() {
        let found = |text: &str| -> Vec<(Way, String)> {
            let config = cargo_config::parse(text, &mut Vec::new());
            let hears = |(setting, _): &(Cow<'_, Setting>, bool)| super::hears(setting);
            let joined = |(way, who): (Way, BTreeSet<String>)| (way, who.into_iter().collect::<Vec<_>>().join(","));
            settings(&config).iter().filter_map(hears).map(joined).collect()
        };
        for (text, expected) in [
            ("[registry]\ncredential-provider = 'cargo:token'\n", &[][..]),
            ("[registry]\nglobal-credential-providers = ['cargo:token', 'cargo:libsecret']\n", &[]),
            (
                "[registry]\nglobal-credential-providers = ['cargo:token', './steal x']\n",
                &[(Way::Provider, "./steal x")],
            ),
            ("[registries.a]\ncredential-provider = ['ci/steal.sh']\n", &[(Way::Provider, "ci/steal.sh")]),
            ("[registries]\na.credential-provider = 'p --x'\n", &[(Way::Provider, "p --x")]),
            (
                "[credential-alias]\np = ['cargo:token-from-stdout', 'cat', 't']\n",
                &[(Way::Provider, "cargo:token-from-stdout cat t")],
            ),
            (
                "[http]\nproxy = 'h:1'\ncainfo = 'ca.pem'\ncheck-revoke = false\ntimeout = 3\n",
                &[(Way::Proxy, "h:1"), (Way::Certificates, "ca.pem"), (Way::Revoked, "false")],
            ),
            ("[http]\nproxy = ''\ncheck-revoke = true\nmultiplexing = false\n", &[]),
            ("[net]\ngit-fetch-with-cli = true\n", &[]),
            ("[registries.a]\nindex = 'https://a'\n", &[(Way::Index, "https://a")]),
            (
                "[env]\nhttps_proxy = 'h'\nA = 'b'\nCARGO_REGISTRIES_A_INDEX = { value = 'i' }\n",
                &[(Way::Proxy, "h"), (Way::Index, "i")],
            ),
            ("[alias]\nship = 'publish --config http.proxy=\"h\"'\nx = 'run --config a.toml'\n", &[(Way::Proxy, "h")]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(way, who)| (*way, (*who).to_owned())).collect();
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
