//! Looks whether what a page draws reaches its window.
//!
//! WebKit draws in one process and shows in another. Where the way between them fails, the page
//! runs, its own picture is right, and the window stays blank. So both are compared: a window is
//! called blank only when the page has colours and the window shows one, twice in a row.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use cairo::{Context, Format, ImageSurface};
use gtk::glib;
use gtk::prelude::*;
use webkit2gtk::WebView;

use super::snapshot;
use crate::event::Event;
use crate::guard::guard;
use crate::picture::colours;
use crate::stage;

const FIRST_LOOK: Duration = Duration::from_millis(800);
/// A page that is one colour itself is looked at again, ever later, this often.
const LOOKS: u32 = 6;
const STRIKES: u32 = 2;
const REASON: &str = "what its page draws does not reach the window";

/// What is known of one view.
#[derive(Default)]
pub struct Watchdog {
    painted: Cell<bool>,
    watching: Cell<bool>,
    strikes: Cell<u32>,
}

impl Watchdog {
    /// A page of this window has loaded: look whether it is seen, once for each view.
    pub fn loaded(self: &Rc<Self>, web: &WebView, window: u32) {
        if !self.painted.get() && !self.watching.replace(true) {
            self.look_later(web, window, FIRST_LOOK, LOOKS);
        }
    }

    fn look_later(self: &Rc<Self>, web: &WebView, window: u32, after: Duration, looks: u32) {
        let (dog, web) = (Rc::clone(self), web.downgrade());
        glib::timeout_add_local_once(after, move || {
            guard("a look at a window", (), || {
                if let Some(web) = web.upgrade() {
                    dog.look(&web, window, after, looks);
                }
            });
        });
    }

    fn look(self: &Rc<Self>, web: &WebView, window: u32, after: Duration, looks: u32) {
        let is_open = stage::current().is_some_and(|stage| stage.window(window).is_some());
        if !is_open || looks == 0 {
            self.watching.set(false); // the next document is looked at again
            return;
        }
        if !web.is_mapped() {
            return self.look_later(web, window, after, looks); // nothing is drawn into it
        }
        if shown(web) != Some(1) {
            self.painted.set(true);
            return;
        }
        let (dog, seen) = (Rc::clone(self), web.clone());
        snapshot::count(web, move |counted| {
            let drawn = counted.ok().and_then(|told| told["colours"].as_u64());
            dog.compare(&seen, window, drawn.unwrap_or(0), after, looks);
        });
    }

    fn compare(
        self: &Rc<Self>,
        web: &WebView,
        window: u32,
        drawn: u64,
        after: Duration,
        looks: u32,
    ) {
        if drawn <= 1 {
            return self.look_later(web, window, after * 2, looks - 1);
        }
        self.strikes.set(self.strikes.get() + 1);
        if self.strikes.get() < STRIKES {
            return self.look_later(web, window, after, looks);
        }
        if let Some(stage) = stage::current() {
            let reason = REASON;
            stage.shared.tell(&Event::Blank { window, reason });
        }
    }
}

/// How many colours the window shows; `None` where that cannot be told.
fn shown(web: &WebView) -> Option<usize> {
    let (width, height) = (web.allocated_width(), web.allocated_height());
    let mut surface = ImageSurface::create(Format::ARgb32, width, height).ok()?;
    let context = Context::new(&surface).ok()?;
    web.draw(&context);
    drop(context);
    surface.flush();
    let data = surface.data().ok()?;
    Some(colours(&data, 4))
}
