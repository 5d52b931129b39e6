//! The main loop's two sources of our own: orders from other threads, and Python's signals.

use std::ffi::c_int;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, Ordering};

use gtk::glib::ffi::{GSource, GSourceFunc, GSourceFuncs, gboolean, gpointer};
use gtk::glib::{self, ControlFlow, IOCondition, MainContext, SourceId};

use crate::guard::guard;
use crate::stage::{self, Stage};

/// Something is waiting. One for the process, as there is one main loop.
static PENDING: AtomicBool = AtomicBool::new(false);

/// Wakes the main thread for a turn.
pub struct Waker {
    context: MainContext,
}

impl Waker {
    /// On the main thread. The source stays for the life of the process, like the loop.
    pub fn new(_proxy: tao::event_loop::EventLoopProxy<()>) -> Self {
        static ATTACHED: AtomicBool = AtomicBool::new(false);
        if !ATTACHED.swap(true, Ordering::AcqRel) {
            attach();
        }
        Self {
            context: MainContext::default(),
        }
    }

    /// Any thread. Wakes that come before the turn are one.
    pub fn wake(&self) {
        if !PENDING.swap(true, Ordering::AcqRel) {
            self.context.wakeup();
        }
    }

    /// tao's own user event: here the source below has turned already.
    pub fn dispatch(&self, _stage: &Stage) {}
}

/// A plain `GSource` that is ready when the flag is set: no allocation and no lock for each wake.
fn attach() {
    static FUNCTIONS: GSourceFuncs = GSourceFuncs {
        prepare: Some(prepare),
        check: Some(check),
        dispatch: Some(dispatch),
        finalize: None,
        closure_callback: None,
        closure_marshal: None,
    };
    // SAFETY: the functions are static, the size is that of a source without data of ours, and the
    // context keeps the source after our reference is given up.
    unsafe {
        let functions = (&raw const FUNCTIONS).cast_mut();
        let size = u32::try_from(size_of::<GSource>()).unwrap_or(0);
        let source = glib::ffi::g_source_new(functions, size);
        glib::ffi::g_source_attach(source, glib::ffi::g_main_context_default());
        glib::ffi::g_source_unref(source);
    }
}

unsafe extern "C" fn prepare(_source: *mut GSource, timeout: *mut c_int) -> gboolean {
    if !timeout.is_null() {
        // SAFETY: glib passes a place for the time-out; -1 lets the poll wait for others.
        unsafe { *timeout = -1 };
    }
    gboolean::from(PENDING.load(Ordering::Acquire))
}

unsafe extern "C" fn check(_source: *mut GSource) -> gboolean {
    gboolean::from(PENDING.load(Ordering::Acquire))
}

unsafe extern "C" fn dispatch(_: *mut GSource, _: GSourceFunc, _: gpointer) -> gboolean {
    PENDING.store(false, Ordering::Release);
    guard("a turn", (), || {
        if let Some(stage) = stage::current() {
            stage.turn();
        }
    });
    glib::ffi::G_SOURCE_CONTINUE
}

/// Looks at Python's signals when `signal.set_wakeup_fd`'s descriptor has something; ends with it.
pub struct Watch(Option<SourceId>);

impl Watch {
    /// `look` runs on the main thread.
    pub fn new(descriptor: i64, mut look: impl FnMut() + 'static) -> Self {
        let Some(descriptor) = RawFd::try_from(descriptor).ok().filter(|fd| *fd >= 0) else {
            return Self(None);
        };
        let source = glib::unix_fd_add_local(descriptor, IOCondition::IN, move |fd, _| {
            guard("the signal watch", ControlFlow::Continue, || {
                let mut bytes = [0_u8; 64];
                // SAFETY: reads into an array of ours. Python has made the descriptor
                // non-blocking, and there is something to read.
                unsafe { libc::read(fd, bytes.as_mut_ptr().cast(), bytes.len()) };
                look();
                ControlFlow::Continue
            })
        });
        Self(Some(source))
    }

    /// How long the loop may wait.
    pub fn wait(&self) -> tao::event_loop::ControlFlow {
        tao::event_loop::ControlFlow::Wait
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(source) = self.0.take() {
            source.remove();
        }
    }
}
