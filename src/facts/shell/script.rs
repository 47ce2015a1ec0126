//! A script as a list of commands: words, variables before them, the folder they run in, how they are joined.

use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::shell::lexer;
use crate::facts::shell::lexer::Shell;
use crate::facts::shell::lexer::Token;
use crate::facts::shell::lexer::Word;

/// How a command is joined to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// It runs whatever came before: first, on a new line, behind `;`.
    Next,
    /// Behind `&&`.
    And,
    /// Behind `||`.
    Or,
    /// Behind `|`.
    Pipe,
}

/// Where a command runs, as far as the script tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Folder {
    /// Relative to where the script starts; empty there. May begin with `..`.
    Relative(String),
    /// An absolute path or one that only a run knows.
    Unknown,
}

impl Folder {
    /// The folder from the root of the tree, for a script that starts in a folder of the tree.
    pub fn from(&self, start: &str) -> Option<String> {
        match self {
            Self::Relative(relative) => path::join(start, relative),
            Self::Unknown => None,
        }
    }

    fn enter(&self, word: Option<&Word>) -> Self {
        match (self, word) {
            (Self::Relative(here), Some(word))
                if !word.unknown && !word.text.starts_with(['/', '~', '-']) && !word.text.contains(':') =>
            {
                Self::Relative(if here.is_empty() { word.text.clone() } else { format!("{here}/{}", word.text) })
            }
            _ => Self::Unknown,
        }
    }
}

/// One simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The words, at least one; keywords such as `if` and `then`, redirections and variables before it left out.
    pub words: Vec<Word>,
    /// The variables that stand before it: `RUSTFLAGS=-Dwarnings cargo test`.
    pub variables: Vec<(String, String)>,
    /// The keyword right before it: `if`, `while`, `!`, `then`, ...
    pub keyword: Option<&'static str>,
    /// How many `if`, `for`, `while`, `case` and function bodies it stands in: above zero it may not run, or run often.
    pub depth: usize,
    /// Where it runs.
    pub folder: Folder,
    /// How it is joined to the command before.
    pub join: Join,
    /// From its first word to its last.
    pub span: Span,
}

impl Command {
    /// The program, without its folder; empty where only a run knows it.
    pub fn program(&self) -> &str {
        self.words.first().and_then(Word::known).map_or("", path::file_name)
    }

    /// The text of a word, where there is one.
    pub fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |word| &word.text)
    }
}

const KEYWORDS: &[&str] = &[
    "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "!", "{", "}", "time",
    "function",
];

/// Takes a script apart. A script of another language has no commands. Never fails: what is no shell gives odd words.
pub fn commands(script: &str, shell: Shell) -> Vec<Command> {
    if shell == Shell::Other {
        return Vec::new();
    }
    let mut reader = Reader {
        found: Vec::new(),
        words: Vec::new(),
        folder: Folder::Relative(String::new()),
        outer: Vec::new(),
        pushed: Vec::new(),
        depth: 0,
        join: Join::Next,
    };
    for token in lexer::tokens(script, shell) {
        reader.take(token);
    }
    reader.finish(Join::Next);
    reader.found
}

struct Reader {
    found: Vec<Command>,
    words: Vec<Word>,
    folder: Folder,
    /// The folders outside the brackets that are open.
    outer: Vec<Folder>,
    /// The folders that `pushd` left.
    pushed: Vec<Folder>,
    depth: usize,
    join: Join,
}

impl Reader {
    fn take(&mut self, token: Token) {
        match token {
            Token::Word(word) => self.words.push(word),
            Token::And => self.finish(Join::And),
            Token::Or => self.finish(Join::Or),
            Token::Pipe => self.finish(Join::Pipe),
            Token::End => self.finish(Join::Next),
            Token::Open => {
                let join = self.join;
                self.finish(join);
                self.outer.push(self.folder.clone());
            }
            Token::Close => {
                self.finish(Join::Next);
                if let Some(folder) = self.outer.pop() {
                    self.folder = folder;
                }
            }
        }
    }

    /// Ends the command at hand; `next` says how the following one is joined to it.
    fn finish(&mut self, next: Join) {
        let words = std::mem::take(&mut self.words);
        let join =
            if words.is_empty() && next == Join::Next { self.join } else { std::mem::replace(&mut self.join, next) };
        let mut rest = words.as_slice();
        let mut keyword = None;
        while let Some(found) = rest.first().and_then(|word| keyword_of(word)) {
            rest = &rest[1..];
            self.nest(found);
            keyword = Some(found);
            if matches!(found, "for" | "case" | "function") {
                // What follows is no command: `for name in words`, `case word in`.
                return;
            }
        }
        let mut variables = Vec::new();
        while let Some((name, value)) = rest.first().and_then(assignment) {
            variables.push((name, value));
            rest = &rest[1..];
        }
        let (Some(first), Some(last)) = (rest.first(), rest.last()) else { return };
        let span = Span::new(first.span.start, last.span.end);
        let folder = self.folder.clone();
        self.move_to(rest);
        self.found.push(Command { words: rest.to_vec(), variables, keyword, depth: self.depth, folder, join, span });
    }

    fn nest(&mut self, keyword: &str) {
        match keyword {
            "then" | "do" | "case" | "{" => self.depth += 1,
            "fi" | "done" | "esac" | "}" | "elif" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn move_to(&mut self, words: &[Word]) {
        match words.first().and_then(Word::known) {
            Some("cd" | "Set-Location" | "chdir") => {
                self.folder =
                    self.folder.enter(words.iter().skip(1).find(|word| word.text != "--" && word.text != "-P"));
            }
            Some("pushd" | "Push-Location") => {
                self.pushed.push(self.folder.clone());
                self.folder = self.folder.enter(words.get(1));
            }
            Some("popd" | "Pop-Location") => self.folder = self.pushed.pop().unwrap_or(Folder::Unknown),
            _ => {}
        }
    }
}

fn keyword_of(word: &Word) -> Option<&'static str> {
    let text = word.known().filter(|_| !word.quoted)?;
    KEYWORDS.iter().copied().find(|keyword| *keyword == text)
}

fn assignment(word: &Word) -> Option<(String, String)> {
    let (name, value) = word.text.split_once('=')?;
    let named = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    named.then(|| (name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(script: &str) -> Vec<String> {
        let show = |command: Command| {
            let words: Vec<_> = command.words.iter().map(|word| word.text.clone()).collect();
            let folder = match command.folder {
                Folder::Relative(folder) => folder,
                Folder::Unknown => "?".to_owned(),
            };
            format!("{folder}:{}", words.join("|"))
        };
        commands(script, Shell::Posix).into_iter().map(show).collect()
    }

    #[test]
    fn words_quotes_continuations_and_redirections() {
        let script =
            "set -e # x\nFOO=1 BAR='a b' cargo  test \\\n  -p \"my pkg\" 2>&1 | tee out.txt && echo 'a && b' > f\n";
        assert_eq!(shown(script), [":set|-e", ":cargo|test|-p|my pkg", ":tee|out.txt", ":echo|a && b"]);
        assert_eq!(commands(script, Shell::Posix)[1].variables.len(), 2);
    }

    #[test]
    fn folders_follow_cd_and_brackets() {
        let script = "cd a && cargo b\n(cd b; cargo c)\npushd ../d\ncargo e\npopd\ncargo f\ncd $X\ncargo g";
        let expected = [
            ":cd|a",
            "a:cargo|b",
            "a:cd|b",
            "a/b:cargo|c",
            "a:pushd|../d",
            "a/../d:cargo|e",
            "a/../d:popd",
            "a:cargo|f",
            "a:cd|$X",
            "?:cargo|g",
        ];
        assert_eq!(shown(script), expected);
    }

    #[test]
    fn blocks_here_documents_and_expressions() {
        let script = "if [ -f x ]; then\n  cargo a ${{ matrix.x || 'y z' }}\nfi\ncat <<EOF > f\ncargo nothing\nEOF\nfor x in a b; do cargo c $x; done\ncargo d || true";
        let expected = [":[|-f|x|]", ":cargo|a|${{ matrix.x || 'y z' }}", ":cat", ":cargo|c|$x", ":cargo|d", ":true"];
        assert_eq!(shown(script), expected);
        let found = commands(script, Shell::Posix);
        assert_eq!((found[0].keyword, found[1].depth, found[4].depth, found[5].join), (Some("if"), 1, 0, Join::Or));
        assert!(found[1].words[2].unknown);
    }

    proptest! {
        #[test]
        fn never_panics(text in "([-a-c'\"\\\\$`(){}|&;<>#=%ä \\n]|if |cd |<<E\\n)*") {
            for shell in [Shell::Posix, Shell::PowerShell, Shell::Cmd] {
                for command in commands(&text, shell) {
                    prop_assert!(text.get(command.span.start..command.span.end).is_some());
                }
            }
        }
    }
}
