//! What the kit wants of the clipboard.

use std::path::PathBuf;

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Read {
    pub format: Format,
    /// Where a picture is put.
    pub path: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Text,
    Html,
    Files,
    Image,
}

/// Nothing of it: the clipboard is emptied.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Write {
    pub text: Option<String>,
    pub html: Option<String>,
    pub image: Option<PathBuf>,
    pub files: Vec<PathBuf>,
}

#[derive(Deserialize)]
pub struct Watch {
    pub on: bool,
}
