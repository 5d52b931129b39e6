//! Dialogs as the kit describes them.

use std::path::PathBuf;

use serde::Deserialize;

/// A dialog in which files are chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    pub mode: Mode,
    pub title: Option<String>,
    pub filters: Vec<Filter>,
    pub folder: Option<PathBuf>,
    /// Proposed for what is saved.
    pub name: Option<String>,
}

/// What is chosen.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    #[default]
    File,
    Files,
    Folder,
}

/// A kind of files.
#[derive(Deserialize)]
pub struct Filter {
    pub name: String,
    /// Without the dot; `*` for all.
    pub extensions: Vec<String>,
}

/// A message with buttons, or a question that is answered by typing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Message {
    pub text: String,
    pub detail: String,
    pub title: Option<String>,
    pub level: Level,
    #[serde(deserialize_with = "some")]
    pub buttons: Vec<String>,
    pub default: usize,
    pub cancel: Option<usize>,
    /// What stands in the field at first.
    pub value: String,
    pub secret: bool,
}

/// Which icon a message has.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    #[default]
    Info,
    Warning,
    Error,
    Question,
}

/// A dialog without a button could not be answered.
fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let buttons = Vec::deserialize(deserializer)?;
    if buttons.is_empty() {
        return Err(serde::de::Error::custom("buttons must not be empty"));
    }
    Ok(buttons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_has_a_default() {
        let choice: Choice = serde_json::from_str("{}").unwrap();
        assert_eq!(choice.mode, Mode::File);
        let message: Message = serde_json::from_str(r#"{"buttons": ["OK"]}"#).unwrap();
        assert_eq!((message.level, message.default), (Level::Info, 0));
        assert_eq!(message.cancel, None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, named) in [
            (r#"{"mode": "both"}"#, "both"),
            (r#"{"filters": [{"name": "x"}]}"#, "extensions"),
        ] {
            let error = serde_json::from_str::<Choice>(text).err().unwrap();
            assert!(error.to_string().contains(named), "{error}");
        }
        for (text, named) in [
            (r#"{"buttons": []}"#, "buttons"),
            (r#"{"level": "loud"}"#, "loud"),
        ] {
            let error = serde_json::from_str::<Message>(text).err().unwrap();
            assert!(error.to_string().contains(named), "{error}");
        }
    }
}
