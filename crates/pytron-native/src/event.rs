//! Events of spec/view.md, section 2, on their way to JSON.

use serde::Serialize;
use serde_json::Value;

/// What the host tells the kit.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Event {
    Opened {
        window: u32,
    },
    Failed {
        window: u32,
        message: String,
    },
    Loaded {
        window: u32,
        url: String,
    },
    Closing {
        window: u32,
    },
    Closed {
        window: u32,
    },
    Resized {
        window: u32,
        width: f64,
        height: f64,
    },
    Moved {
        window: u32,
        x: f64,
        y: f64,
    },
    Focused {
        window: u32,
        focused: bool,
    },
    State {
        window: u32,
        #[serde(flatten)]
        state: State,
    },
    Theme {
        window: u32,
        theme: &'static str,
    },
    Crashed {
        window: u32,
        reason: &'static str,
    },
    /// Linux alone looks for it.
    #[cfg(target_os = "linux")]
    Blank {
        window: u32,
        reason: &'static str,
    },
    Refused {
        window: u32,
        reason: String,
    },
    External {
        window: u32,
        url: String,
        /// Whether the user did something for it.
        gesture: bool,
    },
    Answer {
        id: u64,
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// The end of a service that could not be done.
    #[serde(rename = "answer")]
    Failure {
        id: u64,
        error: String,
        code: &'static str,
    },
    Service {
        name: &'static str,
        #[serde(flatten)]
        fields: Value,
    },
    Log {
        level: &'static str,
        message: String,
    },
}

/// How a window stands on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct State {
    pub minimized: bool,
    pub maximized: bool,
    pub fullscreen: bool,
    pub visible: bool,
}

/// The end of a query.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Value(Value),
    Error(String),
}

impl Event {
    /// The event as the kit reads it.
    pub fn json(&self) -> Vec<u8> {
        // Plain structs of strings and numbers: nothing in them can fail to serialise.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
