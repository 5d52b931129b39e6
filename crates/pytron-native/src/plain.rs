//! JSON of plain Python data, looked at and written in one walk.
//!
//! The kit's own way looks for what JSON cannot hold, level by level, and then lets msgspec write;
//! that look takes several times as long as the writing. Here whatever is not plain ends the walk,
//! and the kit's way has the rules and the words for it (spec/ipc.md, section 5).

use std::ops::Range;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::depth;
use crate::memory;

/// Levels that a value may have (spec/ipc.md, section 7).
const MAX_DEPTH: usize = 128;
/// The largest integer that a page can hold exactly.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// The JSON of a value made of `dict` with `str` keys, `list`, `tuple`, `str`, `int`, `float`,
/// `bool` and `None` alone, of no subclasses, between `head` and `tail`; None when there is anything
/// else in it, or anything that must be refused.
#[pyfunction]
pub fn plain_json<'py>(
    value: &Bound<'py, PyAny>,
    head: &[u8],
    tail: &[u8],
) -> Option<Bound<'py, PyBytes>> {
    let mut text = Vec::with_capacity(256);
    text.extend_from_slice(head);
    // SAFETY: we hold the GIL as long as `value` is borrowed, and `value` keeps all that is in it:
    // no Python code runs during the walk, so nothing can change meanwhile.
    unsafe { write(&mut text, &mut Keys::new(), value.as_ptr(), MAX_DEPTH) }?;
    text.extend_from_slice(tail);
    Some(memory::bytes(value.py(), &text))
}

/// Whether JSON is nested deeper than this.
#[pyfunction]
pub fn is_deeper(text: &[u8], most: usize) -> bool {
    depth::is_deeper(text, most)
}

/// The keys of objects that were written last, by where they live: records have the same again and
/// again, and a key that stands in the text already is copied from there.
struct Keys([(*mut ffi::PyObject, Range<usize>); KEYS]);

const KEYS: usize = 64;

impl Keys {
    const fn new() -> Self {
        Self([const { (std::ptr::null_mut(), 0..0) }; KEYS])
    }

    /// The place of a key, which another may have taken.
    fn of(&mut self, key: *mut ffi::PyObject) -> &mut (*mut ffi::PyObject, Range<usize>) {
        // Objects are at least 16 bytes apart; keys of one record often stand close together.
        let place = key.addr() >> 4;
        &mut self.0[(place ^ place >> 6) % KEYS]
    }
}

/// # Safety
/// With the GIL, on an object that lives and is not changed meanwhile.
unsafe fn write(
    text: &mut Vec<u8>,
    keys: &mut Keys,
    value: *mut ffi::PyObject,
    room: usize,
) -> Option<()> {
    // SAFETY: as promised by the caller; each function is given an object of the type it takes,
    // and what it gives is borrowed from that object.
    unsafe {
        let kind = ffi::Py_TYPE(value);
        if kind == &raw mut ffi::PyUnicode_Type {
            string(text, value)
        } else if kind == &raw mut ffi::PyLong_Type {
            integer(text, value)
        } else if kind == &raw mut ffi::PyFloat_Type {
            let number = ffi::PyFloat_AsDouble(value);
            if !number.is_finite() {
                return None;
            }
            text.extend_from_slice(zmij::Buffer::new().format_finite(number).as_bytes());
            Some(())
        } else if kind == &raw mut ffi::PyDict_Type {
            dict(text, keys, value, room.checked_sub(1)?)
        } else if kind == &raw mut ffi::PyList_Type {
            items(
                text,
                keys,
                ffi::PyList_Size(value),
                room.checked_sub(1)?,
                |index| ffi::PyList_GetItem(value, index),
            )
        } else if kind == &raw mut ffi::PyTuple_Type {
            items(
                text,
                keys,
                ffi::PyTuple_Size(value),
                room.checked_sub(1)?,
                |index| ffi::PyTuple_GetItem(value, index),
            )
        } else {
            let word: &[u8] = if value == ffi::Py_None() {
                b"null"
            } else if value == ffi::Py_True() {
                b"true"
            } else if value == ffi::Py_False() {
                b"false"
            } else {
                return None;
            };
            text.extend_from_slice(word);
            Some(())
        }
    }
}

/// # Safety
/// As `write`, with a dict.
unsafe fn dict(
    text: &mut Vec<u8>,
    keys: &mut Keys,
    value: *mut ffi::PyObject,
    room: usize,
) -> Option<()> {
    let (mut at, mut key, mut item) = (0, std::ptr::null_mut(), std::ptr::null_mut());
    text.push(b'{');
    // SAFETY: see `write`; the dict does not change, so `at` stays good.
    unsafe {
        while ffi::PyDict_Next(value, &raw mut at, &raw mut key, &raw mut item) != 0 {
            if ffi::Py_TYPE(key) != &raw mut ffi::PyUnicode_Type {
                return None;
            }
            let (last, place) = keys.of(key);
            if *last == key {
                text.extend_from_within(place.clone());
            } else {
                let start = text.len();
                string(text, key)?;
                text.push(b':');
                (*last, *place) = (key, start..text.len());
            }
            write(text, keys, item, room)?;
            text.push(b',');
        }
    }
    close(text, b'}');
    Some(())
}

/// # Safety
/// As `write`, with what gives the members of a list or a tuple of this length.
unsafe fn items(
    text: &mut Vec<u8>,
    keys: &mut Keys,
    length: isize,
    room: usize,
    item: impl Fn(isize) -> *mut ffi::PyObject,
) -> Option<()> {
    text.push(b'[');
    for index in 0..length {
        // SAFETY: see `write`.
        unsafe { write(text, keys, item(index), room) }?;
        text.push(b',');
    }
    close(text, b']');
    Some(())
}

/// Puts the bracket in place of the last comma, if there is one.
fn close(text: &mut Vec<u8>, bracket: u8) {
    match text.last_mut() {
        Some(last) if *last == b',' => *last = bracket,
        _ => text.push(bracket),
    }
}

/// # Safety
/// As `write`, with an int.
unsafe fn integer(text: &mut Vec<u8>, value: *mut ffi::PyObject) -> Option<()> {
    let mut overflow = 0;
    // SAFETY: see `write`.
    let number = unsafe { ffi::PyLong_AsLongLongAndOverflow(value, &raw mut overflow) };
    if overflow != 0 || number.unsigned_abs() > MAX_SAFE_INTEGER.unsigned_abs() {
        return None;
    }
    text.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    Some(())
}

/// # Safety
/// As `write`, with a str.
unsafe fn string(text: &mut Vec<u8>, value: *mut ffi::PyObject) -> Option<()> {
    let mut size = 0;
    // SAFETY: see `write`; the bytes belong to the str.
    let start = unsafe { ffi::PyUnicode_AsUTF8AndSize(value, &raw mut size) };
    if start.is_null() {
        // Half a surrogate pair.
        // SAFETY: with the GIL; the error is the one just raised.
        unsafe { ffi::PyErr_Clear() };
        return None;
    }
    // SAFETY: so many bytes stand there as long as the str lives.
    let bytes = unsafe { std::slice::from_raw_parts(start.cast::<u8>(), size.unsigned_abs()) };
    text.reserve(bytes.len() + 2 + 8);
    text.push(b'"');
    let begun = text.len();
    let (words, rest) = bytes.as_chunks::<8>();
    let mut marks = 0;
    for word in words {
        marks |= escaped(u64::from_le_bytes(*word));
        text.extend_from_slice(word);
    }
    let last = rest
        .iter()
        .rev()
        .fold(SPACES, |word, byte| word << 8 | u64::from(*byte));
    marks |= escaped(last);
    text.extend_from_slice(&last.to_le_bytes());
    text.truncate(begun + bytes.len());
    if marks != 0 {
        text.truncate(begun);
        escape(text, bytes);
    }
    text.push(b'"');
    Some(())
}

/// Eight times the byte.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

const SPACES: u64 = eight(b' ');

/// Not 0 when any of these eight bytes is a control character, a quote or a backslash.
/// Source: "Determine if a word has a byte less than n", Bit Twiddling Hacks.
fn escaped(word: u64) -> u64 {
    let below = |word: u64, limit: u8| word.wrapping_sub(eight(limit)) & !word;
    let marks = below(word, b' ') | below(word ^ eight(b'"'), 1) | below(word ^ eight(b'\\'), 1);
    marks & eight(0x80)
}

/// Source: RFC 8259, section 7.
fn escape(text: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for &byte in bytes {
        let short = match byte {
            b'"' | b'\\' => byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0c => b'f',
            0..b' ' => {
                let digit = DIGITS[usize::from(byte & 15)];
                text.extend_from_slice(&[b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), digit]);
                continue;
            }
            _ => {
                text.push(byte);
                continue;
            }
        };
        text.extend_from_slice(&[b'\\', short]);
    }
}
