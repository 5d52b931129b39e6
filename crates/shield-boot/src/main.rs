//! The program of a sealed package (spec/shield.md, section 6): opens the payload in memory and runs
//! its Python.
//!
//! It says nothing but why it does not start, in one line, and ends with a code that is not zero.

#![cfg_attr(windows, windows_subsystem = "windows")]

mod failure;
mod file;
mod keys;
mod memory;
mod natives;
mod platform;
mod python;
mod seat;
mod vault;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use failure::Failure;
use seat::Seat;
use vault::Vault;
use worker::{ARGUMENT, Order};

/// The folder of the package's files, beside the program (PyInstaller's name for it).
const FILES: &str = "_internal";

#[global_allocator]
static MEMORY: memory::Memory = memory::Memory;

fn main() -> ExitCode {
    // What nobody thought of is one sentence too.
    std::panic::set_hook(Box::new(|panic| {
        let said = panic.payload();
        let text = said.downcast_ref::<&str>().copied();
        let text = text.or_else(|| said.downcast_ref::<String>().map(String::as_str));
        let text = text.unwrap_or("it does not say why");
        say(&Failure::refused(format!("the program has failed: {text}")));
        platform::end(failure::REFUSED);
    }));
    match start() {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(failure) => {
            say(&failure);
            platform::end(failure.code)
        }
    }
}

fn start() -> Result<i32, Failure> {
    let seat = Seat::read()?;
    platform::begin(&seat.options)?;
    let arguments: Vec<_> = std::env::args_os().skip(1).take(2).collect();
    let is_worker = arguments.first().is_some_and(|first| first == ARGUMENT);
    let root = root()?;
    if !is_worker {
        return python::run(Vault::open(&root, seat, None)?, None);
    }
    let number = arguments.get(1).and_then(|number| number.to_str());
    let (key, message, tag) = Order::read(number)?.split();
    let vault = Vault::open(&root, seat, Some(key))?;
    let body = Order::body(&message, &tag, vault)?;
    python::run(vault, Some(body))
}

fn root() -> Result<PathBuf, Failure> {
    let program = platform::program().and_then(|program| platform::real(&program));
    let program = program
        .map_err(|error| Failure::refused(format!("the program does not find itself: {error}")))?;
    Ok(program
        .parent()
        .map(|folder| folder.join(FILES))
        .unwrap_or_default())
}

/// What users know the app by: the program's name.
fn name() -> String {
    let program = platform::program().ok();
    let name = program.as_deref().and_then(|place| place.file_stem());
    name.map_or_else(|| "app".into(), |name| name.to_string_lossy().into_owned())
}

/// Tells the user why the program ends.
fn say(failure: &Failure) {
    platform::tell(&format!("{}: {}", name(), failure.text), failure.code);
}
