//! No Markdown text takes long to read: the reading is linear, and deep nesting overflows no stack.

use std::fmt::Write as _;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::facts::markdown::parse;

#[test]
fn deep_and_long_texts_take_no_long_time() {
    let n = 10_000;
    let mut lists = String::new();
    for depth in 0..300 {
        let _ = writeln!(lists, "{}- x", "  ".repeat(depth));
    }
    let texts = [
        ">".repeat(n) + " x",
        "- ".repeat(n) + "x",
        "[".repeat(n) + "x" + &"]".repeat(n),
        "![".repeat(n) + "x" + &"](y)".repeat(n),
        "[a](".repeat(n),
        "[a]: b ".repeat(n),
        "[a]: b\n".repeat(n),
        "[a][b] ".repeat(n),
        "<a ".repeat(n),
        "<a href=".repeat(n),
        "<!-- ".repeat(n),
        "x <!-- ".repeat(n),
        "<h1>".repeat(n),
        "# a\n".repeat(n),
        "`".repeat(n) + " " + &"`a".repeat(n),
        "*a **a ".repeat(n),
        "| a ".repeat(n) + "\n" + &"|---".repeat(n) + "\n" + &"| a ".repeat(n),
        lists,
    ];
    for text in &texts {
        let begun = Instant::now();
        let _ = parse(text);
        let taken = begun.elapsed();
        assert!(taken < Duration::from_secs(4), "{taken:?} for {}...", &text[..20]);
    }
}
