//! Licence files and the answers of key servers, for whoever sells the app.

use pyo3::prelude::*;
use shield_core::{Binding, ContentKey, Licence};

use crate::{ShieldError, raised, random};

/// What a licence is bound to: the hash of a kind and the machine's or user's own words.
#[pyfunction]
pub fn fingerprint(kind: &str, words: &[u8]) -> [u8; 32] {
    shield_core::fingerprint(kind, words)
}

/// The public half of an Ed25519 key.
#[pyfunction]
pub fn verifying_key(seed: [u8; 32]) -> PyResult<[u8; 32]> {
    shield_core::verifying_key(&seed).ok_or_else(|| refused("this is no key"))
}

/// A signed licence file.
#[pyfunction]
#[pyo3(signature = (product, key, seed, *, holder, expires, binding, fingerprint))]
pub fn issue(
    product: [u8; 16],
    key: [u8; 32],
    seed: [u8; 32],
    holder: &str,
    expires: Option<&str>,
    binding: &str,
    fingerprint: [u8; 32],
) -> PyResult<String> {
    let bound = Binding::of(binding).ok_or_else(|| refused("there is no such binding"))?;
    let key = ContentKey::new(key);
    let bound = (bound, &fingerprint);
    let made = Licence::issue(product, &key, holder, expires, bound, random()?);
    let made = made.ok_or_else(|| refused("a day is written YYYY-MM-DD"))?;
    made.write(&seed).ok_or_else(|| refused("this is no key"))
}

/// What a key server answers to a question: the product's key, or words for the user.
#[pyfunction]
#[pyo3(signature = (question, product, key, seed, *, refused = None))]
pub fn answer(
    question: &str,
    product: [u8; 16],
    key: [u8; 32],
    seed: [u8; 32],
    refused: Option<&str>,
) -> PyResult<String> {
    let key = ContentKey::new(key);
    let given = refused.map_or(Ok(&key), Err);
    shield_core::answer(question, &product, given, &seed).map_err(|error| raised(&error))
}

fn refused(text: &'static str) -> PyErr {
    ShieldError::new_err(("refused", text))
}
