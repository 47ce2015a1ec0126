//! The threads that share the work of one verb.

use std::env;
use std::num::NonZero;
use std::thread;

use rayon::ThreadPoolBuilder;

/// The variable by which rayon is told how many threads to take.
const THREADS: &str = "RAYON_NUM_THREADS";

/// Lets the calling thread work with the others instead of waiting for them. A pool that is there already serves as well.
///
/// There is always another one: what a thread outside asks of them goes on while the calling thread waits for it.
pub(crate) fn share() {
    let asked = env::var(THREADS).ok().and_then(|count| count.parse().ok()).filter(|count| *count > 0);
    let threads = asked.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get));
    let _ = ThreadPoolBuilder::new().num_threads(threads.max(2)).use_current_thread().build_global();
}
