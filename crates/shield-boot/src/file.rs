//! Files as sources of payloads, read where they stand: a mapped file that someone cuts would end the
//! process by a signal.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use shield_core::{Error, Hasher, Source};

/// An open payload file.
pub struct PayloadFile {
    file: File,
    size: u64,
}

impl PayloadFile {
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok(Self { file, size })
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> std::io::Result<()> {
    while !buffer.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, buffer, offset)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[count..];
        offset += count as u64;
    }
    Ok(())
}

impl Source for PayloadFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, start: u64, into: &mut [u8]) -> Result<(), Error> {
        read_at(&self.file, into, start).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Error::Truncated,
            _ => Error::Unreadable(error.to_string()),
        })
    }
}

/// The size and hash of a file.
pub fn hash(file: &mut File) -> std::io::Result<(u64, [u8; 32])> {
    let mut hasher = Hasher::default();
    let mut piece = vec![0; 256 * 1024];
    let mut size = 0;
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            return Ok((size, hasher.finish()));
        }
        hasher.update(&piece[..count]);
        size += count as u64;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_where_it_stands_and_not_past_its_end() {
        let path = std::env::temp_dir().join(format!("pytron-file-{}", std::process::id()));
        let content: Vec<u8> = (0..600_000_u32).map(|at| at.to_le_bytes()[0]).collect();
        std::fs::write(&path, &content).unwrap();
        let file = PayloadFile::open(&path).unwrap();
        let (size, hashed) = hash(&mut File::open(&path).unwrap()).unwrap();
        // Cut while it is open: what is gone is an error, not a signal.
        std::fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(10)
            .unwrap();
        let mut part = [0; 4];
        let (within, past) = (file.read(2, &mut part), file.read(8, &mut [0; 4]));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(
            (size, hashed),
            (600_000, shield_core::content_hash(&content))
        );
        assert_eq!(file.size(), 600_000);
        assert_eq!((within, &part[..]), (Ok(()), &content[2..6]));
        assert_eq!(past, Err(Error::Truncated));
    }
}
