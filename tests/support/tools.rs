//! Programs that some tests need and CI installs: looked for in the folder that `GOVERNED_TOOLS` names, then on the path.
//! With `GOVERNED_TOOLS` set, a missing one is a failure, unless `GOVERNED_SKIP` names it.

use std::path::PathBuf;

/// Where a program is; none where it may be left out.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("GOVERNED_TOOLS").map(PathBuf::from);
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folder.iter().cloned().chain(std::env::split_paths(&on_path));
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    let skipped = std::env::var("GOVERNED_SKIP").unwrap_or_default();
    let may_miss = folder.is_none() || skipped.split(',').any(|skip| skip == name);
    assert!(
        found.is_some() || may_miss,
        "{name} is missing; .ci/tools installs it, GOVERNED_SKIP={name} leaves it out"
    );
    if found.is_none() {
        tell(&format!("left out: {name} is missing; .ci/tools installs it, and GOVERNED_TOOLS names its folder"));
    }
    found
}

#[expect(clippy::print_stderr, reason = "a test that looks at nothing says so")]
fn tell(line: &str) {
    eprintln!("{line}");
}
