//! Commands of spec/view.md, section 1, taken from JSON and checked.

use serde::{Deserialize, Deserializer, Serialize};

/// A logical pixel count a window system can take.
const PIXELS_MAX: f64 = 1_000_000.0;

/// What the kit wants of a window.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Command {
    Open {
        window: u32,
        options: Box<Options>,
    },
    Set {
        window: u32,
        #[serde(flatten)]
        live: Box<Live>,
    },
    Focus {
        window: u32,
    },
    Navigate {
        window: u32,
        url: String,
    },
    Reload {
        window: u32,
    },
    Close {
        window: u32,
    },
    Query(Query),
    Service(Service),
}

/// Something that the desktop offers (spec/view.md, section 8).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Service {
    pub id: u64,
    pub name: String,
    pub window: Option<u32>,
    #[serde(default)]
    pub args: serde_json::Value,
}

/// A question whose `answer` is an event.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Query {
    pub id: u64,
    pub window: u32,
    pub what: What,
    /// Where a screenshot is to be written.
    pub path: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    Bounds,
    State,
    Screenshot,
    Url,
    Screens,
    Pixels,
}

/// All options of a new window (spec/view.md, section 3).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Options {
    pub url: String,
    pub transparent: bool,
    pub script: Option<String>,
    pub trust: Vec<String>,
    pub frames: Vec<String>,
    pub background: Option<String>,
    /// Languages such as `de` or `en_GB`; none in the list: the user's own. `None`: no spell check.
    pub spellcheck: Option<Vec<String>>,
    pub contextmenu: ContextMenu,
    pub backdrop: Option<Backdrop>,
    #[serde(flatten)]
    pub live: Live,
}

/// The options that may change while the window lives. Absent ones stay as they are; in a nullable
/// one `Some(None)` is the `null` that takes the value away.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Live {
    pub title: Option<String>,
    pub width: Option<f64>,
    pub height: Option<f64>,
    pub x: Option<f64>,
    pub y: Option<f64>,
    #[serde(deserialize_with = "nullable")]
    pub minwidth: Option<Option<f64>>,
    #[serde(deserialize_with = "nullable")]
    pub minheight: Option<Option<f64>>,
    #[serde(deserialize_with = "nullable")]
    pub maxwidth: Option<Option<f64>>,
    #[serde(deserialize_with = "nullable")]
    pub maxheight: Option<Option<f64>>,
    pub resizable: Option<bool>,
    pub visible: Option<bool>,
    pub decorations: Option<bool>,
    pub ontop: Option<bool>,
    pub fullscreen: Option<bool>,
    pub maximized: Option<bool>,
    pub minimized: Option<bool>,
    pub zoom: Option<f64>,
    pub devtools: Option<bool>,
    #[serde(deserialize_with = "nullable")]
    pub theme: Option<Option<Theme>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Light,
    Dark,
}

/// What the web engine's own context menu offers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ContextMenu {
    /// All that the engine has, as in a browser.
    Default,
    /// What is of use in an app: cut, copy, paste, spelling.
    #[default]
    Edit,
    None,
}

/// The material that the system shows where a page is transparent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backdrop {
    Mica,
    Acrylic,
    Vibrancy,
}

/// Reads a command; the error says what is wrong with it.
pub fn parse(message: &[u8]) -> Result<Command, String> {
    let command: Command = serde_json::from_slice(message).map_err(|error| error.to_string())?;
    match &command {
        Command::Open { options, .. } => {
            options.live.check()?;
            if let Some(colour) = &options.background {
                rgb(colour).ok_or_else(|| format!("background {colour:?} is not \"#rrggbb\""))?;
            }
        }
        Command::Set { live, .. } => live.check()?,
        Command::Query(query) if query.what == What::Screenshot && query.path.is_none() => {
            return Err("a screenshot needs a path".to_owned());
        }
        _ => {}
    }
    if message.windows(6).any(|part| part == br"\u0000") {
        return Err("a text holds NUL, which no window system takes".to_owned());
    }
    if command.window() == Some(0) {
        return Err("windows are numbered from 1".to_owned());
    }
    Ok(command)
}

impl Command {
    /// The window it is for; a service may be for none.
    pub fn window(&self) -> Option<u32> {
        let window = match self {
            Self::Open { window, .. }
            | Self::Set { window, .. }
            | Self::Focus { window }
            | Self::Navigate { window, .. }
            | Self::Reload { window }
            | Self::Close { window } => *window,
            Self::Query(query) => query.window,
            Self::Service(service) => return service.window,
        };
        Some(window)
    }
}

impl Live {
    fn check(&self) -> Result<(), String> {
        let sizes = [
            ("width", self.width),
            ("height", self.height),
            ("minwidth", self.minwidth.flatten()),
            ("minheight", self.minheight.flatten()),
            ("maxwidth", self.maxwidth.flatten()),
            ("maxheight", self.maxheight.flatten()),
        ];
        for (name, value) in sizes {
            if value.is_some_and(|value| !(1.0..=PIXELS_MAX).contains(&value)) {
                return Err(format!("{name} is no size in pixels"));
            }
        }
        for (name, value) in [("x", self.x), ("y", self.y)] {
            if value.is_some_and(|value| !(-PIXELS_MAX..=PIXELS_MAX).contains(&value)) {
                return Err(format!("{name} is no position in pixels"));
            }
        }
        if self.zoom.is_some_and(|zoom| !(0.1..=10.0).contains(&zoom)) {
            return Err("zoom is not between 0.1 and 10".to_owned());
        }
        Ok(())
    }
}

/// The three bytes of `#rrggbb`.
pub fn rgb(colour: &str) -> Option<(u8, u8, u8)> {
    let digits = colour.strip_prefix('#')?;
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |start: usize| u8::from_str_radix(&digits[start..start + 2], 16).ok();
    Some((byte(0)?, byte(2)?, byte(4)?))
}

fn nullable<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn open_takes_all_options() {
        let message = br##"{"kind":"open","window":1,"options":{"url":"pytron://localhost/","title":"T",
            "width":900,"height":600.5,"x":null,"minwidth":300,"maxwidth":null,"background":"#0a0b0c",
            "theme":"dark","trust":["http://127.0.0.1:5173"],"spellcheck":["de"],
            "contextmenu":"none","backdrop":"mica","unknown":1}}"##;
        let Command::Open { window, options } = parse(message).unwrap() else {
            panic!("not an open");
        };
        assert_eq!(window, 1);
        assert_eq!(options.live.title.as_deref(), Some("T"));
        assert_eq!(options.live.height, Some(600.5));
        assert_eq!(options.live.x, None);
        assert_eq!(options.live.minwidth, Some(Some(300.0)));
        assert_eq!(options.live.maxwidth, Some(None));
        assert_eq!(options.live.maxheight, None);
        assert_eq!(options.live.theme, Some(Some(Theme::Dark)));
        assert_eq!(options.trust.len(), 1);
        assert_eq!(options.spellcheck, Some(vec!["de".to_owned()]));
        assert_eq!(options.contextmenu, ContextMenu::None);
        assert_eq!(options.backdrop, Some(Backdrop::Mica));
        assert_eq!(Options::default().contextmenu, ContextMenu::Edit);
    }

    #[test]
    fn set_keeps_what_it_does_not_name() {
        let command = parse(br#"{"kind":"set","window":2,"title":"x","theme":null}"#).unwrap();
        let Command::Set { live, .. } = command else {
            panic!("not a set");
        };
        assert_eq!(live.title.as_deref(), Some("x"));
        assert_eq!(live.theme, Some(None));
        assert_eq!(live.width, None);
    }

    #[test]
    fn query_names_what_it_asks() {
        let command = parse(br#"{"kind":"query","id":5,"window":1,"what":"bounds"}"#).unwrap();
        let expected = Query {
            id: 5,
            window: 1,
            what: What::Bounds,
            path: None,
        };
        assert_eq!(command, Command::Query(expected));
    }

    #[test]
    fn malformed_commands_are_refused() {
        for message in [
            r#"{"kind":"fly","window":1}"#,
            r#"{"kind":"focus"}"#,
            r#"{"kind":"focus","window":0}"#,
            r#"{"kind":"focus","window":-1}"#,
            r#"{"kind":"set","window":1,"width":0}"#,
            r#"{"kind":"set","window":1,"width":1e300}"#,
            r#"{"kind":"set","window":1,"zoom":0}"#,
            r#"{"kind":"set","window":1,"title":5}"#,
            r#"{"kind":"set","window":1,"title":"a\u0000b"}"#,
            r#"{"kind":"open","window":1,"options":{"background":"red"}}"#,
            r#"{"kind":"open","window":1,"options":{"contextmenu":"all"}}"#,
            r#"{"kind":"open","window":1,"options":{"backdrop":"glass"}}"#,
            r#"{"kind":"open","window":1,"options":{"spellcheck":"de"}}"#,
            r#"{"kind":"query","id":1,"window":1,"what":"screenshot"}"#,
            r#"{"kind":"query","id":1,"window":1,"what":"soul"}"#,
            "[]",
            "",
        ] {
            assert!(parse(message.as_bytes()).is_err(), "{message}");
        }
    }

    #[test]
    fn colours_are_six_digits() {
        assert_eq!(rgb("#ff8001"), Some((255, 128, 1)));
        for colour in ["ff8001", "#ff800", "#ff80011", "#ff80+1", "#ää"] {
            assert_eq!(rgb(colour), None, "{colour}");
        }
    }

    proptest! {
        #[test]
        fn no_message_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn no_object_panics(kind in "open|set|query|navigate", key in "[a-z]{1,9}", value in "[0-9e.-]{1,9}|null|\"[a-z#]*\"|\\[\\]") {
            let message = format!(r#"{{"kind":"{kind}","window":1,"id":1,"url":"x","what":"url","options":{{"{key}":{value}}},"{key}":{value}}}"#);
            let _ = parse(message.as_bytes());
        }
    }
}
