//! Lines out of chunks, without escapes, with a bound on what is kept of one.

use crate::steps::evidence::escapes;

/// The most bytes of a line that are kept: names and summaries are far shorter, what tests print may be anything.
pub const LONGEST: usize = 16 * 1024;

/// Cuts a stream into lines.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The line that has not ended yet.
    open: Vec<u8>,
    /// Whether bytes of it were left out.
    cut: bool,
}

impl Lines {
    /// Takes a chunk and hands over every line that it ends.
    pub fn feed(&mut self, mut bytes: &[u8], mut each: impl FnMut(&str)) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            self.keep(&bytes[..end]);
            self.give(&mut each);
            bytes = &bytes[end + 1..];
        }
        self.keep(bytes);
    }

    /// Hands over the last line, where it has no end.
    pub fn finish(mut self, mut each: impl FnMut(&str)) {
        if !self.open.is_empty() {
            self.give(&mut each);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LONGEST.saturating_sub(self.open.len());
        self.cut |= bytes.len() > room;
        self.open.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn give(&mut self, each: &mut impl FnMut(&str)) {
        // A line that was cut is shown nobody: half of it could read as something else.
        if !self.cut {
            let plain = escapes::strip(&self.open);
            let text = String::from_utf8_lossy(&plain);
            let text = text.trim_end_matches('\r');
            // A line that overwrites itself on a terminal shows what stands last.
            each(text.rsplit('\r').next().unwrap_or(text));
        }
        self.open.clear();
        self.cut = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_make_the_same_lines_wherever_they_are_cut() {
        let text = "one\r\n\u{1b}[1mtwo\u{1b}[0m\n\nbar 1/2\rbar 2/2\nlast";
        for size in 1..text.len() {
            let mut seen = Vec::new();
            let mut lines = Lines::default();
            for chunk in text.as_bytes().chunks(size) {
                lines.feed(chunk, |line| seen.push(line.to_owned()));
            }
            lines.finish(|line| seen.push(line.to_owned()));
            assert_eq!(seen, ["one", "two", "", "bar 2/2", "last"]);
        }
    }

    #[test]
    fn an_endless_line_is_left_out_and_its_memory_is_bounded() {
        let mut lines = Lines::default();
        let mut seen = Vec::new();
        for _ in 0..100 {
            lines.feed(&[b'x'; 4096], |line| seen.push(line.to_owned()));
        }
        assert!(lines.open.len() <= LONGEST);
        lines.feed(b"\nnext\n", |line| seen.push(line.to_owned()));
        assert_eq!(seen, ["next"]);
    }
}
