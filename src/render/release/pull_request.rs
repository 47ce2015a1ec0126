//! The pull request of a release: its title, and the one section of its text that is ours. Everything else belongs to
//! people, and so does the section once somebody edited it.

use std::fmt::Write as _;

use crate::facts::digest::Digest;
use crate::release::plan::Because;
use crate::release::plan::Kind;
use crate::release::plan::Plan;
use crate::release::plan::Planned;
use crate::release::step::Bump;
use crate::render::encode::markdown;
use crate::render::text;
use crate::render::text::count;

/// How the first line of the section begins.
const BEGIN: &str = "<!-- cargo-governed:release-pr:v1 ";
/// The last line of the section.
const END: &str = "<!-- cargo-governed:release-pr:end -->";
/// The most bytes of the section.
const LIMIT: usize = 50_000;
/// The most bytes of the notes of one package.
const NOTES: usize = 8_000;
/// The most commits of a package that are named.
const COMMITS: usize = 20;
/// The most characters of a reason.
const CUT: usize = 300;
/// The characters of a digest that are kept.
const PRINT: usize = 16;

/// A title and a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The title.
    pub title: String,
    /// The section with its hidden lines.
    pub section: String,
    /// What tells one set of versions from another.
    pub plan: String,
}

/// What the hidden line says of a text that was written before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Mark {
    plan: String,
    title: String,
    section: String,
}

/// What becomes of a text that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// It says so already.
    Same,
    /// It gets this one.
    Text(String),
    /// A person edited our section, or took it out: it is theirs.
    Theirs,
}

/// Renders title and section of a plan with the notes of each package, in its order.
pub fn render(plan: &Plan, notes: &[String]) -> Text {
    let released: Vec<&Planned> = plan.released().collect();
    let versioned = |planned: &Planned| {
        let next = planned.next.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {next}", planned.name)
    };
    let names: Vec<String> = released.iter().map(|planned| versioned(planned)).collect();
    let title = match names.len() {
        1..=3 => format!("Release {}", names.join(", ")),
        all => format!("Release {}", count(all, "package")),
    };
    let title = text::shortened(&title, 200);
    let mut body = String::from("| | package | from | to |\n|---|---|---|---|\n");
    for planned in &released {
        let from = planned.baseline.as_ref().map_or_else(|| "-".to_owned(), |base| base.version.to_string());
        let bump = if planned.bump == Bump::First { "first" } else { planned.bump.as_str() };
        let next = planned.next.as_ref().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(body, "| {bump} | {} | {from} | {next} |", markdown::in_cell(&markdown::code(&planned.name)));
    }
    body.push('\n');
    let mut left = 0;
    for (index, planned) in released.iter().enumerate() {
        let told = package(planned, &versioned(planned), notes.get(index).map_or("", String::as_str));
        if body.len() + told.len() > LIMIT {
            left += 1;
        } else {
            body.push_str(&told);
        }
    }
    if left > 0 {
        let _ = writeln!(
            body,
            "Left out here, because GitHub takes no longer text: the reasons of {}.\n",
            count(left, "package")
        );
    }
    body.push_str(
        "Commits that you push to this branch are kept, and so is what you write outside this section. Merge it, and the \
         versions are released by the workflow that runs `command: release`.",
    );
    let plan = print(&names.join("\n"));
    let mark = Mark { plan: plan.clone(), title: print(&title), section: print(&body) };
    let section = format!("{}\n{body}\n{END}", mark.line());
    Text { title, section, plan }
}

fn package(planned: &Planned, named: &str, notes: &str) -> String {
    let mut out = format!("**{}**\n\n", markdown::plain(named));
    let (commits, others): (Vec<&Because>, Vec<&Because>) =
        planned.because.iter().partition(|because| because.kind == Kind::Commit);
    if let Some(base) = &planned.baseline {
        let line = format!("compared with {}: {}", base.reference, base.why);
        let _ = writeln!(out, "* {}", markdown::plain(&text::shortened(&line, CUT)));
    }
    let told = |because: &Because| markdown::plain(&text::shortened(&because.detail, CUT));
    for because in others {
        let _ = writeln!(out, "* {}: {}", because.kind.as_str(), told(because));
    }
    for because in commits.iter().take(COMMITS) {
        let id = because.commit.as_ref().and_then(|id| id.0.get(..9)).unwrap_or_default();
        let _ = writeln!(out, "* {id} {}", told(because));
    }
    if commits.len() > COMMITS {
        let _ = writeln!(out, "* \u{2026} and {} more", count(commits.len() - COMMITS, "commit"));
    }
    for unproven in &planned.unproven {
        let _ = writeln!(out, "* unproven: {}", markdown::plain(&text::shortened(unproven, CUT)));
    }
    out.push('\n');
    let notes = notes.trim();
    if !notes.is_empty() {
        // As written, and as text: what is rendered would mention people before anything is released.
        let shown = text::shortened(notes, NOTES);
        let _ = write!(
            out,
            "<details><summary>Notes</summary>\n\n{}\n</details>\n\n",
            markdown::fenced("markdown", &shown)
        );
    }
    out
}

/// The text with our section brought up to date.
pub fn renewed(old: &str, text: &Text) -> Renewed {
    let plain = old.replace("\r\n", "\n");
    let Some((mark, from, to)) = find(&plain) else { return Renewed::Theirs };
    let section = &plain[from..to];
    if section == text.section {
        return Renewed::Same;
    }
    if print(between(section)) != mark.section {
        return Renewed::Theirs;
    }
    Renewed::Text(format!("{}{}{}", &plain[..from], text.section, &plain[to..]))
}

/// The title brought up to date; none where it says so already, or a person gave it another one.
pub fn retitled<'t>(old: &str, body: &str, text: &'t Text) -> Option<&'t str> {
    let (mark, _, _) = find(&body.replace("\r\n", "\n"))?;
    (mark.title == print(old) && old != text.title).then_some(&text.title)
}

/// Whether a text spoke of the same versions.
pub fn is_of_plan(body: &str, text: &Text) -> bool {
    find(&body.replace("\r\n", "\n")).is_some_and(|(mark, _, _)| mark.plan == text.plan)
}

/// Our section: what its hidden line says, and where it stands.
fn find(body: &str) -> Option<(Mark, usize, usize)> {
    let from = if body.starts_with(BEGIN) { 0 } else { body.find(&format!("\n{BEGIN}"))? + 1 };
    let to = from + body[from..].find(END)? + END.len();
    let line = body[from..].lines().next()?.strip_prefix(BEGIN)?.strip_suffix(" -->")?;
    let mut mark = Mark::default();
    for field in line.split(' ') {
        match field.split_once('=')? {
            ("plan", value) => value.clone_into(&mut mark.plan),
            ("title", value) => value.clone_into(&mut mark.title),
            ("text", value) => value.clone_into(&mut mark.section),
            _ => {}
        }
    }
    Some((mark, from, to))
}

/// The section without its hidden lines.
fn between(section: &str) -> &str {
    let inside = section.split_once('\n').map_or("", |(_, rest)| rest);
    inside.strip_suffix(END).unwrap_or(inside).trim_end_matches('\n')
}

impl Mark {
    fn line(&self) -> String {
        format!("{BEGIN}plan={} title={} text={} -->", self.plan, self.title, self.section)
    }
}

fn print(text: &str) -> String {
    Digest::of(text.trim().as_bytes()).hex().chars().take(PRINT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use semver::Version;

    fn text(next: &str) -> Text {
        let planned = Planned {
            index: 0,
            name: "a".to_owned(),
            current: Version::new(0, 1, 0),
            next: Version::parse(next).ok(),
            bump: Bump::between(&Version::new(0, 1, 0), &Version::parse(next).unwrap()),
            baseline: None,
            because: vec![Because::new(Kind::Changelog, crate::release::step::Weight::Feature, "@team wrote <b>")],
            unproven: Vec::new(),
            tag: None,
        };
        render(
            &Plan { packages: vec![planned], ..Plan::default() },
            &["### Added\n\n* `x` @team\n</details>".to_owned()],
        )
    }

    #[test]
    fn what_a_person_wrote_stays() {
        let (old, new) = (text("0.1.1"), text("0.2.0"));
        assert_eq!(new.title, "Release a 0.2.0");
        let body = format!("Hello\r\n\r\n{}\r\n\r\nand more", old.section.replace('\n', "\r\n"));
        let Renewed::Text(renewed) = super::renewed(&body, &new) else { panic!("not renewed") };
        assert_eq!(renewed, format!("Hello\n\n{}\n\nand more", new.section));
        assert_eq!(super::renewed(&renewed, &new), Renewed::Same);
        assert_eq!(retitled("Release a 0.1.1", &body, &new), Some("Release a 0.2.0"));
        assert_eq!(retitled("Our great release", &body, &new), None);
        assert!(is_of_plan(&body, &old) && !is_of_plan(&body, &new));
        for edited in [body.replace("Notes", "My notes"), "no section".to_owned(), body.replace(END, "")] {
            assert_eq!(super::renewed(&edited, &new), Renewed::Theirs, "{edited}");
        }
    }

    #[test]
    fn nothing_that_is_told_is_markup_or_a_mention() {
        let section = text("0.2.0").section;
        assert!(section.contains("@&#8203;team wrote &lt;b&gt;"), "{section}");
        assert_eq!(
            section.lines().filter(|line| *line == "</details>").count(),
            2,
            "one of them in the fence: {section}"
        );
        assert!(section.contains("```markdown\n### Added"), "{section}");
    }
}
