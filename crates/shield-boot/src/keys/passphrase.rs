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

/// What has come of asking a user.
pub enum Asked {
    Given(Zeroizing<String>),
    /// An empty line, Ctrl-C, or the button that cancels.
    Nothing,
    /// No terminal, and no program or screen for a dialogue.
    Nobody,
}

impl Asked {
    /// What was typed; nothing is typed by who cancels.
    pub fn of(given: Option<Zeroizing<String>>) -> Self {
        let given = given.filter(|given| !given.is_empty());
        given.map_or(Self::Nothing, Self::Given)
    }
}

/// Asks for the passphrase that a payload is sealed by.
pub struct Passphrase;

impl KeySource for Passphrase {
    fn content_key(&self, header: &Header, _seat: &Seat) -> Result<ContentKey, Failure> {
        if let Ok(number) = std::env::var(DESCRIPTOR) {
            let source = number.parse().ok().and_then(platform::inherited);
            let source = source.ok_or_else(|| {
                Failure::no_key(format!("{DESCRIPTOR} names no descriptor: {number}"))
            })?;
            return open(header, &line(source)?).map_err(Failure::from);
        }
        let name = crate::name();
        for tried in 0..TRIES {
            let again = if tried > 0 { "that was wrong; " } else { "" };
            let asked = if std::io::stdin().is_terminal() {
                platform::ask_terminal(&format!("{again}passphrase of {name}: "))
            } else {
                platform::ask_dialogue(&format!("{again}passphrase of {name}"))
            };
            let given = match asked {
                Asked::Given(given) => given,
                Asked::Nothing => return Err(Failure::no_key("no passphrase was given")),
                Asked::Nobody => return Err(nobody()),
            };
            match open(header, &given) {
                Err(Wrong::Passphrase) => {}
                Err(Wrong::Other(failure)) => return Err(failure),
                Ok(key) => return Ok(key),
            }
        }
        Err(wrong())
    }
}

/// What can be mended by typing again, and what cannot.
enum Wrong {
    Passphrase,
    Other(Failure),
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::Passphrase => self::wrong(),
            Wrong::Other(failure) => failure,
        }
    }
}

fn open(header: &Header, given: &Zeroizing<String>) -> Result<ContentKey, Wrong> {
    let composed = Zeroizing::new(given.nfc().collect::<String>());
    passphrase_key(composed.as_bytes(), &header.parameters, &header.id).map_err(|error| {
        if error == Error::WrongKey {
            Wrong::Passphrase
        } else {
            Wrong::Other(error.into())
        }
    })
}

fn nobody() -> Failure {
    Failure::no_key(format!(
        "this app needs its passphrase: start it from a terminal, install zenity or kdialog, or \
         name a descriptor in {DESCRIPTOR}"
    ))
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
