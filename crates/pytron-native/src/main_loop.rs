//! The main thread's event loop: one for the process, whatever hosts come and go.

use std::cell::RefCell;
use std::mem::ManuallyDrop;

use pyo3::prelude::*;
use serde_json::json;
use tao::event::Event;
use tao::event_loop::{ControlFlow, EventLoop, EventLoopBuilder};
use tao::platform::run_return::EventLoopExtRunReturn;

use crate::guard::guard;
use crate::platform::{self, Watch};
use crate::service;
use crate::stage::{self, Stage};

thread_local! {
    /// A second one panics when there is a session bus. Never dropped, as its display may be gone
    /// when the thread ends.
    static LOOP: RefCell<ManuallyDrop<Option<EventLoop<()>>>> =
        const { RefCell::new(ManuallyDrop::new(None)) };
}

/// Works on the loop, which begins with its first use. Not while it turns.
pub fn with<T>(work: impl FnOnce(&EventLoop<()>) -> T) -> T {
    LOOP.with_borrow_mut(|kept| {
        work(kept.get_or_insert_with(|| {
            let mut builder = EventLoopBuilder::new();
            platform::prepare_loop(&mut builder);
            builder.build()
        }))
    })
}

/// Runs the loop on the main thread, without the GIL.
pub fn run(wakeup_fd: i64) -> i32 {
    let Some(stage) = stage::current() else {
        return 1;
    };
    let Some(mut event_loop) = LOOP.with_borrow_mut(|kept| kept.take()) else {
        return 1;
    };
    let watch = Watch::new(wakeup_fd, || {
        if let Some(stage) = stage::current() {
            check_signals(&stage);
        }
    });
    stage.turn();
    let code = event_loop.run_return(|event, _, flow| {
        guard("the loop", (), || {
            *flow = watch.wait();
            match event {
                Event::WindowEvent {
                    window_id, event, ..
                } => {
                    if let Some(window) = stage.window_by_id(window_id) {
                        window.on(&stage, &event);
                    }
                }
                Event::RedrawRequested(id) => platform::services::splash::redraw(id),
                Event::UserEvent(()) => stage.shared.waker.dispatch(&stage),
                // macOS alone says so here: elsewhere it is the words of a second start.
                Event::Opened { urls } => {
                    let urls: Vec<&str> = urls.iter().map(|url| url.as_str()).collect();
                    service::happened("links.asked", json!({ "urls": urls }));
                }
                _ => {}
            }
            if let Some(code) = stage.exit.get() {
                *flow = ControlFlow::ExitWithCode(code);
            }
        });
    });
    drop(watch);
    stage.close_all();
    platform::services::splash::hide();
    stage.exit.set(None);
    stage.running.set(false);
    platform::settle();
    LOOP.with_borrow_mut(|kept| **kept = Some(event_loop));
    code
}

/// Runs Python's signal handlers; what they raise ends the loop.
pub fn check_signals(stage: &Stage) {
    if let Err(raised) = Python::attach(|py| py.check_signals()) {
        stage.raise(raised);
    }
}

pub fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    let threading = py.import("threading")?;
    let current = threading.call_method0("current_thread")?;
    Ok(current.is(&threading.call_method0("main_thread")?))
}
