//! Features that documents name, against the `[features]` of the manifest.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::manifest;
use crate::facts::manifest::Feature;
use crate::facts::manifest::Manifest;
use crate::facts::markdown::Fence;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::shell::cargo_call;
use crate::facts::shell::lexer::Word;
use crate::facts::source::Parsed;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::docs::command_site;
use crate::rules::docs::command_text;
use crate::rules::docs::command_text::Shown;
use crate::rules::docs::feature_gap;
use crate::rules::docs::feature_gap::Gap;
use crate::rules::docs::feature_list;
use crate::rules::docs::feature_list::FeatureList;
use crate::rules::docs::page;
use crate::rules::docs::page::Page;
use crate::rules::docs::placeholder;
use crate::rules::docs::program;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "doc-feature-unknown",
    group: "docs",
    level: Level::Warn,
    claim: "documents name the features that the manifest has, and lists of features are complete",
    page: PAGE,
    check,
};

const PAGE: &str = r#"
## What is compared

Compares the features that documents name with the `[features]` of the package.

Looked at are

* dependency snippets and `cargo add`, `cargo install`, `cargo build --features` for packages of this tree;
* tables and lists that are headed as features (`Feature flags`, `the following features`): an item that is no feature,
  and a feature that is missing where the list has nearly all, all of its family (`with-*`), or all others that one
  feature turns on;
* names in prose (the `x_y` feature) that differ from a feature in `-` and `_` alone.

## Example of drift

```text
src/lib.rs:104   a table of 18 features
Cargo.toml:33    with-cidr-0_3 = [...]   is not in it
README.md:20     tool = { version = "1", features = ["tls"] }
Cargo.toml       has no feature `tls`
```

## How to mend it

Add the feature to the list, or write the name that the manifest has.

## When the rule keeps silent

The rule keeps silent on `default`, on features that begin with `_`, on snippets for other versions, on features of
other packages, and on lists that name only some features.
"#;

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    command_text::each(facts, |shown| commands(facts, shown, &mut outcome));
    page::each(facts, "eature", |page| {
        for list in feature_list::of(page) {
            judge_list(facts, page, &list, &mut outcome);
        }
        for fence in &page.document.fences {
            snippet(facts, page, fence, &mut outcome);
        }
        prose(facts, page, &mut outcome);
    });
    outcome
}

/// The manifest of a package.
fn manifest_of<'a>(facts: &'a Facts, package: &Package) -> Option<&'a Manifest> {
    match &facts.file(&package.manifest)?.content.parsed {
        Parsed::Manifest(manifest) => Some(manifest),
        _ => None,
    }
}

fn own_packages(facts: &Facts) -> impl Iterator<Item = &Package> {
    facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own)
}

/// Says whether the manifest has the feature as a comment: readers are to turn it on there.
fn is_parked(facts: &Facts, package: &Package, feature: &str) -> bool {
    let mut comments = facts.text(&package.manifest).unwrap_or_default().lines();
    comments.any(|line| {
        let commented = line.trim_start().strip_prefix('#').map(|rest| rest.trim_start_matches(['#', ' ']));
        commented.and_then(|rest| rest.strip_prefix(feature)).is_some_and(|rest| rest.trim_start().starts_with('='))
    })
}

/// Says whether a package has a feature; dependencies that are optional are features too.
fn has(package: &Package, feature: &str) -> bool {
    feature == "default" || package.features.contains_key(feature)
}

fn unknown(facts: &Facts, package: &Package, feature: &str, at: Place) -> Finding {
    let near = package
        .features
        .iter()
        .map(|(name, span)| (strsim::jaro_winkler(name, feature), name, span))
        .filter(|(similarity, ..)| *similarity > 0.8)
        .max_by(|(one, ..), (other, ..)| one.total_cmp(other));
    let against = match near {
        Some((_, name, span)) => facts.place(&package.manifest, *span, format!("the nearest feature is `{name}`")),
        None => facts.place(&package.name.path, package.name.span, "has no feature of this name"),
    };
    let message = format!("the document names the feature `{feature}`, which {} has not", package.name.value);
    Finding::new(message, at).against(against)
}

/// `--features` of commands for packages of this tree.
fn commands(facts: &Facts, shown: &Shown<'_>, outcome: &mut Outcome) {
    if command_site::is_of_another_repository(facts, &shown.text) {
        return;
    }
    for command in shown.commands.iter().filter(|command| command_site::folders(facts, shown, command).is_some()) {
        let Some(call) = cargo_call::read(command).filter(|call| !call.features.is_empty()) else { continue };
        if program::documents_itself(facts, &call.subcommand) {
            continue;
        }
        let named: Vec<&str> = match call.subcommand.as_str() {
            "add" | "install" => call.operands.iter().filter_map(Word::known).collect(),
            "build" | "check" | "test" | "run" | "clippy" | "doc" | "bench" => {
                call.packages.iter().filter_map(Word::known).collect()
            }
            _ => continue,
        };
        let foreign = matches!(call.subcommand.as_str(), "add" | "install") && named.len() != 1;
        let packages: Vec<&Package> = match named.as_slice() {
            _ if foreign => continue,
            [] => own_packages(facts).collect(),
            some => own_packages(facts).filter(|package| some.contains(&package.name.value.as_str())).collect(),
        };
        let Some(first) = packages.first() else { continue };
        for word in &call.features {
            let Some(feature) = word.known().filter(|feature| is_name(feature)) else { continue };
            outcome.look();
            if packages.iter().any(|package| has(package, feature) || is_parked(facts, package, feature)) {
                continue;
            }
            // Without `-p` the command may be the reader's: one of ours is meant where a name is close.
            let package = match named.as_slice() {
                [] => {
                    let owner = facts.cargo.owner(&shown.file.path).filter(|owner| owner.zone == Zone::Own);
                    let spoken_of = |owner: &&Package| is_spoken_of(owner, &call.features, feature);
                    let Some(owner) = owner.filter(spoken_of) else { continue };
                    owner
                }
                _ => first,
            };
            let at = facts.place(&shown.file.path, shown.span(word.span), "no feature of this name");
            outcome.find(unknown(facts, package, feature, at).why("cargo refuses the command"));
        }
    }
}

/// Says whether a command without `-p` speaks of a package: by a feature beside it, or by a name that is near.
fn is_spoken_of(package: &Package, named: &[Word], feature: &str) -> bool {
    let beside = named.iter().filter_map(Word::known).any(|other| other != "default" && has(package, other));
    beside || package.features.keys().any(|name| strsim::jaro_winkler(name, feature) > 0.8)
}

fn is_name(feature: &str) -> bool {
    let placeholder =
        matches!(feature, "foo" | "bar" | "feature" | "feature1" | "feature2" | "some-feature" | "my-feature");
    !feature.is_empty()
        && !placeholder
        && feature.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && feature.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// A dependency snippet for a package of this tree, in its present version.
fn snippet(facts: &Facts, page: &Page<'_>, fence: &Fence, outcome: &mut Outcome) {
    let language = fence.info.split([',', ' ', '{']).next().unwrap_or_default();
    let content = page.slice(fence.content);
    if !matches!(language, "toml" | "Toml" | "TOML" | "" | "text") || !content.contains("features") {
        return;
    }
    let header = if content.contains("ependencies") { "" } else { "[dependencies]\n" };
    let text = format!("{header}{content}");
    let Some(manifest) = manifest::parse(&text, &mut Vec::new()) else { return };
    let of_workspace = manifest.workspace.iter().flat_map(|workspace| &workspace.dependencies);
    for dependency in manifest.dependencies.iter().chain(of_workspace) {
        let name = dependency.package_name();
        // `foo` and `bar` of a snippet are not the packages of these names that tests or examples have.
        let Some(package) =
            own_packages(facts).find(|package| package.name.value == name && !placeholder::stands_for_one(name))
        else {
            continue;
        };
        let version = package.version.as_ref().map(|version| &version.value);
        let wanted = dependency.version.as_ref().and_then(|wanted| semver::VersionReq::parse(&wanted.value).ok());
        let present = match (version, &wanted) {
            (Some(version), Some(wanted)) => wanted.matches(version),
            (_, None) => dependency.version.is_none(),
            (None, _) => false,
        };
        if !present {
            continue;
        }
        // `features = ["pick", "your", "features"]` are words to be replaced.
        let filled_in = |one: &Spanned<String>| has(package, &one.value) || is_parked(facts, package, &one.value);
        if dependency.features.len() > 1 && !dependency.features.iter().any(filled_in) {
            continue;
        }
        for feature in &dependency.features {
            if !is_name(&feature.value) {
                continue;
            }
            outcome.look();
            let known = has(package, &feature.value) || is_parked(facts, package, &feature.value);
            if !known && feature.span.start >= header.len() {
                let start = fence.content.start + feature.span.start - header.len();
                let span = Span::new(start, start + feature.span.end - feature.span.start);
                let at = page.place(facts, span, "no feature of this name");
                outcome.find(unknown(facts, package, &feature.value, at).why("cargo refuses the dependency"));
            }
        }
    }
}

/// The package that a list is about: the owner of the document, else the one that has most of the names.
fn package_of<'a>(facts: &'a Facts, page: &Page<'_>, list: &FeatureList) -> Option<&'a Package> {
    let count = |package: &Package| list.items.iter().filter(|item| has(package, &item.value)).count();
    let enough = |package: &&Package| {
        let known = count(package);
        known >= 4 && known * 4 >= list.items.len() * 3
    };
    let owner = facts.cargo.owner(&page.file.path).filter(|owner| owner.zone == Zone::Own).filter(enough);
    owner.or_else(|| {
        own_packages(facts)
            .filter(enough)
            .max_by_key(|package| (count(package), std::cmp::Reverse(package.features.len())))
    })
}

fn judge_list(facts: &Facts, page: &Page<'_>, list: &FeatureList, outcome: &mut Outcome) {
    let Some(package) = package_of(facts, page, list) else { return };
    let Some(manifest) = manifest_of(facts, package) else { return };
    for item in &list.items {
        outcome.look();
        if !has(package, &item.value) && is_name(&item.value) && !is_parked(facts, package, &item.value) {
            let at = page.place(facts, item.span, "no feature of this name");
            outcome.find(unknown(facts, package, &item.value, at).certainty(Certainty::Probable));
        }
    }
    // A page of another package speaks of the features that concern it.
    if facts
        .cargo
        .owner(&page.file.path)
        .is_some_and(|owner| owner.manifest != package.manifest && owner.library().is_some())
    {
        return;
    }
    let whole: BTreeSet<&str> = page.document.codes.iter().map(|code| code.value.as_str()).collect();
    let manifest_text = facts.text(&package.manifest).unwrap_or_default();
    let Gap { missing, certainty } = feature_gap::of(manifest, manifest_text, list, &whole);
    let Some(first) = missing.first() else { return };
    let at = place_of_gap(facts, page, list, manifest, first);
    let names = missing.iter().map(|feature| format!("`{}`", feature.name.value)).collect::<Vec<_>>().join(", ");
    let message = format!("the list of features does not have {names} of {}", package.name.value);
    let finding = missing.iter().fold(Finding::new(message, at), |finding, feature| {
        finding.against(facts.place(&package.manifest, feature.name.span, "declared here"))
    });
    outcome.find(finding.certainty(certainty).why(format!("it lists {} of the features", list.items.len())));
}

/// Where the list should go on: the header of a table, the item before which or behind which the feature is declared.
fn place_of_gap(facts: &Facts, page: &Page<'_>, list: &FeatureList, manifest: &Manifest, missing: &Feature) -> Place {
    let label = format!("`{}` is missing", missing.name.value);
    if list.table {
        return page.place(facts, first_line(page, list.head), label);
    }
    let before = manifest.features.iter().take_while(|feature| feature.name.span != missing.name.span);
    let neighbour = before.filter_map(|feature| list.items.iter().find(|item| item.value == feature.name.value)).last();
    page.place(facts, neighbour.map_or(first_line(page, list.head), |item| item.span), label)
}

fn first_line(page: &Page<'_>, span: Span) -> Span {
    let length = page.slice(span).lines().next().unwrap_or_default().trim_end().len();
    Span::new(span.start, span.start + length)
}

/// The `x_y` feature where the manifest has `x-y`.
fn prose(facts: &Facts, page: &Page<'_>, outcome: &mut Outcome) {
    let Some(owner) = facts.cargo.owner(&page.file.path).filter(|owner| owner.zone == Zone::Own) else { return };
    if owner.features.is_empty() || path::file_name(&page.file.path).is_empty() {
        return;
    }
    for code in &page.document.codes {
        let after = page.text.get(code.span.end..).unwrap_or_default();
        let named = after.starts_with("` feature") || after.starts_with("` cargo feature");
        if !named || !is_name(&code.value) || has(owner, &code.value) {
            continue;
        }
        let plain = code.value.replace('_', "-");
        let twin = owner.features.iter().find(|(name, _)| name.replace('_', "-") == plain);
        if twin.is_some() {
            outcome.look();
            let at = page.place(facts, code.span, "no feature of this name");
            outcome.find(unknown(facts, owner, &code.value, at));
        }
    }
}
