//! Programs that give a token when cargo asks, and asking them as cargo does:
//! <https://doc.rust-lang.org/cargo/reference/registry-authentication.html>. What is built into cargo only cargo can ask, and
//! a program that the tree itself names is not run for a question: reading runs nothing of a tree.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::world::process::credential;
use crate::world::process::credential::Asked;
use crate::world::registry::configured::Configured;
use crate::world::registry::configured::Registry;
use crate::world::registry::secret::Secret;

/// What cargo has built in.
const BUILT_IN: &str = "cargo:";
/// The one that is no program: variables and the file of credentials.
const TOKEN: &str = "cargo:token";
/// A plain command, whose output is the token.
const PLAIN: &str = "cargo:token-from-stdout";

/// A program that may give a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its name, or the command.
    words: Vec<String>,
    /// Whether a file in the tree names it.
    in_tree: bool,
}

/// The programs that cargo would ask for the token of a registry, in its order.
pub(super) fn of(configured: &Configured, table: &str) -> Vec<Provider> {
    let split = |text: &String| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let own = configured.list(&format!("{table}.credential-provider"));
    let (named, in_tree) = match own {
        // A list is one command; a text is one too, parted by white space.
        Some((words, in_tree)) if words.len() == 1 => (vec![split(&words[0])], in_tree),
        Some((words, in_tree)) => (vec![words], in_tree),
        None => {
            let (all, in_tree) = configured.list("registry.global-credential-providers").unwrap_or_default();
            (all.iter().rev().map(split).collect(), in_tree)
        }
    };
    let named = named.into_iter().filter(|words| words.first().is_some_and(|first| first != TOKEN));
    named
        .map(|words| {
            let alias =
                (words.len() == 1).then(|| configured.list(&format!("credential-alias.{}", words[0]))).flatten();
            match alias {
                Some((to, also)) if to.len() == 1 => Provider { words: split(&to[0]), in_tree: in_tree || also },
                Some((to, also)) => Provider { words: to, in_tree: in_tree || also },
                None => Provider { words, in_tree },
            }
        })
        .filter(|provider| !provider.words.is_empty())
        .collect()
}

/// The token of a registry from the first program that has one; else why there is none.
pub(super) fn token(
    providers: &[Provider],
    registry: &Registry,
    variables: &BTreeMap<OsString, OsString>,
) -> Result<Secret, String> {
    let mut reasons = Vec::new();
    for provider in providers {
        let called = provider.words.first().map(String::as_str).unwrap_or_default();
        match one(provider, registry, variables) {
            Ok(Some(token)) => return Ok(Secret::given(token)),
            Ok(None) => reasons.push(format!("the credential provider {called} has none")),
            Err(why) => reasons.push(format!("the credential provider {called} gave none: {why}")),
        }
    }
    Err(reasons.join("; "))
}

fn one(
    provider: &Provider,
    registry: &Registry,
    variables: &BTreeMap<OsString, OsString>,
) -> Result<Option<String>, String> {
    let Some((first, rest)) = provider.words.split_first() else { return Ok(None) };
    if provider.in_tree {
        return Err("the tree names it, and reading runs nothing of a tree; name it in cargo's home".to_owned());
    }
    let address = registry.address();
    let asked = Asked { index: &address, name: &registry.name, variables };
    if first == PLAIN {
        let Some((program, rest)) = rest.split_first() else { return Err("it names no command".to_owned()) };
        return credential::printed(&PathBuf::from(program), rest, asked).map(Some);
    }
    if first.starts_with(BUILT_IN) {
        let variable = format!("CARGO_REGISTRIES_{}_TOKEN", registry.name.to_ascii_uppercase().replace('-', "_"));
        return Err(format!("it is built into cargo, and nobody else can ask it; set {variable}"));
    }
    credential::get(&PathBuf::from(first), rest, asked)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], expected: &[&[&str]]) {
        let variables: Vec<(OsString, OsString)> =
            variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let configured = Configured::read(Path::new("/nowhere"), &variables);
        let found: Vec<Vec<String>> = of(&configured, "registries.mine").into_iter().map(|one| one.words).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn providers_are_asked_in_the_order_of_cargo() {
        let (own, global) = ("CARGO_REGISTRIES_MINE_CREDENTIAL_PROVIDER", "CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS");
        check(&[], &[]);
        check(&[(global, "one cargo:token two")], &[&["two"], &["one"]]);
        check(&[(global, "one"), (own, "mine --of it")], &[&["mine", "--of", "it"]]);
        check(&[(own, "short"), ("CARGO_CREDENTIAL_ALIAS_SHORT", "/bin/long x")], &[&["/bin/long", "x"]]);
        check(&[(own, "cargo:token")], &[]);
    }

    #[test]
    fn a_program_of_the_tree_is_not_run_for_a_question() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join(".cargo/config.toml");
        std::fs::create_dir_all(config.parent().unwrap()).unwrap();
        let mark = folder.path().join("ran");
        let text = format!(
            "[registries.mine]\nindex = \"sparse+http://127.0.0.1:9/\"\n\
             credential-provider = [\"cargo:token-from-stdout\", \"touch\", \"{}\"]\n",
            mark.display()
        );
        std::fs::write(config, text).unwrap();
        let configured = Configured::read(folder.path(), &[]);
        let registry = configured.named("mine").unwrap();
        let providers = of(&configured, "registries.mine");
        let why = token(&providers, &registry, &BTreeMap::new()).err().expect("no token");
        assert!(why.contains("the tree names it") && !mark.exists(), "{why}");
    }
}
