//! Where a passphrase comes from: a descriptor that the starter names, the terminal, or a dialogue.

use std::io::{BufRead, BufReader, IsTerminal, Read};

use shield_core::{ContentKey, Error, Header, passphrase_key};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::KeySource;
use crate::failure::Failure;
use crate::platform;
use crate::seat::Seat;

/// Names the descriptor on which a passphrase comes in one line; for programs that start the app.
pub const DESCRIPTOR: &str = "PYTRON_PASSPHRASE_FD";
const MOST: u64 = 4_096;
/// At a terminal a typing error is forgiven twice.
const TRIES: usize = 3;

/// Asks for the passphrase that a payload is sealed by.
pub struct Passphrase;

impl KeySource for Passphrase {
    fn content_key(&self, header: &Header, _seat: &Seat) -> Result<ContentKey, Failure> {
        if let Ok(number) = std::env::var(DESCRIPTOR) {
            let source = number.parse().ok().and_then(platform::inherited);
            let source = source.ok_or_else(|| {
                Failure::no_key(format!("{DESCRIPTOR} names no descriptor: {number}"))
            })?;
            return open(header, &line(source)?);
        }
        let asked = std::io::stdin().is_terminal();
        for last in (0..TRIES).rev() {
            let given = if asked {
                platform::ask_terminal("passphrase: ")
            } else {
                platform::ask_dialogue("The passphrase of this app")
            };
            let given = given.ok_or_else(|| {
                Failure::no_key(format!(
                    "this app needs its passphrase: start it from a terminal, install zenity or \
                     kdialog, or name a descriptor in {DESCRIPTOR}"
                ))
            })?;
            match open(header, &given) {
                Err(failure) if last == 0 => return Err(failure),
                Err(_) => eprintln!("the passphrase is wrong, try again"),
                opened => return opened,
            }
        }
        Err(wrong())
    }
}

fn open(header: &Header, given: &Zeroizing<String>) -> Result<ContentKey, Failure> {
    let composed = Zeroizing::new(given.nfc().collect::<String>());
    passphrase_key(composed.as_bytes(), &header.parameters, &header.id).map_err(|error| {
        if error == Error::WrongKey {
            wrong()
        } else {
            error.into()
        }
    })
}

fn wrong() -> Failure {
    Failure::no_key("the passphrase is wrong")
}

/// One line without its end.
pub fn line(source: impl Read) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    BufReader::new(source.take(MOST))
        .read_line(&mut text)
        .map_err(|error| Failure::no_key(format!("the passphrase cannot be read: {error}")))?;
    let length = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(length);
    Ok(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_where_it_ends_on_any_system() {
        for text in ["word", "word\n", "word\r\n", "word\nmore\n"] {
            assert_eq!(line(text.as_bytes()).unwrap().as_str(), "word");
        }
        assert_eq!(
            line(" two words ".as_bytes()).unwrap().as_str(),
            " two words "
        );
    }

    #[test]
    fn what_is_no_text_is_refused_and_what_is_too_long_is_cut() {
        assert_eq!(
            line(&b"\xff\n"[..]).err().unwrap().code,
            crate::failure::NO_KEY
        );
        assert_eq!(line(std::io::repeat(b'x')).unwrap().len() as u64, MOST);
    }
}
