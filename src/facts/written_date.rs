//! Dates as people write them in headings.

use jiff::civil::Date;

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A date at the beginning of some words, and how many of them it takes: `2020-01-31`, `July 20th 2026`, `12. December 2024`.
pub fn read<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<(Date, usize)> {
    let first = words.next()?;
    if let Some(date) = numeric_date(first) {
        return Some((date, 1));
    }
    let (month, day) = if let Some(month) = month_of(first) {
        (month, day_of(words.next()?)?)
    } else {
        let day = day_of(first)?;
        (month_of(words.next()?)?, day)
    };
    let year: i16 = words.next()?.parse().ok().filter(|year| (1990..2200).contains(year))?;
    Some((Date::new(year, month, day).ok()?, 3))
}

fn numeric_date(text: &str) -> Option<Date> {
    let mut parts = text.split(['-', '/', '.']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() || month.len() > 2 || day.len() > 2 {
        return None;
    }
    // `2024.1.15` is a version of a calendar scheme.
    if text.contains('.') && (month.len() == 1 || day.len() == 1) {
        return None;
    }
    let year: i16 = year.parse().ok().filter(|year| (1990..2200).contains(year))?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

fn month_of(text: &str) -> Option<i8> {
    let lower = text.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| lower.starts_with(month))?;
    (lower.len() <= 9 && lower.chars().all(|c| c.is_ascii_alphabetic())).then(|| i8::try_from(at + 1).ok())?
}

fn day_of(text: &str) -> Option<i8> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

/// Says whether a lower-case word is a date left open: `2024-XX-XX`, `????-??-??`, `YYYY-MM-DD`.
pub fn is_open(lower: &str) -> bool {
    lower.len() >= 7
        && lower.contains(['-', '/', '.'])
        && lower.contains(['x', '?', 'y', '_'])
        && lower.chars().all(|c| c.is_ascii_digit() || "-/.x?ymd_".contains(c))
}

/// Says whether a word is written as a date of a month or day that no calendar has: `2025-02-29`.
pub fn is_impossible(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts[..], [year, month, day] if year.len() == 4 && month.len() == 2 && day.len() == 2)
        && parts.iter().all(|part| digits(part))
        && word.starts_with(['1', '2'])
        && numeric_date(word).is_none()
}
