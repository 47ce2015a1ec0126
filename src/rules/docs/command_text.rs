//! The commands that documents show: in code blocks, in inline code, and in the doc comments of Rust files.

use memchr::memmem;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::markdown;
use crate::facts::markdown::Markdown;
use crate::facts::place::Span;
use crate::facts::rust_source::doc::DocText;
use crate::facts::shell::lexer::Shell;
use crate::facts::shell::script;
use crate::facts::shell::script::Command;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;

/// Commands that a document shows in one piece.
pub(super) struct Shown<'a> {
    /// The document.
    pub(super) file: &'a SourceFile,
    /// The commands; their spans count from the beginning of [`Shown::text`].
    pub(super) commands: Vec<Command>,
    /// The text that they were read from: prompts, output and marks of places to fill in are taken out.
    pub(super) text: String,
    start: usize,
    doc: Option<&'a DocText>,
}

impl Shown<'_> {
    /// The span in the file of a span of the commands.
    pub(super) fn span(&self, span: Span) -> Span {
        let span = span.offset_by(self.start);
        self.doc.map_or(span, |doc| doc.span_in_file(span))
    }
}

/// Languages of code blocks whose every line is a command, unless prompts say which.
const SHELLS: &[&str] = &[
    "sh",
    "bash",
    "shell",
    "console",
    "zsh",
    "terminal",
    "shellsession",
    "shell-session",
    "sh-session",
    "bash-session",
    "shell-script",
    "shellscript",
];
/// Languages of code blocks that may hold anything: only lines that begin as a command are one.
const ANYTHING: &[&str] = &[
    "",
    "text",
    "txt",
    "plain",
    "plaintext",
    "not_rust",
    "ignore",
    "none",
    "powershell",
    "ps1",
    "pwsh",
    "cmd",
    "bat",
    "fish",
    "nu",
];

/// Calls a function with all commands that the documents of a tree show.
pub(super) fn each(facts: &Facts, mut found: impl FnMut(&Shown<'_>)) {
    for file in facts.files.values() {
        match &file.content.parsed {
            Parsed::Markdown(document)
                if file.kind == Kind::Markdown && may_show(file.text()) && facts.zone(&file.path) == Zone::Own =>
            {
                in_document(facts, file, document, file.text(), None, &mut found);
            }
            Parsed::Rust(rust) => {
                for block in &rust.docs {
                    let slice = file.content.text.slice(block.span);
                    if memmem::find(slice.as_bytes(), b"cargo ").is_none() || facts.zone(&file.path) != Zone::Own {
                        continue;
                    }
                    let doc = block.join(file.text());
                    let document = markdown::parse(&doc.text);
                    in_document(facts, file, &document, &doc.text, Some(&doc), &mut found);
                }
            }
            _ => {}
        }
    }
}

fn may_show(text: &str) -> bool {
    ["cargo ", "./", "make ", "just "].iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

fn in_document<'a>(
    facts: &Facts,
    file: &'a SourceFile,
    document: &Markdown,
    text: &str,
    doc: Option<&'a DocText>,
    found: &mut impl FnMut(&Shown<'a>),
) {
    let vagrant = facts.tree.has_file("Vagrantfile");
    for fence in &document.fences {
        let content = text.get(fence.content.start..fence.content.end).unwrap_or_default();
        if !may_show(content) {
            continue;
        }
        let language = fence.info.split([',', '{', ' ', ':']).next().unwrap_or_default().to_ascii_lowercase();
        let every_line = SHELLS.contains(&language.as_str());
        if !every_line && !ANYTHING.contains(&language.as_str()) {
            continue;
        }
        let mut script = without_output(content, every_line);
        if vagrant {
            // The folder under which a virtual machine of Vagrant shows the repository.
            script = script.replace("cd /vagrant", "cd .       ");
        }
        let commands = script::commands(&script, Shell::Posix);
        found(&Shown { file, commands, text: script, start: fence.content.start, doc });
    }
    for code in &document.codes {
        let length = code.span.end - code.span.start;
        if code.value.len() != length || code.value.contains('\n') {
            continue;
        }
        if code.value.contains("cargo ") || code.value.starts_with("make ") || code.value.starts_with("just ") {
            let script = without_places(&code.value);
            let commands = script::commands(&script, Shell::Posix);
            found(&Shown { file, commands, text: script, start: code.span.start, doc });
        }
    }
}

/// The commands of a code block, with blanks in the place of prompts and output: every byte stays where it is.
fn without_output(content: &str, every_line: bool) -> String {
    let prompted = content.lines().any(|line| prompt(line) > 0);
    let mut script = String::with_capacity(content.len());
    let mut continued = false;
    for line in content.split_inclusive('\n') {
        let skip = prompt(line);
        let bare = line[skip..].trim_start();
        let begins = ["cargo ", "./", "cd ", "make ", "just ", "git clone"].iter().any(|word| bare.starts_with(word));
        let command = continued || if prompted { skip > 0 } else { every_line || begins };
        if command {
            script.extend(std::iter::repeat_n(' ', skip));
            script.push_str(&line[skip..]);
            continued = line.trim_end().ends_with('\\');
        } else {
            continued = false;
            // What stands there is no command, but its line end parts those around it.
            let end = line.len() - line.trim_end_matches(['\n', '\r']).len();
            script.extend(std::iter::repeat_n(' ', line.len() - end));
            script.push_str(&line[line.len() - end..]);
        }
    }
    without_places(&script)
}

/// The length of a prompt with the blanks around it: `$ `, `> `, `vm$ `, `user@host:~$ `.
fn prompt(line: &str) -> usize {
    let bare = line.trim_start();
    let first = bare.split(' ').next().unwrap_or_default();
    let is_prompt = first.ends_with(['$', '%', '>', '❯', '➜'])
        && first.len() < 40
        && first.chars().all(|character| character.is_ascii_alphanumeric() || "$%>@:~/._-()[]❯➜".contains(character))
        && bare.len() > first.len();
    if is_prompt { line.len() - bare.len() + first.len() + 1 } else { 0 }
}

/// Turns the angle brackets of `<name>` into braces, which no shell takes for a redirection.
fn without_places(text: &str) -> String {
    let mut plain = text.to_owned();
    let mut at = 0;
    while let Some(open) = plain.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        let inner = &plain[open + 1..];
        let length = inner.find(['>', '\n', '<']).filter(|&end| end > 0 && inner[end..].starts_with('>'));
        at = open + 1;
        if let Some(length) = length.filter(|&length| inner[..length].starts_with(|first: char| first.is_alphabetic()))
        {
            plain.replace_range(open..=open, "{");
            plain.replace_range(open + 1 + length..open + 2 + length, "}");
            at = open + 2 + length;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_output_and_places_are_taken_out() {
        assert_eq!(without_output("$ cargo a \\\n  b\nout\n", true), "  cargo a \\\n  b\n   \n");
        assert_eq!(without_output("vm$ ./x\nAll > passed\n", false), "    ./x\n            \n");
        assert_eq!(without_output("cargo run -p <the name> > x\nnote\n", false), "cargo run -p {the name} > x\n    \n");
    }
}
