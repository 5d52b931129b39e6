//! The main thread's side: windows, what is waiting for them, and the turn of the loop.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::Arc;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use tao::event_loop::{EventLoopProxy, EventLoopWindowTarget};
use tao::window::WindowId;

use crate::command::{Command, Options};
use crate::envelope::{self, Tag};
use crate::error::Error;
use crate::event::{Event, Outcome};
use crate::guard::guard;
use crate::memory::Memory;
use crate::platform::{self, View};
use crate::service;
use crate::shared::{Answer, Incoming, Order, Shared, Text};
use crate::window::Window;

thread_local! {
    /// Not dropped when the process ends: by then GTK may be gone.
    static STAGE: RefCell<ManuallyDrop<Option<Rc<Stage>>>> =
        const { RefCell::new(ManuallyDrop::new(None)) };
}

/// All that lives on the main thread for one host. Nothing is borrowed while the web engine or the
/// window system runs: they call back at once.
pub struct Stage {
    pub shared: Arc<Shared>,
    pub engine: platform::Engine,
    pub exit: Cell<Option<i32>>,
    pub running: Cell<bool>,
    /// What a Python signal handler raised; `run` raises it.
    pub raised: RefCell<Option<PyErr>>,
    target: EventLoopWindowTarget<()>,
    proxy: EventLoopProxy<()>,
    windows: RefCell<BTreeMap<u32, Rc<Window>>>,
    numbers: RefCell<HashMap<WindowId, u32>>,
    spare: RefCell<Option<View>>,
    requests: RefCell<HashMap<u64, platform::Request>>,
}

/// The current host's stage; `None` on other threads and before there is a host.
pub fn current() -> Option<Rc<Stage>> {
    STAGE.with_borrow(|stage| (**stage).clone())
}

/// Makes this the stage of the main thread; the last host's windows close.
pub fn set(stage: Rc<Stage>) {
    let last = STAGE.with_borrow_mut(|current| current.replace(stage));
    drop(last);
}

/// Writes to the kit's log, if there is a kit.
pub fn log(level: &'static str, message: String) {
    if let Some(stage) = current() {
        stage.shared.tell(&Event::Log { level, message });
    }
}

impl Stage {
    pub fn new(
        shared: Arc<Shared>,
        engine: platform::Engine,
        target: EventLoopWindowTarget<()>,
        proxy: EventLoopProxy<()>,
    ) -> Self {
        Self {
            shared,
            engine,
            exit: Cell::new(None),
            running: Cell::new(false),
            raised: RefCell::default(),
            target,
            proxy,
            windows: RefCell::default(),
            numbers: RefCell::default(),
            spare: RefCell::default(),
            requests: RefCell::default(),
        }
    }

    /// One turn: what Python's threads ordered, then what they sent.
    pub fn turn(&self) {
        for order in self.shared.take_orders() {
            guard("an order", (), || self.carry_out(order));
        }
        for window in self.shared.take_dirty() {
            guard("a flush", (), || self.flush(window));
        }
    }

    fn carry_out(&self, order: Order) {
        match order {
            Order::Command(command) => self.command(command),
            Order::Answer { request, answer } => self.answer(request, answer),
            Order::Invoke(function) => self.invoke(&function),
            Order::Quit(code) => self.quit(code),
        }
    }

    fn invoke(&self, function: &Py<PyAny>) {
        Python::attach(|py| {
            let Err(error) = function.call0(py) else {
                return;
            };
            // Ctrl-C and `sys.exit` are meant for the program, not for the log.
            if !error.is_instance_of::<PyException>(py) {
                return self.raise(error);
            }
            let trace = error.traceback(py).and_then(|trace| trace.format().ok());
            let trace = trace.unwrap_or_default();
            log(
                "error",
                format!("a function on the main thread raised {error}\n{trace}"),
            );
        });
    }

    /// Ends `run`, which raises this.
    pub fn raise(&self, error: PyErr) {
        self.raised.replace(Some(error));
        self.quit(1);
    }

    /// Ends `run` at the next event; on this thread only.
    pub fn quit(&self, code: i32) {
        self.exit.set(Some(code));
        platform::services::quitting();
        // The loop looks at the exit code in its callback. It can only be gone with the process.
        let _ = self.proxy.send_event(());
    }

    fn command(&self, command: Command) {
        match command {
            Command::Open { window, options } => {
                if let Err(error) = self.open(window, *options) {
                    self.shared.remove_page(window);
                    let message = error.to_string();
                    self.shared.tell(&Event::Failed { window, message });
                }
            }
            Command::Close { window } => self.close(window),
            Command::Service(service) => service::serve(self, service),
            Command::Query(query) => match self.window(query.window) {
                Some(window) => window.query(&query),
                None => self.shared.tell(&Event::Answer {
                    id: query.id,
                    outcome: Outcome::Error("the window has closed".to_owned()),
                }),
            },
            other => {
                if let Some(window) = other.window().and_then(|number| self.window(number)) {
                    window.command(other);
                }
            }
        }
    }

    fn open(&self, number: u32, options: Options) -> Result<(), Error> {
        let view = match self.spare.take() {
            Some(view) => view,
            None => View::new(self, self.any_view().as_deref())?,
        };
        let window = Rc::new(Window::open(self, number, options, view)?);
        self.numbers.borrow_mut().insert(window.id(), number);
        self.windows.borrow_mut().insert(number, Rc::clone(&window));
        self.shared.tell(&Event::Opened { window: number });
        crate::menu::attach(number);
        window.start();
        Ok(())
    }

    /// A view whose web process a new one may share.
    fn any_view(&self) -> Option<Rc<Window>> {
        self.windows().into_iter().next()
    }

    /// Starts the web process before the first window needs it.
    pub fn prewarm(&self) -> Result<(), Error> {
        if self.spare.borrow().is_none() && self.windows.borrow().is_empty() {
            let view = View::new(self, None)?;
            self.spare.replace(Some(view));
        }
        Ok(())
    }

    /// Closes a window at once.
    pub fn close(&self, number: u32) {
        let window = self.windows.borrow_mut().remove(&number);
        if let Some(window) = window {
            self.numbers.borrow_mut().remove(&window.id());
            platform::services::window_closing(&window);
            drop(window);
            self.shared.remove_page(number);
            platform::services::window_closed(number);
            self.shared.tell(&Event::Closed { window: number });
        }
    }

    /// Closes all windows, as `run` ends.
    pub fn close_all(&self) {
        let numbers: Vec<u32> = self.windows.borrow().keys().copied().collect();
        for number in numbers {
            self.close(number);
        }
        self.requests.borrow_mut().clear();
    }

    pub fn target(&self) -> &EventLoopWindowTarget<()> {
        &self.target
    }

    pub fn windows(&self) -> Vec<Rc<Window>> {
        self.windows.borrow().values().cloned().collect()
    }

    pub fn window(&self, number: u32) -> Option<Rc<Window>> {
        self.windows.borrow().get(&number).cloned()
    }

    /// The number of the window for which `is` holds.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "elsewhere a view knows its window")
    )]
    pub fn find(&self, is: impl Fn(&Window) -> bool) -> Option<u32> {
        let windows = self.windows.borrow();
        windows
            .values()
            .find(|window| is(window))
            .map(|window| window.number())
    }

    /// The number of the window that has the keyboard.
    pub fn focused(&self) -> Option<u32> {
        let windows = self.windows();
        let focused = windows.iter().find(|window| window.frame().is_focused());
        focused.map(|window| window.number())
    }

    pub fn window_by_id(&self, id: WindowId) -> Option<Rc<Window>> {
        let number = self.numbers.borrow().get(&id).copied()?;
        self.window(number)
    }

    /// Hands the page what it can take now.
    pub fn flush(&self, number: u32) {
        let Some(window) = self.window(number) else {
            return;
        };
        while let Some(Some(text)) = self.shared.with_page(number, |page| page.next()) {
            window.view().deliver(text);
        }
    }

    /// A message from a page, on any transport. True when the page may be answered: what it gave
    /// to answer through is then counted.
    pub fn message(&self, window: &Window, message: Box<dyn AsRef<[u8]> + Send>) -> bool {
        let number = window.number();
        if !window.trusts(&window.view().url()) {
            self.refuse(number, "a message from a foreign page".to_owned());
            return false;
        }
        let bytes = (*message).as_ref();
        let envelope = match envelope::parse(bytes, window.view().secret()) {
            Ok(envelope) => envelope,
            Err(refusal) => {
                self.refuse(number, refusal.reason().to_owned());
                return false;
            }
        };
        let (tag, got, start) = (envelope.tag, envelope.got, envelope.start);
        let parts = if envelope.parts.is_empty() {
            Some(Vec::new())
        } else {
            self.shared.parts().claim(&envelope.parts, number)
        };
        let Some(parts) = parts else {
            self.refuse(number, "a frame whose parts were never uploaded".to_owned());
            return true;
        };
        match tag {
            Tag::Frame => self.shared.push(Incoming::Frame {
                window: number,
                text: Text::Within(message, start),
                parts: parts.into_iter().map(Memory::from).collect(),
            }),
            Tag::Close => self.shared.tell(&Event::Closing { window: number }),
            Tag::Open | Tag::Poll => {}
        }
        self.shared.with_page(number, |page| match tag {
            Tag::Open => page.open(),
            Tag::Frame | Tag::Poll | Tag::Close => page.acknowledge(got),
        });
        true
    }

    /// The window shows another document: what was under way to the last one is gone.
    pub fn new_document(&self, number: u32) {
        self.shared.with_page(number, |page| page.shut());
        self.shared.parts().forget(number);
    }

    /// The page's process died.
    pub fn crashed(&self, window: u32, reason: &'static str) {
        self.new_document(window);
        self.shared.tell(&Event::Crashed { window, reason });
    }

    pub fn refuse(&self, window: u32, reason: String) {
        self.shared.tell(&Event::Refused { window, reason });
    }

    /// Keeps an asset request until the kit answers.
    pub fn keep_request(&self, number: u64, request: platform::Request) {
        self.requests.borrow_mut().insert(number, request);
    }

    fn answer(&self, number: u64, answer: Answer) {
        let request = self.requests.borrow_mut().remove(&number);
        if let Some(request) = request {
            request.finish(answer);
        }
    }
}
