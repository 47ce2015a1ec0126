//! The lines of the new side that a forge shows of a change: only there it takes a suggestion.

use std::ops::RangeInclusive;

/// The hunks of a patch as the forge gives it, as lines of the new side. A hunk that can't be read is none.
pub(crate) fn hunks(patch: &str) -> Vec<RangeInclusive<usize>> {
    patch.lines().filter_map(|line| hunk(line.strip_prefix("@@ -")?)).collect()
}

/// `1,2 +3,4 @@ fn x()`: from line 3 on four lines.
fn hunk(rest: &str) -> Option<RangeInclusive<usize>> {
    let (_, new) = rest.split_once(" +")?;
    let (new, _) = new.split_once(" @@")?;
    let (first, count) = new.split_once(',').unwrap_or((new, "1"));
    let (first, count): (usize, usize) = (first.parse().ok()?, count.parse().ok()?);
    let last = first.checked_add(count.checked_sub(1)?)?;
    (first > 0).then_some(first..=last)
}

/// Whether lines stand in one hunk.
pub(crate) fn holds(hunks: &[RangeInclusive<usize>], (first, last): (usize, usize)) -> bool {
    hunks.iter().any(|hunk| hunk.contains(&first) && hunk.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_new_side_within_one_hunk() {
        let patch =
            "@@ -1,3 +1,4 @@ fn +9,9 @@\n a\n+@@ -1 +70,3 @@\n c\n d\n@@ -20 +21 @@\n-x\n+y\n@@ -30,2 +0,0 @@\n-z\n-z";
        let hunks = hunks(patch);
        assert_eq!(hunks, [1..=4, 21..=21]);
        assert!(holds(&hunks, (1, 4)) && holds(&hunks, (21, 21)));
        assert!(!holds(&hunks, (4, 21)) && !holds(&hunks, (5, 5)) && !holds(&hunks, (70, 70)));
        assert!(super::hunks("").is_empty() && super::hunks("@@ -1 +x @@").is_empty());
        assert!(super::hunks("@@ -1 +2,18446744073709551615 @@").is_empty());
    }
}
