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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn written(change: impl FnOnce(&mut [u8; SIZE])) -> [u8; SIZE] {
        let mut seat = bytes();
        seat[16..18].copy_from_slice(&FORMAT.to_le_bytes());
        seat[24..56].fill(7);
        seat[72] = 9;
        seat[144] = 3;
        seat[145..148].copy_from_slice(b"app");
        change(&mut seat);
        let hash = sha256(&seat[..BODY]);
        seat[BODY..].copy_from_slice(&hash);
        seat
    }

    fn refused(seat: &[u8; SIZE]) -> String {
        Seat::parse(seat).err().unwrap().text
    }

    #[test]
    fn what_was_written_is_read() {
        let seat = Seat::parse(&written(|seat| seat[18] = 0b1010)).unwrap();
        assert_eq!((seat.publisher, seat.least), ([7; 32], 9));
        assert_eq!(seat.identifier, "app");
        let Options {
            containers,
            debuggable,
            foreign_libraries,
            keep_environment,
        } = seat.options;
        let options = [containers, debuggable, foreign_libraries, keep_environment];
        assert_eq!(options, [false, true, false, true]);
    }

    #[test]
    fn a_program_without_a_package_says_so() {
        assert!(refused(&bytes()).contains("part of no package"));
    }

    #[test]
    fn every_changed_byte_is_seen() {
        for at in 16..SIZE {
            let mut seat = written(|_| ());
            seat[at] ^= 1;
            assert!(refused(&seat).contains("was changed"), "{at}");
        }
    }

    #[test]
    fn another_format_and_a_name_that_is_none_are_refused() {
        refused(&written(|seat| seat[16] = 2));
        refused(&written(|seat| seat[145] = 0xff));
        // as long as the field can say, and longer than there is room before the hash
        Seat::parse(&written(|seat| seat[144] = 255)).unwrap();
    }
}
