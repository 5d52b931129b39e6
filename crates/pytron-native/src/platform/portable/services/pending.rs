//! What waits for the user. Each ends by its own answer, or with its window; answers come from any
//! thread.

use std::sync::{Arc, Mutex, PoisonError};

use crate::service::{Failure, Outcomes, Reply};

static PENDING: Mutex<Vec<Arc<Pending>>> = Mutex::new(Vec::new());

/// One dialog's answer.
pub struct Pending {
    window: Option<u32>,
    reply: Mutex<Option<Reply>>,
}

impl Pending {
    pub fn new(window: Option<u32>, reply: Reply) -> Arc<Self> {
        let pending = Arc::new(Self {
            window,
            reply: Mutex::new(Some(reply)),
        });
        all(|waiting| waiting.push(Arc::clone(&pending)));
        pending
    }

    /// Answers, once.
    pub fn finish(self: &Arc<Self>, outcome: Outcomes) {
        all(|waiting| waiting.retain(|one| !Arc::ptr_eq(one, self)));
        let reply = self
            .reply
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(reply) = reply {
            reply.give(outcome);
        }
    }
}

/// What waits for this window waits no longer. The system takes its dialogs away with it.
pub fn window_closed(number: u32) {
    let ending = all(|waiting| {
        let of_window = |one: &&Arc<Pending>| one.window == Some(number);
        let ending: Vec<_> = waiting.iter().filter(of_window).map(Arc::clone).collect();
        ending
    });
    for pending in ending {
        pending.finish(Err(Failure::closed()));
    }
}

fn all<T>(work: impl FnOnce(&mut Vec<Arc<Pending>>) -> T) -> T {
    work(&mut PENDING.lock().unwrap_or_else(PoisonError::into_inner))
}
