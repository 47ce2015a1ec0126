//! The threads that share the work of one verb.

use rayon::ThreadPoolBuilder;

/// Lets the calling thread work with the others instead of waiting for them. A pool that is there already serves as well.
pub(crate) fn share() {
    let _ = ThreadPoolBuilder::new().use_current_thread().build_global();
}
