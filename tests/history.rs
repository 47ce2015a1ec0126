//! The history behind a commit, asked of scratch repositories.

mod support;

use cargo_governed::facts::history::History;
use cargo_governed::facts::history::Unavailable;
use support::fixture::Fixture;
use support::scratch::Scratch;

const LINE: &str = "\
== commit 2024-01-01 First [tags: v0.1.0]
-- a/b.txt --
one
-- c.txt --
one
== commit 2024-02-01 Backport [tags: v0.1.1] [aside]
-- a/b.txt --
side
== commit 2024-03-01 Second [tags: v0.2.0]
-- a/b.txt --
two
== commit 2024-04-01 Third
-- c.txt --
three
-- new.txt --
three
";

fn scratch(text: &str) -> Scratch {
    Scratch::new(&Fixture::parse(text).commits)
}

#[test]
fn a_tag_on_a_side_branch_is_not_in_head() {
    let scratch = scratch(LINE);
    let history = scratch.history();
    let tags = history.tags().unwrap();
    let names: Vec<_> = tags.iter().map(|tag| (tag.name.as_str(), history.is_in_head(&tag.commit).unwrap())).collect();
    assert_eq!(names, [("v0.1.0", true), ("v0.1.1", false), ("v0.2.0", true)]);
}

#[test]
fn texts_and_changes_come_from_the_commit_that_is_asked() {
    let scratch = scratch(LINE);
    let history = scratch.history();
    let first = &history.tags().unwrap()[0].commit;
    assert_eq!(history.text_at(first, "a/b.txt").unwrap().as_deref(), Some("one\n"));
    assert_eq!(history.text_at(first, "new.txt").unwrap(), None);
    assert_eq!(history.text_at(first, "a").unwrap(), None, "a folder has no text");
    assert_eq!(history.changed_since(first).unwrap().as_ref(), ["a/b.txt", "c.txt", "new.txt"]);
}

#[test]
fn the_last_change_is_the_newest_commit_that_touched_the_path() {
    let scratch = scratch(LINE);
    let history = scratch.history();
    let change = |path| history.last_change(path).unwrap().map(|commit| commit.summary);
    assert_eq!(change("a/b.txt").as_deref(), Some("Second"));
    assert_eq!(change("a").as_deref(), Some("Second"));
    assert_eq!(change("c.txt").as_deref(), Some("Third"));
    assert_eq!(change("c.txt/d").as_deref(), None);
    assert_eq!(change("gone.txt").as_deref(), None);
}

#[test]
fn behind_the_border_of_a_shallow_clone_nothing_is_known() {
    let scratch = scratch(&LINE.replace("Second [tags: v0.2.0]", "Second [tags: v0.2.0] [shallow]"));
    let history = scratch.history();
    assert!(history.is_shallow());
    let tags = history.tags().unwrap();
    assert_eq!(history.is_in_head(&tags[2].commit), Ok(true));
    assert_eq!(history.is_in_head(&tags[0].commit), Err(Unavailable::Shallow));
    assert_eq!(history.last_change("a/b.txt"), Err(Unavailable::Shallow));
    assert_eq!(history.last_change("c.txt").unwrap().unwrap().summary, "Third");
}

#[test]
fn answers_do_not_depend_on_the_order_of_the_questions() {
    let scratch = scratch(LINE);
    let (forward, backward) = (scratch.history(), scratch.history());
    let tags = forward.tags().unwrap();
    let one: Vec<_> = tags.iter().map(|tag| forward.is_in_head(&tag.commit)).collect();
    let mut other: Vec<_> = tags.iter().rev().map(|tag| backward.is_in_head(&tag.commit)).collect();
    other.reverse();
    assert_eq!(one, other);
}

#[test]
fn a_commit_whose_clock_was_years_ahead_is_still_behind_the_head() {
    let text = "== commit 2024-01-01 One [tags: v1]\n-- a --\n1\n== commit 2034-01-01 Two [tags: v2]\n-- a --\n2\n\
                == commit 2034-01-02 Aside [tags: v2.1] [aside]\n-- a --\n2.1\n== commit 2024-01-03 Three\n-- a --\n3\n";
    let scratch = scratch(text);
    let history = scratch.history();
    let tags = history.tags().unwrap();
    let names: Vec<_> = tags.iter().map(|tag| (tag.name.as_str(), history.is_in_head(&tag.commit).unwrap())).collect();
    assert_eq!(names, [("v1", true), ("v2", true), ("v2.1", false)]);
}
