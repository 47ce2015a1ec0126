//! What a `clippy.toml` says, as far as rules compare it.

use crate::facts::place::Spanned;
use crate::facts::problem::Problem;
use crate::facts::toml::Document;

/// A `clippy.toml` or `.clippy.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClippyConfig {
    /// `msrv` as written.
    pub msrv: Option<Spanned<String>>,
}

/// Reads the configuration of clippy. What can't be read is a problem.
pub fn parse(text: &str, problems: &mut Vec<Problem>) -> ClippyConfig {
    let document = Document::parse(text);
    let config = ClippyConfig { msrv: document.root().string("msrv") };
    problems.extend(document.into_problems());
    config
}
