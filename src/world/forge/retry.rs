//! When to ask again: pure. What may have been done is never simply asked again.

use std::time::Duration;

/// The most times that one request is sent.
pub const ATTEMPTS: u32 = 4;
/// How long to wait for a secondary limit that does not say: GitHub asks for a minute at least.
const SECONDARY: Duration = Duration::from_secs(60);

/// What a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes something: twice makes two.
    Post,
    /// Sets something: twice is once.
    Patch,
    /// Removes something: twice is once.
    Delete,
}

impl Method {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// How an attempt ended that did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// No answer, or one of the forge's own failures: it may have been done.
    Unknown,
    /// Too much was asked; nothing was done. How long to wait, if it says so.
    Limited(Option<Duration>),
    /// It was refused for good.
    Refused,
}

/// How long to wait before the next attempt; none gives up.
///
/// `attempt` counts from 1, `left` is the time until the deadline, `jitter` is 0 to 255.
pub fn pause(method: Method, ended: Ended, attempt: u32, left: Duration, jitter: u8) -> Option<Duration> {
    if attempt >= ATTEMPTS {
        return None;
    }
    let pause = match ended {
        Ended::Refused => return None,
        Ended::Unknown if method == Method::Post => return None,
        Ended::Unknown => {
            let base = Duration::from_millis(500) * 2_u32.pow(attempt - 1);
            base + base * u32::from(jitter) / 256
        }
        Ended::Limited(told) => told.unwrap_or(SECONDARY) + Duration::from_millis(u64::from(jitter)),
    };
    (pause < left).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn what_may_have_been_stored_is_never_sent_again() {
        assert_eq!(pause(Method::Post, Ended::Unknown, 1, HOUR, 0), None);
        assert_eq!(pause(Method::Patch, Ended::Unknown, 1, HOUR, 0), Some(Duration::from_millis(500)));
        assert_eq!(pause(Method::Get, Ended::Unknown, 3, HOUR, 128), Some(Duration::from_secs(3)));
        assert_eq!(pause(Method::Get, Ended::Unknown, ATTEMPTS, HOUR, 0), None);
        assert_eq!(pause(Method::Delete, Ended::Refused, 1, HOUR, 0), None);
    }

    #[test]
    fn a_limit_is_waited_for_as_long_as_it_says_and_there_is_time() {
        let five = Duration::from_secs(5);
        assert_eq!(pause(Method::Post, Ended::Limited(Some(five)), 1, HOUR, 0), Some(five));
        assert_eq!(pause(Method::Post, Ended::Limited(None), 1, HOUR, 0), Some(SECONDARY));
        assert_eq!(pause(Method::Get, Ended::Limited(Some(HOUR)), 1, HOUR, 0), None);
    }
}
