//! A bare repository that only takes in what is fetched from elsewhere, and files of what it took in.

use std::path::Path;

use git2::ErrorCode;

/// Makes the repository, if it is not there yet.
pub(crate) fn begin(folder: &Path) -> Result<(), String> {
    if git2::Repository::open_bare(folder).is_ok() {
        return Ok(());
    }
    let mut options = git2::RepositoryInitOptions::new();
    options.bare(true).external_template(false);
    let made = git2::Repository::init_opts(folder, &options);
    made.map(|_| ()).map_err(|error| error.message().to_owned())
}

/// The text of a file behind a reference; none where that tree has no such file.
pub(crate) fn text_at(folder: &Path, reference: &str, path: &str) -> Result<Option<String>, String> {
    let read = || -> Result<Option<String>, git2::Error> {
        let repository = git2::Repository::open_bare(folder)?;
        let tree = repository.find_reference(reference)?.peel_to_tree()?;
        let entry = match tree.get_path(Path::new(path)) {
            Ok(entry) => entry,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let blob = repository.find_blob(entry.id())?;
        let text = std::str::from_utf8(blob.content());
        text.map(|text| Some(text.to_owned())).map_err(|_| git2::Error::from_str("it is no text"))
    };
    read().map_err(|error| error.message().to_owned())
}
