//! The files that releases on the forge carry: what begins with the name of a package goes to the release of that package
//! alone, the rest to each; every release has the digests of what it carries.

use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;

use crate::commands::release_forge::Asset;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::digest::Digest;
use crate::facts::manifest::TargetKind;
use crate::world::given;
use crate::world::outfile;

/// The most bytes of a file of a release.
const MOST: u64 = 2 << 30;
/// The name of the digests of all files.
const SUMS: &str = "SHA256SUMS";

/// A file that was handed over.
#[derive(Clone, Debug)]
struct File {
    asset: Asset,
    digest: String,
    /// Whether every release carries it, whatever its name.
    is_of_all: bool,
}

/// What was handed over for releases.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handed {
    files: Vec<File>,
    /// Where the digests of a release are written.
    sums: PathBuf,
}

/// A package that may come out, as names of files know it.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    index: usize,
    version: String,
    /// Its name, and those of its programs.
    names: Vec<String>,
    has_programs: bool,
}

impl Owner {
    /// A package of a tree.
    pub(crate) fn of(facts: &Facts, index: usize) -> Self {
        let package = &facts.cargo.packages[index];
        let programs = package.targets.iter().filter(|target| target.kind == TargetKind::Bin);
        let mut names: Vec<String> = programs.map(|target| target.name.clone()).collect();
        let has_programs = !names.is_empty();
        names.push(package.name.value.clone());
        let version = package.version.as_ref().map(|version| version.value.to_string()).unwrap_or_default();
        Self { index, version, names, has_programs }
    }

    /// What follows its longest name that a file begins with.
    fn rest<'a>(&self, file: &'a str) -> Option<&'a str> {
        let rest = |name: &String| {
            let rest = file.strip_prefix(name.as_str())?;
            (rest.is_empty() || rest.starts_with(['-', '_', '.'])).then_some(rest)
        };
        self.names.iter().filter_map(rest).min_by_key(|rest| rest.len())
    }
}

impl Handed {
    /// The proof, which every release carries, and the files of a folder.
    pub(crate) fn read(proof: &Path, folder: Option<&Path>) -> Result<Self, Error> {
        let mut assets = vec![Asset { name: "proof.intoto.jsonl".to_owned(), path: proof.to_path_buf() }];
        for (name, path) in folder.map(given::files_in).transpose()?.unwrap_or_default() {
            if name == SUMS || assets.iter().any(|asset| asset.name == name) {
                return Err(Error::usage("bad-input", format!("take {name} among the assets: the Action writes it"))
                    .at(path.display().to_string()));
            }
            assets.push(Asset { name, path });
        }
        let mut files = Vec::new();
        for (place, asset) in assets.into_iter().enumerate() {
            let digest = Digest::of(&given::document(&asset.path, MOST)?).hex();
            files.push(File { asset, digest, is_of_all: place == 0 });
        }
        Ok(Self { files, sums: proof.with_file_name(SUMS) })
    }

    /// The files of the release of some packages, and their digests.
    pub(crate) fn of(&self, owners: &[Owner], packages: &[usize]) -> Result<Vec<Asset>, Error> {
        let carried: Vec<&File> = self.files.iter().filter(|file| file.goes_to(owners, packages)).collect();
        let mut assets: Vec<Asset> = carried.iter().map(|file| file.asset.clone()).collect();
        if !assets.is_empty() {
            let mut sums = String::new();
            for file in &carried {
                let _ = writeln!(sums, "{}  {}", file.digest, file.asset.name);
            }
            outfile::replace(&self.sums, sums.as_bytes())?;
            assets.push(Asset { name: SUMS.to_owned(), path: self.sums.clone() });
        }
        Ok(assets)
    }

    /// The names of those that no release of these packages carries.
    pub(crate) fn left<'a>(
        &'a self,
        owners: &'a [Owner],
        packages: &'a [usize],
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        let left = self.files.iter().filter(|file| !file.goes_to(owners, packages));
        left.map(|file| file.asset.name.as_str())
    }
}

impl File {
    fn goes_to(&self, owners: &[Owner], packages: &[usize]) -> bool {
        self.is_of_all || belongs(&self.asset.name, owners, packages)
    }
}

/// Whether a file is one of the release of some packages.
fn belongs(file: &str, owners: &[Owner], packages: &[usize]) -> bool {
    let begun: Vec<(&Owner, &str)> =
        owners.iter().filter_map(|owner| owner.rest(file).map(|rest| (owner, rest))).collect();
    // The longest name is meant, and among packages of one name the one that has programs.
    let Some(shortest) = begun.iter().map(|(_, rest)| rest.len()).min() else { return true };
    let meant = || begun.iter().filter(|(_, rest)| rest.len() == shortest);
    let with_programs = meant().any(|(owner, _)| owner.has_programs);
    meant()
        .filter(|(owner, _)| owner.has_programs == with_programs)
        .any(|(owner, rest)| packages.contains(&owner.index) && is_of_version(rest, &owner.version))
}

/// Whether what follows the name of a package names this version, or none.
fn is_of_version(rest: &str, version: &str) -> bool {
    let digit = |sign: char| sign.is_ascii_digit();
    let said = rest.trim_start_matches(['-', '_', '.']);
    let said = said.strip_prefix('v').unwrap_or(said);
    let after = said.trim_start_matches(digit);
    let is_version = after.len() < said.len() && after.strip_prefix('.').is_some_and(|minor| minor.starts_with(digit));
    !is_version || said.strip_prefix(version).is_some_and(|end| !end.starts_with(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(index: usize, version: &str, names: &[&str]) -> Owner {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Owner { index, version: version.to_owned(), has_programs: names.len() > 1, names }
    }

    #[test]
    fn a_file_goes_to_the_release_of_the_package_that_its_name_begins_with() {
        let owners = [
            owner(0, "0.3.0", &["a"]),
            owner(1, "1.2.0", &["foo", "foo"]),
            owner(2, "2.0.0", &["foo-core"]),
            owner(3, "4.0.0", &["tool-cli", "tool"]),
            owner(4, "5.0.0", &["tool"]),
        ];
        for (file, packages) in [
            ("foo-1.2.0-x86_64-unknown-linux-gnu.tar.gz", vec![1]),
            ("foo-v1.2.0.tar.gz", vec![1]),
            ("foo-x86_64-unknown-linux-gnu.zip", vec![1]),
            ("foo-1.2.0", vec![1]),
            ("foo.1", vec![1]),
            ("foo-1.1.0-x86_64-unknown-linux-gnu.tar.gz", vec![]),
            ("foo-1.2.01.tar.gz", vec![]),
            ("foo-core-2.0.0.tar.gz", vec![2]),
            ("tool-4.0.0.tar.gz", vec![3]),
            ("tool-cli-4.0.0.tar.gz", vec![3]),
            ("a-0.3.0.tar.gz", vec![0]),
            ("food.txt", vec![0, 1, 2, 3, 4]),
            ("checksums.txt", vec![0, 1, 2, 3, 4]),
        ] {
            let found: Vec<usize> = (0..5).filter(|index| belongs(file, &owners, &[*index])).collect();
            assert_eq!(found, packages, "{file}");
        }
        assert!(belongs("foo-1.2.0.tar.gz", &owners, &[0, 1]), "one tag for several packages");
    }
}
