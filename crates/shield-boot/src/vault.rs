//! The open payload of this process, in memory that is neither swapped nor dumped.

use std::path::{Path, PathBuf};

use shield_core::{ContentKey, Payload};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::file::PayloadFile;
use crate::keys::source_of;
use crate::platform;
use crate::seat::Seat;

/// The payload's name in the folder of the package's files.
pub const PAYLOAD: &str = "app.sealed";

/// What this process knows: the package's folder, its payload, and the key that child processes get.
pub struct Vault {
    pub root: PathBuf,
    pub payload: Payload<PayloadFile>,
    pub seat: Seat,
    key: ContentKey,
}

impl Vault {
    /// Opens the payload in `root`; `given` is the key that a parent process has sent.
    pub fn open(
        root: &Path,
        seat: Seat,
        given: Option<ContentKey>,
    ) -> Result<&'static Self, Failure> {
        let path = root.join(PAYLOAD);
        let source = PayloadFile::open(&path).map_err(|error| {
            Failure::refused(format!(
                "the payload {} cannot be read: {error}",
                path.display()
            ))
        })?;
        let header = Payload::header(&source, &seat.publisher, seat.least)?;
        if header.id != seat.id {
            return Err(Failure::refused("the payload belongs to another program"));
        }
        let key = match given {
            Some(key) => key,
            None => source_of(header.scheme).content_key(&header, &seat)?,
        };
        let payload = Payload::open(source, &header, &key)?;
        // Never freed: the keys in it live as long as the process does, in pages of their own.
        Ok(platform::locked(Self {
            root: root.to_owned(),
            payload,
            seat,
            key,
        }))
    }

    /// The key, for a child process of ours.
    pub fn key_for_child(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self.key.bytes())
    }
}
