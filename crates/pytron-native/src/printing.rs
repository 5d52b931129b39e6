//! What printing has in common on all systems: what a PDF is printed on, and whose turn it is.
//!
//! Prints of one page go one after another. No engine has place for two: WebKitGTK's web process
//! ends, `WebView2` refuses the second.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::Value;

use crate::guard::guard;
use crate::platform;
use crate::service::{self, Failure};
use crate::window::Window;

/// A PDF that is asked for; lengths in millimetres.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Pdf {
    pub path: PathBuf,
    pub landscape: bool,
    pub width: Option<f64>,
    pub height: Option<f64>,
    pub margin: Option<f64>,
}

impl Pdf {
    pub fn parse(args: Value) -> Result<Self, Failure> {
        let asked: Self = service::parse(args)?;
        if asked.path.is_absolute() {
            Ok(asked)
        } else {
            Err(Failure::arguments("a PDF needs an absolute path"))
        }
    }

    /// The paper that was asked for as it lies: engines differ in how they turn one.
    #[cfg(not(target_os = "linux"))]
    pub fn paper(&self) -> Option<(f64, f64)> {
        let (width, height) = (self.width?, self.height?);
        Some(if self.landscape {
            (width.max(height), width.min(height))
        } else {
            (width, height)
        })
    }
}

type Print = Box<dyn FnOnce()>;

thread_local! {
    /// By window: what waits for the one that is printed.
    static WAITING: RefCell<HashMap<u32, VecDeque<Print>>> = RefCell::default();
}

/// Prints once nothing else of this window is printed; whoever prints calls `end_turn`.
pub fn in_turn(window: &Rc<Window>, print: impl FnOnce(&Rc<Window>) + 'static) {
    let number = window.number();
    let weak = Rc::downgrade(window);
    let print: Print = Box::new(move || match weak.upgrade() {
        Some(window) => guard("printing", (), || print(&window)),
        None => end_turn(number),
    });
    let now = WAITING.with_borrow_mut(|all| {
        if let Some(waiting) = all.get_mut(&number) {
            waiting.push_back(print);
            return None;
        }
        all.insert(number, VecDeque::new());
        Some(print)
    });
    if let Some(print) = now {
        platform::soon(print);
    }
}

pub fn end_turn(window: u32) {
    let next = WAITING.with_borrow_mut(|all| {
        let next = all.get_mut(&window)?.pop_front();
        if next.is_none() {
            all.remove(&window);
        }
        next
    });
    if let Some(print) = next {
        platform::soon(print);
    }
}

/// What waits for this window's turn waits no longer.
pub fn window_closed(number: u32) {
    WAITING.with_borrow_mut(|all| all.remove(&number));
}
