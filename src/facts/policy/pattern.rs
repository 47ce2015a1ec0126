//! Globs, regular expressions and dates as the policy means them, one reading for all who use them.

use globset::GlobBuilder;
use globset::GlobMatcher;
use jiff::civil::Date;
use regex::Regex;
use regex::RegexBuilder;

/// Compiles a glob over paths: `*` stays inside a folder, `**` crosses folders.
pub fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| error.kind().to_string())
}

/// Compiles a regular expression; `^` and `$` match at the ends of each line.
pub fn regex(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).multi_line(true).size_limit(1 << 20).build().map_err(|error| match error {
        regex::Error::Syntax(text) => {
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
        other => other.to_string(),
    })
}

/// Reads a day as `YYYY-MM-DD`, four, two and two digits.
pub fn date(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if shape { text.parse().ok() } else { None }
}
