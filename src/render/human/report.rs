//! The whole report for people.

use std::collections::BTreeSet;

use annotate_snippets::Renderer;
use annotate_snippets::renderer::DEFAULT_ERROR_STYLE;
use annotate_snippets::renderer::DEFAULT_NOTE_STYLE;
use annotate_snippets::renderer::DEFAULT_WARNING_STYLE;
use annotate_snippets::renderer::Style;

use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::judge::report::Verdict;
use crate::render::human::closing;
use crate::render::human::look::Detail;
use crate::render::human::look::Look;
use crate::render::human::order::Batch;
use crate::render::human::order::List;
use crate::render::human::order::Shown;
use crate::render::human::order::batches;
use crate::render::human::page::Page;
use crate::render::human::snippet;
use crate::render::text;
use crate::rules::level::Level;

/// Renders a report; every line ends with a line feed.
pub fn render(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    for batch in batches(report, look.detail) {
        add_batch(&mut page, &batch);
    }
    if look.detail == Detail::Quiet && report.verdict == Verdict::Accepted {
        return page.text;
    }
    closing::close(&mut page, report);
    page.text
}

fn add_batch(page: &mut Page, batch: &Batch<'_>) {
    let style = level_style(batch.level);
    let head = format!("{}[{}]:", level_word(batch.level), batch.rule);
    for (index, shown) in batch.full.iter().enumerate() {
        page.gap();
        add_full(page, shown.judged, index == 0);
        if shown.alike.count() > 0 {
            page.gap();
            add_alike(page, shown, style, &head, batch.rule);
        }
    }
    let rest = batch.listed.count();
    if rest == 0 {
        return;
    }
    page.gap();
    if batch.full.is_empty() && rest == 1 {
        let judged = batch.listed.findings[0];
        page.headed(style, &head, &judged.finding.message);
        page.place(&text::spot(&judged.finding.at));
        return;
    }
    let what = if batch.full.is_empty() { text::count(rest, "finding") } else { format!("{rest} more") };
    page.headed(style, &head, &what);
    add_list(page, &batch.listed, batch.rule);
}

/// Adds the findings of the same cause: their lines where they say the same, else a line each.
fn add_alike(page: &mut Page, shown: &Shown<'_>, style: Style, head: &str, rule: &str) {
    let more = format!("{} more like it in {}", shown.alike.count(), shown.judged.finding.at.path);
    if !shown.says_the_same() {
        page.headed(style, head, &more);
        add_list(page, &shown.alike, rule);
        return;
    }
    let lines: BTreeSet<usize> = shown.alike.findings.iter().map(|judged| judged.finding.at.line).collect();
    let word = if lines.len() == 1 { "line" } else { "lines" };
    let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
    let hidden = if shown.alike.hidden > 0 { format!(" and {} more", shown.alike.hidden) } else { String::new() };
    page.headed(style, head, &format!("{more}: {word} {}{hidden}", lines.join(", ")));
}

fn add_list(page: &mut Page, list: &List<'_>, rule: &str) {
    let listed = list.findings.iter().map(|judged| (text::spot(&judged.finding.at), judged.finding.message.as_str()));
    page.places(&listed.collect::<Vec<_>>());
    if list.hidden > 0 {
        let all = format!("  ... and {} more: cargo governed check --rule {rule} -v", list.hidden);
        page.text.push_str(&all);
        page.text.push('\n');
    }
}

fn add_full(page: &mut Page, judged: &Judged, with_more: bool) {
    let renderer = if page.look.colors { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(page.look.width).hyperlink(page.look.links);
    let group = snippet::group(judged, page.look.charset, page.look.width, with_more);
    // Empty gutters have trailing spaces, which copy badly.
    for line in renderer.render(&[group]).lines() {
        page.text.push_str(line.trim_end());
        page.text.push('\n');
    }
}

fn level_word(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "note",
    }
}

fn level_style(level: Level) -> Style {
    match level {
        Level::Deny => DEFAULT_ERROR_STYLE,
        Level::Warn => DEFAULT_WARNING_STYLE,
        Level::Note => DEFAULT_NOTE_STYLE,
    }
}
