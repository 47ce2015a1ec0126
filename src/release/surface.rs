//! The names that a library's sources make public, read by eye: a hint where no tool compares the API itself.
//!
//! It sees names, not types or modules: what it calls new or gone is said as what it is, and a tool's answer replaces it.

use std::collections::BTreeSet;

/// The public names of a source: `fn name`, `struct Name`, `use Name`.
pub fn names(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut exported = false;
    let mut tests = false;
    let mut reexport: Option<String> = None;
    for line in text.lines() {
        let line = line.trim_start();
        if let Some(list) = &mut reexport {
            list.push_str(line);
            if line.contains(';') {
                reexported(&reexport.take().unwrap_or_default(), &mut found);
            }
            continue;
        }
        // What stands behind the tests is for them.
        tests |= line.starts_with("#[cfg(test)]");
        if tests && line.starts_with("mod ") {
            break;
        }
        if !line.starts_with("#[") && !line.starts_with("//") && !line.is_empty() {
            tests = false;
        }
        if line.starts_with("#[macro_export") {
            exported = true;
        } else if let Some(rest) = line.strip_prefix("macro_rules!") {
            if exported {
                found.insert(format!("macro {}", word(rest.trim_start())));
            }
            exported = false;
        } else if let Some(rest) = line.strip_prefix("pub use ") {
            if rest.contains(';') {
                reexported(rest, &mut found);
            } else {
                reexport = Some(rest.to_owned());
            }
        } else if let Some(rest) = line.strip_prefix("pub ") {
            item(rest, &mut found);
        }
    }
    found
}

/// The names of a re-export: the last part of each path in it.
fn reexported(list: &str, found: &mut BTreeSet<String>) {
    let list = list.split(';').next().unwrap_or_default();
    for one in list.split([',', '{', '}']) {
        let one = one.trim();
        let end = one.rsplit_once(" as ").map_or_else(|| one.rsplit("::").next().unwrap_or(one), |(_, name)| name);
        let name = word(end.trim());
        if !name.is_empty() && name != "self" && !one.ends_with("::") {
            found.insert(format!("use {name}"));
        }
    }
}

fn item(rest: &str, found: &mut BTreeSet<String>) {
    let mut words = rest.split_whitespace().peekable();
    while let Some(next) = words.next() {
        match next {
            "unsafe" | "async" | "extern" | "default" | "auto" => {}
            "const" if words.peek().is_some_and(|next| matches!(*next, "fn" | "unsafe" | "async" | "extern")) => {}
            text if text.starts_with('"') => {}
            "fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static" | "mod" | "macro" => {
                let name = words.next().filter(|name| *name != "mut").or_else(|| words.next()).unwrap_or_default();
                let name = word(name);
                if !name.is_empty() && name != "_" {
                    found.insert(format!("{next} {name}"));
                }
                return;
            }
            _ => return,
        }
    }
}

/// The identifier at the beginning of a text.
fn word(text: &str) -> &str {
    let text = text.strip_prefix("r#").unwrap_or(text);
    let end = text.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_names_are_seen_and_those_of_tests_are_not() {
        let text = "pub fn one() {}\npub(crate) fn two() {}\n    pub const unsafe fn three() {}\npub struct Four<T>(T);\n\
                    pub use a::{B, c::D as E};\npub use f::*;\npub use g::{\n  H,\n  I,\n};\n#[macro_export]\nmacro_rules! j {}\n\
                    macro_rules! k {}\npub static mut L: u8 = 0;\npub x: u8,\n#[cfg(test)]\nmod tests {\n pub fn m() {}\n}\n";
        let found: Vec<String> = names(text).into_iter().collect();
        assert_eq!(
            found,
            ["fn one", "fn three", "macro j", "static L", "struct Four", "use B", "use E", "use H", "use I"]
        );
    }
}
