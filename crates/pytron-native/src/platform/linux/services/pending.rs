//! Dialogs that wait for the user. Each ends by its own answer, or with its window.

use std::cell::RefCell;
use std::rc::Rc;

use crate::service::{Failure, Outcomes, Reply};
use crate::window::Window;

thread_local! {
    static PENDING: RefCell<Vec<Rc<Pending>>> = const { RefCell::new(Vec::new()) };
}

/// One dialog: its answer, and how it is taken away.
pub struct Pending {
    window: Option<u32>,
    reply: RefCell<Option<Reply>>,
    dismiss: RefCell<Option<Box<dyn FnOnce()>>>,
}

impl Pending {
    pub fn new(window: Option<&Rc<Window>>, reply: Reply) -> Rc<Self> {
        let pending = Rc::new(Self {
            window: window.map(|window| window.number()),
            reply: RefCell::new(Some(reply)),
            dismiss: RefCell::default(),
        });
        PENDING.with_borrow_mut(|all| all.push(Rc::clone(&pending)));
        pending
    }

    /// How the dialog is taken away; it owns the dialog until then.
    pub fn on_dismiss(&self, dismiss: impl FnOnce() + 'static) {
        self.dismiss.replace(Some(Box::new(dismiss)));
    }

    /// Answers, once, and takes the dialog away.
    pub fn finish(self: &Rc<Self>, outcome: Outcomes) {
        PENDING.with_borrow_mut(|all| all.retain(|one| !Rc::ptr_eq(one, self)));
        if let Some(reply) = self.reply.take() {
            reply.give(outcome);
        }
        if let Some(dismiss) = self.dismiss.take() {
            dismiss();
        }
    }
}

/// What waits for this window waits no longer.
pub fn window_closed(number: u32) {
    let ending: Vec<_> = PENDING.with_borrow(|all| {
        let of_window = |one: &&Rc<Pending>| one.window == Some(number);
        all.iter().filter(of_window).map(Rc::clone).collect()
    });
    for pending in ending {
        pending.finish(Err(Failure::closed()));
    }
}
