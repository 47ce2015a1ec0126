//! The files that a tool is: what it says of itself a rebuilt or swapped one says too, its bytes it has not.

use std::path::Path;
use std::path::PathBuf;

use crate::world::file_digest;
use crate::world::stamp::Stamp;

/// The manager of toolchains: its programs stand in for those of the toolchain that is active.
const MANAGER: &str = "rustup";
/// The compiler.
const COMPILER: &str = "rustc";
/// What the library is called in which the compiler really is.
const DRIVER: &str = "rustc_driver";

/// The digests of the files that a tool is, a line each: `program sha256:...`.
///
/// Behind a proxy of rustup it is the program of the toolchain that counts, not the proxy: that is the same for all.
pub(crate) fn of(program: &str, path: &Path, sysroot: Option<&Path>) -> Result<String, String> {
    let behind = sysroot.map(|sysroot| sysroot.join("bin").join(program)).filter(|file| file.is_file());
    let mut files = Vec::new();
    if behind.is_none() || !is_proxy(path) {
        files.push(path.to_owned());
    }
    files.extend(behind);
    files.extend(sysroot.filter(|_| program == COMPILER).into_iter().flat_map(drivers));
    let mut real = files
        .iter()
        .map(|file| file.canonicalize().map_err(|error| format!("{}: {}", file.display(), error.kind())))
        .collect::<Result<Vec<PathBuf>, String>>()?;
    real.sort();
    real.dedup();
    let mut lines = Vec::new();
    for file in real {
        let (digest, _) = file_digest::of_file(&file).map_err(|problem| problem.message)?;
        lines.push(format!("program {digest}"));
    }
    lines.sort();
    Ok(lines.join("\n"))
}

/// The libraries in which the compiler really is that a file is, by its name; none for another program.
pub(crate) fn drivers_beside(file: &Path) -> Vec<PathBuf> {
    let is_compiler = file.file_stem().is_some_and(|stem| stem == COMPILER);
    let sysroot = file.parent().and_then(Path::parent).filter(|_| is_compiler);
    sysroot.map(drivers).unwrap_or_default()
}

fn drivers(sysroot: &Path) -> Vec<PathBuf> {
    let libraries = std::fs::read_dir(sysroot.join("lib")).into_iter().flatten().flatten();
    let is_driver = |file: &PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().contains(DRIVER));
    let mut found: Vec<PathBuf> = libraries.map(|entry| entry.path()).filter(is_driver).collect();
    found.sort();
    found
}

/// Says whether a program is one of rustup's stand-ins: a link to it, or the same file under another name.
fn is_proxy(path: &Path) -> bool {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if real.file_stem().is_some_and(|stem| stem == MANAGER) {
        return true;
    }
    let beside = path.with_file_name(if cfg!(windows) { "rustup.exe" } else { MANAGER });
    match (Stamp::at(&real), Stamp::at(&beside)) {
        (Some(one), Some(other)) if cfg!(unix) => one == other,
        (Some(one), Some(other)) => one.size == other.size,
        _ => false,
    }
}
