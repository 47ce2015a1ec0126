//! Text inside GitHub-flavoured Markdown: nothing of it is markup, a mention, a reference or a link.

use crate::render::encode::html;
use crate::render::encode::invisible;

/// Encodes a message for a table cell.
pub(crate) fn cell(text: &str) -> String {
    in_cell(&message(text))
}

/// Escapes the pipes of encoded Markdown, those in code too, so that it stays inside its table cell.
pub(crate) fn in_cell(encoded: &str) -> String {
    let mut cell = String::with_capacity(encoded.len());
    let mut backslashes = 0;
    for character in encoded.chars() {
        // An even number of backslashes is no escape: `\\|` ends a cell.
        if character == '|' && backslashes % 2 == 0 {
            cell.push('\\');
        }
        backslashes = if character == '\\' { backslashes + 1 } else { 0 };
        cell.push(character);
    }
    cell
}

/// Encodes a message for a paragraph: parts between backticks become code, the rest plain text.
pub(crate) fn message(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 16);
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    for (index, part) in parts.iter().enumerate() {
        if index % 2 == 1 && index < last && !part.is_empty() {
            encoded.push_str(&code(part));
        } else {
            if index % 2 == 1 {
                encoded.push_str("\\`");
            }
            encoded.push_str(&plain(part));
            if index % 2 == 1 && index < last {
                encoded.push_str("\\`");
            }
        }
    }
    encoded
}

/// Encodes plain text for an element of HTML on the line that opens it, where Markdown's escapes are only backslashes.
pub(crate) fn in_element(text: &str) -> String {
    let encoded = html::text(&text.replace(['\n', '\t'], " "));
    let mut broken = String::with_capacity(encoded.len() + 16);
    for (index, part) in encoded.split('&').enumerate() {
        // What follows an ampersand is a reference of ours: its number sign begins no issue.
        let (reference, rest) =
            if index == 0 { ("", part) } else { part.split_at(part.find(';').map_or(0, |at| at + 1)) };
        let rest = rest.replace('#', "#&#8203;").replace('@', "@&#8203;").replace("://", ":&#8203;//");
        let rest = rest.replace("www.", "www&#8203;.").replace("GH-", "GH&#8203;-");
        broken.push_str(if index == 0 { "" } else { "&" });
        broken.push_str(reference);
        broken.push_str(&rest);
    }
    broken
}

/// The same, with what stands between a pair of backticks as code.
pub(crate) fn in_summary(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let is_paired = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|code| !code.trim().is_empty());
    if !is_paired {
        return in_element(text);
    }
    let part = |(index, part): (usize, &&str)| {
        let encoded = in_element(part);
        if index % 2 == 0 { encoded } else { format!("<code>{encoded}</code>") }
    };
    parts.iter().enumerate().map(part).collect()
}

/// Encodes plain text: punctuation is escaped, mentions and references are broken, line ends become spaces.
pub(crate) fn plain(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 16);
    let text = text.replace("\r\n", " ");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' | '\t' => encoded.push(' '),
            '<' => encoded.push_str("&lt;"),
            '>' => encoded.push_str("&gt;"),
            '&' => encoded.push_str("&amp;"),
            // The joint keeps GitHub from making a mention, a reference to an issue, or a link.
            '@' | '#' => {
                encoded.push_str(if character == '@' { "@" } else { "\\#" });
                encoded.push_str("&#8203;");
            }
            ':' if characters.peek().is_some_and(|next| !next.is_whitespace()) => encoded.push_str(":&#8203;"),
            other if "\\`*_{}[]()!|~$".contains(other) => {
                encoded.push('\\');
                encoded.push(other);
            }
            other if invisible::is_deceptive(other) => {
                let mut escape = String::new();
                invisible::push_escaped(&mut escape, other);
                encoded.push_str(&plain(&escape));
            }
            other => encoded.push(other),
        }
    }
    // `www.` links without a scheme, `GH-1` refers to an issue; a list or heading begins only a line.
    let encoded = encoded.replace("www.", "www&#8203;.").replace("GH-", "GH&#8203;-");
    ordered_list_broken(encoded)
}

/// Keeps a text that begins a line from making a list or a rule of it.
fn ordered_list_broken(text: String) -> String {
    let trimmed = text.trim_start();
    if trimmed.starts_with(['-', '+', '=']) {
        return format!("\\{trimmed}");
    }
    let digits = trimmed.len() - trimmed.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    if digits > 0 && trimmed[digits..].starts_with(". ") {
        return format!("{}\\{}", &trimmed[..digits], &trimmed[digits..]);
    }
    text
}

/// Encodes a code span that stands in a paragraph; [`in_cell`] makes it fit for a table.
pub(crate) fn code(text: &str) -> String {
    let shown = invisible::shown(&text.replace("\r\n", " ").replace(['\n', '\t'], " "), |_| false);
    let fence = "`".repeat(longest_run(&shown) + 1);
    let pad = if shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']) || shown.is_empty() { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// Encodes lines as a fenced block in a language (`text`, `diff`), which they cannot end.
pub(crate) fn fenced(language: &str, lines: &str) -> String {
    let shown = invisible::shown(&lines.replace("\r\n", "\n"), |character| matches!(character, '\n' | '\t'));
    let fence = "`".repeat(longest_run(&shown).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", shown.trim_end_matches('\n'))
}

/// Lines that a forge offers to put in place, byte for byte: the caller refuses what can not be seen.
pub(crate) fn suggestion(lines: &[String]) -> String {
    let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{fence}suggestion\n{text}{fence}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_makes_no_markup_mention_reference_or_link() {
        assert_eq!(plain("@team fixes #1"), "@&#8203;team fixes \\#&#8203;1");
        assert_eq!(plain("<b>|x|</b>\n[a](b)"), "&lt;b&gt;\\|x\\|&lt;/b&gt; \\[a\\]\\(b\\)");
        assert_eq!(plain("https://x www.y GH-1"), "https:&#8203;//x www&#8203;.y GH&#8203;-1");
        assert_eq!(plain("1. a"), "1\\. a");
        assert_eq!(plain("- a"), "\\- a");
        assert_eq!(plain("\u{202e}"), "\\\\u\\{202e\\}");
    }

    #[test]
    fn text_in_an_element_is_text_too() {
        assert_eq!(
            in_element("`a` <b> & @team #1\nGH-1"),
            "&#96;a&#96; &lt;b&gt; &amp; @&#8203;team #&#8203;1 GH&#8203;-1"
        );
        assert_eq!(in_summary("`a<` is `b`"), "<code>a&lt;</code> is <code>b</code>");
        for odd in ["a ` b", "a `` b", "`a` and `", "` `"] {
            assert_eq!(in_summary(odd), in_element(odd));
        }
        assert_eq!(in_element("https://x www.y"), "https:&#8203;//x www&#8203;.y");
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("a`b|c"), "``a`b|c``");
        assert_eq!(in_cell(r"`a|b\|c\\|d`"), r"`a\|b\|c\\\|d`");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(cell("says `a|b` not `c"), "says `a\\|b` not \\`c");
        assert_eq!(fenced("text", "```\n````"), "`````text\n```\n````\n`````\n");
    }
}
