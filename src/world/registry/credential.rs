//! Whether cargo has a token for a registry, and the token where an index asks for one.

use std::ffi::OsString;
use std::fs;

use crate::facts::cargo_config;
use crate::facts::cargo_config::SettingValue;
use crate::world::registry::configured::CRATES_IO;
use crate::world::registry::configured::Configured;
use crate::world::registry::configured::Registry;
use crate::world::registry::provider;
use crate::world::registry::provider::Provider;
use crate::world::registry::secret::Secret;

/// What is known of a token.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// It is at hand.
    Token(Secret),
    /// Other programs give it when they are asked: whether one of them has it is not known. In the order in which cargo asks.
    Provider(Vec<Provider>),
    /// Neither.
    None,
}

/// Looks where cargo looks.
pub fn of(configured: &Configured, registry: &Registry) -> Credential {
    let table = match registry.name.as_str() {
        CRATES_IO => "registry".to_owned(),
        name => format!("registries.{name}"),
    };
    let variable = format!("CARGO_{}_TOKEN", table.to_ascii_uppercase().replace(['.', '-'], "_"));
    if let Some(token) = configured.variables.get(OsString::from(variable).as_os_str()).and_then(|one| one.to_str()) {
        return Credential::Token(Secret::given(token.to_owned()));
    }
    for name in ["credentials.toml", "credentials"] {
        let Some(text) = configured.home.as_ref().and_then(|home| fs::read_to_string(home.join(name)).ok()) else {
            continue;
        };
        let key: Vec<&str> = table.split('.').chain(["token"]).collect();
        let parsed = cargo_config::parse(&text, &mut Vec::new());
        if let Some(SettingValue::Text(token)) = parsed.get(&key).map(|setting| setting.value.clone()) {
            return Credential::Token(Secret::given(token));
        }
    }
    match provider::of(configured, &table) {
        providers if providers.is_empty() => Credential::None,
        providers => Credential::Provider(providers),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn with(home: &Path, variables: &[(&str, &str)]) -> Configured {
        let home = home.as_os_str().to_owned();
        let all = [(OsString::from("CARGO_HOME"), home), ("CARGO_REGISTRIES_A_B_INDEX".into(), "x".into())];
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        Configured::read(Path::new("/nowhere"), &all.into_iter().chain(variables).collect::<Vec<_>>())
    }

    #[test]
    fn a_token_is_found_where_cargo_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let token = |text: &str| Credential::Token(Secret::given(text.to_owned()));
        let of = |variables: &[(&str, &str)], name: &str| {
            let configured = with(folder.path(), variables);
            super::of(&configured, &configured.named(name).unwrap())
        };
        assert!(of(&[], "a-b") == Credential::None);
        assert!(of(&[("CARGO_REGISTRIES_A_B_TOKEN", "t")], "a-b") == token("t"));
        assert!(of(&[("CARGO_REGISTRY_TOKEN", "t")], "a-b") == Credential::None, "that is another registry's");
        assert!(of(&[("CARGO_REGISTRY_TOKEN", "t")], "crates-io") == token("t"));
        let provider = [("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "cargo:libsecret")];
        assert!(matches!(of(&provider, "a-b"), Credential::Provider(providers) if providers.len() == 1));
        let only = [("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "cargo:token")];
        assert!(of(&only, "a-b") == Credential::None, "that is what was looked at");
        fs::write(
            folder.path().join("credentials.toml"),
            "[registries.a-b]\ntoken = \"f\"\n[registry]\ntoken = \"g\"\n",
        )
        .unwrap();
        assert!(of(&[], "a-b") == token("f"));
        assert!(of(&[], "crates-io") == token("g"));
    }
}
