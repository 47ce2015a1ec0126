//! Which paths of a tree git's ignore files name, folder by folder on the way down.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::Gitignore;
use ignore::gitignore::GitignoreBuilder;

use crate::facts::kind::Kind;
use crate::facts::limits;
use crate::world::file;

/// The patterns that hold in a folder: its own, below them those of the folders above, at the bottom those outside the tree.
#[derive(Clone, Default)]
pub(crate) struct Ignored {
    nearest: Option<Arc<Level>>,
}

struct Level {
    patterns: Gitignore,
    above: Option<Arc<Self>>,
}

impl Ignored {
    /// The patterns of files outside the tree, the strongest file last. A file that can't be read ignores nothing, as git has it.
    pub(crate) fn outside(files: &[PathBuf]) -> Self {
        let mut ignored = Self::default();
        for path in files {
            // People keep their own under a link.
            if path.metadata().is_ok_and(|data| data.is_file() && data.len() <= limits::bytes_of(Kind::Text))
                && let Ok(bytes) = std::fs::read(path)
            {
                ignored = ignored.with("", &bytes);
            }
        }
        ignored
    }

    /// The same with the ignore file of a folder of the tree, by its path from the root.
    pub(crate) fn inside(&self, folder: &str, file: &Path) -> Self {
        // Git follows no link here either.
        match file::read(file, limits::bytes_of(Kind::Text)) {
            Ok(bytes) => self.with(folder, &bytes),
            Err(_) => self.clone(),
        }
    }

    fn with(&self, folder: &str, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut builder = GitignoreBuilder::new(folder);
        for line in text.trim_start_matches('\u{feff}').lines() {
            // A pattern that can't be read names nothing, as git has it.
            let _ = builder.add_line(None, line);
        }
        match builder.build() {
            Ok(patterns) if !patterns.is_empty() => {
                Self { nearest: Some(Arc::new(Level { patterns, above: self.nearest.clone() })) }
            }
            _ => self.clone(),
        }
    }

    /// Says whether a path from the root is ignored; of the folders above it nothing is asked.
    pub(crate) fn names(&self, path: &Path, is_folder: bool) -> bool {
        let mut level = self.nearest.as_deref();
        while let Some(Level { patterns, above }) = level {
            match patterns.matched(path, is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => level = above.as_deref(),
            }
        }
        false
    }
}
