//! Files that are dropped on a page, with their real paths, and files dragged out of one.

use std::path::PathBuf;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::system;
use crate::event::Event;
use crate::service::{self, Failure, Outcomes, Reply};
use crate::shared::Shared;
use crate::window::Window;

/// Longer ids are none.
const ID_MAX: usize = 1_000;

#[derive(Deserialize)]
struct Args {
    paths: Vec<PathBuf>,
}

/// What is dragged over a page, or dropped there.
pub struct Drop {
    /// `enter`, `over`, `leave` or `drop`.
    pub phase: &'static str,
    pub x: f64,
    pub y: f64,
    pub paths: Vec<PathBuf>,
    pub element: Option<String>,
}

/// Tells the kit; the page sees its own events as well. Any thread.
pub fn tell(shared: &Shared, window: u32, dropped: Drop) {
    let paths: Vec<_> = dropped
        .paths
        .iter()
        .filter(|path| path.is_absolute())
        .map(|path| path.to_string_lossy())
        .collect();
    let Drop { phase, x, y, .. } = dropped;
    let mut fields = json!({"window": window, "phase": phase, "x": x, "y": y});
    match phase {
        "enter" | "drop" if paths.is_empty() => return,
        "enter" => fields["paths"] = json!(paths),
        "drop" => {
            fields["paths"] = json!(paths);
            fields["element"] = json!(dropped.element.filter(|id| id.len() < ID_MAX));
        }
        _ => {}
    }
    shared.tell(&Event::Service {
        name: "drop",
        fields,
    });
}

/// Begins a drag of files out of the window, under the button that the user holds.
pub fn carry(window: &Rc<Window>, args: Value, reply: Reply) {
    match paths_of(args) {
        // Windows drags until the button is let go: it answers itself, before.
        Ok(paths) => system::carrying::carry(window, &paths, reply),
        Err(failure) => reply.give(Err(failure)),
    }
}

fn paths_of(args: Value) -> Result<Vec<PathBuf>, Failure> {
    let args: Args = service::parse(args)?;
    match args.paths.iter().find(|path| !path.exists()) {
        Some(path) => Err(Failure::arguments(format!(
            "{} is not there",
            path.display()
        ))),
        None if args.paths.is_empty() => Err(Failure::arguments("paths must not be empty")),
        None => Ok(args.paths),
    }
}

/// As [`Outcomes`], for a drag that has begun.
pub const BEGUN: Outcomes = Ok(Value::Null);
