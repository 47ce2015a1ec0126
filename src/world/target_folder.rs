//! Where cargo builds: what the command, the environment and cargo's configuration say, in this order, as cargo takes it.
//!
//! Configuration in the tree itself may move the target folder only within the tree, or to a folder that cargo has marked
//! as its own: where a step may write is not for the tree under test to say.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::facts::toml::Document;
use crate::world::cargo_chain::Chain;
use crate::world::cargo_chain::Part;
use crate::world::plain_path::plain;

/// What the mark in a target folder begins with, as cargo and the standard for such marks have it.
pub(crate) const MARK: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// Where cargo writes what it builds, for one command. One folder of each kind; the second only where there is one.
pub fn of(root: &Path, chain: &Chain, argv: &[String], see: &dyn Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let named = |variables: &[&str]| {
        let values = variables.iter().filter_map(|name| see(name)).find(|value| !value.is_empty());
        values.map(|value| plain(&root.join(value)))
    };
    let target = argument(argv)
        .map(|value| plain(&root.join(value)))
        .or_else(|| named(&["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"]))
        .or_else(|| configured(root, chain, "build.target-dir", see))
        .unwrap_or_else(|| root.join("target"));
    let build = named(&["CARGO_BUILD_BUILD_DIR"]).or_else(|| configured(root, chain, "build.build-dir", see));
    let mut found = vec![target];
    found.extend(build.filter(|build| !build.starts_with(&found[0])));
    found
}

/// `--target-dir` of a call of cargo.
fn argument(argv: &[String]) -> Option<&str> {
    let mut words = argv.iter().skip(1).map(String::as_str).take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some(("--target-dir", value)) => return Some(value),
            None if word == "--target-dir" => return words.next(),
            _ => {}
        }
    }
    None
}

/// The folder that the nearest configuration names, if it may be the one.
fn configured(root: &Path, chain: &Chain, key: &str, see: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let files = chain.found.iter().filter(|file| file.part == Part::Cargo);
    let mut found = files.filter_map(|file| {
        let setting = file.settings.iter().find(|setting| setting.key == key)?;
        Some((file, setting.shown.as_deref()?))
    });
    let (file, written) = found.next()?;
    let value = expanded(&text_of(written)?, root, see);
    // Cargo counts such a path from the folder above the one that the file is in.
    let folder = file.path.parent().and_then(Path::parent).unwrap_or(root);
    let path = plain(&folder.join(value));
    let is_around = file.name.starts_with("../") || file.name.starts_with('$');
    (is_around || path.starts_with(root) || is_marked(&path)).then_some(path)
}

/// The value as it is meant: what is kept of it stands without its quotes, or with them where it needs escapes.
fn text_of(written: &str) -> Option<String> {
    let quoted = if written.starts_with(['"', '\'']) { written.to_owned() } else { format!("'{written}'") };
    let text = format!("value = {quoted}\n");
    let document = Document::parse(&text);
    let root = document.root();
    root.get("value").and_then(|value| root.as_string(value)).map(|value| value.value)
}

/// The value with cargo's names filled in, up to the first that only cargo can fill.
fn expanded(value: &str, root: &Path, see: &dyn Fn(&str) -> Option<OsString>) -> String {
    let home = see("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&see("HOME")?).join(".cargo"))).unwrap_or_default();
    let value = value
        .replace("{workspace-root}", &root.to_string_lossy())
        .replace("{cargo-cache-home}", &home.to_string_lossy());
    match value.find('{') {
        Some(at) => value[..at].rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned()),
        None => value,
    }
}

/// Says whether a folder has cargo's mark.
pub(crate) fn is_marked(folder: &Path) -> bool {
    fs::read(folder.join("CACHEDIR.TAG")).is_ok_and(|tag| tag.starts_with(MARK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::cargo_chain;
    use crate::world::cargo_chain::Homes;

    fn folders(root: &Path, argv: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
        let see = |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| value.into());
        let argv: Vec<String> = argv.iter().map(|&word| word.to_owned()).collect();
        let above = root.parent().unwrap();
        of(root, &cargo_chain::read(root, &Homes::default()), &argv, &see)
            .iter()
            .map(|path| path.strip_prefix(above).unwrap_or(path).to_string_lossy().into_owned())
            .collect()
    }

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn the_command_outvotes_the_environment_and_that_the_configuration() {
        let above = tempfile::tempdir().unwrap();
        let root = above.path().join("tree");
        write(&root.join("Cargo.toml"), "");
        assert_eq!(folders(&root, &["cargo", "test"], &[]), ["tree/target"]);
        write(&above.path().join(".cargo/config.toml"), "[build]\ntarget-dir = \"shared\"\n");
        assert_eq!(folders(&root, &["cargo", "test"], &[]), ["shared"]);
        assert_eq!(folders(&root, &["cargo", "test"], &[("CARGO_TARGET_DIR", "own")]), ["tree/own"]);
        assert_eq!(folders(&root, &["cargo", "test", "--target-dir", "x"], &[("CARGO_TARGET_DIR", "own")]), ["tree/x"]);
        assert_eq!(folders(&root, &["cargo", "test", "--", "--target-dir=x"], &[]), ["shared"]);
        let build = "[build]\nbuild-dir = '{workspace-root}/../b/{workspace-path-hash}'\n";
        write(&above.path().join(".cargo/config.toml"), build);
        assert_eq!(folders(&root, &["cargo", "test"], &[]), ["tree/target", "b"]);
    }

    #[test]
    fn the_tree_itself_moves_it_only_to_where_cargo_already_builds() {
        let above = tempfile::tempdir().unwrap();
        let root = above.path().join("tree");
        write(&root.join(".cargo/config.toml"), "[build]\ntarget-dir = \"../elsewhere\"\n");
        assert_eq!(folders(&root, &["cargo"], &[]), ["tree/target"]);
        write(&above.path().join("elsewhere/CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55\n");
        assert_eq!(folders(&root, &["cargo"], &[]), ["elsewhere"]);
        write(&root.join(".cargo/config.toml"), "[build]\ntarget-dir = \"built/here\"\n");
        assert_eq!(folders(&root, &["cargo"], &[]), ["tree/built/here"]);
    }
}
