//! Scripts that edit or read checked-in files by patterns that match nothing in them.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::policy::pattern;
use crate::facts::shell::lexer::Shell;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script;
use crate::facts::shell::script::Command;
use crate::facts::shell::script::Join;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::contracts::planned_section;
use crate::rules::contracts::stream_call::Call;
use crate::rules::contracts::stream_call::Purpose;
use crate::rules::contracts::stream_edit::Search;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::outcome::Outcome;

/// The most nested `$(...)` that are looked into.
const DEEPEST: usize = 3;

/// Looks at every shell script of the maintainers.
pub(crate) fn check(facts: &Facts, outcome: &mut Outcome) {
    for file in facts.of_kind(Kind::Text) {
        let text = file.text();
        let edits = text.contains("sed ") || text.contains("perl ");
        if edits && is_script(&file.path, text) && facts.zone(&file.path) == Zone::Own {
            let mut script = Script { facts, file, edited: Vec::new() };
            script.run(Span::new(0, text.len()), 0, outcome);
        }
    }
}

fn is_script(path: &str, text: &str) -> bool {
    // A test or a journey makes the files that it edits.
    let of_tests = path::parent(path).split('/').any(|part| matches!(part, "tests" | "test"));
    !of_tests && (matches!(path::extension(path), "sh" | "bash" | "zsh") || text.starts_with("#!/bin/sh"))
}

struct Script<'a> {
    facts: &'a Facts,
    file: &'a SourceFile,
    /// What was written into a file by an earlier command: a later one may look for that.
    edited: Vec<(String, String)>,
}

impl<'a> Script<'a> {
    fn run(&mut self, part: Span, depth: usize, outcome: &mut Outcome) {
        let text = self.file.content.text.slice(part);
        let conditional = text.contains("if ") || text.contains("case ");
        let mut before: Option<Command> = None;
        for command in script::commands(text, Shell::Posix) {
            // What stands under a condition may be there for another state of the file.
            if !(command.depth > 0 && conditional) && command.keyword != Some("if") {
                self.judge(&command, before.as_ref(), part.start, outcome);
            }
            before = Some(command);
        }
        if depth < DEEPEST {
            for inner in substitutions(text) {
                self.run(inner.offset_by(part.start), depth + 1, outcome);
            }
        }
    }

    fn judge(&mut self, command: &Command, before: Option<&Command>, offset: usize, outcome: &mut Outcome) {
        let Some(call) = Call::read(command) else { return };
        let piped = command.join == Join::Pipe && call.files.is_empty();
        let (files, filter) = if piped && call.purpose == Purpose::Reads {
            let Some(source) = before.and_then(Call::read).filter(|source| source.purpose == Purpose::Filters) else {
                return;
            };
            (self.files(&source.files, command), source.searches.into_iter().next())
        } else {
            (self.files(&call.files, command), None)
        };
        let Some(files) = files.filter(|files| !files.is_empty()) else { return };
        let lines = |search: &Search| files.iter().any(|file| found(file.text(), search, filter.as_ref()));
        let wanted: Vec<&Search> = match call.purpose {
            Purpose::Edits => call.searches.iter().collect(),
            Purpose::Reads => call.searches.iter().filter(|search| search.extracts()).collect(),
            Purpose::Filters => return,
        };
        // Of several patterns in one call, some may be there for other states of the file.
        let any = wanted.iter().any(|search| lines(search));
        for search in wanted {
            outcome.look();
            let between = files.iter().any(|file| planned_section::is_between_releases(file, &search.written));
            if !any && !between && !self.made_here(&files, search) {
                outcome.find(self.finding(&call, search, &files, offset));
            }
        }
        if call.purpose == Purpose::Edits {
            for (file, search) in files.iter().flat_map(|file| call.searches.iter().map(move |search| (file, search))) {
                self.edited.push((file.path.to_string(), search.replacement.clone()));
            }
        }
    }

    /// Says whether an earlier edit of the file may have made what is looked for.
    fn made_here(&self, files: &[&SourceFile], search: &Search) -> bool {
        let word = longest_word(&search.written);
        self.edited.iter().any(|(path, replacement)| {
            files.iter().any(|file| file.path.as_ref() == path.as_str()) && replacement.contains(word)
        })
    }

    /// The files that a call names; none where one of them is only known to a run, or made by the script itself.
    fn files(&self, words: &[Word], command: &Command) -> Option<Vec<&'a SourceFile>> {
        let mut files = Vec::new();
        if self.wanders() {
            return None;
        }
        for word in words {
            let name = word.known()?;
            let starts = ["", path::parent(&self.file.path)];
            let paths = starts.iter().filter_map(|start| {
                command
                    .folder
                    .from(start)
                    .or_else(|| Some((*start).to_owned()))
                    .and_then(|folder| path::join(&folder, name))
            });
            for path in paths {
                if self.makes(name) {
                    return None;
                }
                if name.contains('*') && !word.quoted {
                    let glob = pattern::glob(&path).ok()?;
                    files.extend(self.facts.files.values().filter(|file| glob.is_match(file.path.as_ref())));
                } else {
                    files.extend(self.facts.file(&path));
                }
            }
        }
        Some(files)
    }

    /// Says whether the script enters folders that only a run knows: a function works in whichever it is called from.
    fn wanders(&self) -> bool {
        let text = self.file.text();
        let enters = ["cd $", "cd \"$", "pushd $", "pushd \"$"].iter().any(|enter| text.contains(enter));
        enters && (text.contains("function ") || text.contains("() {") || text.contains("(){"))
    }

    /// Says whether the script writes the file anew in some place: then what is checked in says nothing.
    fn makes(&self, name: &str) -> bool {
        let text = self.file.text();
        // A folder that is removed or copied over is made anew with all that is in it.
        let mut folder = path::parent(name);
        while !folder.is_empty() {
            let made = |line: &str| {
                matches!(line.split_whitespace().next(), Some("cp" | "rm" | "rsync" | "mv"))
                    && line.split_whitespace().any(|word| word.trim_matches(['"', '\'', '/']) == folder)
            };
            if text.lines().any(made) {
                return true;
            }
            folder = path::parent(folder);
        }
        text.match_indices(name).any(|(at, _)| {
            let before = text[..at].trim_end_matches(['"', '\'', ' ']);
            let line = before.rfind('\n').map_or(before, |end| &before[end + 1..]);
            let first = line.split_whitespace().next().unwrap_or_default();
            before.ends_with('>') || before.ends_with("-o") || matches!(first, "cp" | "mv" | "tee" | "curl" | "wget")
        })
    }

    fn finding(&self, call: &Call, search: &Search, files: &[&SourceFile], offset: usize) -> Finding {
        let word = call.script.offset_by(offset);
        let written = self.file.content.text.slice(word);
        let at = written
            .find(&search.written)
            .map_or(word, |start| Span::new(word.start + start, word.start + start + search.written.len()));
        let path = files[0].path.as_ref();
        let lenient = search.as_extended.as_ref().and_then(|regex| line_of(files, |line| regex.is_match(line)));
        let plus = lenient.is_some();
        let near = lenient.or_else(|| {
            let word = longest_word(&search.written);
            line_of(files, |line| word.len() > 3 && line.contains(word))
        });
        let against = near.map_or_else(
            || Place::whole(path, "has no line that it matches"),
            |(file, span)| self.facts.place(&file.path, span, "the nearest line"),
        );
        let verb = if call.purpose == Purpose::Edits { "edits" } else { "reads" };
        let message = format!("the script {verb} {path} by `{}`, which matches no line of it", search.written);
        let why = if plus {
            "without -E, `+`, `?`, `|` and brackets are literal characters"
        } else if call.purpose == Purpose::Edits {
            "the command ends well and changes nothing"
        } else {
            "the command ends well and gives the wrong text"
        };
        Finding::new(message, self.facts.place(&self.file.path, at, "matches nothing"))
            .against(against)
            .why(why)
            .certainty(Certainty::Probable)
    }
}

fn found(text: &str, search: &Search, filter: Option<&Search>) -> bool {
    if search.written.contains("\\n") {
        return search.regex.is_match(text);
    }
    text.lines().any(|line| filter.is_none_or(|filter| filter.regex.is_match(line)) && search.regex.is_match(line))
}

fn line_of<'f>(files: &[&'f SourceFile], wanted: impl Fn(&str) -> bool) -> Option<(&'f SourceFile, Span)> {
    files.iter().find_map(|file| {
        let text = &file.content.text;
        let line = (1..=text.line_count()).find(|&line| wanted(text.line(line)))?;
        Some((*file, text.line_span(line)))
    })
}

/// The longest run of letters, digits and dashes in a pattern.
fn longest_word(pattern: &str) -> &str {
    let part = |character: char| character.is_alphanumeric() || character == '-';
    pattern.split(|character: char| !part(character)).max_by_key(|word| word.len()).unwrap_or_default()
}

/// The insides of `$(...)`, the outermost ones.
fn substitutions(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("$(").map(|start| at + start + 2) {
        let mut depth = 1usize;
        let end = text[start..].char_indices().find_map(|(index, character)| {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some(start + index)
        });
        let Some(end) = end else { break };
        found.push(Span::new(start, end));
        at = end;
    }
    found
}
