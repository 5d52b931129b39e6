//! What the packager has written into this program: whom it believes, and how it behaves.
//!
//! Source: spec/shield.md, section 6.

use shield_core::sha256;

use crate::failure::Failure;

const SIZE: usize = 512;
const BODY: usize = SIZE - 32;
const FORMAT: u16 = 1;

/// The packager looks for the first sixteen bytes and writes the rest. In a section that is written
/// at run time, so that no compiler believes to know what is in it.
#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".data.seat"))]
static mut BYTES: [u8; SIZE] = {
    let mut bytes = [0; SIZE];
    let mark = *b"\x7fPYTRON\x00SEAT\x01\xf3\xa9\x5c";
    let mut at = 0;
    while at < mark.len() {
        bytes[at] = mark[at];
        at += 1;
    }
    bytes
};

/// How the program behaves; each is a way out of one measure.
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "other systems have not all of the measures")
)]
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Seccomp filters and foreign user namespaces are accepted (Flatpak, rootless containers).
    pub containers: bool,
    /// Other processes of the same user may look into this one.
    pub debuggable: bool,
    /// Libraries that are neither the package's nor the system's are accepted.
    pub foreign_libraries: bool,
    /// Variables by which libraries are led to further code are kept.
    pub keep_environment: bool,
}

/// The seat, read.
pub struct Seat {
    pub publisher: [u8; 32],
    pub id: [u8; 16],
    pub least: u64,
    pub program: [u8; 32],
    pub licence: [u8; 32],
    pub options: Options,
    /// Names the app's folder for licences.
    pub identifier: String,
}

fn bytes() -> [u8; SIZE] {
    let mut read = [0; SIZE];
    for (at, byte) in read.iter_mut().enumerate() {
        // SAFETY: inside the array, which nothing writes while the program runs; volatile, because
        // the bytes are not those that the compiler saw.
        *byte = unsafe { (&raw const BYTES).cast::<u8>().add(at).read_volatile() };
    }
    read
}

impl Seat {
    /// What the packager has written.
    pub fn read() -> Result<Self, Failure> {
        Self::parse(&bytes())
    }

    fn parse(bytes: &[u8; SIZE]) -> Result<Self, Failure> {
        let empty = || Failure::refused("this program is part of no package yet");
        let damaged = || Failure::refused("the program was changed since the package was made");
        if bytes[16..BODY].iter().all(|byte| *byte == 0) {
            return Err(empty());
        }
        if bytes[BODY..] != sha256(&bytes[..BODY]) || bytes[16..18] != FORMAT.to_le_bytes() {
            return Err(damaged());
        }
        let array = |at: usize| <[u8; 32]>::try_from(&bytes[at..at + 32]).map_err(|_| damaged());
        let flags = bytes[18];
        let length = usize::from(bytes[144]);
        let name = bytes.get(145..145 + length).ok_or_else(damaged)?;
        Ok(Self {
            publisher: array(24)?,
            id: bytes[56..72].try_into().map_err(|_| damaged())?,
            least: u64::from_le_bytes(bytes[72..80].try_into().map_err(|_| damaged())?),
            program: array(80)?,
            licence: array(112)?,
            options: Options {
                containers: flags & 1 != 0,
                debuggable: flags & 2 != 0,
                foreign_libraries: flags & 4 != 0,
                keep_environment: flags & 8 != 0,
            },
            identifier: String::from_utf8(name.to_vec()).map_err(|_| damaged())?,
        })
    }
}
