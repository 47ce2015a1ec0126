//! Ctrl-C and SIGTERM as a flag: the engine decides what they end.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use crate::error::Error;

/// Set by the first signal, by whatever asks a run to stop, or never.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Says whether the run must stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Asks the run to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Makes the first Ctrl-C or SIGTERM set the flag, and the second end this process at once: the shepherd then
    /// ends the steps, and the record shows a run that was cut off.
    #[cfg(unix)]
    pub fn on_signals() -> Result<Self, Error> {
        let interrupt = Self::default();
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            // The order matters: the ending looks at the flag before the same signal sets it.
            signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&interrupt.0))
                .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&interrupt.0)))
                .map_err(|error| Error::failed("no-signals", format!("watch for signal {signal}: {error}")))?;
        }
        Ok(interrupt)
    }

    /// Other systems end the process at once.
    #[cfg(not(unix))]
    pub fn on_signals() -> Result<Self, Error> {
        Ok(Self::default())
    }
}
