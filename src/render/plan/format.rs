//! The formats of a forecast, and the one place that picks a renderer.

use crate::error::Error;
use crate::render::human::look::Look;
use crate::render::plan::github_matrix;
use crate::render::plan::json;
use crate::render::plan::text;
use crate::steps::forecast::Forecast;

/// A format of `run --plan`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlanFormat {
    /// For people.
    #[default]
    Human,
    /// `cargo-governed/plan/1`.
    Json,
    /// One line: the value of a job's `strategy.matrix`.
    GithubMatrix,
}

impl PlanFormat {
    /// All formats with their names.
    pub const ALL: [(&'static str, Self); 3] =
        [("human", Self::Human), ("json", Self::Json), ("github-matrix", Self::GithubMatrix)];

    /// The format of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// Renders a forecast. A matrix that GitHub would not take is an error.
    pub fn render(self, forecast: &Forecast, look: Look) -> Result<String, Error> {
        match self {
            Self::Human => Ok(text::render(forecast, look)),
            Self::Json => Ok(json::render(forecast)),
            Self::GithubMatrix => github_matrix::render(forecast),
        }
    }
}
