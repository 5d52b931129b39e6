//! Panics stop here: past a C callback they would end the process. (At the entry points from
//! Python, PyO3 turns them into exceptions.)

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Error;

/// Runs a callback of the loop or of the web engine; after a panic `fallback` is the answer and the
/// kit's log says where it happened.
pub fn guard<T>(place: &'static str, fallback: T, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        crate::stage::log("error", Error::Panic(place).to_string());
        fallback
    })
}
