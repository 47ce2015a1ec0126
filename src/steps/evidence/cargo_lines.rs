//! The lines that show that cargo itself was at work: `Finished`, `Documenting`, `Generated`, `Packaged` and kin.

/// What was seen of cargo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CargoSeen {
    /// Builds that ended well: `Finished`, or the JSON message `build-finished`.
    pub finished: u64,
    /// Packages compiled or checked; none where all was fresh.
    pub compiled: u64,
    /// Packages documented; none where all was fresh.
    pub documented: u64,
    /// Entries of documentation that stand: `Generated .../index.html and 2 other files`.
    pub generated: u64,
    /// Archives written.
    pub archives: u64,
    /// Targets that `cargo fmt -v` hands to rustfmt.
    pub formatted: u64,
    /// Checks of `cargo semver-checks` that were executed.
    pub semver_checks: u64,
}

impl CargoSeen {
    /// Takes a line.
    pub fn line(&mut self, line: &str) {
        let text = line.trim_start();
        if text.len() == line.len() {
            self.flush_left(line);
            return;
        }
        let Some((word, rest)) = text.split_once(' ') else {
            return;
        };
        match word {
            "Finished" if rest.contains("target(s) in") => self.finished += 1,
            "Compiling" | "Checking" => self.compiled += 1,
            "Documenting" => self.documented += 1,
            "Generated" => self.generated += generated(rest),
            "Packaged" if rest.contains(" files, ") => self.archives += 1,
            "Checked" | "Completed" => self.semver_checks += semver_checks(rest),
            _ => {}
        }
    }

    fn flush_left(&mut self, line: &str) {
        if line.starts_with("{\"reason\":\"build-finished\",\"success\":true") {
            self.finished += 1;
        } else if is_format_target(line) {
            self.formatted += 1;
        }
    }
}

/// `/t/doc/a/index.html and 2 other files`.
fn generated(rest: &str) -> u64 {
    let others = rest.split_once(" and ").and_then(|(_, others)| others.split(' ').next()?.parse::<u64>().ok());
    others.unwrap_or(0).saturating_add(1)
}

/// `[   0.014s] 196 checks: 196 pass, 49 skip`, or in older versions `196 checks; 196 passed, 49 unnecessary`.
fn semver_checks(rest: &str) -> u64 {
    let Some((_, rest)) = rest.split_once("] ") else {
        return 0;
    };
    let Some((number, rest)) = rest.split_once(' ') else {
        return 0;
    };
    if rest.starts_with("checks") { number.parse().unwrap_or(0) } else { 0 }
}

/// `[lib (2024)] "/tree/src/lib.rs"`.
fn is_format_target(line: &str) -> bool {
    let Some((kind, path)) = line.strip_prefix('[').and_then(|rest| rest.split_once(")] \"")) else {
        return false;
    };
    let edition = kind.rsplit_once(" (").map(|(_, edition)| edition);
    edition.is_some_and(|edition| edition.len() == 4 && edition.bytes().all(|byte| byte.is_ascii_digit()))
        && path.ends_with('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(lines: &[&str]) -> CargoSeen {
        let mut seen = CargoSeen::default();
        for line in lines {
            seen.line(line);
        }
        seen
    }

    #[test]
    fn lines_of_cargo_are_counted() {
        let found = seen(&[
            "   Compiling a v0.1.0 (/t/a)",
            "    Checking b v0.1.0",
            "    Finished `dev` profile [unoptimized + debuginfo] target(s) in 1.46s",
            "   Generated /t/doc/a/index.html and 2 other files",
            "    Packaged 5 files, 1.5KiB (988B compressed)",
            "     Checked [   0.014s] 196 checks: 196 pass, 49 skip",
            "[lib (2024)] \"/t/a/src/lib.rs\"",
            "{\"reason\":\"build-finished\",\"success\":true}",
        ]);
        let expected = CargoSeen {
            finished: 2,
            compiled: 2,
            documented: 0,
            generated: 3,
            archives: 1,
            formatted: 1,
            semver_checks: 196,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn what_only_looks_alike_is_not_counted() {
        let lines =
            ["Finished `dev` profile target(s) in 1s", "    Finished", "    Finished the work", "[lib] x", "[] \""];
        assert_eq!(seen(&lines), CargoSeen::default());
    }
}
