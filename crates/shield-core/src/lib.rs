//! The sealed payload of `spec/shield.md`: its bytes and its cipher. No input or output, no unsafe.

#![forbid(unsafe_code)]

mod cipher;
mod entry;
mod error;
mod header;
mod hexadecimal;
mod index;
mod key;
mod licence;
mod payload;
mod plain;
mod reader;
mod seal;
mod server;

pub use cipher::{Hasher, content_hash, fingerprint, sha256, verifying_key};
pub use entry::{Chunk, Entry, Kind, check_name};
pub use error::Error;
pub use header::{Header, Scheme};
pub use index::Index;
pub use key::{
    ContentKey, EMBEDDED_PART, Passphrase, embedded, passphrase_key, passphrase_parameters,
    product_key, product_of, product_parameters, server_parameters,
};
pub use licence::{Binding, Licence};
pub use payload::{Payload, Source};
pub use plain::Plain;
pub use seal::{Plan, Sealed, seal};
pub use server::{Answer, Asking, Question, answer};

/// Plain bytes in a chunk (spec/shield.md, section 2).
pub const CHUNK: usize = 262_144;
/// Sealed bytes in a chunk, at most.
pub const MOST_SEALED: usize = CHUNK + 1_024;
