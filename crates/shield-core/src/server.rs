//! The key of a product from its maker's server (spec/shield.md, section 5): what is asked, and what
//! an answer must be. Whoever carries the messages can neither read nor change nor repeat them.

use ring::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey, X25519};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Map, Value, json};

use crate::cipher::{self, KEY, NONCE, TAG};
use crate::error::Error;
use crate::hexadecimal::{hex, unhex};
use crate::key::ContentKey;

const MOST: usize = 64 * 1024;
const MOST_TEXT: usize = 200;
const CONTEXT: &[u8] = b"pytron shield 1 server\0";
const KEY_INFO: &str = "pytron shield 1 server key";
const POINT: usize = 32;

/// What a program tells the server of itself.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub product: &'a [u8; 16],
    pub payload: &'a [u8; 16],
    /// The fingerprints, where the system tells them.
    pub machine: Option<[u8; 32]>,
    pub user: Option<[u8; 32]>,
}

/// A question that was asked, with what opens its answer.
pub struct Question {
    text: String,
    product: [u8; 16],
    secret: EphemeralPrivateKey,
}

/// What the server says.
pub enum Answer {
    /// The product's key.
    Key(ContentKey),
    /// Why there is none, in words for the user: one line, as the server wrote it.
    Refused(String),
}

impl Question {
    /// A question with a fresh key of its own.
    #[must_use]
    pub fn new(asking: Asking<'_>) -> Option<Self> {
        let random = SystemRandom::new();
        let secret = EphemeralPrivateKey::generate(&X25519, &random).ok()?;
        let point = secret.compute_public_key().ok()?;
        let print = |print: Option<[u8; 32]>| print.map_or(Value::Null, |print| hex(&print).into());
        let members = json!({
            "format": 1,
            "product": hex(asking.product),
            "payload": hex(asking.payload),
            "machine": print(asking.machine),
            "user": print(asking.user),
            "point": hex(point.as_ref()),
        });
        Some(Self {
            text: serde_json::to_string(&members).ok()?,
            product: *asking.product,
            secret,
        })
    }

    /// The body to send.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What an answer to this question says, if `publisher` has signed it.
    ///
    /// # Errors
    /// It is from another, or for another question.
    pub fn answered(self, body: &[u8], publisher: &[u8; 32]) -> Result<Answer, Error> {
        let strange = || Error::Server("has not answered as this publisher's does");
        if body.len() > MOST {
            return Err(strange());
        }
        let mut members: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| strange())?;
        let signature = members.remove("signature");
        let signature = signature
            .as_ref()
            .and_then(Value::as_str)
            .and_then(unhex::<64>)
            .ok_or_else(strange)?;
        let message = signed(&self.text, &members).ok_or_else(strange)?;
        if !cipher::verify(publisher, &message, &signature) {
            return Err(strange());
        }
        let word = |name: &str| members.get(name).and_then(Value::as_str);
        if let Some(text) = word("refused") {
            return Ok(Answer::Refused(one_line(text)));
        }
        let parts = (|| {
            Some((
                unhex::<POINT>(word("point")?)?,
                unhex::<NONCE>(word("nonce")?)?,
            ))
        })();
        let (point, nonce) = parts.ok_or_else(strange)?;
        let mut sealed = word("key")
            .and_then(unhex::<{ KEY + TAG }>)
            .map(zeroize::Zeroizing::new)
            .ok_or_else(strange)?;
        let product = self.product;
        let wrapping = agreed(self.secret, &point, &product).ok_or_else(strange)?;
        let plain = cipher::decrypt(&wrapping, nonce, &bound(&product), &mut sealed[..]);
        let mut key = cipher::Key::default();
        key.copy_from_slice(plain.ok_or_else(strange)?);
        Ok(Answer::Key(ContentKey(key)))
    }
}

/// What a server answers: `key` is the product's, or words for the user. `question` is the body that
/// came, `seed` the product's signing key.
///
/// # Errors
/// The question is none, or for another product.
pub fn answer(
    question: &str,
    product: &[u8; 16],
    key: Result<&ContentKey, &str>,
    seed: &[u8; 32],
) -> Result<String, Error> {
    let strange = || Error::Refused("this is no question of a sealed package");
    let asked: Map<String, Value> = serde_json::from_str(question).map_err(|_| strange())?;
    let word = |name: &str| asked.get(name).and_then(Value::as_str);
    let theirs = word("point").and_then(unhex::<POINT>).ok_or_else(strange)?;
    if asked.get("format").and_then(Value::as_u64) != Some(1) {
        return Err(strange());
    }
    if word("product").and_then(unhex::<16>) != Some(*product) {
        return Err(Error::Refused("the question is for another product"));
    }
    let mut members = match key {
        Ok(key) => sealed_for(&theirs, product, key).ok_or_else(strange)?,
        Err(text) => Map::from_iter([("refused".to_owned(), Value::from(one_line(text)))]),
    };
    let message = signed(question, &members).ok_or_else(strange)?;
    let signature = cipher::sign(seed, &message).ok_or(Error::Refused("this is no key"))?;
    members.insert("signature".to_owned(), hex(&signature).into());
    serde_json::to_string(&members).map_err(|_| strange())
}

fn sealed_for(
    theirs: &[u8; POINT],
    product: &[u8; 16],
    key: &ContentKey,
) -> Option<Map<String, Value>> {
    let random = SystemRandom::new();
    let secret = EphemeralPrivateKey::generate(&X25519, &random).ok()?;
    let point = hex(secret.compute_public_key().ok()?.as_ref());
    let mut nonce = [0; NONCE];
    random.fill(&mut nonce).ok()?;
    let wrapping = agreed(secret, theirs, product)?;
    let mut sealed = key.0.to_vec();
    let done = cipher::encrypt(&wrapping, nonce, &bound(product), &mut sealed);
    let parts = [
        ("point", point),
        ("nonce", hex(&nonce)),
        ("key", hex(&sealed)),
    ];
    done.then(|| {
        parts
            .map(|(name, text)| (name.to_owned(), Value::from(text)))
            .into_iter()
            .collect()
    })
}

fn agreed(own: EphemeralPrivateKey, theirs: &[u8; POINT], salt: &[u8; 16]) -> Option<cipher::Key> {
    let theirs = UnparsedPublicKey::new(&X25519, theirs);
    agreement::agree_ephemeral(own, &theirs, |shared| {
        cipher::derive(salt, shared, KEY_INFO)
    })
    .ok()
    .flatten()
}

/// The question is part of what is signed, so an answer answers that one alone.
fn signed(question: &str, members: &Map<String, Value>) -> Option<Vec<u8>> {
    let asked = cipher::sha256(question.as_bytes());
    Some([CONTEXT, &asked[..], &serde_json::to_vec(members).ok()?].concat())
}

fn bound(product: &[u8; 16]) -> Vec<u8> {
    [KEY_INFO.as_bytes(), &product[..]].concat()
}

fn one_line(text: &str) -> String {
    let plain = |sign: char| if sign.is_control() { ' ' } else { sign };
    text.chars().map(plain).take(MOST_TEXT).collect()
}
