//! The long options that Rust sources declare: builders and derives of clap, and tables of their own (`long: "x"`).

use crate::facts::place::Span;

/// The options of one source file.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// The long names that a user may see, with their places.
    pub(super) shown: Vec<(String, Span)>,
    /// Whether the file makes subcommands.
    pub(super) subcommands: bool,
}

/// Reads one source file by its text, up to its unit tests.
pub(super) fn of(text: &str) -> Options {
    let text = &text[..text.find("#[cfg(test)]").unwrap_or(text.len())];
    let mut options = Options { subcommands: has_subcommands(text), ..Options::default() };
    builders(text, &mut options.shown);
    derives(text, &mut options.shown);
    tables(text, &mut options.shown);
    // Every program has these two, and many pages leave them out.
    options.shown.retain(|(name, _)| !matches!(name.as_str(), "help" | "version"));
    options.shown.sort_by_key(|(_, span)| span.start);
    options
}

fn has_subcommands(text: &str) -> bool {
    [".subcommand(", "(Subcommand", " Subcommand", "#[command(subcommand", "#[clap(subcommand"]
        .iter()
        .any(|word| text.contains(word))
}

/// `.long("x")` of the builder; what belongs to one argument stands between two `Arg::new`.
fn builders(text: &str, shown: &mut Vec<(String, Span)>) {
    for (at, word) in text.match_indices(".long(\"") {
        let start = at + word.len();
        let Some(length) = text[start..].find('"') else { continue };
        let before = text[..at].rfind("Arg::").unwrap_or_default();
        let after = text[at..].find("Arg::").map_or(text.len(), |found| at + found);
        let chain = &text[before..after];
        if !chain.contains(".hide(true)") && !chain.contains(".hidden(true)") {
            shown.push((text[start..start + length].to_owned(), Span::new(start, start + length)));
        }
    }
}

/// `#[arg(long)]` and `#[arg(long = "x")]` of the derive.
fn derives(text: &str, shown: &mut Vec<(String, Span)>) {
    for marker in ["#[arg(", "#[clap(", "#[structopt("] {
        for (at, _) in text.match_indices(marker) {
            let start = at + marker.len();
            let Some(end) = closing(text, start) else { continue };
            let keys = keys(&text[start..end]);
            let hidden = keys.iter().any(|(key, value)| *key == "hide" && value.is_none_or(|value| value == "true"));
            let Some((key, value)) = keys.iter().find(|(key, _)| *key == "long").filter(|_| !hidden) else { continue };
            let from = key.as_ptr() as usize - text.as_ptr() as usize;
            let name = match value {
                Some(value) if value.starts_with('"') => value.trim_matches('"').to_owned(),
                Some(_) => continue,
                None => match field(&text[end..]) {
                    Some(field) => field.trim_start_matches("r#").replace('_', "-"),
                    None => continue,
                },
            };
            shown.push((name, Span::new(from, from + key.len())));
        }
    }
}

/// The end of an attribute's list: its brackets and strings are counted.
fn closing(text: &str, start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.as_bytes()[start..].iter().enumerate().take(20_000) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' if depth == 0 => return Some(start + at),
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The keys of an attribute's list with their values.
fn keys(list: &str) -> Vec<(&str, Option<&str>)> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    let bytes = list.as_bytes();
    for at in 0..=bytes.len() {
        match bytes.get(at) {
            Some(_) if escaped => escaped = false,
            Some(b'\\') if quoted => escaped = true,
            Some(b'"') => quoted = !quoted,
            Some(_) if quoted => {}
            Some(b'(' | b'[' | b'{') => depth += 1,
            Some(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            Some(b',') | None if depth == 0 => {
                let part = list[from..at].trim();
                let (key, value) = match part.split_once('=') {
                    Some((key, value)) if !key.contains('(') => (key.trim(), Some(value.trim())),
                    _ => (part, None),
                };
                let value = value.or_else(|| part.strip_prefix("hide(").map(|value| value.trim_end_matches(')')));
                let key = if part.starts_with("hide(") { &part[..4] } else { key };
                found.push((key, value));
                from = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// The name of the field behind an attribute.
fn field(after: &str) -> Option<&str> {
    after.lines().skip(1).take(60).find_map(|line| {
        let line = line.trim();
        let (name, _) = line.split_once(": ")?;
        let name = name.strip_prefix("pub(crate) ").or_else(|| name.strip_prefix("pub ")).unwrap_or(name);
        let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_#".contains(&byte));
        plain.then_some(name)
    })
}

/// `long: "x"` in a table of options, several of them in one file.
fn tables(text: &str, shown: &mut Vec<(String, Span)>) {
    let marks: Vec<usize> = text.match_indices("long: \"").map(|(at, word)| at + word.len()).collect();
    if marks.len() < 5 {
        return;
    }
    for start in marks {
        if let Some(length) = text[start..].find('"') {
            shown.push((text[start..start + length].to_owned(), Span::new(start, start + length)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_builders_derives_and_tables() {
        let text = r#"
            Arg::new("a").long("warm-up").help("x"), Arg::new("b").long("debug").hide(true),
            #[arg(long, short = 'n', help = "a, (b", default_value_t = f(1, 2))]
            pub max_depth: usize,
            #[arg(long = "type", hide_short_help = true)]
            kind: Kind,
            #[arg(long, overrides_with = "x", hide = true)]
            not_shown: (),
            #[arg(short)]
            short: bool,
        "#;
        let names: Vec<_> = of(text).shown.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["warm-up", "max-depth", "type"]);
        assert!(!of(text).subcommands);
    }
}
