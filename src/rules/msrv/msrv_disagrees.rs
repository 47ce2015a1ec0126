//! `msrv-disagrees`: configuration that names the minimum Rust version, and names another one than the manifests.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::manifest::DependencyKind;
use crate::facts::manifest::Inherit;
use crate::facts::path;
use crate::facts::place::Located;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::source::Parsed;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::msrv::image;
use crate::rules::msrv::job_name;
use crate::rules::msrv::pin;
use crate::rules::msrv::promise;
use crate::rules::msrv::rust_version::RustVersion;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "msrv-disagrees",
    group: "msrv",
    level: Level::Deny,
    claim: "every minimum Rust version in the configuration is the one of the manifests",
    page: "\
## What is compared

The `rust-version` of the packages, against

- `msrv` in the `clippy.toml` that covers them,
- toolchains of workflows that are marked as the minimum: by the name of a variable, an axis or a job (`msrv`, \
`minimum`), or by a comment `# MSRV` on the line,
- the channel of a toolchain file that covers them and is older,
- the release of an official `rust` image in a Dockerfile beside them that is older, where no rustup installs another,
- `[workspace.package] rust-version` of a nested workspace whose members depend on a newer package by path.

The name of a job or step is compared with the release that the job installs: `Test on 1.41.0` that installs 1.46.0 is a \
warning.

## Example of drift

```text
.github/workflows/ci.yml:   MSRV: 1.74
Cargo.toml:                 rust-version = \"1.85\"
```

CI proves a promise that nobody makes, and the promise that is made is not proven.

## How to mend it

Write the version of the manifest, or let the workflow read it (`cargo metadata`, `cargo hack --rust-version`).

## When the rule keeps silent

Toolchains for lints, formatting or releases are no promise. A leaf package may promise less than the rest: a pin that \
one package of the repository promises agrees. A toolchain file above the minimum is fine.
",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let facts = context.facts;
    judge_clippy(facts, &mut outcome);
    judge_toolchains(facts, &mut outcome);
    judge_nested(facts, &mut outcome);
    image::judge(facts, &mut outcome);
    job_name::judge(facts, &mut outcome);
    let Some(promise) = promise::of_root(facts) else { return outcome };
    for (file, workflow) in facts.workflows() {
        if !pin::works_at_root(workflow) {
            continue;
        }
        for pin in pin::of(file.text(), workflow) {
            let Some(pinned) = RustVersion::parse(&pin.value) else { continue };
            outcome.look();
            if !promise.admits(pinned) {
                let said = &promise.said;
                let message = format!(
                    "the workflow takes {} for the minimum Rust version, the manifest says {}",
                    pin.value, said.value
                );
                let mut finding = Finding::new(message, facts.place(&file.path, pin.span, "marked as the minimum"))
                    .against(facts.place(&said.path, said.span, "promises this"))
                    .why("CI proves another promise than the one that is made");
                if promise.possible.iter().all(|version| *version == promise.version) {
                    let before = file.text()[..pin.span.start].bytes().next_back();
                    finding = finding.replace_with(quoted(promise.version.written_like(pinned), before));
                }
                outcome.find(finding);
            }
        }
    }
    outcome
}

/// A version as YAML keeps it: `1.80` without quotes is the number 1.8. Behind `@` or a quote it is part of a text.
fn quoted(version: String, before: Option<u8>) -> String {
    let shrinks = version.ends_with('0') && version.matches('.').count() == 1;
    if shrinks && !matches!(before, Some(b'@' | b'"' | b'\'')) { format!("\"{version}\"") } else { version }
}

/// The packages of the maintainers that a configuration file in a folder covers: no nearer one stands between.
fn covered<'a>(
    facts: &'a Facts,
    folder: &str,
    others: &BTreeSet<&str>,
) -> Vec<(&'a Package, &'a Located<String>, RustVersion)> {
    let within = |package: &&Package| {
        let nearest =
            others.iter().filter(|other| path::is_within(&package.folder, other)).max_by_key(|other| other.len());
        package.zone == Zone::Own && nearest.is_some_and(|nearest| *nearest == folder)
    };
    let own = facts.cargo.packages.iter().filter(within);
    own.filter_map(|package| {
        let said = package.rust_version.as_ref()?;
        Some((package, said, RustVersion::parse(&said.value)?))
    })
    .collect()
}

fn judge_clippy(facts: &Facts, outcome: &mut Outcome) {
    let folders: BTreeSet<&str> = facts.clippy_configs().map(|(file, _)| path::parent(&file.path)).collect();
    for (file, config) in facts.clippy_configs() {
        let Some(msrv) = &config.msrv else { continue };
        let Some(stated) = RustVersion::parse(&msrv.value) else { continue };
        let packages = covered(facts, path::parent(&file.path), &folders);
        let Some((package, said, version)) = packages.iter().max_by_key(|(.., version)| *version) else { continue };
        outcome.look();
        if packages.iter().any(|(.., version)| version.agrees(stated)) {
            continue;
        }
        let message = format!(
            "clippy takes {} for the minimum Rust version, `{}` says {}",
            msrv.value, package.name.value, said.value
        );
        outcome.find(
            Finding::new(message, facts.place(&file.path, msrv.span, "what clippy checks"))
                .against(facts.place(&said.path, said.span, "promises this"))
                .why("clippy takes this value before the one of the manifest")
                .replace_with(version.written_like(stated)),
        );
    }
}

/// A toolchain file that names a release older than the packages demand: cargo refuses to build them.
fn judge_toolchains(facts: &Facts, outcome: &mut Outcome) {
    let folders: BTreeSet<&str> = facts.toolchains().map(|(file, _)| path::parent(&file.path)).collect();
    for (file, toolchain) in facts.toolchains() {
        let Some(channel) = &toolchain.channel else { continue };
        let Some(pinned) = RustVersion::parse(&channel.value) else { continue };
        for (package, said, version) in covered(facts, path::parent(&file.path), &folders) {
            outcome.look();
            if !pinned.is_below(version) || pinned.agrees(version) {
                continue;
            }
            let message =
                format!("the toolchain file picks {}, `{}` demands {}", channel.value, package.name.value, said.value);
            outcome.find(
                Finding::new(message, facts.place(&file.path, channel.span, "what cargo runs"))
                    .against(facts.place(&said.path, said.span, "demands this"))
                    .why("cargo refuses to build the package with this toolchain"),
            );
            break;
        }
    }
}

/// A `[workspace.package] rust-version` that no member takes over, below what the members depend on.
fn judge_nested(facts: &Facts, outcome: &mut Outcome) {
    for workspace in &facts.cargo.workspaces {
        let Some((stated, span)) = shared(facts, &workspace.manifest) else { continue };
        let Some(version) = RustVersion::parse(&stated.value) else { continue };
        let members: Vec<&Package> = workspace.members.iter().map(|&member| &facts.cargo.packages[member]).collect();
        let taken =
            |package: &&Package| package.rust_version.as_ref().is_some_and(|own| own.path == workspace.manifest);
        if facts.zone_by_place(&workspace.manifest) != Zone::Own || members.iter().any(taken) {
            continue;
        }
        let edges = members.iter().flat_map(|package| &package.dependencies);
        let needed = edges
            .filter(|edge| matches!(edge.kind, DependencyKind::Normal | DependencyKind::Build) && !edge.optional)
            .filter_map(|edge| {
                let package = &facts.cargo.packages[edge.local?];
                let said = package.rust_version.as_ref()?;
                Some((package, said, RustVersion::parse(&said.value)?))
            })
            .max_by_key(|(package, _, version)| (*version, std::cmp::Reverse(&package.manifest)));
        let Some((package, said, demanded)) = needed else { continue };
        outcome.look();
        if !version.is_below(demanded) || version.agrees(demanded) {
            continue;
        }
        let message = format!(
            "the workspace says Rust {}, and its members depend on `{}`, which demands {}",
            stated.value, package.name.value, said.value
        );
        outcome.find(
            Finding::new(message, facts.place(&workspace.manifest, span, "says this"))
                .against(facts.place(&said.path, said.span, "demands this"))
                .certainty(Certainty::Probable)
                .replace_with(demanded.written_like(version)),
        );
    }
}

/// The `[workspace.package] rust-version` of a manifest.
fn shared<'a>(facts: &'a Facts, manifest: &str) -> Option<(&'a Spanned<String>, Span)> {
    let Parsed::Manifest(manifest) = &facts.file(manifest)?.content.parsed else { return None };
    match manifest.workspace.as_ref()?.package.rust_version.as_ref()? {
        Inherit::Own(value) => Some((value, value.span)),
        Inherit::Workspace(_) => None,
    }
}
