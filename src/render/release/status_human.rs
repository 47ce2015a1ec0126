//! The states of releases for people: a table with a column a witness, and below it by name each that does not agree.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use crate::release::status::State;
use crate::release::witness::Standing;
use crate::render::human::look::Detail;
use crate::render::human::look::Look;
use crate::render::text::count;

/// Renders the states of packages.
pub fn render(states: &[State], notes: &[String], look: Look) -> String {
    let mut text = String::new();
    if look.detail != Detail::Quiet {
        table(&mut text, states, look);
    }
    let mut told = false;
    for state in states {
        for one in &state.testimonies {
            let loud = matches!(one.standing, Standing::Missing | Standing::Contradicts | Standing::Unknown);
            let full = look.detail == Detail::Full;
            if loud || full {
                let line =
                    format!("{} {}: {} {}: {}", state.name, state.version, one.name(), one.standing.as_str(), one.says);
                let _ = writeln!(text, "{}", look.charset.line(&line));
                told = true;
            }
        }
    }
    for note in notes.iter().filter(|_| look.detail == Detail::Full) {
        let _ = writeln!(text, "note: {}", look.charset.line(note));
    }
    if told {
        text.push('\n');
    }
    closing(&mut text, states);
    text
}

fn table(text: &mut String, states: &[State], look: Look) {
    let Some(first) = states.first() else { return };
    let mut rows = vec![vec!["package".to_owned(), "version".to_owned()]];
    rows[0].extend(first.testimonies.iter().map(|one| one.name().to_owned()));
    for state in states {
        let mut row = vec![look.charset.line(&state.name), look.charset.line(&state.version.to_string())];
        row.extend(state.testimonies.iter().map(|one| match one.standing {
            Standing::NotDemanded => "-".to_owned(),
            standing => standing.as_str().to_owned(),
        }));
        rows.push(row);
    }
    let widths: Vec<usize> =
        (0..rows[0].len()).map(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or_default()).collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell}{}  ", " ".repeat(width.saturating_sub(cell.width())));
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push('\n');
}

fn closing(text: &mut String, states: &[State]) {
    let of = |wanted: Option<bool>| states.iter().filter(|state| state.agree() == wanted).count();
    let all = count(states.len(), "package");
    let _ = match (of(Some(false)), of(None)) {
        (0, 0) => writeln!(text, "release status: all witnesses agree on {all}"),
        (0, unknown) => writeln!(text, "release status: unknown for {unknown} of {all}, and nothing disagrees"),
        (wrong, 0) => writeln!(text, "release status: the witnesses disagree on {wrong} of {all}"),
        (wrong, unknown) => {
            writeln!(text, "release status: the witnesses disagree on {wrong} of {all}, unknown for {unknown} more")
        }
    };
}
