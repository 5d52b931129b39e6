//! Where what a page sends is received.

use std::mem::MaybeUninit;
use std::ptr::NonNull;
#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// From this size on it is received where Python will have it: a copy would cost more than the GIL.
const LARGE: usize = 64 << 10;

/// Memory of a size that is known before what fills it comes.
pub enum Memory {
    Small(Vec<u8>),
    Large(Filling),
}

/// A `bytes` that nobody else has seen yet.
pub struct Filling {
    bytes: Py<PyBytes>,
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: the memory belongs to `bytes`, which only this has until it is full.
unsafe impl Send for Filling {}

impl Memory {
    /// Memory for so many bytes; `None` when there is not so much. Takes the GIL for large ones.
    pub fn of(size: usize) -> Option<Self> {
        if size < LARGE {
            return Some(Self::Small(vec![0; size]));
        }
        Python::attach(|py| Some(Self::Large(Filling::of(py, size)?)))
    }

    /// All of it, to be filled.
    pub fn room(&mut self) -> &mut [MaybeUninit<u8>] {
        let (start, size) = match self {
            Self::Small(bytes) => (bytes.as_mut_ptr(), bytes.len()),
            Self::Large(filling) => (filling.start.as_ptr(), filling.size),
        };
        // SAFETY: so many bytes stand there, and only `self` leads to them.
        unsafe { std::slice::from_raw_parts_mut(start.cast(), size) }
    }

    #[cfg(test)]
    pub fn contents(&self) -> Vec<u8> {
        let (start, size) = match self {
            Self::Small(bytes) => (bytes.as_ptr(), bytes.len()),
            Self::Large(filling) => (filling.start.as_ptr().cast_const(), filling.size),
        };
        // SAFETY: it has been filled.
        unsafe { std::slice::from_raw_parts(start, size) }.to_vec()
    }

    /// What is in it, once all of it is filled.
    pub fn into_bytes(self, py: Python<'_>) -> Bound<'_, PyBytes> {
        match self {
            Self::Small(filled) => bytes(py, &filled),
            Self::Large(filling) => filling.bytes.into_bound(py),
        }
    }
}

impl Filling {
    /// `None` when there is not so much memory.
    fn of(py: Python<'_>, size: usize) -> Option<Self> {
        let length = isize::try_from(size).ok()?;
        // SAFETY: `py` is the GIL. Without a source the bytes are not written, which is what `room`
        // says; we own what is given.
        let bytes = unsafe {
            let object = ffi::PyBytes_FromStringAndSize(std::ptr::null(), length);
            Bound::from_owned_ptr_or_err(py, object).map(|bytes| bytes.cast_into_unchecked())
        };
        let bytes: Bound<'_, PyBytes> = bytes.ok()?;
        // SAFETY: with the GIL, on a `bytes`.
        let start = NonNull::new(unsafe { ffi::PyBytes_AsString(bytes.as_ptr()) })?.cast();
        prefer_large_pages(start.as_ptr(), size);
        let bytes = bytes.unbind();
        Some(Self { bytes, start, size })
    }
}

/// The same bytes for Python.
pub fn bytes<'py>(py: Python<'py>, data: &[u8]) -> Bound<'py, PyBytes> {
    if data.len() >= LARGE
        && let Some(filling) = Filling::of(py, data.len())
    {
        // SAFETY: there is room for exactly these.
        unsafe {
            filling
                .start
                .copy_from_nonoverlapping(NonNull::from(data).cast(), data.len())
        };
        return filling.bytes.into_bound(py);
    }
    PyBytes::new(py, data)
}

/// Fresh memory costs more than the copy into it, page by page; large pages make it a tenth. Not
/// where the host of a virtual machine takes back what is free (as WSL 2 does): it takes large pages
/// first, and to get one again costs many times what small ones do. One tells it of all.
#[cfg(target_os = "linux")]
pub fn prefer_large_pages(start: *mut u8, size: usize) {
    const PAGE: usize = 2 << 20;
    /// What the small pages in a large one would cost; a large one in reach takes a fifth of it.
    const COLD: Duration = Duration::from_millis(1);
    let from = start.addr().next_multiple_of(PAGE);
    let length = (start.addr() + size).saturating_sub(from) / PAGE * PAGE;
    if length == 0 {
        return;
    }
    // SAFETY: whole pages inside of memory that is ours; what is in them stays.
    let advise = |length, advice| unsafe {
        libc::madvise(from as *mut libc::c_void, length, advice);
    };
    advise(PAGE, libc::MADV_HUGEPAGE);
    let before = Instant::now();
    advise(PAGE, libc::MADV_POPULATE_WRITE); // older kernels only refuse it
    if before.elapsed() < COLD {
        advise(length, libc::MADV_HUGEPAGE);
    }
}

#[cfg(not(target_os = "linux"))]
pub fn prefer_large_pages(_start: *mut u8, _size: usize) {}

impl From<Vec<u8>> for Memory {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Small(bytes)
    }
}
