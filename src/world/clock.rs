//! The one place that reads the clock.

use std::time::Duration;
use std::time::Instant;
use std::time::SystemTime;

use jiff::civil::Date;
use jiff::civil::date;

/// Today by the system's clock, in UTC.
pub fn today() -> Date {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    date_of(i64::try_from(since.as_secs()).unwrap_or_default())
}

/// Now by the system's clock, in UTC, as the ledger has it: `2026-11-22T04:00:00.123Z`.
pub fn stamp() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    stamp_of(i64::try_from(since.as_millis()).unwrap_or_default())
}

/// Now by the system's clock, in seconds since 1970-01-01 UTC.
pub fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The text of a time in milliseconds since 1970-01-01 UTC; a time that no calendar holds is the first moment.
pub fn stamp_of(millis: i64) -> String {
    format!("{:.3}", jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
}

/// How many whole seconds have gone by since a time as [`stamp`] writes it; none where it is no time.
pub fn seconds_since(stamp: &str) -> Option<u64> {
    let at: jiff::Timestamp = stamp.parse().ok()?;
    Some(u64::try_from(seconds() - at.as_second()).unwrap_or(0))
}

/// An end to waiting.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    /// The end of so much time from now.
    pub fn after(patience: Duration) -> Self {
        Self(Instant::now() + patience)
    }

    /// Whether it has come.
    pub fn is_over(&self) -> bool {
        Instant::now() >= self.0
    }

    /// Whether there is time for a pause.
    pub fn holds(&self, pause: Duration) -> bool {
        Instant::now() + pause < self.0
    }
}

/// The day of a time in seconds since 1970-01-01 UTC; a time that no calendar holds is the first day.
pub fn date_of(seconds: i64) -> Date {
    let epoch = date(1970, 1, 1);
    let days = jiff::Span::new().try_days(seconds.div_euclid(86_400));
    days.and_then(|days| epoch.checked_add(days)).unwrap_or(epoch)
}

/// The first and the last second of a day in UTC, since 1970-01-01.
pub fn whole_day(day: Date) -> [i64; 2] {
    let days = day.since(date(1970, 1, 1)).map_or(0, |span| i64::from(span.get_days()));
    [days * 86_400, days * 86_400 + 86_399]
}

/// Measures how long something takes.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The milliseconds since the beginning.
    pub fn milliseconds(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_fall_on_their_day() {
        assert_eq!(date_of(0), date(1970, 1, 1));
        assert_eq!(date_of(-1), date(1969, 12, 31));
        assert_eq!(date_of(1_795_305_600), date(2026, 11, 22));
        assert_eq!(date_of(i64::MAX), date(1970, 1, 1));
        assert_eq!(whole_day(date(2026, 11, 22)), [1_795_305_600, 1_795_391_999]);
    }

    #[test]
    fn a_stamp_has_three_places() {
        assert_eq!(stamp_of(1_795_320_000_123), "2026-11-22T04:00:00.123Z");
        assert_eq!(stamp_of(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(stamp_of(i64::MAX), stamp_of(0));
        assert_eq!(stamp().len(), 24);
    }
}
