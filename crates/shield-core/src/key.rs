//! Where the content key comes from: the key schemes of spec/shield.md, section 5.

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::cipher::{self, KEY, Key, NONCE, TAG};
use crate::error::Error;
use crate::reader::Reader;

/// The length of each of the two parts of an embedded key.
pub const EMBEDDED_PART: usize = 32;
const WRAPPED: usize = KEY + TAG;
const EMBEDDED: &str = "pytron shield 1 embedded";
const WRAP: &str = "pytron shield 1 wrap";
const SALT: usize = 16;

/// The key that opens a payload. It is wiped when it goes.
pub struct ContentKey(pub(crate) Key);

impl ContentKey {
    /// A key of random bytes, which the caller has made.
    #[must_use]
    pub fn new(bytes: [u8; KEY]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for the one who keeps a product's key.
    #[must_use]
    pub fn bytes(&self) -> &[u8; KEY] {
        &self.0
    }
}

/// The content key of two parts, one in the program and one in the payload.
///
/// # Errors
/// `DamagedHeader`: the part in the payload has another length.
pub fn embedded(
    program: &[u8; EMBEDDED_PART],
    parameters: &[u8],
    id: &[u8; 16],
) -> Result<ContentKey, Error> {
    if parameters.len() != EMBEDDED_PART {
        return Err(Error::DamagedHeader);
    }
    let secret = Zeroizing::new([&program[..], parameters].concat());
    cipher::derive(id, &secret, EMBEDDED)
        .map(ContentKey)
        .ok_or(Error::WrongKey)
}

/// How dear it is to try a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passphrase {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for Passphrase {
    /// 64 MiB and three passes: about 150 ms.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

impl Passphrase {
    fn checked(self) -> Option<Self> {
        let fits = (8..=1_048_576).contains(&self.memory_kib)
            && (1..=16).contains(&self.passes)
            && (1..=4).contains(&self.lanes);
        fits.then_some(self)
    }

    fn key(self, passphrase: &[u8], salt: &[u8; SALT]) -> Option<Key> {
        let cost = Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY)).ok()?;
        let mut key = Key::default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, cost)
            .hash_password_into(passphrase, salt, &mut key[..])
            .ok()?;
        Some(key)
    }
}

/// The parameters of a payload that a passphrase opens. `salt` and `nonce` are fresh random bytes.
#[must_use]
pub fn passphrase_parameters(
    passphrase: &[u8],
    cost: Passphrase,
    salt: [u8; SALT],
    nonce: [u8; NONCE],
    content: &ContentKey,
    id: &[u8; 16],
) -> Option<Vec<u8>> {
    let key = cost.checked()?.key(passphrase, &salt)?;
    let mut out = salt.to_vec();
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&wrap(&key, nonce, content, id)?);
    Some(out)
}

/// The content key that a passphrase opens.
///
/// # Errors
/// `WrongKey`: another passphrase. `DamagedHeader`: parameters that no payload has.
pub fn passphrase_key(
    passphrase: &[u8],
    parameters: &[u8],
    id: &[u8; 16],
) -> Result<ContentKey, Error> {
    let (salt, cost, nonce, wrapped) = passphrase_parts(parameters).ok_or(Error::DamagedHeader)?;
    let key = cost.key(passphrase, &salt).ok_or(Error::WrongKey)?;
    unwrap(&key, nonce, wrapped, id)
}

type PassphraseParts = ([u8; SALT], Passphrase, [u8; NONCE], [u8; WRAPPED]);

fn passphrase_parts(parameters: &[u8]) -> Option<PassphraseParts> {
    let mut reader = Reader(parameters);
    let salt = reader.array()?;
    let (memory_kib, passes, lanes) = (reader.u32()?, reader.u32()?, reader.u32()?);
    let cost = Passphrase {
        memory_kib,
        passes,
        lanes,
    }
    .checked()?;
    let (nonce, wrapped) = (reader.array()?, reader.array()?);
    reader.0.is_empty().then_some((salt, cost, nonce, wrapped))
}

/// The parameters of a payload that a licence opens: its key, wrapped by the product's.
#[must_use]
pub fn product_parameters(
    product: &[u8; 16],
    product_key: &ContentKey,
    nonce: [u8; NONCE],
    content: &ContentKey,
    id: &[u8; 16],
) -> Option<Vec<u8>> {
    let wrapped = wrap(&product_key.0, nonce, content, id)?;
    Some([&product[..], &nonce[..], &wrapped[..]].concat())
}

/// The parameters of a payload whose product's key a server gives: the same, then its address.
#[must_use]
pub fn server_parameters(product: Vec<u8>, address: &str) -> Vec<u8> {
    [product, address.as_bytes().to_vec()].concat()
}

/// The product that a payload is of, and the address of the server that has its key, if it names one.
///
/// # Errors
/// `DamagedHeader`: parameters that no payload has.
pub fn product_of(parameters: &[u8]) -> Result<([u8; 16], &str), Error> {
    let (product, _, _, address) = product_parts(parameters)?;
    let address = std::str::from_utf8(address).map_err(|_| Error::DamagedHeader)?;
    Ok((product, address))
}

/// The content key that a product's key opens, for parameters of that product.
///
/// # Errors
/// `WrongKey`: another product, or another key. `DamagedHeader`: parameters that no payload has.
pub fn product_key(
    product: &[u8; 16],
    product_key: &ContentKey,
    parameters: &[u8],
    id: &[u8; 16],
) -> Result<ContentKey, Error> {
    let (wanted, nonce, wrapped, _) = product_parts(parameters)?;
    if wanted != *product {
        return Err(Error::Licence("is for another product"));
    }
    unwrap(&product_key.0, nonce, wrapped, id)
}

type ProductParts<'a> = ([u8; 16], [u8; NONCE], [u8; WRAPPED], &'a [u8]);

fn product_parts(parameters: &[u8]) -> Result<ProductParts<'_>, Error> {
    let mut reader = Reader(parameters);
    let parts = (|| Some((reader.array()?, reader.array()?, reader.array()?)))();
    let (product, nonce, wrapped) = parts.ok_or(Error::DamagedHeader)?;
    Ok((product, nonce, wrapped, reader.0))
}

fn wrap(key: &Key, nonce: [u8; NONCE], content: &ContentKey, id: &[u8; 16]) -> Option<Vec<u8>> {
    let mut sealed = content.0.to_vec();
    cipher::encrypt(key, nonce, &bound(id), &mut sealed).then_some(sealed)
}

fn unwrap(
    key: &Key,
    nonce: [u8; NONCE],
    wrapped: [u8; WRAPPED],
    id: &[u8; 16],
) -> Result<ContentKey, Error> {
    let mut sealed = Zeroizing::new(wrapped);
    let plain = cipher::decrypt(key, nonce, &bound(id), &mut sealed[..]).ok_or(Error::WrongKey)?;
    let mut content = Key::default();
    content.copy_from_slice(plain);
    Ok(ContentKey(content))
}

fn bound(id: &[u8; 16]) -> Vec<u8> {
    [WRAP.as_bytes(), &id[..]].concat()
}
