//! The heading of a new section and the link behind it, written as the newest section of the file has them.

use jiff::civil::Date;
use semver::Version;

use crate::facts::changelog::Section;
use crate::facts::place::Span;

/// What stands behind a version in its section: how the maintainers write it.
pub(super) struct Style<'a> {
    /// The text of the file.
    pub(super) text: &'a str,
    /// The section that is taken for a model.
    pub(super) model: &'a Section,
}

/// What the new section is about.
pub(super) struct New<'a> {
    pub(super) version: &'a Version,
    pub(super) date: Date,
    /// The name of its tag.
    pub(super) tag: Option<&'a str>,
    /// The name of the tag before it.
    pub(super) before: Option<&'a str>,
}

impl Style<'_> {
    /// The heading without its `#`.
    pub(super) fn heading(&self, new: &New<'_>) -> Option<String> {
        let title = &self.model.title;
        let [release] = title.releases.as_slice() else { return None };
        let mut parts: Vec<(Span, String)> =
            vec![(release.version.span, self.version(release.version.span, new.version))];
        if let Some(date) = &title.date {
            parts.push((date.span, new.date.to_string()));
        }
        if let Some(target) = &title.target {
            parts.push((target.span, self.target(&target.value, new)));
        }
        if let Some(label) = title.label.as_ref().filter(|label| !overlaps(label.span, release.version.span)) {
            parts.push((label.span, label.value.replace(&release.version.value.to_string(), &new.version.to_string())));
        }
        parts.sort();
        let mut made = String::new();
        let mut at = self.model.heading.start;
        for (span, text) in parts {
            made.push_str(self.text.get(at..span.start)?);
            made.push_str(&text);
            at = span.end;
        }
        made.push_str(self.text.get(at..self.model.heading.end)?);
        Some(made)
    }

    /// The label of the new definition, in the form of the model's.
    pub(super) fn label(&self, new: &New<'_>) -> Option<String> {
        let label = self.model.title.label.as_ref()?;
        let old = self.model.title.releases.first()?.version.value.to_string();
        Some(label.value.replace(&old, &new.version.to_string()))
    }

    /// A version as long as the model has it, with its `v`.
    fn version(&self, span: Span, version: &Version) -> String {
        let old = self.text.get(span.start..span.end).unwrap_or_default();
        let front = if old.starts_with(['v', 'V']) { &old[..1] } else { "" };
        let short = old.split('.').count() == 2 && version.patch == 0 && version.pre.is_empty();
        if short { format!("{front}{}.{}", version.major, version.minor) } else { format!("{front}{version}") }
    }

    /// The target of a link: what it compares, or the tag that it shows.
    pub(super) fn target(&self, old: &str, new: &New<'_>) -> String {
        let tag = new.tag.map_or_else(|| new.version.to_string(), str::to_owned);
        if let Some((front, range)) = old.split_once("/compare/") {
            let dots = if range.contains("...") { "..." } else { ".." };
            let base = range.split(dots).nth(1).unwrap_or(range);
            let before = new.before.unwrap_or(base);
            return format!("{front}/compare/{before}{dots}{tag}");
        }
        for mark in ["/releases/tag/", "/-/tags/", "/src/tag/", "/tree/"] {
            if let Some((front, _)) = old.split_once(mark) {
                return format!("{front}{mark}{tag}");
            }
        }
        match self.model.title.releases.first() {
            Some(release) => old.replace(&release.version.value.to_string(), &new.version.to_string()),
            None => old.to_owned(),
        }
    }
}

fn overlaps(one: Span, other: Span) -> bool {
    one.start < other.end && other.start < one.end
}
