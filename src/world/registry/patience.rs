//! One question, asked again where that may help: some times, and as long as there is time.

use std::time::Duration;
use std::time::Instant;

use crate::world::registry::failure::Failure;
use crate::world::registry::failure::Kind;

/// The most times that one question is asked.
pub(super) const ATTEMPTS: u32 = 4;

/// Asks again where that may help, there is time, and the failure is not the end of all asking.
pub(super) fn until<A>(
    deadline: Instant,
    ask: &dyn Fn() -> Result<A, Failure>,
    is_over: &dyn Fn(&Failure) -> bool,
) -> Result<A, Failure> {
    let mut attempt = 1;
    loop {
        let failure = match ask() {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        let pause = match failure.kind {
            Kind::Limited(Some(told)) => told,
            _ => Duration::from_millis(250) * 2_u32.pow(attempt),
        };
        // A server may tell any time.
        let there_is_time = pause < deadline.saturating_duration_since(Instant::now());
        if !failure.may_pass() || attempt >= ATTEMPTS || !there_is_time || is_over(&failure) {
            return Err(failure);
        }
        std::thread::sleep(pause);
        attempt += 1;
    }
}
