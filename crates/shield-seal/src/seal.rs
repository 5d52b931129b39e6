//! Sealing, and opening again to look at what was sealed.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use shield_core::{
    ContentKey, Error, Kind, Passphrase, Plan, Scheme, Source, embedded, passphrase_key,
    passphrase_parameters, product_key, product_parameters, server_parameters,
};

use crate::{raised, random};

/// What the program of a sealed package must carry.
#[pyclass(frozen, get_all)]
pub struct Sealed {
    id: [u8; 16],
    publisher: [u8; 32],
    /// The program's part of an embedded key, zeros with other schemes.
    program: [u8; 32],
    size: u64,
}

/// Seals entries (name, kind, content) into a file.
#[pyfunction]
#[pyo3(signature = (
    entries, path, seed, *, rollback = 0, passphrase = None, product = None, server = None
))]
#[allow(
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    reason = "pyo3 hands over what it has made; in Python they are keywords"
)]
pub fn seal(
    py: Python<'_>,
    entries: Vec<(String, u8, Vec<u8>)>,
    path: PathBuf,
    seed: [u8; 32],
    rollback: u64,
    passphrase: Option<String>,
    product: Option<([u8; 16], [u8; 32])>,
    server: Option<String>,
) -> PyResult<Sealed> {
    let id = random()?;
    let mut program = [0; 32];
    let failed = || raised(&Error::Refused("the cipher failed"));
    let (scheme, parameters, key) = if let Some(given) = passphrase {
        let (key, salt, nonce) = (ContentKey::new(random()?), random()?, random()?);
        let cost = Passphrase::default();
        let made = passphrase_parameters(given.as_bytes(), cost, salt, nonce, &key, &id);
        (Scheme::Passphrase, made.ok_or_else(failed)?, key)
    } else if let Some((product, secret)) = product {
        let (key, nonce) = (ContentKey::new(random()?), random()?);
        let made = product_parameters(&product, &ContentKey::new(secret), nonce, &key, &id);
        let made = made.ok_or_else(failed)?;
        match server {
            Some(address) => (Scheme::Server, server_parameters(made, &address), key),
            None => (Scheme::Licence, made, key),
        }
    } else {
        program = random()?;
        let part = random::<32>()?;
        let key = embedded(&program, &part, &id).map_err(|error| raised(&error))?;
        (Scheme::Embedded, part.to_vec(), key)
    };
    let plan = Plan {
        scheme,
        parameters,
        id,
        rollback,
        key: &key,
        publisher: &seed,
    };
    let entries: Vec<_> = entries
        .into_iter()
        .map(|(name, kind, content)| {
            let kind = Kind::of(kind).ok_or(Error::Refused("there is no such kind"));
            kind.map(|kind| (name, kind, content))
        })
        .collect::<Result<_, _>>()
        .map_err(|error| raised(&error))?;
    let sealed = py.detach(|| shield_core::seal(plan, entries));
    let sealed = sealed.map_err(|error| raised(&error))?;
    std::fs::write(&path, &sealed.bytes).map_err(PyOSError::new_err)?;
    Ok(Sealed {
        id,
        publisher: sealed.publisher,
        program,
        size: sealed.bytes.len() as u64,
    })
}

/// A payload's file, read piece by piece: its lock is for its place, which all readers share.
struct PayloadFile {
    file: Mutex<File>,
    size: u64,
}

impl PayloadFile {
    fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok(Self {
            file: Mutex::new(file),
            size,
        })
    }
}

impl Source for PayloadFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, start: u64, into: &mut [u8]) -> Result<(), Error> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))
            .and_then(|_| file.read_exact(into))
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::UnexpectedEof => Error::Truncated,
                _ => Error::Unreadable(error.to_string()),
            })
    }
}

/// A payload that was opened with its key.
#[pyclass(frozen)]
pub struct Payload {
    /// Random bytes that no other payload has.
    #[pyo3(get)]
    id: [u8; 16],
    open: shield_core::Payload<PayloadFile>,
}

#[pymethods]
impl Payload {
    #[new]
    #[pyo3(signature = (path, publisher, *, least = 0, program = None, passphrase = None, product = None))]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "pyo3 hands over what it has made"
    )]
    fn new(
        path: PathBuf,
        publisher: [u8; 32],
        least: u64,
        program: Option<[u8; 32]>,
        passphrase: Option<String>,
        product: Option<([u8; 16], [u8; 32])>,
    ) -> PyResult<Self> {
        let source = PayloadFile::open(&path).map_err(PyOSError::new_err)?;
        let open = || {
            let header = shield_core::Payload::header(&source, &publisher, least)?;
            let key = if let Some(given) = passphrase {
                passphrase_key(given.as_bytes(), &header.parameters, &header.id)?
            } else if let Some((product, secret)) = product {
                let secret = ContentKey::new(secret);
                product_key(&product, &secret, &header.parameters, &header.id)?
            } else {
                embedded(&program.unwrap_or_default(), &header.parameters, &header.id)?
            };
            Ok((header, key))
        };
        let (header, key) = open().map_err(|error: Error| raised(&error))?;
        let opened = shield_core::Payload::open(source, &header, &key);
        let open = opened.map_err(|error| raised(&error))?;
        let id = header.id;
        Ok(Self { id, open })
    }

    /// Every entry: name, kind, size.
    fn entries(&self) -> Vec<(String, u8, u64)> {
        let all = self.open.index().entries().iter();
        all.map(|entry| (entry.name.clone(), entry.kind.number(), entry.size))
            .collect()
    }

    /// The whole of an entry.
    fn read<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyBytes>> {
        let opened = py.detach(|| self.open.read(name));
        let opened = opened.map_err(|error| raised(&error))?;
        Ok(PyBytes::new(py, &opened))
    }

    /// A part of an entry.
    fn part<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        start: u64,
        end: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let opened = py.detach(|| self.open.read_range(name, start..end.max(start)));
        let opened = opened.map_err(|error| raised(&error))?;
        Ok(PyBytes::new(py, &opened))
    }
}
