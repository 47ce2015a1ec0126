//! Badges of services that are gone, of workflows that are not there, and of other repositories.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::manifest::Manifest;
use crate::facts::markdown::Link;
use crate::facts::markdown::Markdown;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Spanned;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::manifests::badge;
use crate::rules::manifests::badge::Subject;
use crate::rules::manifests::forge_url;
use crate::rules::manifests::home;
use crate::rules::manifests::home::Home;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "badge-outdated",
    group: "manifests",
    level: Level::Warn,
    claim: "every badge speaks of this repository, of CI that it has and of one package",
    page: "\
A badge is a promise with a picture. It outlives the CI service, the workflow and the owner that it was made for, and then
shows nothing, or the state of something else.

## What is compared

`[badges]` of manifests with the configuration of the CI service they name. In READMEs: badges of CI services and of
workflows with the files that would configure them; the picture of a badge with what it links to; and both with the
repository that most manifests name.

## Example of drift

`[badges.travis-ci]` without a `.travis.yml`. A badge that shows the workflow of `org/tool` and links to
`org/tool-core/actions`, a repository that never existed.

## How to mend it

Delete the badge, or let it name the workflow and the repository of today.

## When the rule keeps silent

Badges whose picture and target both speak of another repository belong to imported packages, or are advertisements, and
are left alone unless only the owner differs. Services that need no file in the tree are not judged, nor are vendored
folders and fixtures.",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    if facts.tree.is_package_archive() {
        return Outcome::default();
    }
    let home = home::of(facts);
    let mut check = Check { facts, home: home.as_ref(), outcome: Outcome::default(), seen: BTreeSet::new() };
    for (file, manifest) in facts.manifests() {
        if !manifest.badges.is_empty() && facts.zone(&file.path) == Zone::Own {
            check.manifest(file, manifest);
        }
    }
    for (file, markdown) in facts.markdown() {
        let name = path::file_name(&file.path);
        let is_readme = name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("readme"));
        if is_readme && file.kind == Kind::Markdown && facts.zone(&file.path) == Zone::Own {
            check.readme(file, markdown);
        }
    }
    check.outcome
}

struct Check<'a> {
    facts: &'a Facts,
    home: Option<&'a Home<'a>>,
    outcome: Outcome,
    /// The places that were found already: several badges may share a definition.
    seen: BTreeSet<(&'a str, crate::facts::place::Span)>,
}

impl<'a> Check<'a> {
    fn manifest(&mut self, file: &'a SourceFile, manifest: &'a Manifest) {
        for one in &manifest.badges {
            let Some(files) = badge::configuration(&one.service.value) else { continue };
            self.outcome.look();
            if self.has_any(path::parent(&file.path), files) {
                continue;
            }
            let span = one.values.first().map_or(one.service.span, |(_, value)| value.span);
            let message = format!("a badge of {} without `{}`", one.service.value, files[0]);
            let place = self.facts.place(&file.path, span, "shows a CI that is not configured");
            self.outcome.find(Finding::new(message, place).against(Place::whole(files[0], "is not there")));
        }
    }

    fn has_any(&self, folder: &str, files: &[&str]) -> bool {
        files.iter().any(|file| self.facts.tree.exists(file) || self.facts.tree.exists(&path::child(folder, file)))
    }

    fn readme(&mut self, file: &'a SourceFile, markdown: &'a Markdown) {
        let mut around: Option<&Link> = None;
        for link in &markdown.links {
            if !link.image {
                around = Some(link);
                continue;
            }
            let target = around.filter(|outer| outer.span.start <= link.span.start && link.span.end <= outer.span.end);
            self.badge(file, &link.target, target.map(|outer| &outer.target));
        }
    }

    fn badge(&mut self, file: &'a SourceFile, picture: &'a Spanned<String>, target: Option<&'a Spanned<String>>) {
        let Some(shown) = badge::read(&picture.value) else { return };
        self.outcome.look();
        let found = match &shown {
            Subject::Service { service, repository } => {
                let is_ours = self.home.is_none_or(|home| *repository == home.repository);
                let files = badge::configuration(service).filter(|files| is_ours && !self.has_any("", files));
                files.map(|files| {
                    let message = format!("a badge of {service} without `{}`", files[0]);
                    (picture, message, Place::whole(files[0], "is not there"))
                })
            }
            Subject::Repository { repository, workflow } => {
                let linked = target.and_then(|target| Some((target, badge::repository(&target.value)?)));
                self.repository(file, picture, repository, linked.as_ref())
                    .or_else(|| self.workflow(picture, repository, workflow.as_deref()))
            }
            Subject::Package(name) => target.and_then(|target| {
                let linked = badge::package(&target.value).filter(|linked| !badge::same_package(linked, name))?;
                let message = format!("a badge of {name} links to {linked}");
                Some((target, message, self.facts.place(&file.path, picture.span, format!("shows {name}"))))
            }),
        };
        let Some((at, message, against)) = found else { return };
        if self.seen.insert((&file.path, at.span)) {
            let place = self.facts.place(&file.path, at.span, "is not what the badge is about");
            self.outcome.find(Finding::new(message, place).against(against).certainty(Certainty::Probable));
        }
    }

    /// A badge whose picture or target speaks of another repository than the manifests.
    fn repository(
        &self,
        file: &SourceFile,
        picture: &'a Spanned<String>,
        shown: &forge_url::Repository,
        linked: Option<&(&'a Spanned<String>, forge_url::Repository)>,
    ) -> Option<(&'a Spanned<String>, String, Place)> {
        let home = self.home?;
        let ours = &home.repository;
        let named = home.package.repository.as_ref()?;
        let declared = || self.facts.place_of(named, "the manifests name this repository");
        match linked {
            Some((target, linked)) if shown == ours && linked != ours && linked.host == ours.host => {
                let message = format!("a badge of {} links to {}", ours.shown(), linked.shown());
                let picture = self.facts.place(&file.path, picture.span, "the picture is of this repository");
                Some((target, message, picture))
            }
            Some((_, linked)) if linked == ours && shown != ours && shown.host == ours.host => {
                Some((picture, format!("a badge that links to {} shows {}", ours.shown(), shown.shown()), declared()))
            }
            _ if shown.name == ours.name && shown.owner != ours.owner && shown.host == ours.host => {
                Some((picture, format!("a badge shows {}, this is {}", shown.shown(), ours.shown()), declared()))
            }
            _ => None,
        }
    }

    /// A badge of a workflow that is not in the tree.
    fn workflow(
        &self,
        picture: &'a Spanned<String>,
        shown: &forge_url::Repository,
        workflow: Option<&str>,
    ) -> Option<(&'a Spanned<String>, String, Place)> {
        let workflow = workflow.filter(|_| self.home.is_some_and(|home| home.repository == *shown))?;
        let folder = ".github/workflows";
        let missing = if matches!(path::extension(workflow), "yml" | "yaml") {
            let path = path::child(folder, workflow);
            (!self.facts.tree.exists(&path)).then_some(path)
        } else {
            let files = self.facts.tree.within(folder).filter(|entry| entry.path.ends_with("ml")).count();
            let mut workflows = self.facts.workflows();
            let is_known = workflows.any(|(file, one)| {
                let name = one.name.as_ref().map_or(file.path.as_ref(), |name| name.value.as_str());
                name.eq_ignore_ascii_case(workflow)
            });
            (!is_known && self.facts.workflows().count() == files).then(|| folder.to_owned())
        };
        let missing = missing?;
        let message = format!("a badge of the workflow `{workflow}`, which is not there");
        let label = if missing == folder { "has no workflow of this name" } else { "is not there" };
        Some((picture, message, Place::whole(missing, label)))
    }
}
