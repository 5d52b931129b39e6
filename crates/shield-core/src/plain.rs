//! Plain bytes, wiped when they go.

use std::hint::black_box;
use std::ops::{Deref, DerefMut};

/// Content that was opened. It is wiped at the speed of memory: `zeroize` writes byte by byte, which
/// took more time than the cipher, and stays for keys.
pub struct Plain(Vec<u8>);

impl Plain {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for Plain {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Plain({} bytes)", self.0.len())
    }
}

impl Deref for Plain {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Plain {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.0.fill(0);
        black_box(&mut self.0); // so that the wiping is not left out as useless
    }
}
