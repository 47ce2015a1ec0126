//! Comments that tell the next person which files to change too: the files must be there, and name the same version.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::outcome::Outcome;

const WORDS: &[&str] = &["remember to update", "also update"];
const EXTENSIONS: &[&str] = &["toml", "md", "mdx", "yml", "yaml", "json", "sh", "txt", "lock", "nix", "rs"];

/// Reads the comments of configuration, manifests, workflows and scripts; those of Rust speak of code.
pub(crate) fn check(facts: &Facts, outcome: &mut Outcome) {
    for file in facts.files.values() {
        let kind = matches!(
            file.kind,
            Kind::Manifest | Kind::Text | Kind::Workflow | Kind::Toolchain | Kind::ClippyConfig | Kind::CargoConfig
        );
        if !kind || !file.text().contains(" update") || facts.zone_by_place(&file.path) != Zone::Own {
            continue;
        }
        let text = &file.content.text;
        let mut at = 0;
        while let Some(found) = file.text()[at..].find(" update").map(|found| at + found) {
            at = found + " update".len();
            let line = text.line_of(found);
            if let Some(comment) = Comment::read(file, line, found) {
                comment.judge(facts, outcome);
            }
        }
    }
}

struct Comment<'a> {
    file: &'a SourceFile,
    /// The files that the comment names.
    names: Vec<Spanned<String>>,
    /// The one version on the line that is spoken of.
    version: Option<Spanned<String>>,
}

impl<'a> Comment<'a> {
    /// Reads a comment whose ` update` stands at an offset; none where it names no file.
    fn read(file: &'a SourceFile, line: usize, at: usize) -> Option<Self> {
        let text = &file.content.text;
        let span = text.line_span(line);
        let whole = text.slice(span);
        let sign = whole.find("# ").or_else(|| whole.find("// "))?;
        let end = at + " update".len() - span.start;
        let before = whole.get(sign..end)?.to_ascii_lowercase();
        let words = WORDS.iter().find(|words| before.ends_with(*words))?;
        // "Make it also update X" says what something does.
        let said = before[..before.len() - words.len()].trim_end();
        if ["it", "this", "they", "that", "will", "which"].iter().any(|word| said.ends_with(&format!(" {word}"))) {
            return None;
        }
        let names = names(&whole[end..], span.start + end);
        // Of a comment that stands alone the next line is meant.
        let alone = whole[..sign].trim().is_empty();
        let spoken = if alone { text.line_span(line + 1) } else { Span::new(span.start, span.start + sign) };
        let mut versions = versions(text.slice(spoken), spoken.start);
        let version = if versions.len() == 1 { versions.pop() } else { None };
        (!names.is_empty()).then_some(Self { file, names, version })
    }

    fn judge(&self, facts: &Facts, outcome: &mut Outcome) {
        for name in &self.names {
            outcome.look();
            match named(facts, &self.file.path, &name.value).as_slice() {
                [] if is_a_site(facts, &name.value) => {}
                [] => outcome.find(self.missing(facts, name)),
                [target] => outcome.findings.extend(self.outdated(facts, name, target)),
                // Which of several files is meant can't be told.
                _ => {}
            }
        }
    }

    fn missing(&self, facts: &Facts, name: &Spanned<String>) -> Finding {
        let message = format!("the comment asks to update {}, and no file of that name is there", name.value);
        Finding::new(message, facts.place(&self.file.path, name.span, "is not there"))
            .against(Place::whole(name.value.clone(), "is not there"))
            .why("whoever follows the comment looks for a file that is gone")
            .certainty(Certainty::Probable)
    }

    /// A file that names a version of the same line, and never the one that is spoken of.
    fn outdated(&self, facts: &Facts, name: &Spanned<String>, target: &str) -> Option<Finding> {
        let version = self.version.as_ref()?;
        let text = facts.file(target).filter(|file| file.kind != Kind::Changelog)?.text();
        let (major, _) = version.value.split_once('.')?;
        let found = versions(text, 0);
        let same =
            |one: &str| one == version.value || one.strip_prefix(&version.value).is_some_and(|rest| rest == ".0");
        if found.iter().any(|one| same(&one.value) || version.value == format!("{}.0", one.value)) {
            return None;
        }
        // Only a number that stands beside the word Rust is surely meant, where the line speaks of Rust.
        let rust = |span: Span| near(text, span).contains("rust") || near(text, span).contains("msrv");
        let stale = found
            .iter()
            .find(|one| one.value.starts_with(major) && one.value[major.len()..].starts_with('.') && rust(one.span))?;
        if !near(self.file.text(), version.span).contains("rust") {
            return None;
        }
        let message = format!("{target} says {}, the line that asks to update it says {}", stale.value, version.value);
        Some(
            Finding::new(message, facts.place(target, stale.span, format!("says {}", stale.value)))
                .against(facts.place(&self.file.path, version.span, format!("says {}", version.value)))
                .against(facts.place(&self.file.path, name.span, "asks to update it"))
                .why("the file was forgotten when the version moved")
                .certainty(Certainty::Probable),
        )
    }
}

/// Says whether a name without a folder is that of a web site which the manifests or documents lead to: `deps.rs`.
fn is_a_site(facts: &Facts, name: &str) -> bool {
    let known = matches!(name, "docs.rs" | "deps.rs" | "lib.rs");
    let address = format!("://{name}");
    let finder = memchr::memmem::Finder::new(address.as_bytes());
    let mut speaking = facts.files.values().filter(|file| matches!(file.kind, Kind::Markdown | Kind::Manifest));
    !name.contains('/') && (known || speaking.any(|file| finder.find(file.text().as_bytes()).is_some()))
}

/// The line around a span, in small letters.
fn near(text: &str, span: Span) -> String {
    let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let end = text[span.end..].find('\n').map_or(text.len(), |end| span.end + end);
    text[start..end].to_ascii_lowercase()
}

/// The file names in a text that begins at an offset of its file.
fn names(text: &str, offset: usize) -> Vec<Spanned<String>> {
    let mut names = Vec::new();
    let mut at = 0;
    for word in text.split([' ', ',', ';', '(', ')', '`', '"', '\'']) {
        let start = offset + at;
        at += word.len() + 1;
        let name = word.trim_end_matches(['.', ':']);
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/'));
        if plain && EXTENSIONS.contains(&path::extension(name)) && !name.contains("..") {
            names.push(Spanned::new(name.to_owned(), Span::new(start, start + name.len())));
        }
    }
    names
}

/// The versions in a text that begins at an offset of its file: digits with one or two dots, not a part of a longer word.
fn versions(text: &str, offset: usize) -> Vec<Spanned<String>> {
    let mut found = Vec::new();
    let part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        match (part(character), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let word = text[from..at].trim_end_matches('.');
                let numbers = word
                    .split('.')
                    .all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
                if numbers && (1..=2).contains(&word.matches('.').count()) {
                    let span = Span::new(offset + from, offset + from + word.len());
                    found.push(Spanned::new(word.to_owned(), span));
                }
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// A path in small letters, with one of the two endings of YAML: whoever looks for `ci.yml` finds `ci.yaml`.
fn one_ending(path: &str) -> String {
    let lower = path.to_ascii_lowercase();
    lower.strip_suffix(".yml").map(|stem| format!("{stem}.yaml")).unwrap_or(lower)
}

/// The files that a name may mean: from the root, from the file's folder, or by their last parts anywhere.
fn named(facts: &Facts, from: &str, name: &str) -> Vec<String> {
    for start in ["", path::parent(from)] {
        if let Some(path) = path::join(start, name).filter(|path| facts.tree.exists(path) || facts.tree.hides(path)) {
            return vec![path];
        }
    }
    let wanted = one_ending(name);
    let ends = |path: &str| {
        let path = one_ending(path);
        path.strip_suffix(&wanted).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    facts.tree.entries().iter().filter(|entry| ends(&entry.path)).map(|entry| entry.path.to_string()).collect()
}
