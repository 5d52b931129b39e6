//! Services of spec/view.md, section 8: each command is answered once, by a value or an error.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tao::window::ResizeDirection;

use crate::command::Service;
use crate::event::{Event, Outcome};
use crate::guard::guard;
use crate::platform;
use crate::shared::Shared;
use crate::stage::Stage;

/// Why a service could not be done.
#[derive(Debug)]
pub struct Failure {
    pub code: &'static str,
    pub message: String,
}

impl Failure {
    /// The platform cannot; the message has the cause and the remedy.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self {
            code: "unsupported",
            message: message.into(),
        }
    }

    pub fn arguments(message: impl Into<String>) -> Self {
        Self {
            code: "invalid_arguments",
            message: message.into(),
        }
    }

    pub fn closed() -> Self {
        Self {
            code: "closed",
            message: "the window has closed".to_owned(),
        }
    }
}

/// What a service gives.
pub type Outcomes = Result<Value, Failure>;

/// Where the answer goes: from any thread, once. One that is dropped unanswered says so.
pub struct Reply {
    shared: Arc<Shared>,
    id: u64,
    name: String,
    answered: bool,
}

impl Reply {
    pub fn give(mut self, outcome: Outcomes) {
        self.answered = true;
        let id = self.id;
        self.shared.tell(&match outcome {
            Ok(value) => Event::Answer {
                id,
                outcome: Outcome::Value(value),
            },
            Err(failure) => Event::Failure {
                id,
                error: failure.message,
                code: failure.code,
            },
        });
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if !self.answered {
            self.shared.tell(&Event::Failure {
                id: self.id,
                error: format!("{} ended without an answer", self.name),
                code: "closed",
            });
        }
    }
}

/// Carries out a command. Main thread.
pub fn serve(stage: &Stage, service: Service) {
    let reply = Reply {
        shared: Arc::clone(&stage.shared),
        id: service.id,
        name: service.name.clone(),
        answered: false,
    };
    let window = match service.window.map(|number| stage.window(number)) {
        Some(None) => return reply.give(Err(Failure::closed())),
        Some(Some(window)) => Some(window),
        None => None,
    };
    guard("a service", (), || {
        platform::services::serve(stage, window.as_ref(), &service.name, service.args, reply);
    });
}

/// The arguments as a service takes them.
pub fn parse<T: DeserializeOwned>(args: Value) -> Result<T, Failure> {
    serde_json::from_value(args).map_err(|error| Failure::arguments(error.to_string()))
}

/// The bytes of the picture that a service is given, which may lie in no file.
pub fn picture(args: Value) -> Result<Vec<u8>, Failure> {
    #[derive(Deserialize)]
    struct Args {
        picture: String,
    }
    let Args { picture } = parse(args)?;
    STANDARD
        .decode(picture)
        .map_err(|error| Failure::arguments(format!("the picture: {error}")))
}

/// The edge or corner of a window, by its compass point.
pub fn edge(name: &str) -> Result<ResizeDirection, Failure> {
    Ok(match name {
        "n" => ResizeDirection::North,
        "ne" => ResizeDirection::NorthEast,
        "e" => ResizeDirection::East,
        "se" => ResizeDirection::SouthEast,
        "s" => ResizeDirection::South,
        "sw" => ResizeDirection::SouthWest,
        "w" => ResizeDirection::West,
        "nw" => ResizeDirection::NorthWest,
        _ => return Err(Failure::arguments(format!("{name:?} is no edge"))),
    })
}

/// Tells the kit that something happened by itself. Main thread.
pub fn happened(name: &'static str, fields: Value) {
    if let Some(stage) = crate::stage::current() {
        stage.shared.tell(&Event::Service { name, fields });
    }
}
