//! `-vv`: what the program does, on stderr.

use tracing::Level;
use tracing::debug;
use tracing::trace;

use crate::commands::check::Options;
use crate::judge::report::Report;

/// Begins to print events; how many is said by how often `-v` was given.
pub fn begin(verbose: u8, colors: bool) {
    let level = match verbose {
        0 | 1 => return,
        2 => Level::DEBUG,
        _ => Level::TRACE,
    };
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr);
    let subscriber = subscriber.with_ansi(colors).with_target(false);
    // One that is there already belongs to whoever calls us; it stays.
    let _ = subscriber.try_init();
}

/// Says what is checked.
pub fn options(options: &Options) {
    debug!(folder = ?options.folder, rev = ?options.rev, since = ?options.since, rules = ?options.rules, "check");
}

/// Says what came out: the reading at `-vv`, each rule at `-vvv`.
pub fn report(report: &Report) {
    let (source, revision) = (report.subject.source.as_str(), &report.subject.revision);
    debug!(source, ?revision, dirty = report.subject.dirty, files = report.files_read, "read");
    for rule in &report.rules {
        trace!(
            rule = rule.rule,
            standing = rule.standing.as_str(),
            looked_at = rule.looked_at,
            findings = rule.findings,
            "judged"
        );
    }
    debug!(verdict = report.verdict.as_str(), findings = report.findings.len(), "done");
}
