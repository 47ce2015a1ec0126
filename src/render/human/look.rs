//! What the reader's terminal can show, and how much the reader wants to see.

use crate::render::encode::terminal::Charset;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Only what decides; nothing at all where nothing does.
    Quiet,
    /// Loud findings with their places, notes in short, long lists cut.
    #[default]
    Normal,
    /// Everything: all findings with their places, waived ones, claims without facts.
    Full,
}

/// The look of the report. Whoever calls asks the environment; nothing here does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The columns of the terminal.
    pub width: usize,
    /// Whether colours are shown.
    pub colors: bool,
    /// Whether OSC 8 links are shown.
    pub links: bool,
    /// What characters can be shown.
    pub charset: Charset,
    /// How much is shown.
    pub detail: Detail,
}

impl Look {
    /// The look of a file: no colours, lines as wide as rustc's where it does not know the terminal.
    pub fn plain() -> Self {
        Self { width: 140, colors: false, links: false, charset: Charset::default(), detail: Detail::Normal }
    }
}
