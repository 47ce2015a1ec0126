//! What the self-test of the gate came to.

use std::fmt::Write as _;

use serde_json::json;

use crate::gate::act::Act;
use crate::gate::decision::Refusal;
use crate::render::encode;

/// How a staged attack ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The gate refused it for what it does.
    Refused,
    /// The gate refused it, but not for what it does.
    Otherwise,
    /// The gate let it through.
    Allowed,
    /// The base has nothing of the kind that it attacks.
    NotApplicable,
}

impl Ended {
    /// The word in the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Otherwise => "refused-otherwise",
            Self::Allowed => "allowed",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// One attack.
#[derive(Clone, Debug)]
pub struct Row {
    /// The row of the threat table.
    pub threat: u8,
    /// What was done.
    pub name: &'static str,
    /// The act that was asked for.
    pub act: Act,
    /// How it ended.
    pub ended: Ended,
    /// Because of what.
    pub because: Vec<Refusal>,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Staged {
    /// The base as the caller named it.
    pub base: String,
    /// Its commit.
    pub commit: String,
    /// The harmless change.
    pub control: Row,
    /// The attacks.
    pub rows: Vec<Row>,
}

impl Staged {
    /// Says whether no attack got through, and something was tested: the harmless change must get through, or nothing that
    /// was refused shows anything.
    pub fn holds(&self) -> bool {
        self.is_tested() && self.rows.iter().all(|row| row.ended != Ended::Allowed)
    }

    /// Says whether an attack got through.
    pub fn gets_through(&self) -> bool {
        self.rows.iter().any(|row| row.ended == Ended::Allowed)
    }

    /// Says whether each refusal shows something: the harmless change is let through, and each attack is refused for what
    /// it does.
    pub fn is_tested(&self) -> bool {
        self.control.ended == Ended::Allowed && self.rows.iter().all(|row| row.ended != Ended::Otherwise)
    }
}

fn codes(row: &Row) -> String {
    let mut codes: Vec<&str> = row.because.iter().map(|refusal| refusal.code.as_str()).collect();
    codes.dedup();
    codes.join(", ")
}

/// The text.
pub fn human(staged: &Staged) -> String {
    let mut text = format!("attacks on {} ({})\n", staged.base, staged.commit.get(..12).unwrap_or(&staged.commit));
    for row in &staged.rows {
        let (act, name) = (row.act.as_str(), row.name);
        let _ = match row.ended {
            Ended::Refused => writeln!(text, "refused: {act}: {name}: {}", codes(row)),
            Ended::Otherwise => {
                writeln!(text, "NOT TESTED: {act}: {name}: refused, but not for what it does: {}", codes(row))
            }
            Ended::Allowed => writeln!(text, "GETS THROUGH: {act}: {name} (threat {})", row.threat),
            Ended::NotApplicable => writeln!(text, "not applicable: {name}: the base has nothing of the kind"),
        };
    }
    let control = match staged.control.ended {
        Ended::Allowed => "allowed, as it must be".to_owned(),
        _ => format!("REFUSED, too: {}: what is refused beside it shows nothing", codes(&staged.control)),
    };
    let _ = writeln!(text, "{}: {control}", staged.control.name);
    let count = |ended| staged.rows.iter().filter(|row| row.ended == ended).count();
    let (refused, through, otherwise) = (count(Ended::Refused), count(Ended::Allowed), count(Ended::Otherwise));
    if through > 0 {
        let all = refused + through + otherwise;
        let _ = writeln!(text, "{through} of {all} attacks would have got through (exit 1)");
    } else if staged.is_tested() {
        let _ = writeln!(text, "{refused} attacks, all refused (exit 0)");
    } else {
        let _ = writeln!(text, "nobody can tell whether the gate holds (exit 3)");
    }
    text
}

/// The document: `cargo-governed/gate-self-test/1`.
pub fn json(staged: &Staged) -> String {
    let row = |row: &Row| {
        json!({
            "threat": row.threat,
            "name": row.name,
            "act": row.act.as_str(),
            "ended": row.ended.as_str(),
            "because": row.because.iter().map(|one| json!({ "code": one.code.as_str(), "message": one.message })).collect::<Vec<_>>(),
        })
    };
    encode::json::document(&json!({
        "schema": "cargo-governed/gate-self-test/1",
        "base": { "revision": staged.base, "commit": staged.commit },
        "control": row(&staged.control),
        "attacks": staged.rows.iter().map(row).collect::<Vec<_>>(),
        "holds": staged.holds(),
    }))
}
