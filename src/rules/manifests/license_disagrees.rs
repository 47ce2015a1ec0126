//! Licence fields that disagree with the licence files beside them, with their siblings, or with the list of licences.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use spdx::Expression;
use spdx::ParseMode;

use crate::facts::Facts;
use crate::facts::markdown::Markdown;
use crate::facts::path;
use crate::facts::place::Located;
use crate::facts::place::Place;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::manifests::licence_text;
use crate::rules::manifests::published;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "license-disagrees",
    group: "manifests",
    level: Level::Warn,
    claim: "every licence field is a licence expression and agrees with the licence files and the README",
    page: "\
The `license` field is what tools and lawyers read; the LICENSE file is what counts. They are written at different times.

## What is compared

The `license` of each package with the texts of the licence files in its folder (in the folder of the workspace where the
package has none of its own), with the licence section of its README, and with the form that its siblings use for the same
licences. That of a published package must be an SPDX expression.

## Example of drift

`license = \"MIT\"` beside a LICENSE file that holds the Apache License. One member says `Unlicense/MIT`, the old form,
where all others say `Unlicense OR MIT`.

## How to mend it

Let the field name the licence of the text. `--fix` rewrites the old form with a slash.

## When the rule keeps silent

Only a field and files that have no licence in common contradict each other: one missing text of two is no contradiction.
A package with a licence file of its own keeps its own licence, whatever its siblings say. Texts that are not recognised,
files that hold several texts, notices of third parties and symbolic links are left alone.",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    let texts = texts(facts);
    let forms = forms(facts);
    let mut seen = BTreeSet::new();
    let mut broken = Vec::new();
    for (index, package) in facts.cargo.packages.iter().enumerate().filter(|(_, package)| package.zone == Zone::Own) {
        let Some(field) = &package.license else { continue };
        let is_first = seen.insert((field.path.clone(), field.span));
        let Ok(expression) = Expression::parse_mode(&field.value, lax()) else {
            if is_first {
                outcome.look();
                broken.push((index, field));
            }
            continue;
        };
        let named: BTreeSet<&'static str> = names(&expression);
        if is_first && field.value.contains('/') {
            outcome.look();
            outcome.findings.extend(forms.get(&named).and_then(|other| old_form(facts, field, other)));
        }
        // A field with a licence that we can't name says too much to be contradicted.
        if named.len()
            != expression.requirements().map(|one| one.req.license.to_string()).collect::<BTreeSet<_>>().len()
        {
            continue;
        }
        let own = texts.get(package.folder.as_str());
        let files = own.or_else(|| {
            let workspace = &facts.cargo.workspace_of(package).folder;
            texts.get(workspace.as_str()).filter(|_| is_first)
        });
        if let Some(files) = files {
            outcome.look();
            outcome.findings.extend(file(facts, package, field, &named, files));
        }
        outcome.findings.extend(readme(facts, package, field, &named, &mut outcome.looked_at));
    }
    if !broken.is_empty() {
        let published = published::evidence(context);
        let refused = broken.iter().filter_map(|(index, field)| Some((*index, *field, published.get(index)?)));
        outcome.findings.extend(refused.map(|(index, field, evidence)| no_expression(facts, index, field, evidence)));
    }
    outcome
}

fn lax() -> ParseMode {
    ParseMode { allow_slash_as_or_operator: true, ..ParseMode::STRICT }
}

fn names(expression: &Expression) -> BTreeSet<&'static str> {
    expression.requirements().filter_map(|one| licence_text::of_id(one.req.license.id()?.name)).collect()
}

fn no_expression(facts: &Facts, index: usize, field: &Located<String>, evidence: &Place) -> Finding {
    let package = &facts.cargo.packages[index];
    let message = format!("`{}`, the licence of {}, is no SPDX expression", field.value, package.name.value);
    let canonical = Expression::canonicalize(&field.value).ok().flatten();
    let finding = Finding::new(message, facts.place_of(field, "is no SPDX expression")).why("crates.io refuses it");
    let finding = finding.against(evidence.clone()).certainty(Certainty::Probable);
    match canonical.filter(|text| Expression::parse(text).is_ok()) {
        Some(text) => finding.replace_with(text),
        None => finding,
    }
}

/// The first field without a slash for each set of licences.
fn forms(facts: &Facts) -> BTreeMap<BTreeSet<&'static str>, &Located<String>> {
    let mut forms = BTreeMap::new();
    for package in facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own) {
        let field = package.license.as_ref().filter(|field| field.value.contains(" OR "));
        if let Some((field, expression)) = field.and_then(|field| Some((field, Expression::parse(&field.value).ok()?)))
        {
            forms.entry(names(&expression)).or_insert(field);
        }
    }
    forms
}

fn old_form(facts: &Facts, field: &Located<String>, other: &Located<String>) -> Option<Finding> {
    let message =
        format!("the licence `{}` has the old form with a slash, a sibling says `{}`", field.value, other.value);
    let parts: Vec<&str> = field.value.split('/').map(str::trim).collect();
    let finding = Finding::new(message, facts.place_of(field, "has the old form"))
        .against(facts.place_of(other, "has the form of today"))
        .replace_with(parts.join(" OR "));
    (field.path != other.path || field.span != other.span).then_some(finding)
}

/// The recognised licence files of each folder; an entry without files means that not all could be read.
fn texts(facts: &Facts) -> BTreeMap<&str, Vec<(&SourceFile, &'static str)>> {
    let mut found: BTreeMap<&str, Vec<(&SourceFile, &'static str)>> = BTreeMap::new();
    let mut unclear: BTreeSet<&str> = BTreeSet::new();
    for entry in facts.tree.entries().iter().filter(|entry| is_licence_file(path::file_name(&entry.path))) {
        let folder = path::parent(&entry.path);
        let file = facts.file(&entry.path);
        match file.and_then(|file| Some((file, licence_text::of_text(file.text())?))) {
            Some(text) => found.entry(folder).or_default().push(text),
            None => drop(unclear.insert(folder)),
        }
    }
    for folder in unclear {
        found.insert(folder, Vec::new());
    }
    found
}

fn is_licence_file(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let stem = upper.trim_end_matches(".MD").trim_end_matches(".TXT");
    let is_text = !upper.contains('.') || stem != upper || upper.contains("-2.0");
    let is_foreign = ["THIRD", "NOTICE", "FONT", "ASSET", "DOC"].iter().any(|part| stem.contains(part));
    let is_named = ["LICENSE", "LICENCE", "COPYING", "UNLICENSE"].iter().any(|start| stem.starts_with(start));
    is_named && is_text && !is_foreign
}

fn file(
    facts: &Facts,
    package: &Package,
    field: &Located<String>,
    named: &BTreeSet<&'static str>,
    files: &[(&SourceFile, &'static str)],
) -> Option<Finding> {
    let (first, text) = files.first()?;
    if named.is_empty() || files.iter().any(|(_, text)| named.contains(text)) {
        return None;
    }
    let message = format!("{} says `{}`, its licence file holds {text}", package.name.value, field.value);
    Some(
        Finding::new(message, facts.place_of(field, "says this licence"))
            .against(Place::whole(first.path.as_ref(), format!("holds {text}"))),
    )
}

/// The licence section of the README, where it names licences and none of those of the field.
fn readme(
    facts: &Facts,
    package: &Package,
    field: &Located<String>,
    named: &BTreeSet<&'static str>,
    looked_at: &mut usize,
) -> Option<Finding> {
    let file = facts.file(package.readme.as_deref()?)?;
    let Parsed::Markdown(markdown) = &file.content.parsed else { return None };
    // The README of another folder speaks for the package of that folder.
    if path::parent(&file.path) != package.folder || named.is_empty() {
        return None;
    }
    let (span, said) = section(file, markdown)?;
    *looked_at += 1;
    if said.iter().any(|one| named.contains(one)) {
        return None;
    }
    let said: Vec<&str> = said.into_iter().collect();
    let message = format!(
        "the README says {}, the manifest of {} says `{}`",
        said.join(" and "),
        package.name.value,
        field.value
    );
    Some(
        Finding::new(message, facts.place(&file.path, span, "says this licence"))
            .against(facts.place_of(field, "says this licence"))
            .certainty(Certainty::Probable),
    )
}

/// The first block below a heading `License` and the licences that it names; none where it names none.
fn section<'m>(
    file: &SourceFile,
    markdown: &'m Markdown,
) -> Option<(crate::facts::place::Span, BTreeSet<&'static str>)> {
    let is_licence =
        |text: &str| matches!(text.trim().to_lowercase().as_str(), "license" | "licence" | "licenses" | "licensing");
    let heading = markdown.headings.iter().position(|heading| is_licence(&heading.text))?;
    let blocks: Vec<&'m _> = markdown
        .blocks
        .iter()
        .filter(|block| block.heading == Some(heading) && block.span != markdown.headings[heading].span)
        .collect();
    let mut said = BTreeSet::new();
    for block in &blocks {
        let text = file.content.text.slice(block.span);
        // A licence of its own, which asks for nothing and shares only the name.
        let lower = text.to_ascii_lowercase();
        let is_zero_clause = ["0-clause", "zero-clause", "zero clause"].iter().any(|words| lower.contains(words));
        let words = text.split(|one: char| !one.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        said.extend(words.filter_map(|word| match word {
            "MIT" => Some("MIT"),
            "Apache" | "APACHE" => Some("Apache"),
            "MPL" | "Mozilla" => Some("MPL"),
            "GPL" | "GPLv3" | "GPLv2" => Some("GPL"),
            "LGPL" | "LGPLv3" => Some("LGPL"),
            "AGPL" | "AGPLv3" => Some("AGPL"),
            "BSD" if is_zero_clause => Some("ISC"),
            "BSD" => Some("BSD"),
            "ISC" | "0BSD" => Some("ISC"),
            "Unlicense" | "UNLICENSE" => Some("Unlicense"),
            "CC0" => Some("CC0"),
            "Zlib" => Some("Zlib"),
            "BSL" | "Boost" => Some("BSL"),
            _ => None,
        }));
    }
    let first = blocks.first()?;
    (!said.is_empty()).then_some((first.span, said))
}
