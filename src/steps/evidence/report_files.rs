//! The report files that a step leaves among its outputs: which of them tell of its tests, and what they come to.
//!
//! A file proves something only if this very attempt wrote it. Nextest's says so by the id of its run; another one must
//! have been touched since the attempt began, and which ones those were stands in the record, for who reads it again.

use std::path::Path;

use memchr::memmem;

use crate::facts::digest::Digest;
use crate::steps::event::Doubt;
use crate::steps::evidence::code;
use crate::steps::evidence::junit;
use crate::steps::evidence::junit::Junit;
use crate::steps::evidence::report::add;

/// How far into a file its first suite stands, behind declarations and comments.
const HEAD: usize = 4 << 10;
/// What every element of a JUnit file's beginning begins with.
const SUITE: &[u8] = b"<testsuite";

/// A file that a step declares as its output and that is there.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The path from the root of the tree.
    pub path: &'a str,
    /// The object with its bytes.
    pub object: Digest,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether it was touched since the attempt began.
    pub is_fresh: bool,
}

/// What the files come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The tests, all files together, or why they prove nothing; none where no file tells of tests.
    pub junit: Option<Result<Junit, Doubt>>,
    /// The objects with the files that were read, in the order of their paths.
    pub objects: Vec<Digest>,
}

/// Says whether bytes are a JUnit file, whole or not.
pub fn is_junit(path: &str, bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD)];
    is_named(path) && memmem::find(head, SUITE).is_some()
}

/// Says whether a path may be that of a JUnit file.
pub fn is_named(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"))
}

/// Reads those files that this attempt wrote. `run_ids` are the ids that nextest told on the terminal.
pub fn choose(files: &[Found<'_>], run_ids: &[String]) -> Chosen {
    let mut chosen = Chosen::default();
    let (mut read, mut stale) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|file| is_junit(file.path, file.bytes)) {
        match junit::read(file.bytes) {
            _ if !file.is_fresh => stale.push(file.path),
            Err(why) => {
                let message = format!("{}: {why}", file.path);
                chosen.junit = Some(Err(Doubt { code: code::EVIDENCE_UNREAD.to_owned(), message }));
                return chosen;
            }
            Ok(junit) => read.push((file, junit)),
        }
    }
    // Of several runs in one folder those count that this attempt's output tells of.
    let own = |junit: &Junit| junit.run_id.as_ref().is_some_and(|id| run_ids.contains(id));
    if read.iter().any(|(_, junit)| own(junit)) {
        read.retain(|(_, junit)| own(junit));
    }
    chosen.objects = read.iter().map(|(file, _)| file.object).collect();
    chosen.junit = match joined(read.into_iter().map(|(_, junit)| junit)) {
        Some(junit) => Some(Ok(junit)),
        None => stale.first().map(|path| {
            let message = format!("{path} was there before and was not written again");
            Err(Doubt { code: code::EVIDENCE_STALE.to_owned(), message })
        }),
    };
    chosen
}

/// Several files as one: their tests together, and the id where all have the same.
fn joined(files: impl Iterator<Item = Junit>) -> Option<Junit> {
    files.reduce(|mut all, next| {
        if all.run_id != next.run_id {
            all.run_id = None;
        }
        add(&mut all.report.counts, &next.report.counts);
        all.report.suites.extend(next.report.suites);
        all.report.results.extend(next.report.results);
        all.report.settle();
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(id: &str, test: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><testsuites tests=\"1\"{id}><testsuite name=\"s\"><testcase name=\"{test}\"/></testsuite></testsuites>"
        )
    }

    fn found<'a>(path: &'a str, text: &'a str, is_fresh: bool) -> Found<'a> {
        Found { path, object: Digest::of(text.as_bytes()), bytes: text.as_bytes(), is_fresh }
    }

    fn code(chosen: &Chosen) -> &str {
        chosen.junit.as_ref().and_then(|junit| junit.as_ref().err()).map_or("", |doubt| &doubt.code)
    }

    #[test]
    fn what_this_attempt_wrote_is_read_and_nothing_else() {
        let (one, two) = (file("", "a"), file("", "b"));
        let both = choose(&[found("x/a.xml", &one, true), found("x/b.xml", &two, true)], &[]);
        assert_eq!(both.junit.as_ref().unwrap().as_ref().unwrap().report.counts.executed, 2);
        assert_eq!(both.objects, [Digest::of(one.as_bytes()), Digest::of(two.as_bytes())]);
        let fresh = choose(&[found("x/a.xml", &one, true), found("x/b.xml", &two, false)], &[]);
        assert_eq!(fresh.objects, [Digest::of(one.as_bytes())]);
        let stale = choose(&[found("x/a.xml", &one, false)], &[]);
        assert_eq!((code(&stale), stale.objects.len()), ("evidence-stale", 0));
        assert_eq!(choose(&[found("coverage.xml", "<coverage/>", true)], &[]), Chosen::default());
        assert_eq!(choose(&[found("a.txt", &one, true)], &[]), Chosen::default());
        assert_eq!(
            code(&choose(&[found("a.xml", "<testsuites><testsuite name=\"s\">", true)], &[])),
            "evidence-unread"
        );
    }

    #[test]
    fn of_several_runs_of_nextest_that_counts_which_the_output_tells_of() {
        let (own, other) = (file(" uuid=\"u-1\"", "a"), file(" uuid=\"u-2\"", "b"));
        let files =
            [found("target/nextest/ci/junit.xml", &other, true), found("target/nextest/own/junit.xml", &own, true)];
        let chosen = choose(&files, &["u-1".to_owned()]);
        assert_eq!(chosen.objects, [Digest::of(own.as_bytes())]);
        let junit = chosen.junit.unwrap().unwrap();
        assert_eq!((junit.run_id.as_deref(), junit.report.results[0].name.as_str()), (Some("u-1"), "a"));
    }
}
