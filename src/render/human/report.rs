//! The whole report for people.

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
    for (index, judged) in batch.full.iter().enumerate() {
        page.gap();
        add_full(page, judged, index == 0);
    }
    let style = level_style(batch.level);
    let head = format!("{}[{}]:", level_word(batch.level), batch.rule);
    let rest = batch.listed.len() + batch.hidden;
    if rest == 0 {
        return;
    }
    page.gap();
    if batch.full.is_empty() && rest == 1 {
        let judged = batch.listed[0];
        page.headed(style, &head, &judged.finding.message);
        page.place(&text::spot(&judged.finding.at));
        return;
    }
    let what = if batch.full.is_empty() { text::count(rest, "finding") } else { format!("{rest} more") };
    page.headed(style, &head, &what);
    let listed = batch.listed.iter().map(|judged| (text::spot(&judged.finding.at), judged.finding.message.as_str()));
    page.places(&listed.collect::<Vec<_>>());
    if batch.hidden > 0 {
        let all = format!("  ... and {} more: cargo governed check --rule {} -v", batch.hidden, batch.rule);
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
