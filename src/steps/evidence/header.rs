//! Which suite is which: cargo names them on one stream, in order; they tell their results on another, in order.

use std::collections::BTreeMap;

use crate::steps::evidence::block::Block;

/// Which runner cargo started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A test binary.
    Binary,
    /// The doc-tests of a package.
    Doc,
}

/// What cargo says before it starts a suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What it is.
    pub kind: Kind,
    /// Its name: `unittests src/lib.rs (a)`, `tests/cli.rs`, `doc-tests a`.
    pub name: String,
}

/// Reads the line that announces a suite.
pub fn header(line: &str) -> Option<Header> {
    let text = line.trim_start();
    if text.len() == line.len() {
        return None;
    }
    if let Some(name) = text.strip_prefix("Doc-tests ") {
        return Some(Header { kind: Kind::Doc, name: format!("doc-tests {name}") });
    }
    let rest = text.strip_prefix("Running ")?;
    let name = if let Some(command) = rest.strip_prefix('`') {
        // `--verbose` shows the command, variables first.
        let program = command.split(' ').find(|word| !word.contains('='))?.trim_end_matches('`');
        format!("binary {}", binary(program).filter(|_| program.contains("/deps/"))?)
    } else if let Some((source, path)) = rest.strip_suffix(')').and_then(|rest| rest.split_once(" (")) {
        let binary = binary(path)?;
        if source.starts_with("unittests") { format!("{source} ({binary})") } else { source.replace('\\', "/") }
    } else {
        format!("binary {}", binary(rest).filter(|_| rest.contains("deps"))?)
    };
    Some(Header { kind: Kind::Binary, name })
}

/// The name of a binary without the hash that cargo adds.
fn binary(path: &str) -> Option<&str> {
    let file = path.rsplit(['/', '\\']).next()?;
    let file = file.strip_suffix(".exe").unwrap_or(file);
    let (name, hash) = file.rsplit_once('-')?;
    (hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(name)
}

/// The names of the suites, in their order: by the headers where each can be told to whom it belongs, else by number.
///
/// `silent` are the names of the suites that have a harness of their own and so tell nothing that could be read; none
/// where that is not known.
pub fn names(headers: &[Header], blocks: &[Block], silent: Option<&[String]>) -> Vec<String> {
    let telling: Vec<&Header> =
        headers.iter().filter(|header| !silent.is_some_and(|silent| silent.contains(&header.name))).collect();
    // Not knowing which are silent, any that is no unit test may be.
    let maybe = |header: &&&Header| header.kind == Kind::Binary && !header.name.starts_with("unittests");
    let most_silent = if silent.is_some() { 0 } else { telling.iter().filter(maybe).count() };
    let all: Vec<&Header> = headers.iter().collect();
    let mut names = labelled(blocks)
        .or_else(|| matched(&telling, blocks, most_silent))
        // A harness of one's own may write what libtest writes.
        .or_else(|| matched(&all, blocks, 0).filter(|_| telling.len() < all.len()))
        .unwrap_or_else(|| (1..=blocks.len()).map(|number| format!("suite {number}")).collect());
    number_equal(&mut names, blocks);
    names
}

/// The names that the output itself gives.
fn labelled(blocks: &[Block]) -> Option<Vec<String>> {
    blocks.iter().map(|block| block.label.clone()).collect::<Option<Vec<_>>>().filter(|names| !names.is_empty())
}

/// Lays headers and suites side by side; none where they do not fit, or fit in more ways than one.
fn matched(headers: &[&Header], blocks: &[Block], most_silent: usize) -> Option<Vec<String>> {
    let binaries = headers.iter().take_while(|header| header.kind == Kind::Binary).count();
    if headers[binaries..].iter().any(|header| header.kind == Kind::Binary) {
        // Several calls of cargo.
        let fit = headers.len() == blocks.len()
            && headers.iter().zip(blocks).all(|(header, block)| header.kind == Kind::Doc || !block.is_doc());
        return (fit && most_silent == 0).then(|| headers.iter().map(|header| header.name.clone()).collect());
    }
    let docs = &headers[binaries..];
    if (1..=most_silent.min(binaries)).any(|silent| doc_names(docs, blocks, binaries - silent).is_some()) {
        return None;
    }
    let mut names: Vec<String> = headers[..binaries].iter().map(|header| header.name.clone()).collect();
    names.extend(doc_names(docs, blocks, binaries)?);
    Some(names)
}

/// The names of the suites behind the first `binaries`, where those can be the doc-tests of `docs`.
///
/// The doc-tests of one package may be two suites: the merged ones, and those that cannot be merged.
fn doc_names(docs: &[&Header], blocks: &[Block], binaries: usize) -> Option<Vec<String>> {
    if binaries > blocks.len() || blocks[..binaries].iter().any(Block::is_doc) {
        return None;
    }
    let blocks = &blocks[binaries..];
    if blocks.iter().any(|block| !block.is_doc() && !block.results.is_empty()) {
        return None;
    }
    // The line after both suites of a package follows the second one.
    let second = |at: usize| at > 0 && blocks[at].doc && !blocks[at - 1].doc;
    let pairs = (0..blocks.len()).filter(|&at| second(at)).count();
    let extra = blocks.len().checked_sub(docs.len())?;
    if extra > pairs || docs.is_empty() && !blocks.is_empty() {
        return None;
    }
    if extra != 0 && extra != pairs {
        // Which are pairs cannot be told; their names hold the path of the file, so they stay apart.
        return Some(vec!["doc-tests".to_owned(); blocks.len()]);
    }
    let mut next = 0;
    let mut names = Vec::new();
    for at in 0..blocks.len() {
        next += usize::from(at > 0 && !(extra > 0 && second(at)));
        names.push(docs.get(next)?.name.clone());
    }
    Some(names)
}

/// Two suites of one name get a number; the two parts of one package's doc-tests are one suite.
fn number_equal(names: &mut [String], blocks: &[Block]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut before: Option<(String, bool)> = None;
    for (name, block) in names.iter_mut().zip(blocks) {
        let doc = name.starts_with("doc-tests");
        let same = before.as_ref().is_some_and(|(before, _)| before == name) && doc && block.label.is_none();
        before = Some((name.clone(), doc));
        let count = seen.entry(name.clone()).or_default();
        *count += usize::from(!same);
        if *count > 1 {
            *name = format!("{name} #{count}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::outcome::TestState;

    fn named(name: &str) -> Block {
        let mut block = Block::default();
        block.results.push((name.to_owned(), TestState::Passed));
        block
    }

    fn merged(name: &str) -> Block {
        let mut block = named(name);
        block.doc = true;
        block
    }

    fn headers(lines: &[&str]) -> Vec<Header> {
        lines.iter().map(|line| header(line).expect("a header")).collect()
    }

    const UNIT: &str = "     Running unittests src/lib.rs (target/debug/deps/a-3110576fc3c3c96d)";
    const CLI: &str = "     Running tests/cli.rs (target/debug/deps/cli-58690ab0222c47dc)";

    #[test]
    fn lines_of_cargo() {
        let check =
            |line: &str, name: Option<&str>| assert_eq!(header(line).map(|header| header.name).as_deref(), name);
        check(UNIT, Some("unittests src/lib.rs (a)"));
        check(CLI, Some("tests/cli.rs"));
        check("     Running tests\\cli.rs (target\\debug\\deps\\cli-58690ab0222c47dc.exe)", Some("tests/cli.rs"));
        check("   Doc-tests a", Some("doc-tests a"));
        check("     Running `/t/debug/deps/a-3110576fc3c3c96d --nocapture`", Some("binary a"));
        check("     Running `CARGO=/x /t/debug/deps/a-3110576fc3c3c96d`", Some("binary a"));
        check("     Running `rustc --crate-name a`", None);
        check("     Running `target/debug/tool`", None);
        check("Running tests/cli.rs (target/debug/deps/cli-58690ab0222c47dc)", None);
        check("     Running target/debug/deps/a-3110576fc3c3c96d", Some("binary a"));
    }

    #[test]
    fn both_parts_of_merged_doc_tests_are_one_suite() {
        let headers = headers(&[UNIT, CLI, "   Doc-tests a", "   Doc-tests b"]);
        let blocks = [named("t"), named("u"), named("x (line 1)"), merged("x (line 9)"), named("y (line 1)")];
        assert_eq!(
            names(&headers, &blocks, Some(&[])),
            ["unittests src/lib.rs (a)", "tests/cli.rs", "doc-tests a", "doc-tests a", "doc-tests b"]
        );
    }

    #[test]
    fn a_silent_suite_is_left_out_or_all_are_numbered() {
        let headers = headers(&[UNIT, "     Running tests/own.rs (target/debug/deps/own-58690ab0222c47dc)", CLI]);
        let blocks = [named("t"), named("u")];
        assert_eq!(
            names(&headers, &blocks, Some(&["tests/own.rs".to_owned()])),
            ["unittests src/lib.rs (a)", "tests/cli.rs"]
        );
        assert_eq!(names(&headers, &blocks, None), ["suite 1", "suite 2"]);
    }

    #[test]
    fn a_harness_of_its_own_that_tells_what_libtest_tells_is_named() {
        let headers = headers(&[UNIT, "     Running tests/own.rs (target/debug/deps/own-58690ab0222c47dc)", CLI]);
        let blocks = [named("t"), named("o"), named("u")];
        let silent = ["tests/own.rs".to_owned()];
        assert_eq!(
            names(&headers, &blocks, Some(&silent)),
            ["unittests src/lib.rs (a)", "tests/own.rs", "tests/cli.rs"]
        );
    }

    #[test]
    fn equal_names_are_numbered() {
        let headers = headers(&[CLI, CLI]);
        assert_eq!(names(&headers, &[named("t"), named("u")], Some(&[])), ["tests/cli.rs", "tests/cli.rs #2"]);
    }
}
