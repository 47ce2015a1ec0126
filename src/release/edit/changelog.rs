//! Moves what is unreleased under its version, with date and link. What people wrote stays byte for byte.

use jiff::civil::Date;
use semver::Version;

use crate::facts::Facts;
use crate::facts::changelog::Section;
use crate::facts::kept_changelog::Kept;
use crate::facts::loose_version;
use crate::facts::markdown::Markdown;
use crate::facts::place::Span;
use crate::facts::source::Parsed;
use crate::release::edit::heading::New;
use crate::release::edit::heading::Style;
use crate::release::edit::set::Edits;
use crate::release::plan::Blocker;

/// The release that a changelog is to tell of.
pub struct Release<'a> {
    /// The package, as an index into the packages of the tree.
    pub index: usize,
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a Version,
    /// The day.
    pub date: Date,
    /// The name of its tag.
    pub tag: Option<&'a str>,
    /// The name of the tag before it.
    pub before: Option<&'a str>,
    /// The version that was released before it.
    pub last: Option<&'a Version>,
}

/// Writes the section of a release into its changelog. Nothing where it is there already, or the file says that it ended.
pub fn edit(facts: &Facts, kept: &Kept, release: &Release<'_>, edits: &mut Edits) -> Result<(), Blocker> {
    let Some(file) = facts.file(&kept.path) else { return Ok(()) };
    let Parsed::Markdown(markdown) = &file.content.parsed else { return Ok(()) };
    if kept.changelog.ended {
        return Ok(());
    }
    let stated = kept.section_of(&facts.cargo, release.index, release.version);
    if stated.is_some_and(|section| !section.title.planned) {
        return Ok(());
    }
    let writer = Writer { text: file.text(), markdown, kept, release, model: model(facts, kept, release) };
    let open = kept.changelog.sections.iter().find(|section| section.is_unreleased());
    match (stated.or(open), open) {
        (Some(section), _) if !section.is_unreleased() => writer.date(section, edits),
        (_, Some(section)) => writer.insert(section, edits),
        // A changelog that ended long before the last release is not kept any more.
        _ if is_left(facts, kept, release) => return Ok(()),
        _ => return Err(no_place(kept, release)),
    }
    writer.link(edits);
    Ok(())
}

fn is_left(facts: &Facts, kept: &Kept, release: &Release<'_>) -> bool {
    let stated = kept.releases(&facts.cargo, release.index).map(|(_, stated)| &stated.version.value).max();
    stated.zip(release.last).is_some_and(|(stated, last)| stated < last && !loose_version::same(stated, last))
}

fn no_place(kept: &Kept, release: &Release<'_>) -> Blocker {
    let message =
        format!("{} has no section for what is unreleased: {} has no place there", kept.path, release.version);
    let remedy = format!(
        "add a heading `## [Unreleased]` above the newest version of {}, or leave changelogs alone with --no-changelog",
        kept.path
    );
    Blocker::new("changelog-no-place", message, remedy).of(release.name)
}

/// The newest section of the package that says nothing but its version and date.
fn model<'k>(facts: &'k Facts, kept: &'k Kept, release: &Release<'_>) -> Option<&'k Section> {
    let fits = |section: &&Section| {
        let title = &section.title;
        title.releases.len() == 1 && !title.planned && !title.loose && !title.yanked
    };
    let mine = kept.releases(&facts.cargo, release.index).map(|(section, _)| section);
    mine.into_iter().find(fits).or_else(|| kept.changelog.sections.iter().find(fits))
}

struct Writer<'a> {
    text: &'a str,
    markdown: &'a Markdown,
    kept: &'a Kept,
    release: &'a Release<'a>,
    model: Option<&'a Section>,
}

impl Writer<'_> {
    fn wanted(&self) -> New<'_> {
        let Release { version, date, tag, before, .. } = *self.release;
        New { version, date, tag, before }
    }

    /// The heading of the new section without `#`.
    fn heading(&self, open: &Section) -> String {
        let styled = self.model.and_then(|model| Style { text: self.text, model }.heading(&self.wanted()));
        styled.unwrap_or_else(|| {
            let bracketed = open.title.label.is_some();
            let version = self.release.version;
            let shown = if bracketed { format!("[{version}]") } else { version.to_string() };
            format!("{shown} - {}", self.release.date)
        })
    }

    /// The section for what is unreleased keeps its heading, and a new one stands below it.
    fn insert(&self, open: &Section, edits: &mut Edits) {
        let heading = self.heading(open);
        let ending = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let line = self.line_of(open.heading);
        let marks = &self.text[line.start..open.heading.start];
        let written = match self.underline(line) {
            Some((_, letter)) => format!("{heading}{ending}{}", letter.to_string().repeat(heading.chars().count())),
            None => format!("{marks}{heading}"),
        };
        let at = self.underline(line).map_or(line.end, |(span, _)| span.end);
        edits.add(&self.kept.path, Span::new(at, at), format!("{ending}{ending}{written}"));
    }

    /// A section that plans the version gets its date.
    fn date(&self, section: &Section, edits: &mut Edits) {
        let heading = self.heading(section);
        let line = self.line_of(section.heading);
        if let Some((span, letter)) = self.underline(line) {
            edits.add(&self.kept.path, span, letter.to_string().repeat(heading.chars().count()));
        }
        edits.add(&self.kept.path, section.heading, heading);
    }

    fn line_of(&self, span: Span) -> Span {
        let start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[span.end..].find('\n').map_or(self.text.len(), |at| span.end + at);
        let end = if self.text[..end].ends_with('\r') { end - 1 } else { end };
        Span::new(start, end)
    }

    /// The line of `=` or `-` below a heading.
    fn underline(&self, line: Span) -> Option<(Span, char)> {
        let rest = self.text.get(line.end..)?;
        let start = line.end + rest.find('\n')? + 1;
        let below = self.text[start..].lines().next()?;
        let letter = below.chars().next().filter(|letter| matches!(letter, '=' | '-'))?;
        let is_line = below.len() > 1 && below.trim_end().chars().all(|one| one == letter);
        is_line.then(|| (Span::new(start, start + below.trim_end().len()), letter))
    }

    /// The definition of the new section's link, and what the link of the unreleased section begins with.
    fn link(&self, edits: &mut Edits) {
        let definition = |label: &str| {
            self.markdown.definitions.iter().find(|one| !one.shadowed && one.label.value.eq_ignore_ascii_case(label))
        };
        let open = self.kept.changelog.sections.iter().find(|section| section.is_unreleased());
        let open = open.and_then(|section| definition(&section.title.label.as_ref()?.value));
        if let (Some(open), Some(tag)) = (open, self.release.tag)
            && let Some((front, range)) = open.target.value.split_once("/compare/")
        {
            let dots = if range.contains("...") { "..." } else { ".." };
            let head = range.split(dots).nth(1).unwrap_or("HEAD");
            edits.add(&self.kept.path, open.target.span, format!("{front}/compare/{tag}{dots}{head}"));
        }
        let Some(model) = self.model else { return };
        let style = Style { text: self.text, model };
        let Some(label) = style.label(&self.wanted()).filter(|label| definition(label).is_none()) else { return };
        let old = model.title.label.as_ref().and_then(|label| definition(&label.value));
        let Some(old) = old else { return };
        let line = self.line_of(old.label.span);
        let target = style.target(&old.target.value, &self.wanted());
        let compared =
            match (open.map(|open| open.target.value.split_once("/compare/")), self.release.tag, self.release.before) {
                // The first link of a file may show a tag where later ones compare.
                (Some(Some((front, _))), Some(tag), Some(before)) if !target.contains("/compare/") => {
                    format!("{front}/compare/{before}...{tag}")
                }
                _ => target,
            };
        let shown = self.text[line.start..line.end]
            .replacen(&self.text[old.target.span.start..old.target.span.end], &compared, 1)
            .replacen(&format!("[{}]", old.label.value), &format!("[{label}]"), 1);
        let ending = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        edits.add(&self.kept.path, Span::new(line.start, line.start), format!("{shown}{ending}"));
    }
}
