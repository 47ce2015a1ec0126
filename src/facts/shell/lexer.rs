//! Cuts a script into words and operators with byte spans. No shell is run, nothing is expanded.

use crate::facts::place::Span;

/// How a script is quoted and continued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shell {
    /// bash, sh, zsh, and what documents show behind a `$`.
    #[default]
    Posix,
    /// pwsh and powershell: the backtick escapes.
    PowerShell,
    /// cmd: the caret escapes.
    Cmd,
    /// A language of its own (python, nu): its scripts have no commands that we can read.
    Other,
}

impl Shell {
    /// The shell that a `shell` key names: `bash`, `bash -euo pipefail {0}`.
    pub fn of(name: &str) -> Self {
        let program = name.split_whitespace().next().unwrap_or_default();
        let program = program.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        match program.trim_end_matches(".exe") {
            "bash" | "sh" | "zsh" | "dash" | "msys2" => Self::Posix,
            "pwsh" | "powershell" => Self::PowerShell,
            "cmd" => Self::Cmd,
            _ => Self::Other,
        }
    }

    fn escape(self) -> u8 {
        match self {
            Self::PowerShell => b'`',
            Self::Cmd => b'^',
            _ => b'\\',
        }
    }
}

/// A word of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// The text without quotes; variables and expressions stand as they are written.
    pub text: String,
    /// Whether a run may put something else in its place: `$VAR`, `$(...)`, `${{ ... }}`.
    pub unknown: bool,
    /// Whether some of it stands in quotes, so that it stays one word and is no glob.
    pub quoted: bool,
    /// Where it stands, quotes included.
    pub span: Span,
}

impl Word {
    /// The text, where no run changes it.
    pub fn known(&self) -> Option<&str> {
        (!self.unknown).then_some(self.text.as_str())
    }
}

/// A word or an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word.
    Word(Word),
    /// `&&`.
    And,
    /// `||`.
    Or,
    /// `|`.
    Pipe,
    /// `;`, `&` or the end of a line.
    End,
    /// `(`.
    Open,
    /// `)`.
    Close,
}

/// Cuts a script into tokens; redirections and here-documents are left out.
pub fn tokens(script: &str, shell: Shell) -> Vec<Token> {
    let mut lexer =
        Lexer { text: script, bytes: script.as_bytes(), at: 0, shell, found: Vec::new(), documents: Vec::new() };
    while lexer.at < lexer.bytes.len() {
        lexer.step();
    }
    lexer.found
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    shell: Shell,
    found: Vec<Token>,
    /// The ends of the here-documents that begin behind this line.
    documents: Vec<String>,
}

impl Lexer<'_> {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn step(&mut self) {
        let rest = self.rest();
        let first = rest[0];
        if rest.starts_with(b"${{") {
            return self.word();
        }
        let (token, length) = match first {
            b'\n' => return self.line_end(),
            b' ' | b'\t' | b'\r' => (None, 1),
            b'#' => (None, memchr::memchr(b'\n', rest).unwrap_or(rest.len())),
            b'&' if rest.starts_with(b"&&") => (Some(Token::And), 2),
            b'|' if rest.starts_with(b"||") => (Some(Token::Or), 2),
            b'|' => (Some(Token::Pipe), 1),
            b'&' if rest.starts_with(b"&>") => (None, 1),
            b'&' if self.shell == Shell::PowerShell => (None, 1),
            b'&' | b';' => (Some(Token::End), 1),
            b'(' => (Some(Token::Open), 1),
            b')' => (Some(Token::Close), 1),
            b'<' | b'>' => return self.redirection(),
            _ => return self.word(),
        };
        self.found.extend(token);
        self.at += length;
    }

    fn line_end(&mut self) {
        self.found.push(Token::End);
        self.at += 1;
        for end in std::mem::take(&mut self.documents) {
            while self.at < self.bytes.len() {
                let length = memchr::memchr(b'\n', self.rest()).map_or(self.rest().len(), |length| length + 1);
                let line = self.text.get(self.at..self.at + length).unwrap_or_default();
                self.at += length;
                if line.trim() == end {
                    break;
                }
            }
        }
    }

    /// Passes over `> file`, `2>&1`, `<<EOF`; what a number stands before is a redirection too.
    fn redirection(&mut self) {
        if let Some(Token::Word(word)) = self.found.last()
            && word.span.end == self.at
            && word.text.bytes().all(|byte| byte.is_ascii_digit())
        {
            self.found.pop();
        }
        let signs = self.rest().iter().take_while(|byte| matches!(byte, b'<' | b'>' | b'&' | b'|')).count();
        let sign = &self.bytes[self.at..self.at + signs];
        let document = sign == b"<<" && self.shell == Shell::Posix;
        self.at += signs;
        if document && self.rest().first() == Some(&b'-') {
            self.at += 1;
        }
        while matches!(self.rest().first(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        let before = self.found.len();
        if !matches!(self.rest().first(), None | Some(b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>')) {
            self.word();
        }
        let target = self.found.drain(before..).next();
        if let (true, Some(Token::Word(word))) = (document, target) {
            self.documents.push(word.text);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let mut word = Word::default();
        let mut bytes = Vec::new();
        while let Some(&first) = self.rest().first() {
            let escape = self.shell.escape();
            match first {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'|' | b'(' | b')' | b'<' | b'>' | b'&' => break,
                b'\'' if self.shell != Shell::Cmd => self.single(&mut word, &mut bytes),
                b'"' => self.double(&mut word, &mut bytes),
                b'$' | b'%' => self.variable(&mut word, &mut bytes),
                b'`' if self.shell == Shell::Posix => {
                    word.unknown = true;
                    let length = memchr::memchr(b'`', &self.rest()[1..]).map_or(self.rest().len(), |length| length + 2);
                    self.keep(length, &mut bytes);
                }
                _ if first == escape => {
                    let continued =
                        self.rest()[1..].strip_prefix(b"\r").unwrap_or(&self.rest()[1..]).first() == Some(&b'\n');
                    if continued {
                        let length = memchr::memchr(b'\n', self.rest()).unwrap_or(0) + 1;
                        self.at += length;
                        if bytes.is_empty() && !word.quoted {
                            return;
                        }
                        break;
                    }
                    self.at += 1;
                    let length = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
                    self.keep(length, &mut bytes);
                }
                _ => self.keep(1, &mut bytes),
            }
        }
        word.text = String::from_utf8_lossy(&bytes).into_owned();
        word.span = Span::new(start, self.at);
        if self.at == start {
            self.at += 1;
        } else {
            self.found.push(Token::Word(word));
        }
    }

    fn keep(&mut self, length: usize, bytes: &mut Vec<u8>) {
        let end = (self.at + length).min(self.bytes.len());
        bytes.extend_from_slice(&self.bytes[self.at..end]);
        self.at = end;
    }

    fn single(&mut self, word: &mut Word, bytes: &mut Vec<u8>) {
        word.quoted = true;
        self.at += 1;
        let length = memchr::memchr(b'\'', self.rest()).unwrap_or(self.rest().len());
        word.unknown |= self.text.get(self.at..self.at + length).is_some_and(|text| text.contains("${{"));
        self.keep(length, bytes);
        self.at = (self.at + 1).min(self.bytes.len());
    }

    fn double(&mut self, word: &mut Word, bytes: &mut Vec<u8>) {
        word.quoted = true;
        self.at += 1;
        while let Some(&first) = self.rest().first() {
            match first {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'$' => self.variable(word, bytes),
                // In double quotes a backslash of a POSIX shell escapes only what is special there, else it stays.
                b'\\'
                    if self.shell == Shell::Posix
                        && !matches!(self.rest().get(1), Some(b'$' | b'`' | b'"' | b'\\' | b'\n')) =>
                {
                    self.keep(1, bytes);
                }
                _ if first == self.shell.escape() && self.rest().len() > 1 => {
                    self.at += 1;
                    let length =
                        self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                    self.keep(length, bytes);
                }
                _ => self.keep(1, bytes),
            }
        }
    }

    /// Takes `$NAME`, `${...}`, `$(...)`, `${{ ... }}` as it stands; a lone `$` is itself.
    fn variable(&mut self, word: &mut Word, bytes: &mut Vec<u8>) {
        let rest = self.rest();
        let length = if rest.starts_with(b"${{") {
            memchr::memmem::find(rest, b"}}").map_or(rest.len(), |at| at + 2)
        } else if rest.starts_with(b"${") {
            memchr::memchr(b'}', rest).map_or(rest.len(), |at| at + 1)
        } else if rest.starts_with(b"$(") {
            balanced(rest)
        } else if rest[0] == b'%' {
            let end = memchr::memchr2(b'%', b'\n', &rest[1..]).filter(|&at| at > 0 && rest[at + 1] == b'%');
            end.filter(|_| self.shell == Shell::Cmd).map_or(1, |at| at + 2)
        } else {
            let named = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'?' | b'@' | b'#');
            1 + rest[1..].iter().take_while(named).count()
        };
        word.unknown |= length > 1;
        self.keep(length, bytes);
    }
}

/// The length of `$(...)` with its own brackets in pairs.
fn balanced(rest: &[u8]) -> usize {
    let mut depth = 0usize;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    rest.len()
}
