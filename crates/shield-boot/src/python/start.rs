//! From a checked library to the app's first line.

use std::ffi::{c_int, c_void};

use super::api::{Api, Status};
use super::audit::hook;
use super::bridge::{Bridge, set};
use super::frozen;
use crate::failure::Failure;
use crate::natives::Natives;
use crate::platform::Library;
use crate::vault::Vault;

/// Names the interpreter: two lines, its minor version and the entry of its library.
const INTERPRETER: &str = "=/interpreter";
/// Our importer, which runs everything else.
const BOOT: &str = "_pytron_boot";
/// `PyPreConfig` is a row of ints; this is the place of `utf8_mode` in it.
const UTF8_MODE: usize = if cfg!(windows) { 8 } else { 7 };

/// Runs the app; the exit code.
pub fn run(vault: &'static Vault, order: Option<Vec<u8>>) -> Result<i32, Failure> {
    let natives = Natives::new(vault)?;
    let text = vault.payload.read(INTERPRETER)?;
    let mut words = std::str::from_utf8(&text).unwrap_or("").lines();
    let minor: u8 = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let library = natives.prepare(words.next().unwrap_or(""))?;
    let loaded = Library::open(&library, true)
        .map_err(|error| Failure::refused(format!("the interpreter cannot be loaded: {error}")))?;
    natives.look()?;
    let api = Api::of(loaded)?;
    frozen::install(&api, vault, minor)?;
    let bridge = set(Bridge {
        api,
        vault,
        natives,
        order,
    })?;
    initialize(&bridge.api)?;
    bridge
        .install()
        .ok_or_else(|| Failure::refused("the interpreter has no room for this program"))?;
    let code = vault.payload.read(BOOT)?;
    let size = isize::try_from(code.len()).unwrap_or(0);
    // SAFETY: this thread has the interpreter's lock, and the bytes are as many as is said.
    unsafe {
        let made = (bridge.api.unmarshal)(code.as_ptr().cast(), size);
        drop(code);
        let ran = (bridge.api.execute)(c"_pytron_boot".as_ptr(), made);
        let mut result = 0;
        if ran.is_null() {
            (bridge.api.print)(); // ends the process itself where it was SystemExit
            result = 1;
        }
        let ended = (bridge.api.finalize)();
        Ok(if ended < 0 { 120 } else { result })
    }
}

fn initialize(api: &Api) -> Result<(), Failure> {
    // Larger than either is in any version; filled by the interpreter itself, read by it alone.
    let mut preconfig: [c_int; 64] = [0; 64];
    let mut config: [u64; 512] = [0; 512];
    let good = |status: Status| match status.failure() {
        None => Ok(()),
        Some(text) => Err(Failure::refused(format!(
            "the interpreter does not start: {text}"
        ))),
    };
    // SAFETY: room enough, in the order that the manual asks for.
    unsafe {
        (api.preconfig)(preconfig.as_mut_ptr());
        if cfg!(unix) {
            preconfig[UTF8_MODE] = 1; // the same on every machine, whatever its locale
        }
        good((api.preinitialize)(preconfig.as_ptr()))?;
        (api.add_hook)(hook, std::ptr::null_mut::<c_void>());
        (api.config)(config.as_mut_ptr());
        good((api.initialize)(config.as_ptr()))
    }
}
