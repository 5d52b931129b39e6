//! `pytron_native.Host`: the entry points from Python.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::body;
use crate::buffer::{self, Buffer};
use crate::command::{self, Command};
use crate::error::Error;
use crate::inbox::Received;
use crate::main_loop::{self, is_main_thread};
use crate::platform::{self, Engine, Waker};
use crate::received;
use crate::shared::{Answer, Body, Order, Shared};
use crate::stage::{self, Stage};

/// How often a `receive` on the main thread looks at Python's signals.
const SIGNALS_EVERY: Duration = Duration::from_millis(100);

/// The windows of this process. Create and run it on the main thread; the rest is for any thread.
#[pyclass(frozen, module = "pytron_native")]
pub struct Host {
    shared: Arc<Shared>,
}

#[pymethods]
impl Host {
    #[new]
    #[pyo3(signature = (*, app_id, name, data_folder = None, dev = false, hand_over = false))]
    fn new(
        py: Python<'_>,
        app_id: &str,
        name: &str,
        data_folder: Option<PathBuf>,
        dev: bool,
        hand_over: bool,
    ) -> PyResult<Self> {
        if !is_main_thread(py)? {
            return Err(Error::Thread("Host()").into());
        }
        if stage::current().is_some_and(|stage| stage.running.get()) {
            return Err(Error::Closed("a host is running already: quit it first").into());
        }
        if app_id.contains('\0') || name.contains('\0') {
            return Err(Error::Command("app_id and name must not hold NUL".to_owned()).into());
        }
        let flow = platform::flow()?;
        platform::set_environment();
        // Python's other threads have imports to do meanwhile.
        py.detach(|| {
            platform::prepare(app_id, name)?;
            main_loop::with(|_| ());
            Ok::<_, Error>(())
        })?;
        let shared = main_loop::with(|event_loop| {
            let proxy = event_loop.create_proxy();
            let shared = Arc::new(Shared::new(flow, Waker::new(proxy.clone()), hand_over)?);
            let engine = Engine::new(data_folder, dev);
            let target = (**event_loop).clone();
            let stage = Stage::new(Arc::clone(&shared), engine, target, proxy);
            stage::set(Rc::new(stage));
            PyResult::Ok(shared)
        })?;
        Ok(Self { shared })
    }

    /// Start the web process for the first window now. Main thread, before `run`. Optional.
    fn prewarm(&self, py: Python<'_>) -> PyResult<()> {
        self.stage("prewarm")?;
        // Most of it is waiting for a process to start: other threads may run meanwhile.
        Ok(py.detach(|| stage::current().map_or(Ok(()), |stage| stage.prewarm()))?)
    }

    /// Carry out what has been ordered, and let it be drawn. Main thread, before `run`. Optional.
    fn turn(&self, py: Python<'_>) -> PyResult<()> {
        let stage = self.stage("turn")?;
        if !stage.running.get() {
            py.detach(|| {
                if let Some(stage) = stage::current() {
                    stage.turn();
                }
                platform::services::splash::draw();
            });
        }
        Ok(())
    }

    /// Turn the event loop until `quit`; the exit code. May be called again afterwards.
    #[pyo3(signature = (wakeup_fd = -1))]
    fn run(&self, py: Python<'_>, wakeup_fd: i64) -> PyResult<i32> {
        let stage = self.stage("run")?;
        if stage.running.replace(true) {
            return Err(Error::Closed("the host is running already").into());
        }
        drop(stage);
        self.shared.open();
        let code = py.detach(|| main_loop::run(wakeup_fd));
        self.shared.close();
        buffer::release(py);
        let raised = stage::current().and_then(|stage| stage.raised.take());
        raised.map_or(Ok(code), Err)
    }

    /// End `run`; all windows close and every `receive` returns an empty list.
    #[pyo3(signature = (code = 0))]
    fn quit(&self, code: i32) {
        self.shared.order(Order::Quit(code));
    }

    /// One command of spec/view.md section 1. Raises HostError for malformed ones.
    fn command(&self, message: &[u8]) -> PyResult<()> {
        let command = command::parse(message).map_err(Error::Command)?;
        if let Command::Open { window, .. } = command
            && !self.shared.add_page(window)
        {
            return Err(Error::Command(format!("window {window} is open already")).into());
        }
        self.shared.order(Order::Command(command));
        Ok(())
    }

    /// Queue comma-joined messages for the window's page; the number of bytes now waiting.
    #[pyo3(signature = (window, body, parts = Vec::new()))]
    fn send(
        &self,
        window: u32,
        body: &Bound<'_, PyBytes>,
        parts: Vec<Bound<'_, PyAny>>,
    ) -> PyResult<i64> {
        #[cfg(target_os = "linux")]
        if let Some(line) = self.shared.lines.of(window) {
            return self.send_directly(window, &line, body, &parts);
        }
        let body = body.as_bytes();
        let waiting = if parts.is_empty() {
            self.shared.send(window, |page| page.push(body))
        } else {
            let parts = self.offer(window, &parts)?;
            self.shared
                .send(window, |page| page.push_with_parts(body, &parts))
        };
        Ok(count(waiting))
    }

    /// Bytes queued for the page and not yet read by it; -1 for an unknown window.
    fn waiting(&self, window: u32) -> i64 {
        count(self.shared.waiting(window))
    }

    /// Wait until fewer bytes are queued, or the page is gone; False at the time-out.
    fn drained(&self, py: Python<'_>, window: u32, below: usize, timeout_s: f64) -> bool {
        let timeout = seconds(timeout_s);
        py.detach(|| self.shared.drained(window, below, timeout))
    }

    /// Forget what is queued for the window's page: its session has ended.
    fn discard(&self, window: u32) {
        self.shared.discard(window);
    }

    /// Wait for what pages and windows sent, with the GIL released; all that is there.
    #[pyo3(signature = (timeout_s = None))]
    fn receive<'py>(
        &self,
        py: Python<'py>,
        timeout_s: Option<f64>,
    ) -> PyResult<Bound<'py, PyList>> {
        buffer::release(py);
        let timeout = timeout_s.map(seconds);
        let received = if stage::current().is_some() {
            self.receive_on_main(py, timeout)?
        } else {
            py.detach(|| self.shared.receive(timeout))
        };
        match received {
            Received::Items(items) => received::list(py, items),
            Received::Closed | Received::TimedOut => Ok(PyList::empty(py)),
        }
    }

    /// Answer an asset request. Unknown requests (the page has gone) are ignored.
    #[pyo3(signature = (request, status, headers, body = None))]
    fn answer(
        &self,
        request: u64,
        status: u16,
        headers: Vec<(String, String)>,
        body: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let body = match body {
            None => Body::Empty,
            Some(object) => {
                let buffer = Buffer::new(object)?;
                let range = 0..buffer.len();
                Body::Held(Arc::new(buffer), range)
            }
        };
        self.give(request, status, headers, body);
        Ok(())
    }

    /// Answer an asset request with a slice of a file.
    #[expect(clippy::too_many_arguments, reason = "the contract of __init__.pyi")]
    fn answer_file(
        &self,
        py: Python<'_>,
        request: u64,
        status: u16,
        headers: Vec<(String, String)>,
        path: PathBuf,
        offset: u64,
        length: u64,
    ) -> PyResult<()> {
        let body = py.detach(|| body::of_file(&path, offset, length))?;
        self.give(request, status, headers, body);
        Ok(())
    }

    /// Answer with a stream: a file descriptor to write to and close; EPIPE when the page left.
    #[pyo3(signature = (request, status, headers, length = -1))]
    fn answer_stream(
        &self,
        request: u64,
        status: u16,
        headers: Vec<(String, String)>,
        length: i64,
    ) -> PyResult<i32> {
        let (body, descriptor) = body::of_stream(length)?;
        self.give(request, status, headers, body);
        Ok(descriptor)
    }

    /// Run a Python function on the main thread soon. What it raises is logged.
    fn invoke(&self, function: Py<PyAny>) {
        self.shared.order(Order::Invoke(function));
    }
}

impl Host {
    /// This host's stage, which only the main thread has.
    fn stage(&self, what: &'static str) -> Result<Rc<Stage>, Error> {
        let stage = stage::current().ok_or(Error::Thread(what))?;
        if !Arc::ptr_eq(&stage.shared, &self.shared) {
            return Err(Error::Closed("a newer Host has taken this one's place"));
        }
        Ok(stage)
    }

    fn give(&self, request: u64, status: u16, headers: Vec<(String, String)>, body: Body) {
        let answer = Answer {
            status,
            headers,
            body,
        };
        self.shared.order(Order::Answer { request, answer });
    }

    /// Sends past the main thread.
    #[cfg(target_os = "linux")]
    fn send_directly(
        &self,
        window: u32,
        line: &crate::line::Line,
        body: &Bound<'_, PyBytes>,
        parts: &[Bound<'_, PyAny>],
    ) -> PyResult<i64> {
        use crate::line::{JOINED_BYTES, part};
        let parts = parts
            .iter()
            .map(|object| Buffer::new(object).map(part))
            .collect::<PyResult<Vec<_>>>()?;
        let waiting = if body.as_bytes().len() > JOINED_BYTES {
            line.push_large(part(Buffer::new(body)?), parts)
        } else {
            line.push(body.as_bytes(), parts)
        };
        self.shared.queued(window, line, waiting);
        Ok(count(Some(waiting)))
    }

    fn offer(&self, window: u32, parts: &[Bound<'_, PyAny>]) -> PyResult<Vec<(u64, usize)>> {
        let buffers: Vec<Buffer> = parts.iter().map(Buffer::new).collect::<PyResult<_>>()?;
        let mut offered = Vec::with_capacity(buffers.len());
        for buffer in buffers {
            let (id, size) = (crate::secret::part()?, buffer.len());
            self.shared.parts().offer(id, window, buffer, size);
            offered.push((id, size));
        }
        Ok(offered)
    }

    /// Waits in slices: Ctrl-C on the main thread must not wait for a page.
    fn receive_on_main(
        &self,
        py: Python<'_>,
        timeout: Option<Duration>,
    ) -> PyResult<Received<crate::shared::Incoming>> {
        let mut left = timeout.unwrap_or(Duration::MAX);
        loop {
            let slice = left.min(SIGNALS_EVERY);
            let received = py.detach(|| self.shared.receive(Some(slice)));
            left = left.saturating_sub(slice);
            if !matches!(received, Received::TimedOut) || left.is_zero() {
                return Ok(received);
            }
            py.check_signals()?;
        }
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
}

fn count(waiting: Option<usize>) -> i64 {
    waiting.map_or(-1, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX))
}
