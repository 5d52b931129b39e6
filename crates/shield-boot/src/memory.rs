//! Memory that is not there ends the program with a sentence, not with a crash.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;

use crate::{failure, platform};

/// The system's allocator, which always has memory.
pub struct Memory;

fn there(place: *mut u8) -> *mut u8 {
    if place.is_null() {
        // Nothing here may ask for memory.
        let _ = std::io::stderr().write_all(b"the system gives this program too little memory\n");
        platform::end(failure::REFUSED);
    }
    place
}

// SAFETY: the system's allocator, whose answers are handed on.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        there(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        there(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        there(unsafe { System.realloc(place, layout, size) })
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(place, layout) }
    }
}
