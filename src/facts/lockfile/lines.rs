//! Reads a lock file line by line, in just the form that cargo writes; a large one costs a millisecond.

use crate::facts::lockfile::document::LockedPackage;
use crate::facts::lockfile::document::Lockfile;
use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// Which table a line stands in.
enum At {
    Top,
    Package,
    Dependencies,
    Metadata,
}

/// Reads a lock file as cargo writes it; none where a line has another form, which the TOML parser must judge.
pub(super) fn read(text: &str) -> Option<Lockfile> {
    let mut lockfile = Lockfile::default();
    let mut open: Option<Open> = None;
    let mut at = At::Top;
    let mut start = 0;
    for raw in text.split_inclusive('\n') {
        let line = raw.trim_end_matches(['\n', '\r']);
        let span = Span::new(start, start + line.len());
        start += raw.len();
        match (&at, line) {
            (_, "") => {}
            (At::Top | At::Package | At::Metadata, "[[package]]") => {
                close(open.replace(Open::new(span)), &mut lockfile)?;
                at = At::Package;
            }
            (At::Top | At::Package, "[metadata]") => {
                close(open.take(), &mut lockfile)?;
                at = At::Metadata;
            }
            (At::Top, _) if line.starts_with('#') => {}
            (At::Top, _) => {
                let number = line.strip_prefix("version = ")?;
                let span = Span::new(span.end - number.len(), span.end);
                lockfile.format = Some(Spanned::new(number.parse().ok()?, span));
            }
            (At::Package, "dependencies = [") => at = At::Dependencies,
            (At::Package, _) => open.as_mut()?.take(line, span)?,
            (At::Dependencies, "]") => at = At::Package,
            (At::Dependencies, _) => {
                let name = line.strip_prefix(" \"")?.strip_suffix(',').unwrap_or(&line[2..]).strip_suffix('"')?;
                let at = span.start + 2;
                open.as_mut()?.dependencies.push(plain(name, at)?);
            }
            (At::Metadata, _) if line.starts_with('"') && line.ends_with('"') && line.contains("\" = \"") => {}
            (At::Metadata, _) => return None,
        }
    }
    close(open, &mut lockfile)?;
    matches!(at, At::Top | At::Package | At::Metadata).then_some(lockfile)
}

/// A package whose table is not at its end yet.
struct Open {
    name: Option<Spanned<String>>,
    version: Option<Spanned<String>>,
    source: Option<Spanned<String>>,
    dependencies: Vec<Spanned<String>>,
    span: Span,
}

impl Open {
    fn new(span: Span) -> Self {
        Self { name: None, version: None, source: None, dependencies: Vec::new(), span }
    }

    /// Takes a line `key = "value"`; none where the key is twice there or unknown.
    fn take(&mut self, line: &str, span: Span) -> Option<()> {
        let (key, value) = line.split_once(" = \"")?;
        let value = value.strip_suffix('"')?;
        let value = plain(value, span.start + key.len() + 4)?;
        let slot = match key {
            "name" => &mut self.name,
            "version" => &mut self.version,
            "source" => &mut self.source,
            "checksum" | "replace" => return Some(()),
            _ => return None,
        };
        slot.replace(value).is_none().then_some(())
    }
}

fn close(open: Option<Open>, lockfile: &mut Lockfile) -> Option<()> {
    if let Some(open) = open {
        let Open { name, version, source, dependencies, span } = open;
        lockfile.packages.push(LockedPackage { name: name?, version: version?, source, dependencies, span });
    }
    Some(())
}

/// A string without escapes.
fn plain(value: &str, start: usize) -> Option<Spanned<String>> {
    let is_plain = !value.contains(['"', '\\']);
    is_plain.then(|| Spanned::new(value.to_owned(), Span::new(start, start + value.len())))
}
