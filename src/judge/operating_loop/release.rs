//! Release: it is checked in how a version comes out.

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::policy::Policy;
use crate::facts::policy::gate::Gate;
use crate::facts::policy::release::Release;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::zone::Zone;
use crate::judge::operating_loop::documents;
use crate::judge::operating_loop::live::LiveStep;
use crate::judge::operating_loop::scripts;

/// Actions that bring a version out.
const ACTIONS: &[&str] = &[
    "release-plz/action",
    "marcoieni/release-plz-action",
    "katyo/publish-crates",
    "rust-lang/crates-io-auth-action",
    "softprops/action-gh-release",
    "taiki-e/create-gh-release-action",
    "taiki-e/upload-rust-binary-action",
    "svenstaro/upload-release-action",
    "googleapis/release-please-action",
    "google-github-actions/release-please-action",
    "ncipollo/release-action",
    "actions/create-release",
    "cargo-bins/release-pr",
];
/// Configurations of tools that bring a version out.
const CONFIGURATIONS: &[&str] = &[
    "release-plz.toml",
    ".release-plz.toml",
    "release.toml",
    ".release.toml",
    "dist-workspace.toml",
    "release-please-config.json",
    "knope.toml",
    ".goreleaser.yml",
    ".goreleaser.yaml",
];

/// A workflow that publishes, else the policy, a configuration, a script, a document.
pub(super) fn source(facts: &Facts, policy: &Policy, live: &[LiveStep<'_>]) -> Option<Place> {
    let mut nearest: Vec<&LiveStep<'_>> = live.iter().collect();
    nearest.sort_by_key(|step| remoteness(&step.file.path));
    nearest
        .into_iter()
        .find_map(|step| publishes(facts, step))
        .or_else(|| declared(facts, policy))
        .or_else(|| configured(facts))
        .or_else(|| scripted(facts))
        .or_else(|| written(facts))
        .or_else(|| named(facts))
        .or_else(|| triggered(facts, live))
}

/// A workflow that is named for it tells most, one for every night or for a trial least.
fn remoteness(path: &str) -> usize {
    let words = documents::words(path::file_name(path));
    let names = |word: &str| words.iter().any(|own| own == word);
    if names("nightly") || names("test") {
        2
    } else {
        usize::from(!["release", "publish", "deploy", "cd"].into_iter().any(names))
    }
}

fn publishes(facts: &Facts, step: &LiveStep<'_>) -> Option<Place> {
    if let Some(uses) = step.uses() {
        let releases = ACTIONS.iter().any(|action| uses.is(action));
        return if releases { step.place_of_uses(facts, "brings a version out") } else { None };
    }
    if let Some(call) = step.cargo().into_iter().map(|(_, call)| call).find(is_publishing) {
        return step.place(facts, call.span, "brings a version out");
    }
    let on_forge = step.commands().into_iter().find(|command| match command.program() {
        "gh" => command.word(1) == "release" && matches!(command.word(2), "create" | "upload" | "edit"),
        "release-plz" => matches!(command.word(1), "release" | "release-pr"),
        "dist" => matches!(command.word(1), "host" | "build"),
        _ => false,
    })?;
    step.place(facts, on_forge.span, "brings a version out")
}

fn is_publishing(call: &CargoCall) -> bool {
    let is_dry = call.other.iter().any(|flag| matches!(flag.text.as_str(), "--dry-run" | "-n"));
    let first = call.operands.first().map_or("", |word| word.text.as_str());
    match call.subcommand.as_str() {
        "publish" | "release" | "smart-release" | "publish-all" => !is_dry,
        "dist" => matches!(first, "host" | "build"),
        "workspaces" | "ws" => first == "publish",
        _ => false,
    }
}

/// `[release]` or `[gate.release]` of the policy, with something in it.
fn declared(facts: &Facts, policy: &Policy) -> Option<Place> {
    let path = policy.path.as_ref()?;
    let Release { tag, groups, api, witnesses } = &policy.release;
    let span = tag
        .as_ref()
        .map(|tag| tag.span)
        .or_else(|| groups.iter().flatten().next().map(|package| package.span))
        .or_else(|| api.as_ref().map(|api| api.span))
        .or_else(|| witnesses.iter().flatten().next().map(|witness| witness.span))
        .or_else(|| gate(&policy.release_gate))?;
    Some(facts.place(path, span, "the policy of releases"))
}

fn gate(gate: &Gate) -> Option<Span> {
    let requires = gate.requires.iter().flatten().next().map(|required| required.span);
    requires.or_else(|| gate.signers.as_ref().map(|signers| signers.span))
}

fn configured(facts: &Facts) -> Option<Place> {
    let file = CONFIGURATIONS
        .iter()
        .flat_map(|name| [(*name).to_owned(), format!(".config/{name}"), format!(".github/{name}")])
        .find(|path| facts.tree.has_file(path))
        .map(|path| Place::whole(path, "configures a release"));
    file.or_else(|| {
        facts.manifests().filter(|(file, _)| facts.zone(&file.path) == Zone::Own).find_map(|(file, _)| {
            let heads = ["[workspace.metadata.release]", "[package.metadata.release]", "[workspace.metadata.dist]"];
            scripts::in_text(file.text(), |line| heads.iter().any(|head| line.starts_with(head)))
                .map(|span| facts.place(&file.path, span, "configures a release"))
        })
    })
}

/// A script that publishes.
fn scripted(facts: &Facts) -> Option<Place> {
    scripts::line(facts, "brings a version out", |code| {
        ["cargo publish", "cargo release", "cargo smart-release"].iter().any(|call| code.starts_with(call))
            && !code.contains("--dry-run")
    })
}

/// A script or a task that is named for it, whatever it calls; one without an extension is not even read.
fn named(facts: &Facts) -> Option<Place> {
    let is_named = |path: &str| {
        let (name, folder) = (path::file_name(path), path::parent(path));
        let stem = name.split('.').next().unwrap_or_default();
        let task = path::extension(name) == "rs" && folder.split('/').any(|part| part == "xtask");
        let in_scripts = matches!(path::file_name(folder), "scripts" | "script" | "ci" | "tools" | "bin" | ".ci");
        matches!(stem, "publish" | "release")
            && (task || scripts::is_script(name) || (in_scripts && !name.contains('.')))
            && facts.zone(path) == Zone::Own
    };
    let script = facts.tree.entries().iter().find(|entry| entry.tracked && is_named(&entry.path))?;
    Some(Place::whole(&*script.path, "is named for it"))
}

/// A workflow that is named for it and starts with a tag or a release of the forge.
fn triggered(facts: &Facts, live: &[LiveStep<'_>]) -> Option<Place> {
    let runs = |path: &str| live.iter().any(|step| *step.file.path == *path);
    facts.workflows().filter(|(file, _)| remoteness(&file.path) == 0 && runs(&file.path)).find_map(
        |(file, workflow)| {
            let trigger = workflow.triggers.iter().find(|trigger| {
                trigger.event.value == "release" || (trigger.event.value == "push" && !trigger.tags.is_empty())
            })?;
            Some(facts.place(&file.path, trigger.event.span, "starts with a release"))
        },
    )
}

fn written(facts: &Facts) -> Option<Place> {
    let documents = documents::of(facts);
    documents::heading(facts, &documents, "says how a version comes out", |words| {
        let begins = |start: &str| words.iter().any(|word| word.starts_with(start));
        let is = |word: &str| words.iter().any(|own| own == word);
        begins("releasing") || begins("publishing") || (is("release") && !is("notes")) || is("releases") && is("making")
    })
}
