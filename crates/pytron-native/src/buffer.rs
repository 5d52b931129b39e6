//! Python buffers that the page reads without a copy, released later under the GIL.
//!
//! The limited API has the buffer protocol from 3.11 on only, so its two functions are looked up at
//! run time. `Py_buffer` has been laid out like this since 3.3 and is frozen since 3.11.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::{Mutex, OnceLock, PoisonError};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Owners that the main thread or WebKit let go, where the GIL must not be waited for.
static RELEASED: Mutex<Vec<Owner>> = Mutex::new(Vec::new());

/// Bytes of a Python object, which live as long as this does.
pub struct Buffer {
    start: *const u8,
    length: usize,
    owner: Option<Owner>,
}

// SAFETY: the memory is read-only for us and kept alive by the owner, which is only ever touched
// again under the GIL.
unsafe impl Send for Buffer {}
// SAFETY: as above; shared reads of plain bytes.
unsafe impl Sync for Buffer {}

enum Owner {
    Bytes(#[allow(dead_code, reason = "held for its reference")] Py<PyBytes>),
    View(Box<RawBuffer>),
}

// SAFETY: released under the GIL only (see `release`).
unsafe impl Send for Owner {}

#[repr(C)]
struct RawBuffer {
    buf: *mut c_void,
    obj: *mut pyo3::ffi::PyObject,
    len: isize,
    itemsize: isize,
    readonly: c_int,
    ndim: c_int,
    format: *mut c_char,
    shape: *mut isize,
    strides: *mut isize,
    suboffsets: *mut isize,
    internal: *mut c_void,
}

type Get = unsafe extern "C" fn(*mut pyo3::ffi::PyObject, *mut RawBuffer, c_int) -> c_int;
type Release = unsafe extern "C" fn(*mut RawBuffer);

struct Protocol {
    get: Get,
    release: Release,
}

impl Buffer {
    /// Holds a bytes-like object.
    pub fn new(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            let data = bytes.as_bytes();
            return Ok(Self {
                start: data.as_ptr(),
                length: data.len(),
                owner: Some(Owner::Bytes(bytes.clone().unbind())),
            });
        }
        let Some(protocol) = protocol(object.py()) else {
            return Err(PyTypeError::new_err(
                "this interpreter has no buffer protocol: pass bytes",
            ));
        };
        // SAFETY: all-zero is what C callers pass; every field is a pointer or an integer.
        let mut raw: Box<RawBuffer> = Box::new(unsafe { std::mem::zeroed() });
        // SAFETY: called with the GIL; `raw` lives in a box, so its address stays the same until
        // it is released. 0 asks for simple, contiguous bytes.
        if unsafe { (protocol.get)(object.as_ptr(), &raw mut *raw, 0) } != 0 {
            return Err(PyErr::fetch(object.py()));
        }
        Ok(Self {
            start: raw.buf.cast(),
            length: usize::try_from(raw.len).unwrap_or(0),
            owner: Some(Owner::View(raw)),
        })
    }

    pub fn len(&self) -> usize {
        self.length
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: the owner keeps these bytes alive and in place: `bytes` never move, and an
        // exported buffer may not be resized.
        unsafe { std::slice::from_raw_parts(self.start, self.length) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(owner) = self.owner.take() {
            RELEASED
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(owner);
        }
    }
}

/// Lets go of what was dropped without the GIL.
pub fn release(py: Python<'_>) {
    let owners = std::mem::take(&mut *RELEASED.lock().unwrap_or_else(PoisonError::into_inner));
    for owner in owners {
        if let Owner::View(mut raw) = owner
            && let Some(protocol) = protocol(py)
        {
            // SAFETY: filled by `get` above, released once, with the GIL.
            unsafe { (protocol.release)(&raw mut *raw) };
        }
    }
}

fn protocol(py: Python<'_>) -> Option<&'static Protocol> {
    static PROTOCOL: OnceLock<Option<Protocol>> = OnceLock::new();
    let found = PROTOCOL.get_or_init(|| {
        let get = symbol(py, c"PyObject_GetBuffer")?;
        let release = symbol(py, c"PyBuffer_Release")?;
        // SAFETY: these are the documented signatures of the two functions.
        Some(unsafe {
            Protocol {
                get: std::mem::transmute::<*mut c_void, Get>(get),
                release: std::mem::transmute::<*mut c_void, Release>(release),
            }
        })
    });
    found.as_ref()
}

#[cfg(unix)]
fn symbol(_py: Python<'_>, name: &CStr) -> Option<*mut c_void> {
    // SAFETY: a lookup by a C string among the libraries already loaded.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

#[cfg(windows)]
fn symbol(py: Python<'_>, name: &CStr) -> Option<*mut c_void> {
    unsafe extern "system" {
        fn GetModuleHandleA(name: *const c_char) -> *mut c_void;
        fn GetProcAddress(module: *mut c_void, name: *const c_char) -> *mut c_void;
    }
    // python3.dll of 3.10 does not forward them, python310.dll has them.
    let version = py.version_info();
    let library = format!("python{}{}.dll\0", version.major, version.minor);
    // SAFETY: both names end with NUL; the interpreter's library is loaded and stays loaded.
    let found = unsafe { GetProcAddress(GetModuleHandleA(library.as_ptr().cast()), name.as_ptr()) };
    (!found.is_null()).then_some(found)
}
