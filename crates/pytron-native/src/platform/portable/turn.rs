//! How other threads wake the loop, and how it looks at Python's signals.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tao::event_loop::{ControlFlow, EventLoopProxy};

use crate::guard::guard;
use crate::stage::Stage;

/// How often the loop looks at signals; neither system can wait for Python's descriptor with it.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Wakes the main thread for a turn.
pub struct Waker {
    pending: AtomicBool,
    proxy: Mutex<EventLoopProxy<()>>,
}

impl Waker {
    pub fn new(proxy: EventLoopProxy<()>) -> Self {
        Self {
            pending: AtomicBool::new(false),
            proxy: Mutex::new(proxy),
        }
    }

    /// Any thread. Wakes that come before the turn are one.
    pub fn wake(&self) {
        if !self.pending.swap(true, Ordering::AcqRel) {
            let proxy = self.proxy.lock().unwrap_or_else(PoisonError::into_inner);
            // The loop is only gone with the process.
            let _ = proxy.send_event(());
        }
    }

    /// The loop has got the event.
    pub fn dispatch(&self, stage: &Stage) {
        self.pending.store(false, Ordering::Release);
        guard("a turn", (), || stage.turn());
    }
}

/// Looks at Python's signals from time to time, if `run` was given a descriptor.
pub struct Watch(Option<Box<dyn Fn()>>);

impl Watch {
    pub fn new(descriptor: i64, look: impl Fn() + 'static) -> Self {
        Self((descriptor >= 0).then(|| Box::new(look) as Box<dyn Fn()>))
    }

    /// How long the loop may wait. Asked at each of its events, which is the time to look.
    pub fn wait(&self) -> ControlFlow {
        match &self.0 {
            None => ControlFlow::Wait,
            Some(look) => {
                look();
                ControlFlow::WaitUntil(Instant::now() + LOOK_EVERY)
            }
        }
    }
}
