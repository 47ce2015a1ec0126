//! What is read from Markdown texts, and that no text breaks the reading.

use crate::facts::markdown::document::LinkKind;
use crate::facts::markdown::document::Markdown;
use crate::facts::markdown::reader::parse;
use crate::facts::place::Span;

fn at(text: &str, span: Span) -> &str {
    &text[span.start..span.end]
}

fn links<'a>(text: &'a str, document: &'a Markdown) -> Vec<(&'a str, &'a str, &'a str)> {
    document
        .links
        .iter()
        .map(|link| (link.text.as_str(), link.target.value.as_str(), at(text, link.target.span)))
        .collect()
}

#[test]
fn headings_have_texts_and_anchors() {
    let text = "# The `tool` [x](y)\n\nFoo\n===\n\n## Foo\n\n### Named {#own}\n\n<h2 id=\"top\">In HTML</h2>\n";
    let document = parse(text);
    let got: Vec<_> = document.headings.iter().map(|h| (h.level, h.text.as_str(), h.slug.as_str())).collect();
    assert_eq!(got, [(1, "The tool x", "the-tool-x"), (1, "Foo", "foo"), (2, "Foo", "foo-1"), (3, "Named", "named")]);
    let anchors: Vec<_> = document.anchors.iter().map(|anchor| anchor.value.as_str()).collect();
    assert_eq!(anchors, ["own", "top", "in-html"]);
    assert_eq!(at(text, document.headings[1].span), "Foo\n===\n");
}

#[test]
fn links_know_where_their_targets_stand() {
    let text = "\u{feff}[a *b*](c.md \"t\") ![alt](<i j.png>) [d][e] [E] <https://x.y> [![k](l)](m)\n\n[e]: f.md 'g'\n";
    let document = parse(text);
    assert_eq!(
        links(text, &document),
        [
            ("a b", "c.md", "c.md"),
            ("alt", "i j.png", "i j.png"),
            ("d", "f.md", "f.md"),
            ("E", "f.md", "f.md"),
            ("https://x.y", "https://x.y", "https://x.y"),
            ("k", "m", "m"),
            ("k", "l", "l"),
        ]
    );
    assert_eq!(document.links[2].kind, LinkKind::Reference);
    assert_eq!(at(text, document.links[5].span), "[![k](l)](m)");
}

#[test]
fn html_links_anchors_and_comments_are_read() {
    let text = "<p align=center>\n<a href=\"u.md\">go\nthere</a>\n<img src='i.png'></p>\n\na <a name=n></a> b <!-- c -->\n\n<!--\nd\n\ne -->\n";
    let document = parse(text);
    assert_eq!(links(text, &document), [("go there", "u.md", "u.md"), ("", "i.png", "i.png")]);
    assert_eq!(document.anchors[0].value, "n");
    let comments: Vec<_> = document.comments.iter().map(|comment| comment.value.as_str()).collect();
    assert_eq!(comments, [" c ", "\nd\n\ne "]);
}

#[test]
fn code_is_kept_apart() {
    let text =
        "# H\n\n````md\n```toml\nx = 1\n```\n````\n\n    indented\n\n- `` a`b `` and `c`\n\n  ~~~sh\n  run\n  ~~~\n";
    let document = parse(text);
    let fences: Vec<_> =
        document.fences.iter().map(|f| (f.info.as_str(), f.fenced, at(text, f.content), f.heading)).collect();
    assert_eq!(
        fences,
        [
            ("md", true, "```toml\nx = 1\n```\n", Some(0)),
            ("", false, "indented\n", Some(0)),
            ("sh", true, "run\n", Some(0))
        ]
    );
    let codes: Vec<_> = document.codes.iter().map(|code| (code.value.as_str(), at(text, code.span))).collect();
    assert_eq!(codes, [("a`b", "a`b"), ("c", "c")]);
}

#[test]
fn empty_and_unclosed_fences_have_empty_content() {
    let text = "```\n```\n\n```rust";
    let document = parse(text);
    assert_eq!(document.fences.iter().map(|f| at(text, f.content)).collect::<Vec<_>>(), ["", ""]);
}

#[test]
fn definitions_that_markdown_ignores_are_listed_too() {
    let text = "[a]: one\n[A]: two\n\n> [b]: three\n\ntext\n[a]: in a paragraph\n\n```\n[a]: in code\n```\n[^a]: note\n\n[a]: <four>\n";
    let document = parse(text);
    let got: Vec<_> =
        document.definitions.iter().map(|d| (at(text, d.label.span), at(text, d.target.span), d.shadowed)).collect();
    assert_eq!(got, [("a", "one", false), ("A", "two", true), ("b", "three", false), ("a", "four", true)]);
}

#[test]
fn brackets_without_a_definition_are_told_from_tasks_notes_and_links() {
    let text = "## [0.2.5] - 2020\n\n- [ ] open\n- [x] done [^n] [!NOTE] `[c]` [d](e) [text][gone]\n\n[0.2.5-x]: y\n";
    let document = parse(text);
    let got: Vec<_> = document.undefined.iter().map(|u| (u.value.as_str(), at(text, u.span))).collect();
    assert_eq!(got, [("0.2.5", "[0.2.5]"), ("gone", "[text][gone]")]);
    assert_eq!(document.headings[0].text, "[0.2.5] - 2020");
}

#[test]
fn blocks_cover_the_prose() {
    let text = "a\nb\n\n- tight *one*\n- two `x`\n  - deep\n\n> quoted\n\n# H\n\n| c | d |\n|---|---|\n| e | f |\n";
    let document = parse(text);
    let got: Vec<_> = document.blocks.iter().map(|b| (at(text, b.span).trim_end(), b.quoted, b.heading)).collect();
    assert_eq!(
        got,
        [
            ("a\nb", false, None),
            ("tight *one*", false, None),
            ("two `x`", false, None),
            ("deep", false, None),
            ("quoted", true, None),
            ("# H", false, None),
            ("| c | d |", false, Some(0)),
            ("| e | f |", false, Some(0))
        ]
    );
}

#[test]
fn front_matter_and_carriage_returns_move_no_span() {
    let text = "---\r\ntitle: [x]\r\n---\r\n# H\r\n\r\n```toml\r\na = 1\r\nb = 2\r\n```\r\n[l](m)\r\n";
    let document = parse(text);
    assert_eq!(document.front_matter.map(|span| at(text, span)), Some("---\r\ntitle: [x]\r\n---\r\n"));
    assert!(document.undefined.is_empty());
    assert_eq!(at(text, document.headings[0].span).trim_end(), "# H");
    assert_eq!(at(text, document.fences[0].content), "a = 1\r\nb = 2\r\n");
    assert_eq!(links(text, &document), [("l", "m", "m")]);
}

#[test]
fn pages_with_components_are_read() {
    let text = "import X from 'y'\n\n<Tabs>\n  <TabItem value=\"a\">\n\n[a](b.md) {/* c */}\n\n  </TabItem>\n</Tabs>\n";
    assert_eq!(parse(text).links.len(), 1);
}

/// Every span of every part lies on character borders inside the text.
fn assert_sound(text: &str) {
    let document = parse(text);
    let mut spans: Vec<Span> = document.headings.iter().map(|part| part.span).collect();
    spans.extend(document.fences.iter().flat_map(|part| [part.span, part.content]));
    spans.extend(document.links.iter().flat_map(|part| [part.span, part.target.span]));
    spans.extend(document.definitions.iter().flat_map(|part| [part.label.span, part.target.span]));
    spans.extend(document.blocks.iter().map(|part| part.span));
    for list in [&document.codes, &document.anchors, &document.comments, &document.undefined] {
        spans.extend(list.iter().map(|part| part.span));
    }
    for span in spans {
        assert!(text.get(span.start..span.end).is_some(), "{span:?} of {text:?}");
    }
}

proptest::proptest! {
    #[test]
    fn spans_are_sound_for_any_text(text in "([-#>*`\\[\\]()!:<>\"=/ax é\\\\|~^_\\n\\r]|\\[a\\]|: b|```\\n|<!--|-->|<a href=){0,60}") {
        assert_sound(&text);
    }
}
