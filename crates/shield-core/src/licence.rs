//! Licence files (spec/shield.md, section 5): who may open a product's payloads, where, how long.

use serde_json::{Map, Value};

use crate::cipher::{self, KEY, NONCE, TAG};
use crate::error::Error;
use crate::hexadecimal::{hex, unhex};
use crate::key::ContentKey;

const MOST: usize = 64 * 1024;
const CONTEXT: &[u8] = b"pytron shield 1 licence\0";
const KEY_INFO: &str = "pytron shield 1 licence key";

/// What a licence is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    None,
    Machine,
    User,
}

impl Binding {
    /// The word that stands in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Machine => "machine",
            Self::User => "user",
        }
    }

    /// The binding of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::None, Self::Machine, Self::User]
            .into_iter()
            .find(|binding| binding.word() == word)
    }
}

/// A licence whose signature was checked, or that is about to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    pub product: [u8; 16],
    pub holder: String,
    /// The last day it opens, `YYYY-MM-DD` in UTC.
    pub expires: Option<String>,
    pub binding: Binding,
    nonce: [u8; NONCE],
    key: [u8; KEY + TAG],
}

impl Licence {
    /// A licence for a product, bound to a fingerprint (zeros for `Binding::None`).
    #[must_use]
    pub fn issue(
        product: [u8; 16],
        product_key: &ContentKey,
        holder: &str,
        expires: Option<&str>,
        binding: (Binding, &[u8; 32]),
        nonce: [u8; NONCE],
    ) -> Option<Self> {
        if expires.is_some_and(|day| !is_day(day)) {
            return None;
        }
        let wrapping = cipher::derive(&product, binding.1, KEY_INFO)?;
        let mut sealed = product_key.0.to_vec();
        if !cipher::encrypt(&wrapping, nonce, &bound(&product), &mut sealed) {
            return None;
        }
        Some(Self {
            product,
            holder: holder.to_owned(),
            expires: expires.map(str::to_owned),
            binding: binding.0,
            nonce,
            key: sealed.try_into().ok()?,
        })
    }

    /// The file, signed by the licence key.
    #[must_use]
    pub fn write(&self, seed: &[u8; 32]) -> Option<String> {
        let mut members = self.members();
        let signature = cipher::sign(seed, &signed(&members)?)?;
        members.insert("signature".to_owned(), hex(&signature).into());
        serde_json::to_string_pretty(&members).ok()
    }

    /// A file, if `publisher` has signed it.
    ///
    /// # Errors
    /// It was changed, or another has signed it, or it is no licence.
    pub fn read(text: &[u8], publisher: &[u8; 32]) -> Result<Self, Error> {
        let changed = Error::Licence("was changed or is not from this publisher");
        if text.len() > MOST {
            return Err(changed);
        }
        let mut members: Map<String, Value> =
            serde_json::from_slice(text).map_err(|_| Error::Licence("is no licence file"))?;
        let signature = members.remove("signature");
        let signature = signature
            .as_ref()
            .and_then(Value::as_str)
            .and_then(unhex::<64>);
        let message = signed(&members).ok_or_else(|| changed.clone())?;
        if !signature.is_some_and(|signature| cipher::verify(publisher, &message, &signature)) {
            return Err(changed);
        }
        Self::of(&members).ok_or(Error::Licence(
            "has members that this program does not know",
        ))
    }

    /// The product's key, on a day, for a fingerprint.
    ///
    /// # Errors
    /// It has expired, or is for another machine or user.
    pub fn product_key(&self, today: &str, fingerprint: &[u8; 32]) -> Result<ContentKey, Error> {
        if self.expires.as_deref().is_some_and(|last| last < today) {
            return Err(Error::Licence("has expired"));
        }
        let other = Error::Licence(match self.binding {
            Binding::User => "is for another user",
            Binding::Machine | Binding::None => "is for another machine",
        });
        let wrapping = cipher::derive(&self.product, fingerprint, KEY_INFO);
        let wrapping = wrapping.ok_or_else(|| other.clone())?;
        let mut sealed = zeroize::Zeroizing::new(self.key);
        let bound = bound(&self.product);
        let plain = cipher::decrypt(&wrapping, self.nonce, &bound, &mut sealed[..]);
        let mut key = cipher::Key::default();
        key.copy_from_slice(plain.ok_or(other)?);
        Ok(ContentKey(key))
    }

    fn members(&self) -> Map<String, Value> {
        let expires = self.expires.clone().map_or(Value::Null, Value::from);
        [
            ("format", Value::from(1)),
            ("product", hex(&self.product).into()),
            ("holder", self.holder.clone().into()),
            ("expires", expires),
            ("binding", self.binding.word().into()),
            ("nonce", hex(&self.nonce).into()),
            ("key", hex(&self.key).into()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    fn of(members: &Map<String, Value>) -> Option<Self> {
        if members.len() != 7 || members.get("format")?.as_u64()? != 1 {
            return None;
        }
        let word = |name: &str| members.get(name).and_then(Value::as_str);
        let expires = match members.get("expires")? {
            Value::Null => None,
            Value::String(day) if is_day(day) => Some(day.clone()),
            _ => return None,
        };
        Some(Self {
            product: unhex(word("product")?)?,
            holder: word("holder")?.to_owned(),
            expires,
            binding: Binding::of(word("binding")?)?,
            nonce: unhex(word("nonce")?)?,
            key: unhex(word("key")?)?,
        })
    }
}

/// What is signed: the members in the order of their names, which `serde_json`'s map keeps.
fn signed(members: &Map<String, Value>) -> Option<Vec<u8>> {
    Some([CONTEXT, &serde_json::to_vec(members).ok()?].concat())
}

fn bound(product: &[u8; 16]) -> Vec<u8> {
    [KEY_INFO.as_bytes(), &product[..]].concat()
}

fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let numbers = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    bytes.len() == 10
        && (bytes[4], bytes[7]) == (b'-', b'-')
        && numbers(0..4)
        && numbers(5..7)
        && numbers(8..10)
}
