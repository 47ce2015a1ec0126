//! One finding as snippets with carets at every place.

use std::ops::Range;

use annotate_snippets::Annotation;
use annotate_snippets::AnnotationKind;
use annotate_snippets::Group;
use annotate_snippets::Level as Title;
use annotate_snippets::Origin;
use annotate_snippets::Padding;
use annotate_snippets::Snippet;

use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::render::encode::terminal::Charset;
use crate::render::human::wrap::TIED;
use crate::render::human::wrap::tied;
use crate::render::human::wrap::wrap;
use crate::render::text;
use crate::rules::level::Level;

/// The most contradicted places that are shown with their text.
const PLACES: usize = 4;
/// The most characters of a message.
const MESSAGE: usize = 400;
/// The most characters of what stands beside the carets.
const LABEL: usize = 80;

/// Lays out one finding; `with_more` adds the line that names the rule's page.
pub(crate) fn group(judged: &Judged, charset: Charset, width: usize, with_more: bool) -> Group<'static> {
    let finding = &judged.finding;
    let message = charset.line(&text::shortened(&finding.message, MESSAGE));
    let title = level(judged.level).primary_title(message).id(judged.rule).id_url(text::rule_url(judged.rule));
    let (same_line, elsewhere): (Vec<&Place>, Vec<&Place>) =
        finding.against.iter().take(PLACES).partition(|place| shares_excerpt(&finding.at, place));
    let mut group = Group::with_title(title);
    let places: Vec<&Place> = std::iter::once(&finding.at).chain(elsewhere).collect();
    for (index, place) in places.iter().enumerate() {
        let (kind, beside) = if index == 0 {
            (AnnotationKind::Primary, same_line.as_slice())
        } else {
            (AnnotationKind::Context, [].as_slice())
        };
        if place.line == 0 && index > 0 && places[index - 1].line > 0 {
            group = group.element(Padding);
        }
        group = add_place(group, kind, place, beside, charset);
        // The renderer itself makes room before a snippet, but not between a bare path and what else follows.
        if place.line == 0 && places.get(index + 1).is_none_or(|next| next.line == 0) {
            group = group.element(Padding);
        }
    }
    for (name, footer) in footers(judged, with_more) {
        let footer =
            wrap(&charset.line(&text::shortened(&footer, MESSAGE)), width.saturating_sub(name.len() + 10).max(20))
                .join("\n");
        let footer = footer.replace(TIED, " ");
        group = group.element(Title::NOTE.with_name(name).message(footer));
    }
    group
}

fn level(level: Level) -> Title<'static> {
    match level {
        Level::Deny => Title::ERROR,
        Level::Warn => Title::WARNING,
        Level::Note => Title::NOTE,
    }
}

fn footers(judged: &Judged, with_more: bool) -> Vec<(&'static str, String)> {
    let finding = &judged.finding;
    let mut footers = Vec::new();
    if let Some(rest) = finding.against.get(PLACES..).filter(|rest| !rest.is_empty()) {
        let named: Vec<String> = rest.iter().take(PLACES).map(text::spot).collect();
        let more = rest.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        footers.push(("also", format!("{}{more}", named.join(", "))));
    }
    if let Some(why) = &finding.why {
        footers.push(("why", why.clone()));
    }
    if let Some(fix) = &finding.fix {
        let command = tied(&format!("`cargo governed check --fix --rule {}`", judged.rule));
        footers.push(("fix", format!("{}: {command}", fix.title)));
    }
    if with_more {
        footers.push(("more", tied(&format!("cargo governed explain {}", judged.rule))));
    }
    footers
}

fn shares_excerpt(at: &Place, place: &Place) -> bool {
    at.line > 0 && at.path == place.path && at.line == place.line && at.excerpt == place.excerpt
}

/// Adds a place with its text; `beside` are other places in the same lines.
fn add_place(
    group: Group<'static>,
    kind: AnnotationKind,
    place: &Place,
    beside: &[&Place],
    charset: Charset,
) -> Group<'static> {
    let path = charset.line(&place.path);
    if place.line == 0 {
        // A file, something absent, or a name inside git: there is no line to show.
        let label = charset.line(&place.label);
        let origin = Origin::path(if label.is_empty() { path } else { format!("{path} ({label})") });
        return group.element(origin);
    }
    let (source, span) = source(place, charset);
    let mut snippet = Snippet::source(source).line_start(place.line).path(path).fold(false);
    snippet = snippet.annotation(labelled(kind.span(span), place, charset));
    for place in beside {
        let (_, span) = self::source(place, charset);
        snippet = snippet.annotation(labelled(AnnotationKind::Context.span(span), place, charset));
    }
    group.element(snippet)
}

fn labelled(annotation: Annotation<'static>, place: &Place, charset: Charset) -> Annotation<'static> {
    let label = text::shortened(&place.label, LABEL);
    if label.is_empty() { annotation } else { annotation.label(charset.line(&label)) }
}

/// The encoded excerpt of a place, and the span of the place in it.
fn source(place: &Place, charset: Charset) -> (String, Range<usize>) {
    let mut encoded = String::with_capacity(place.excerpt.len());
    let (mut line, mut column) = (place.line, 1);
    let (mut start, mut end) = (None, None);
    let mut characters = place.excerpt.trim_start_matches('\u{feff}').chars().peekable();
    loop {
        if start.is_none() && (line, column) >= (place.line, place.column) {
            start = Some(encoded.len());
        }
        if end.is_none() && (line, column) >= (place.end_line, place.end_column) {
            end = Some(encoded.len());
        }
        let Some(character) = characters.next() else { break };
        if character == '\r' && characters.peek().is_none_or(|&next| next == '\n') {
            continue;
        }
        charset.push(&mut encoded, character);
        (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    let start = start.unwrap_or(encoded.len());
    let end = end.unwrap_or(encoded.len()).max(start);
    (encoded, start..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::place::Span;
    use crate::facts::text::Text;

    #[test]
    fn the_span_follows_the_encoded_text() {
        let text = Text::new("\u{feff}a\u{202e}b = \"1.0\"\r\nnext");
        let at = text.as_str().find("1.0").expect("it is there");
        let place = text.place("f", Span::new(at, at + 3), "");
        let (source, span) = source(&place, Charset::default());
        assert_eq!(source, "a\\u{202e}b = \"1.0\"");
        assert_eq!(&source[span], "1.0");
    }

    #[test]
    fn an_excerpt_that_was_cut_still_has_a_span() {
        let mut place = Text::new("x".repeat(5_000)).place("f", Span::new(4_000, 4_010), "");
        assert_eq!(source(&place, Charset::default()).1, 2_000..2_000);
        place.excerpt.clear();
        assert_eq!(source(&place, Charset::default()).1, 0..0);
    }
}
