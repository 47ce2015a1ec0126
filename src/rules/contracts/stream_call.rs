//! A call of sed, perl or grep: what it is for, what it looks for, in which files.

use crate::facts::place::Span;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script::Command;
use crate::rules::contracts::posix_regex::Dollars;
use crate::rules::contracts::posix_regex::Grammar;
use crate::rules::contracts::stream_edit;
use crate::rules::contracts::stream_edit::Search;

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It changes files in place.
    Edits,
    /// It prints what it makes of them.
    Reads,
    /// It lets lines through: grep and cat.
    Filters,
}

/// A call that is understood.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) purpose: Purpose,
    pub(crate) searches: Vec<Search>,
    pub(crate) files: Vec<Word>,
    /// The word with the first script.
    pub(crate) script: Span,
}

impl Call {
    /// Reads a command; none where its program is another one, or it does something that is not understood.
    pub(crate) fn read(command: &Command) -> Option<Self> {
        match command.program() {
            "sed" | "gsed" => Self::sed(&command.words[1..]),
            "perl" => Self::perl(&command.words[1..]),
            "grep" | "egrep" | "fgrep" => Self::grep(command.program(), &command.words[1..]),
            "cat" => Some(Self {
                purpose: Purpose::Filters,
                searches: Vec::new(),
                files: command.words[1..].to_vec(),
                script: command.span,
            }),
            _ => None,
        }
    }

    fn sed(words: &[Word]) -> Option<Self> {
        let mut grammar = Grammar::Basic;
        let mut purpose = Purpose::Reads;
        let mut scripts: Vec<&Word> = Vec::new();
        let mut rest = Vec::new();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            match word.text.as_str() {
                "-E" | "-r" | "--regexp-extended" => grammar = Grammar::Extended,
                "-n" | "--quiet" | "--silent" | "-s" | "-u" | "--posix" | "--" => {}
                "-e" | "--expression" => scripts.push(words.next()?),
                "-i" | "--in-place" => {
                    purpose = Purpose::Edits;
                    // The suffix of BSD stands alone: `-i ''`, `-i .bak`.
                    words
                        .next_if(|next| next.text.is_empty() || next.text.starts_with('.') && !next.text.contains('/'));
                }
                flag if flag.starts_with("--expression=") => return None,
                flag if flag.starts_with("--in-place") || flag.starts_with("-i") && flag.len() < 8 => {
                    purpose = Purpose::Edits;
                }
                "-Ei" | "-ri" | "-Ei.bak" => (grammar, purpose) = (Grammar::Extended, Purpose::Edits),
                "-ne" => scripts.push(words.next()?),
                "-nE" | "-En" | "-nr" => grammar = Grammar::Extended,
                flag if flag.starts_with('-') && flag.len() > 1 => return None,
                _ => rest.push(word),
            }
        }
        if scripts.is_empty() {
            if rest.is_empty() {
                return None;
            }
            scripts.push(rest.remove(0));
        }
        let first = scripts.first()?.span;
        let mut searches = Vec::new();
        for script in scripts {
            searches.extend(stream_edit::sed(&script.text, grammar, dollars(script))?);
        }
        Some(Self { purpose, searches, files: rest.into_iter().cloned().collect(), script: first })
    }

    fn perl(words: &[Word]) -> Option<Self> {
        let mut edits = false;
        let mut script = None;
        let mut files = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let text = word.text.as_str();
            if let Some(flags) = text.strip_prefix('-') {
                let in_place = flags.starts_with('i') || flags.starts_with("pi") || flags.starts_with("0777");
                edits |= flags.contains('i');
                if flags.contains('M') || !in_place && !matches!(flags, "p" | "pe" | "e" | "ne" | "0") {
                    return None;
                }
                if flags.ends_with('e') {
                    script = Some(words.next()?);
                }
            } else {
                files.push(word.clone());
            }
        }
        // A variable of the shell in a perl script can't be told from one of perl.
        let script = script.filter(|script| edits && !script.unknown)?;
        let searches = stream_edit::perl(&script.text)?;
        Some(Self { purpose: Purpose::Edits, searches, files, script: script.span })
    }

    fn grep(program: &str, words: &[Word]) -> Option<Self> {
        let mut grammar = match program {
            "egrep" => Grammar::Extended,
            "fgrep" => Grammar::Fixed,
            _ => Grammar::Basic,
        };
        let mut rest = Vec::new();
        for word in words {
            match word.text.as_str() {
                "-F" => grammar = Grammar::Fixed,
                "-E" => grammar = Grammar::Extended,
                "-h" | "-m1" | "--" => {}
                flag if flag.starts_with('-') && flag.len() > 1 => return None,
                _ => rest.push(word.clone()),
            }
        }
        if rest.is_empty() {
            return None;
        }
        let pattern = rest.remove(0);
        let search = stream_edit::grep(&pattern.text, grammar, dollars(&pattern))?;
        Some(Self { purpose: Purpose::Filters, searches: vec![search], files: rest, script: pattern.span })
    }
}

fn dollars(word: &Word) -> Dollars {
    if word.unknown { Dollars::Variables } else { Dollars::Plain }
}
