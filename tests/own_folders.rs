//! What is ours is written below the root of the tree, and no link that is checked in leads it elsewhere.
#![cfg(unix)]

mod support;

use std::os::unix::fs::symlink;
use std::path::Path;

use support::checkout::Scratch;
use support::governed::governed;
use support::governed::place;
use support::governed::step;
use support::keys::Keys;

fn is_empty(folder: &Path) -> bool {
    folder.read_dir().expect("a folder").next().is_none()
}

#[test]
fn a_checked_in_link_in_the_place_of_our_folder_is_refused_and_the_users_own_is_followed() {
    let steps = step("says", "echo hello", "");
    for (path, ignore) in [("target", "/none\n"), ("target/governed", "/none\n")] {
        let (away, scratch) = (Scratch::new(), place(&steps, &[(".gitignore", ignore)]));
        std::fs::create_dir_all(scratch.at(path).parent().expect("a folder")).expect("a folder");
        symlink(away.path(), scratch.at(path)).expect("a link");
        scratch.commit("a link");
        for arguments in [&["run"][..], &["run", "--rev", "HEAD"], &["run", "--shard", "1/1"]] {
            let ran = governed(&scratch, arguments);
            assert_eq!(ran.code, 4, "{ran:?}");
            assert!(ran.stderr.contains(&format!("{path} is a link that is checked in")), "{ran:?}");
            assert!(ran.stderr.contains("git rm --cached"), "{ran:?}");
            assert!(is_empty(away.path()), "{arguments:?}");
        }
        scratch.git(&["rm", "-q", "--cached", path]);
        scratch.write(".gitignore", "/target\n");
        scratch.commit("a link of the user's own");
        let ran = governed(&scratch, &["run"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(!is_empty(away.path()), "a link of the user's own is followed");
    }
}

#[test]
fn a_proof_is_not_written_through_a_checked_in_link() {
    let (away, scratch) = (Scratch::new(), place(&step("says", "echo hello", ""), &[(".gitignore", "/none\n")]));
    assert_eq!(governed(&scratch, &["run"]).code, 0);
    std::fs::remove_dir_all(scratch.at("target")).expect("a folder");
    symlink(away.path(), scratch.at("target")).expect("a link");
    scratch.commit("a link");
    let ran = governed(&scratch, &["prove"]);
    assert!(ran.code == 4 && ran.stderr.contains("target is a link that is checked in"), "{ran:?}");
    assert!(is_empty(away.path()));
}

#[test]
fn a_signature_is_not_written_through_a_link() {
    let (away, scratch) = (Scratch::new(), place(&step("says", "echo hello", ""), &[]));
    scratch.git(&["branch", "base"]);
    let keys = Keys::new();
    let key = keys.make("alice", "ed25519").display().to_string();
    symlink(away.path(), scratch.at(".governed")).expect("a link");
    scratch.write("governed.toml", "[run]\ninfer = false\n");
    scratch.commit("a link");
    let ran = governed(&scratch, &["prove", "--sign", &key, "--what", "policy", "--base", "base"]);
    assert!(ran.code == 4 && ran.stderr.contains(".governed"), "{ran:?}");
    assert!(is_empty(away.path()));
}
