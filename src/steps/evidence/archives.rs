//! How many archives a packing command must write, by its words and the members of the workspace.

use std::collections::BTreeSet;

use crate::facts::shell::lexer::Word;
use crate::steps::catalog::profile;
use crate::steps::step::Profile;
use crate::steps::step::Step;

/// How many packages a step packs; none where its words leave that to cargo.
pub fn wanted(step: &Step, members: &[&str]) -> Option<u64> {
    if step.profile != Profile::Package {
        return None;
    }
    let call = profile::cargo_call(&step.argv)?;
    // A package of another workspace, or a pattern: only cargo knows.
    if call.manifest_path.is_some() || call.folder.is_some() || call.open {
        return None;
    }
    let names = |words: &[Word]| -> Option<BTreeSet<String>> {
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        words.iter().map(|word| plain(&word.text).then(|| word.text.clone())).collect()
    };
    let (packages, excluded) = (names(&call.packages)?, names(&call.excluded)?);
    if call.workspace {
        let left = members.iter().filter(|member| !excluded.contains(**member)).count();
        return u64::try_from(left).ok().filter(|left| *left > 0);
    }
    u64::try_from(packages.len()).ok().filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_how_many() {
        for (words, expected) in [
            ("cargo package --no-verify -p a -p b", Some(2)),
            ("cargo package -p a -p a", Some(1)),
            ("cargo package --workspace --exclude c", Some(2)),
            ("cargo package --workspace", Some(3)),
            ("cargo package", None),
            ("cargo package -p a@1.0.0", None),
            ("cargo package --workspace --exclude 'c*'", None),
            ("cargo package --manifest-path x/Cargo.toml -p a", None),
        ] {
            let argv = words.split(' ').map(str::to_owned).collect();
            let step = Step::inferred("package", Profile::Package, argv, "a test");
            assert_eq!(wanted(&step, &["a", "b", "c"]), expected, "{words}");
        }
    }
}
