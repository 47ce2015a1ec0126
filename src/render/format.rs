//! The formats of a report, and the one place that picks a renderer.

use crate::error::Error;
use crate::judge::report::Report;
use crate::render::github;
use crate::render::human;
use crate::render::human::look::Look;
use crate::render::json;
use crate::render::junit;
use crate::render::markdown;
use crate::render::sarif;

/// A format of the report of `check`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// `cargo-governed/check/1`.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands that GitHub shows as annotations.
    Github,
    /// A summary or comment in GitHub's Markdown.
    Markdown,
    /// `JUnit` XML.
    Junit,
}

impl Format {
    /// All formats with their names.
    pub const ALL: [(&'static str, Self); 6] = [
        ("human", Self::Human),
        ("json", Self::Json),
        ("sarif", Self::Sarif),
        ("github", Self::Github),
        ("markdown", Self::Markdown),
        ("junit", Self::Junit),
    ];

    /// The format of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// Renders a report.
    pub fn render(self, report: &Report, look: Look) -> String {
        match self {
            Self::Human => human::report::render(report, look),
            Self::Json => json::render(report),
            Self::Sarif => sarif::render(report),
            Self::Github => github::render(report),
            Self::Markdown => markdown::render(report),
            Self::Junit => junit::render(report),
        }
    }

    /// Renders a failure of ours where a report was asked for; the empty text for people, who read it on stderr.
    pub fn render_error(self, error: &Error) -> String {
        match self {
            Self::Human => String::new(),
            Self::Json => json::render_error(error),
            Self::Sarif => sarif::render_error(error),
            Self::Github => github::render_error(error),
            Self::Markdown => markdown::render_error(error),
            Self::Junit => junit::render_error(error),
        }
    }
}
