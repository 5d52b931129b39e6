//! Bodies that come from files and streams.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::error::Error;
use crate::shared::Body;

/// Read at once; what is larger goes through a pipe, so that memory stays bounded.
#[cfg(unix)]
const AT_ONCE: u64 = 1 << 20;

/// A slice of a file.
pub fn of_file(path: &Path, offset: u64, length: u64) -> std::io::Result<Body> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    #[cfg(unix)]
    if length > AT_ONCE {
        return piped(file, length);
    }
    let mut data = Vec::new();
    file.take(length).read_to_end(&mut data)?;
    Ok(Body::Owned(data))
}

#[cfg(unix)]
fn piped(file: File, length: u64) -> std::io::Result<Body> {
    let (source, mut sink) = std::io::pipe()?;
    std::thread::Builder::new()
        .name("pytron-file".to_owned())
        .spawn(move || {
            // It ends early when the page has left, or the file became shorter: the page sees both
            // as the end of the body.
            let _ = std::io::copy(&mut file.take(length), &mut sink);
        })?;
    Ok(Body::Stream {
        source: source.into(),
        length: i64::try_from(length).unwrap_or(-1),
    })
}

/// A pipe into the page; the descriptor for Python to write to.
#[cfg(unix)]
pub fn of_stream(length: i64) -> Result<(Body, i32), Error> {
    use std::os::fd::IntoRawFd;
    let (source, sink) = std::io::pipe()?;
    let body = Body::Stream {
        source: source.into(),
        length,
    };
    Ok((body, sink.into_raw_fd()))
}

#[cfg(not(unix))]
pub fn of_stream(_length: i64) -> Result<(Body, i32), Error> {
    Err(Error::Unsupported {
        cause: "this engine takes no streams".to_owned(),
        remedy: "answer with the whole body",
    })
}
