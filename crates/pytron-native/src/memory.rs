//! Where what a page sends is received.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "elsewhere a page has no line of its own")
)]

use std::mem::MaybeUninit;
use std::ptr::NonNull;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::ground::Ground;

/// From this size on it is received where Python will have it: a copy would cost more than the GIL.
const LARGE: usize = 64 << 10;

/// Memory of a size that is known before what fills it comes.
pub enum Memory {
    Small(Vec<u8>),
    Large(Filling),
}

/// A `bytes` that nobody else has seen yet.
pub struct Filling {
    ground: Ground, // the first, as it must go first
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
    fn room(&mut self) -> &mut [MaybeUninit<u8>] {
        let (start, size) = match self {
            Self::Small(bytes) => (bytes.as_mut_ptr(), bytes.len()),
            Self::Large(filling) => (filling.start.as_ptr(), filling.size),
        };
        // SAFETY: so many bytes stand there, and only `self` leads to them.
        unsafe { std::slice::from_raw_parts_mut(start.cast(), size) }
    }

    /// How many bytes there are.
    pub fn size(&self) -> usize {
        match self {
            Self::Small(bytes) => bytes.len(),
            Self::Large(filling) => filling.size,
        }
    }

    /// As much of what is behind `filled` as is to be filled next.
    pub fn next(&mut self, filled: usize) -> &mut [MaybeUninit<u8>] {
        let ready = match self {
            Self::Small(bytes) => bytes.len(),
            Self::Large(filling) => {
                filling
                    .ground
                    .ready(filling.start.as_ptr(), filling.size, filled)
            }
        };
        &mut self.room()[filled..ready]
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
        let bytes = bytes.unbind();
        let ground = Ground::default();
        Some(Self {
            ground,
            bytes,
            start,
            size,
        })
    }
}

/// The same bytes for Python.
pub fn bytes<'py>(py: Python<'py>, data: &[u8]) -> Bound<'py, PyBytes> {
    if data.len() >= LARGE
        && let Some(filling) = Filling::of(py, data.len())
    {
        fill(filling.start.as_ptr(), data);
        return filling.bytes.into_bound(py);
    }
    PyBytes::new(py, data)
}

/// Copies into memory that nothing has been written to, which must be as long.
fn fill(memory: *mut u8, data: &[u8]) {
    let mut ground = Ground::default();
    let mut done = 0;
    while done < data.len() {
        let ready = ground.ready(memory, data.len(), done);
        // SAFETY: both are so long, and nobody else has the memory.
        unsafe {
            memory
                .add(done)
                .copy_from_nonoverlapping(data.as_ptr().add(done), ready - done);
        }
        done = ready;
    }
}

impl From<Vec<u8>> for Memory {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Small(bytes)
    }
}
