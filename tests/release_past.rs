//! The table of past releases: its figures, and on clones of its repositories every row.
//!
//! `GOVERNED_REPOSITORIES=DIR cargo test --test release_past -- --ignored` plans at the commit of each row whose
//! repository lies in DIR under its last name, with all tags, and compares what the table says.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

struct Row {
    repository: String,
    commit: String,
    package: String,
    chosen: String,
    planned: String,
    why: String,
}

fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judged/release_plan.tsv");
    let text = std::fs::read_to_string(path).expect("the table");
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [repository, commit, package, chosen, planned, why] = cells.as_slice() else { panic!("{line}") };
        let [repository, commit, package, chosen, planned, why] =
            [repository, commit, package, chosen, planned, why].map(|cell| (*cell).to_owned());
        Row { repository, commit, package, chosen, planned, why }
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn the_table_is_what_the_page_says_of_it() {
    let rows = rows();
    let same = rows.iter().filter(|row| row.chosen == row.planned).count();
    let mut repositories: Vec<&str> = rows.iter().map(|row| row.repository.as_str()).collect();
    repositories.sort_unstable();
    repositories.dedup();
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/release.md")).expect("the page");
    let said = format!("Of {} releases in {} repositories it names {}.", rows.len(), repositories.len(), same);
    assert!(page.contains(&said), "the page does not say: {said}");
    for row in rows.iter().filter(|row| row.chosen != row.planned) {
        assert!(row.why.len() > 20, "{} {}: a difference without its explanation", row.repository, row.chosen);
    }
}

#[test]
#[ignore = "needs clones of the repositories of the table"]
fn every_row_is_what_a_plan_says() {
    let folder = std::env::var("GOVERNED_REPOSITORIES").expect("the folder of the clones");
    let mut faults = Vec::new();
    let mut planned = 0;
    for row in rows() {
        let name = row.repository.rsplit('/').next().unwrap_or_default();
        let Some(clone) = folder.split(':').map(|one| Path::new(one).join(name)).find(|one| one.is_dir()) else {
            continue;
        };
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-governed"))
            .arg("-C")
            .arg(clone)
            .args(["release", "plan", "--no-api", "--format", "json", "--rev", &row.commit])
            .output()
            .expect("the binary runs");
        let plan: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let packages = plan["packages"].as_array().cloned().unwrap_or_default();
        let package = packages.iter().find(|package| package["name"] == row.package.as_str());
        let next = package.and_then(|package| package["next"].as_str()).unwrap_or("-").to_owned();
        planned += 1;
        if next != row.planned {
            faults.push(format!(
                "{} {} {}: {next}, the table has {}",
                row.repository, row.commit, row.package, row.planned
            ));
        }
    }
    assert!(planned > 0, "no repository of the table lies in {folder}");
    assert!(faults.is_empty(), "{faults:#?}");
}
