//! Diagnostics and other texts of several lines, put into an order that does not depend on who was first.

/// Collects blocks of lines and gives them out sorted.
#[derive(Clone, Debug, Default)]
pub struct Sorted {
    blocks: Vec<String>,
    open: bool,
}

impl Sorted {
    /// Begins a block.
    pub fn begin(&mut self, line: &str) {
        self.blocks.push(format!("{line}\n"));
        self.open = true;
    }

    /// Adds a line to the open block. Says whether there was one.
    pub fn push(&mut self, line: &str) -> bool {
        let Some(block) = self.blocks.last_mut().filter(|_| self.open) else {
            return false;
        };
        block.push_str(line);
        block.push('\n');
        true
    }

    /// Ends the open block.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Writes the blocks in their order, and forgets them.
    pub fn write(&mut self, text: &mut String) {
        self.blocks.sort();
        for block in self.blocks.drain(..) {
            text.push_str(&block);
        }
        self.open = false;
    }
}
