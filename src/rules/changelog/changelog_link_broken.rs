//! Links of changelog headings: references without a definition, labels defined twice, ranges of other versions.

use semver::Version;

use crate::facts::changelog::Section;
use crate::facts::kept_changelog::Kept;
use crate::facts::loose_version;
use crate::facts::markdown::Definition;
use crate::facts::markdown::Markdown;
use crate::facts::place::Spanned;
use crate::facts::releases::Releases;
use crate::facts::source::Parsed;
use crate::facts::tag_line;
use crate::rules::changelog::compare_link::CompareLink;
use crate::rules::finding::Edit;
use crate::rules::finding::Finding;
use crate::rules::finding::Fix;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "changelog-link-broken",
    group: "changelog",
    level: Level::Warn,
    claim: "the links of changelog headings are defined once and lead to the versions that they name",
    page: include_str!("changelog_link_broken.md"),
    check,
};

/// More headings without a definition than this are one finding.
const EACH: usize = 5;

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for kept in Releases::of(context.facts, context.history).changelogs {
        let Some(Parsed::Markdown(markdown)) = context.facts.file(&kept.path).map(|file| &file.content.parsed) else {
            continue;
        };
        let mut case = Case { context, kept: &kept, markdown, mislabelled: Vec::new() };
        case.mislabelled(&mut outcome);
        case.undefined(&mut outcome);
        case.defined_twice(&mut outcome);
        case.targets(&mut outcome);
    }
    outcome
}

struct Case<'a> {
    context: &'a Context<'a>,
    kept: &'a Kept,
    markdown: &'a Markdown,
    /// Definitions under the label of another heading, with the label of theirs: one fault that shows at three places.
    mislabelled: Vec<(&'a Definition, &'a Spanned<String>)>,
}

impl<'a> Case<'a> {
    /// A definition that was copied and kept its label: `[1.1.0]: .../compare/v1.1.0...v1.2.0`, where `[1.2.0]` has none.
    fn mislabelled(&mut self, outcome: &mut Outcome) {
        for definition in &self.markdown.definitions {
            let Some((_, version)) = tag_line::version_in(&definition.label.value) else { continue };
            let link = CompareLink::read(&definition.target.value);
            let Some((_, head)) = link.and_then(|link| link.head).and_then(tag_line::version_in) else { continue };
            let Some(label) = self.section_of(&head).and_then(|section| section.title.label.as_ref()) else { continue };
            if loose_version::same(&head, &version) || !self.is_undefined(label) {
                continue;
            }
            outcome.look();
            outcome.find(self.mislabelling(definition, label));
            self.mislabelled.push((definition, label));
        }
    }

    fn mislabelling(&self, definition: &Definition, label: &Spanned<String>) -> Finding {
        let (stated, meant) = (&definition.label.value, &label.value);
        let message = format!("the link of `[{meant}]` is defined under the label `[{stated}]`");
        let place = |span, text: String| self.context.facts.place(&self.kept.path, span, text);
        let at = place(definition.label.span, format!("its target ends at {meant}"));
        let mut finding =
            Finding::new(message, at).against(place(label.span, "no definition of this label".to_owned()));
        let twin = self
            .markdown
            .definitions
            .iter()
            .find(|other| other.label.value == *stated && other.label.span != definition.label.span);
        if let Some(twin) = twin {
            finding = finding.against(place(twin.label.span, format!("the other definition of `[{stated}]`")));
        }
        finding.replace_with(meant)
    }

    fn is_undefined(&self, label: &Spanned<String>) -> bool {
        self.markdown.undefined.iter().any(|bracket| bracket.span.contains(label.span.start))
    }

    /// Headings written as references without a definition, in a file whose other headings have one.
    fn undefined(&self, outcome: &mut Outcome) {
        let (mut broken, mut whole) = (Vec::new(), 0);
        let sections = self.kept.changelog.sections.iter();
        for section in sections.filter(|section| !section.is_unreleased() && !section.title.planned) {
            // `0.2.0 [YANKED]` says something of the release and is no link.
            let label = section.title.label.as_ref().filter(|label| tag_line::version_in(&label.value).is_some());
            let Some(label) = label else { continue };
            if !self.is_undefined(label) {
                whole += 1;
            } else if !self.mislabelled.iter().any(|(_, meant)| meant.span == label.span) {
                broken.push((section, label));
            }
        }
        // A few defined ones do not make a habit.
        if whole < 2 || broken.len() * 3 > whole {
            return;
        }
        outcome.looked_at += broken.len() + whole;
        let grouped = broken.len() > EACH;
        for (_, label) in broken.iter().take(if grouped { 1 } else { EACH }) {
            let more = if grouped { format!(" (and {} more headings)", broken.len() - 1) } else { String::new() };
            let message =
                format!("the heading `[{}]`{more} is written as a link, but the link is not defined", label.value);
            let at = self.context.facts.place(&self.kept.path, label.span, "no definition of this label");
            let mut finding = Finding::new(message, at);
            if let Some(definition) = self.sibling() {
                let text = format!("`{}` has one", definition.label.value);
                finding = finding.against(self.context.facts.place(&self.kept.path, definition.label.span, text));
            }
            outcome.find(finding.why(format!("{whole} other headings of the file have a definition")));
        }
    }

    fn sibling(&self) -> Option<&Definition> {
        self.markdown.definitions.iter().find(|definition| tag_line::version_in(&definition.label.value).is_some())
    }

    /// Labels with two definitions that lead to different places: Markdown takes the first.
    fn defined_twice(&self, outcome: &mut Outcome) {
        let mut first: std::collections::BTreeMap<String, &Definition> = std::collections::BTreeMap::new();
        let mut found: Vec<Finding> = Vec::new();
        for definition in &self.markdown.definitions {
            let key = definition.label.value.to_lowercase();
            let Some(before) = first.get(&key) else {
                first.insert(key, definition);
                continue;
            };
            outcome.look();
            let known = [&definition.label, &before.label];
            if before.target.value == definition.target.value
                || self.mislabelled.iter().any(|(copy, _)| known.contains(&&copy.label))
            {
                continue;
            }
            let label = &definition.label.value;
            let message = format!("the link `[{label}]` is defined twice, with different targets");
            let place = |definition: &Definition, text: &str| {
                self.context.facts.place(&self.kept.path, definition.target.span, text)
            };
            let finding = Finding::new(message, place(definition, "Markdown ignores this one"));
            found.push(
                finding
                    .against(place(before, "the one that counts"))
                    .why("of two definitions Markdown takes the first"),
            );
        }
        // A file that defines its links anew in each section has one fault, not as many as links.
        let more = found.len().saturating_sub(1);
        if let (true, Some(first)) = (more >= EACH, found.first_mut()) {
            first.why = Some(format!("of two definitions Markdown takes the first; {more} more links have two"));
            found.truncate(1);
        }
        outcome.findings.extend(found);
    }

    /// Compare and tag links whose versions are not those of their heading.
    fn targets(&self, outcome: &mut Outcome) {
        let copied = |definition: &Definition| self.mislabelled.iter().any(|(copy, _)| copy.label == definition.label);
        for definition in self.markdown.definitions.iter().filter(|own| !own.shadowed && !copied(own)) {
            let label = &definition.label.value;
            if let Some((_, version)) = tag_line::version_in(label) {
                self.target(label, &version, &definition.target, outcome);
            } else if label.eq_ignore_ascii_case("unreleased") {
                self.unreleased(&definition.target, outcome);
            }
        }
        for section in &self.kept.changelog.sections {
            let ([release], Some(target)) = (section.title.releases.as_slice(), &section.title.target) else {
                continue;
            };
            let version = &release.version.value;
            self.target(&version.to_string(), version, target, outcome);
        }
    }

    fn target(&self, label: &str, version: &Version, target: &Spanned<String>, outcome: &mut Outcome) {
        let Some(link) = CompareLink::read(&target.value) else { return };
        outcome.look();
        let facts = self.context.facts;
        let head = link.head.and_then(tag_line::version_in);
        let base = link.base.and_then(tag_line::version_in);
        let message = match (&head, &base) {
            (Some((_, head)), _) if !loose_version::same(head, version) => {
                format!("the link of {label} leads to {head}")
            }
            // Another name before the version means another package, with versions of its own.
            (Some((one, _)), Some((other, base))) if one == other && base >= version => {
                format!("the link of {label} compares with {base}, which is not before it")
            }
            (Some(_), Some((_, base))) if self.is_no_release(&link, base) => {
                format!("the link of {label} compares with `{}`, which is no tag", link.base.unwrap_or_default())
            }
            _ => return,
        };
        let at = facts.place(&self.kept.path, target.span, "another version");
        let mut finding = Finding::new(message, at);
        if let Some(section) = self.section_of(version) {
            finding =
                finding.against(facts.place(&self.kept.path, section.heading, format!("the section of {version}")));
        }
        outcome.find(finding);
    }

    /// Says whether the older side of a link is no tag and has no section, where the newer side is a tag.
    fn is_no_release(&self, link: &CompareLink<'_>, base: &Version) -> bool {
        let history = self.context.history;
        let tagged =
            |name: Option<&str>| history.tags().is_ok_and(|tags| tags.iter().any(|tag| Some(&*tag.name) == name));
        !history.is_shallow() && self.section_of(base).is_none() && tagged(link.head) && !tagged(link.base)
    }

    fn section_of(&self, version: &Version) -> Option<&'a Section> {
        self.kept
            .changelog
            .sections
            .iter()
            .find(|section| section.released().any(|stated| loose_version::same(stated, version)))
    }

    /// `[Unreleased]` must compare with the newest version of the file.
    fn unreleased(&self, target: &Spanned<String>, outcome: &mut Outcome) {
        let sections = &self.kept.changelog.sections;
        let several = sections.iter().any(|section| {
            section.under.is_some() || section.title.releases.iter().any(|release| release.package.is_some())
        });
        // The section below, not the highest: a coming major version may stand above.
        let below = sections.iter().skip_while(|section| !section.is_unreleased());
        let newest = below.flat_map(Section::released).find(|version| version.pre.is_empty());
        let (Some(link), Some(newest), false) = (CompareLink::read(&target.value), newest, several) else { return };
        let (Some(base), None) = (link.base, link.head.and_then(tag_line::version_in)) else { return };
        let Some((_, stated)) = tag_line::version_in(base) else { return };
        outcome.look();
        if stated >= *newest || !stated.pre.is_empty() {
            return;
        }
        let facts = self.context.facts;
        let message = format!("the link of Unreleased compares with {stated}, the newest section is {newest}");
        let mut finding =
            Finding::new(message, facts.place(&self.kept.path, target.span, format!("begins at {stated}")));
        if let Some(section) = self.section_of(newest) {
            finding = finding.against(facts.place(&self.kept.path, section.heading, "the newest section"));
        }
        finding = finding.why(format!("it shows the changes of {newest} as unreleased"));
        outcome.find(self.with_fix(finding, target, base, &stated, newest).certainty(Certainty::Certain));
    }

    /// The base can be written anew where the tag of the newest version has the same form.
    fn with_fix(
        &self,
        finding: Finding,
        target: &Spanned<String>,
        base: &str,
        stated: &Version,
        newest: &Version,
    ) -> Finding {
        let renewed = base.replace(&stated.to_string(), &newest.to_string());
        let exists = self.context.history.tags().is_ok_and(|tags| tags.iter().any(|tag| tag.name == renewed));
        let (true, Some(at)) = (exists && renewed != base, target.value.find(base)) else { return finding };
        let start = target.span.start + at;
        let edit =
            Edit { path: self.kept.path.to_string(), span: (start..start + base.len()).into(), text: renewed.clone() };
        finding.fix(Fix { title: format!("write `{renewed}`"), edits: vec![edit] })
    }
}
