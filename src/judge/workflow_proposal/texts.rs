//! The texts of the workflows: check, gate on the proof, and the three of a release.

use std::fmt::Write as _;

use crate::judge::workflow_proposal::ground::Ground;

/// A part of what is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Every pull request is checked, and commented on.
    Check,
    /// A job runs the governed steps, another one gates on their proof.
    Gate,
    /// The pull request of a release, the signature, and the release.
    Release,
}

/// Where the workflow that checks is written.
pub const CHECK: &str = ".github/workflows/governed.yml";
/// Where the workflow that proves and gates is written.
pub const GATE: &str = ".github/workflows/proven.yml";
/// Where the workflow of the release pull request is written.
pub const RELEASE_PR: &str = ".github/workflows/release-pr.yml";
/// Where the workflow that signs is written.
pub const SIGN: &str = ".github/workflows/sign.yml";
/// Where the workflow that releases is written.
pub const RELEASE: &str = ".github/workflows/release.yml";

/// The Action, by the tag that moves within its major version.
fn action() -> &'static str {
    env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/")
}

/// The workflows of some parts, each with its path. Where no workflow can release anything, none is for releases.
pub fn propose(ground: &Ground, parts: &[Part]) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if parts.contains(&Part::Check) {
        found.push((CHECK, named(include_str!("check.yml"), ground)));
    }
    if parts.contains(&Part::Gate) {
        found.push((GATE, named(include_str!("gate.yml"), ground)));
    }
    if parts.contains(&Part::Release) && ground.releases {
        found.push((RELEASE_PR, named(include_str!("release-pr.yml"), ground)));
        found.push((SIGN, named(include_str!("sign.yml"), ground)));
        found.push((RELEASE, release(ground)));
    }
    found
}

/// Puts the names of the repository into a text.
fn named(text: &str, ground: &Ground) -> String {
    text.replace("@ACTION@", action()).replace("@BRANCH@", &ground.branch)
}

fn release(ground: &Ground) -> String {
    let (binaries, attested) = match &ground.programs {
        Some(programs) => {
            let locked = if programs.locked { "--locked " } else { "" };
            let text = include_str!("binaries.yml").replace("@LOCKED@", locked);
            let text = text.replace("@NAMES@", &programs.names.join(" ")).replace("@PACKAGE@", &programs.package);
            (text, include_str!("attested.yml"))
        }
        None => (String::new(), ""),
    };
    let has_programs = ground.programs.is_some();
    let mut permissions = String::new();
    if ground.crates_io || has_programs {
        let why = match (ground.crates_io, has_programs) {
            (true, true) => "the attestations, and the registry's trust in this workflow",
            (true, false) => "the registry's trust in this workflow",
            _ => "the attestations",
        };
        let _ = writeln!(permissions, "      id-token: write # {why}");
    }
    if has_programs {
        permissions.push_str("      attestations: write # the attestations\n");
    }
    let needed = if has_programs { "prove, sign, binaries" } else { "prove, sign" };
    let trusted = if ground.crates_io { include_str!("trusted.yml") } else { "" };
    let assets = if has_programs { "          assets: ${{ runner.temp }}/dist\n" } else { "" };
    let text = named(include_str!("release.yml"), ground).replace("@NEEDED@", needed);
    let text = text.replace("@BINARIES@\n", &binaries).replace("@PERMISSIONS@\n", &permissions);
    let text = text.replace("@BEFORE@\n", &format!("{attested}{trusted}")).replace("@ASSETS@\n", assets);
    text.replace("@TOKENS@\n", &tokens(ground))
}

/// The lines that hand the tokens of the registries over.
fn tokens(ground: &Ground) -> String {
    let mut lines = String::new();
    if ground.crates_io {
        lines.push_str("          CARGO_REGISTRY_TOKEN: ${{ steps.registry.outputs.token }}\n");
    }
    for registry in &ground.registries {
        let name = secret(registry);
        let _ = writeln!(lines, "          {name}: ${{{{ secrets.{name} }}}}");
    }
    if lines.is_empty() { lines } else { format!("        env:\n{lines}") }
}

/// The variable, and the secret, with the token of a registry: <https://doc.rust-lang.org/cargo/reference/config.html>.
pub(crate) fn secret(registry: &str) -> String {
    format!("CARGO_REGISTRIES_{}_TOKEN", registry.to_ascii_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::judge::workflow_proposal::ground::Programs;

    #[test]
    fn no_place_is_left_empty_and_nothing_is_told_that_is_not_there() {
        let programs =
            Programs { package: "aa".to_owned(), names: vec!["aa".to_owned(), "bb".to_owned()], locked: true };
        for programs in [None, Some(programs)] {
            for (crates_io, registries) in [(true, vec![]), (false, vec!["my-own".to_owned()]), (false, vec![])] {
                let registries: BTreeSet<String> = registries.into_iter().collect();
                let ground = Ground {
                    branch: "main".to_owned(),
                    releases: true,
                    unreleased: String::new(),
                    programs: programs.clone(),
                    several: Vec::new(),
                    crates_io,
                    registries: registries.clone(),
                };
                let all = propose(&ground, &[Part::Check, Part::Gate, Part::Release]);
                assert_eq!(all.len(), 5);
                for (path, text) in &all {
                    let left = text.split('@').skip(1).find(|part| part.chars().all(|sign| sign.is_ascii_uppercase()));
                    assert_eq!(left, None, "{path}");
                    assert!(!text.contains("\n\n\n") && text.ends_with('\n'), "{path}");
                }
                let release = &all[4].1;
                assert_eq!(release.contains("for name in aa bb; do"), programs.is_some());
                assert_eq!(release.contains("attest"), programs.is_some());
                assert_eq!(release.contains("crates-io-auth-action"), crates_io);
                assert_eq!(release.contains("secrets.CARGO_REGISTRIES_MY_OWN_TOKEN"), !registries.is_empty());
                assert_eq!(release.contains("id-token"), crates_io || programs.is_some());
            }
        }
    }

    #[test]
    fn what_nobody_can_publish_has_no_release() {
        let ground = Ground { branch: "main".to_owned(), ..Ground::default() };
        let paths: Vec<&str> =
            propose(&ground, &[Part::Gate, Part::Release]).into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, [GATE]);
    }
}
